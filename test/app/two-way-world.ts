/** Two accounts in a two-way sync, and people at work in both of them. */
import type { ContactWrite, Reader, Writer } from '../../src/connector/connector.ts'
import type { Consent } from '../../src/model/consent.ts'
import type { Fields } from '../../src/model/field.ts'
import type { PlanId, RemoteId, Side } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Case } from '../../src/state/cases.ts'
import type { Link } from '../../src/state/links.ts'
import { type Ran, type TwoAccounts, type TwoAccountsOptions, twoAccounts } from './two-accounts.ts'

export interface Pair {
  readonly from: RemoteId
  readonly to: RemoteId
}
export interface TwoWay {
  readonly world: TwoAccounts
  /** Live pairs, in order of the source's ids. */
  pairs(): Promise<readonly Pair[]>
  links(): Promise<readonly Link[]>
  /** What a person sees of a contact on a side. */
  see(side: Side, id: RemoteId): Promise<Sighting>
  /** Names of its tags. */
  tags(side: Side, id: RemoteId): Promise<readonly string[]>
  edit(side: Side, id: RemoteId, fields: Fields): Promise<void>
  tag(
    side: Side,
    id: RemoteId,
    change: { add?: readonly string[]; remove?: readonly string[] },
  ): Promise<void>
  optOut(side: Side, id: RemoteId): Promise<void>
  create(side: Side, fields: Fields): Promise<RemoteId>
  remove(side: Side, id: RemoteId): Promise<void>
  /** Questions that wait about a pair. */
  holds(pair: Pair): Promise<readonly Case[]>
  /** What a run planned to write. */
  written(ran: Ran): Promise<readonly unknown[]>
  /** A sync, some time later; expects that its books balance. */
  sync(more?: { readonly isFull?: boolean }): Promise<Ran>
  close(): void
}

const NAMES = { from: 'source', to: 'target' } as const
const NOTHING = { add: [], remove: [] }
const HOUR_MS = 3_600_000

/** Synced once: whoever is on one side is on the other. */
export async function twoWay(
  options: TwoAccountsOptions & { readonly more?: string; readonly guards?: string },
): Promise<TwoWay> {
  const world = twoAccounts({
    ...options,
    sync: `    direction: two-way\n    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxIrreversibleConsents: 10000${options.guards === undefined ? '' : `, ${options.guards}`} }\n${options.more ?? ''}`,
  })
  const two = over(world)
  await two.sync({ isFull: true })
  return two
}

export function over(world: TwoAccounts): TwoWay {
  const signal = new AbortController().signal
  const withAccount = async <T>(side: Side, work: (account: Writer) => Promise<T>): Promise<T> => {
    const app = await world.open()
    try {
      return await work(await app.writer(NAMES[side]))
    } finally {
      await app.close()
    }
  }
  const read = async (account: Reader, id: RemoteId): Promise<Sighting> => {
    const [entry] = await account.fetch([id], signal)
    if (entry?.kind !== 'found') throw new Error(`${id} is ${entry?.kind ?? 'not told'}`)
    return entry.sighting
  }
  const write = (side: Side, id: RemoteId | null, change: Partial<ContactWrite>) =>
    withAccount(side, async (account) => {
      await account.catalog(signal)
      const [outcome] = await account.write(
        [
          {
            key: 'a person',
            op: id === null ? 'create' : 'update',
            id,
            fields: {},
            tags: NOTHING,
            groups: NOTHING,
            consents: [],
            current: id === null ? null : await read(account, id),
            ...change,
          },
        ],
        signal,
      )
      if (outcome?.kind !== 'done') throw new Error(`not done: ${JSON.stringify(outcome)}`)
      return outcome.id
    })
  const links = async () => {
    const app = await world.open({ mayWrite: false })
    try {
      return await app.store.links.page('move', null, 100_000)
    } finally {
      await app.close()
    }
  }
  const named = async (account: Writer, names: readonly string[] = []) => {
    const { tags } = await account.catalog(signal)
    return Promise.all(
      names.map(
        async (name) =>
          tags.find((tag) => tag.name === name) ??
          (await account.createTag({ name, category: null }, signal)),
      ),
    )
  }
  return {
    world,
    links,
    pairs: async () => (await links()).map(({ fromId, toId }) => ({ from: fromId, to: toId })),
    see: (side, id) => withAccount(side, (account) => read(account, id)),
    tags: async (side, id) => {
      const contact = world[side].snapshot().find((one) => one.id === bare(id))
      return [...(contact?.tags ?? [])].sort()
    },
    edit: async (side, id, fields) => {
      await write(side, id, { fields })
    },
    tag: async (side, id, change) => {
      const tags = await withAccount(side, async (account) => ({
        add: await named(account, change.add),
        remove: await named(account, change.remove),
      }))
      await write(side, id, { tags })
    },
    optOut: async (side, id) => {
      const sighting = await withAccount(side, (account) => read(account, id))
      const consent: Consent = {
        channel: 'email',
        address: String(sighting.fields['emails.1']),
        state: 'refused',
        reason: 'asked by phone',
        scope: null,
        since: null,
      }
      await write(side, id, { consents: [consent] })
    },
    create: (side, fields) => write(side, null, { fields }),
    remove: async (side, id) => {
      const [outcome] = await withAccount(side, (account) => account.remove([id], signal))
      if (outcome?.kind !== 'done') throw new Error(`not removed: ${JSON.stringify(outcome)}`)
    },
    holds: async (pair) => {
      const app = await world.open({ mayWrite: false })
      try {
        const all = await app.store.cases.list({ sync: 'move', kind: 'hold', limit: 1_000 })
        return all.filter(({ side, record }) => record === pair[side])
      } finally {
        await app.close()
      }
    },
    written: async ({ run }) => {
      const app = await world.open({ mayWrite: false })
      try {
        const ops = await app.store.plans.ops(run.plan as PlanId, {
          afterSeq: 0,
          untilSeq: null,
          limit: 1_000,
          states: null,
          buckets: ['create', 'update'],
        })
        return ops.map(({ op: { writes, label, fields, tags, groups, consents } }) => ({
          writes,
          label,
          fields,
          tags,
          groups,
          consents,
        }))
      } finally {
        await app.close()
      }
    },
    sync: async (more = {}) => {
      world.clock.advance(HOUR_MS)
      const ran = await world.run('sync', { isFull: more.isFull ?? false })
      if (ran.run.status !== 'done') throw new Error(`run ${ran.run.status}: ${ran.run.reason}`)
      if (!ran.counts.balanced)
        throw new Error(`books do not balance: ${JSON.stringify(ran.run.facts)}`)
      return ran
    },
    close: () => world.close(),
  }
}

/** The platform's own number in an id. */
export function bare(id: RemoteId): string {
  return id.split('/').at(-1) ?? id
}
