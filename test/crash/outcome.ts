/** What is left when a command is done, without what a crash may change: ids at the target, times, names of runs. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { Books } from '../../src/plan/books.ts'
import type { NoteSums } from '../../src/plan/run-facts.ts'
import { summed } from '../../src/report/run-document.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import { portrait, portraits } from './account.ts'
import { type Records, recordsOf } from './records.ts'
import type { World } from './world.ts'

export interface Outcome {
  readonly status: string
  readonly source: readonly string[]
  readonly target: readonly string[]
  /** Both files, without those the engine keeps beside them. */
  readonly files: Readonly<Record<string, string>>
  readonly breaches: readonly string[]
  /** null: the command was given again after it was done. */
  readonly books: unknown
  /** Each link with who stands at its end, and what both sides showed. */
  readonly links: readonly string[]
  readonly cases: readonly string[]
  readonly cursors: readonly string[]
  readonly vocabulary: readonly string[]
  readonly tombstones: number
  /** Of the target. */
  readonly words: Records['words']
  readonly options: Records['options']
  readonly notes: Records['notes']
  readonly companies: Records['companies']
  readonly sequences: Records['sequences']
  /** How many notes and companies the run says it wrote; null: as for `books`. */
  readonly beside: unknown
}

export async function outcomeOf(world: World, run: RunRecord): Promise<Outcome> {
  const { store } = world.state
  const people = new Map(world.to.simulator.snapshot().map((one) => [one.id, one]))
  const links = await store.links.page('move', null, 1_000)
  const cases = await Promise.all(
    (['hold', 'reject', 'retry'] as const).map((kind) =>
      store.cases.list({ sync: 'move', kind, limit: 1_000 }),
    ),
  )
  const cursors = await Promise.all(
    (['from', 'to'] as const).flatMap((side) =>
      (['contacts', 'taggings', 'groupings', 'consents'] as const).map(async (stream) => {
        const cursor = await store.cursors.get('move', side, stream)
        return cursor === null ? [] : [`${side}/${stream} ${cursor.fingerprint}`]
      }),
    ),
  )
  const vocabulary = await store.vocabulary.list('move')
  return {
    status: run.status,
    source: portraits(world.from.simulator),
    target: portraits(world.to.simulator),
    files: await filesIn(world),
    ...(await recordsOf(world)),
    beside: besideContacts(run),
    breaches: [...world.to.simulator.consentBreaches],
    books: summed((run.facts['books'] ?? []) as readonly Books[]),
    links: links
      .map(
        (link) =>
          `${link.fromId} ${whoIs(people.get(link.toId))} ${inOrder(link.fromBase)} ${inOrder(link.toBase)}`,
      )
      .sort(),
    cases: cases
      .flat()
      .map(
        ({ kind, side, record, label, cause }) =>
          `${kind} ${side} ${side === 'from' ? record : ''} ${label}: ${cause.replaceAll(/\d+/g, '#')}`,
      )
      .sort(),
    cursors: cursors.flat().sort(),
    vocabulary: vocabulary
      .map(({ kind, source, real }) => `${kind} ${source} ${kind === 'field' ? real : ''}`)
      .sort(),
    tombstones: await tombstonesOf(
      world,
      links.map(({ fromId }) => fromId),
    ),
  }
}

/** What was looked at again depends on how far each engine came. */
function besideContacts({ facts }: RunRecord): unknown {
  const { added, refused, waiting } = (facts['notes'] ?? {}) as Partial<NoteSums>
  return {
    notes: { added, refused, waiting },
    companies: facts['companies'],
    removed: facts['notesUndone'],
  }
}

/** Which of two ops of a pair came first shows in the order of slots, and nowhere else. */
function inOrder(base: string | null): string {
  const [head = '', tags = '', groups = '', optOuts = '', ...slots] = (base ?? '').split(';')
  return [head, tags, groups, optOuts, ...slots.sort()].join(';')
}

async function tombstonesOf({ state, from }: World, ids: readonly string[]): Promise<number> {
  const all = [...ids, ...from.simulator.snapshot().map(({ id }) => id)]
  return (await state.store.tombstones.among('move', 'from', all as never)).length
}

function whoIs(contact: SimulatedContact | undefined): string {
  return contact === undefined ? 'nobody there' : portrait(contact)
}

/** When a line was written is not what it says. */
const STAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/**
 * A target that is a file gets what was written when its writer is closed, and after a crash when the next one is: until then it lies in a log
 * beside the file.
 */
async function filesIn(world: World): Promise<Readonly<Record<string, string>>> {
  if (world.to.spec.platform === 'file') {
    const app = await world.open()
    try {
      await (await app.writer('target')).catalog(new AbortController().signal)
    } finally {
      await app.close()
    }
  }
  const shown = [...world.moment().files].filter(([path]) => /\.(csv|ndjson)$/.test(path))
  return Object.fromEntries(
    shown.map(([path, { bytes }]) => [path, bytes.toString().replaceAll(STAMP, 'then')]),
  )
}

/** Keys and e-mails that two contacts of the target share though they are one person at the source; empty: no twins. */
export function twinsIn(world: World): readonly string[] {
  const keys = world.to.simulator
    .snapshot()
    .flatMap(({ fields, emails }) => [
      ...new Set([fields['ferry_key'] ?? '', ...emails.map((email) => email.toLowerCase())]),
    ])
  return keys.filter((key, place) => key !== '' && keys.indexOf(key) !== place)
}
