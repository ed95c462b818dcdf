/** Links that a person wrote down: checked one to one, against each other and against what is linked already, and kept all together or not at all. */
import type { Reader } from '../connector/connector.ts'
import { type RemoteId, type RunId, SIDES, type Side } from '../model/id.ts'
import type { Case } from '../state/cases.ts'
import type { Link } from '../state/links.ts'
import type { App } from './app.ts'
import { take } from './run.ts'

export interface WrittenLink {
  readonly line: number
  readonly fromId: RemoteId
  readonly toId: RemoteId
}
export interface LinkProblem {
  readonly line: number
  readonly message: string
}
export interface CheckedLinks {
  readonly fresh: readonly WrittenLink[]
  /** Linked just so already. */
  readonly existing: readonly WrittenLink[]
  readonly problems: readonly LinkProblem[]
}

const CHUNK = 1_000

/** Reads the state only. */
export async function checkLinks(
  app: App,
  sync: string,
  rows: readonly WrittenLink[],
): Promise<CheckedLinks> {
  const problems: LinkProblem[] = []
  const fresh: WrittenLink[] = []
  const existing: WrittenLink[] = []
  const first = { from: new Map<RemoteId, WrittenLink>(), to: new Map<RemoteId, WrittenLink>() }
  const live = { from: new Map<RemoteId, Link>(), to: new Map<RemoteId, Link>() }
  for (let start = 0; start < rows.length; start += CHUNK) {
    const some = rows.slice(start, start + CHUNK)
    const { links } = app.store
    for (const link of [
      ...(await links.byFrom(
        sync,
        some.map(({ fromId }) => fromId),
      )),
      ...(await links.byTo(
        sync,
        some.map(({ toId }) => toId),
      )),
    ]) {
      live.from.set(link.fromId, link)
      live.to.set(link.toId, link)
    }
  }
  for (const row of rows) {
    const twice = problemWithin(first, row)
    first.from.set(row.fromId, first.from.get(row.fromId) ?? row)
    first.to.set(row.toId, first.to.get(row.toId) ?? row)
    const here = live.from.get(row.fromId)
    const there = live.to.get(row.toId)
    if (twice !== null) problems.push({ line: row.line, message: twice })
    else if (here !== undefined && here.toId === row.toId) existing.push(row)
    else if (here !== undefined)
      problems.push({
        line: row.line,
        message: `${row.fromId} is linked to ${here.toId} already; end that link first`,
      })
    else if (there !== undefined)
      problems.push({
        line: row.line,
        message: `${row.toId} belongs to ${there.fromId} already; end that link first`,
      })
    else fresh.push(row)
  }
  return { fresh, existing, problems }
}

function problemWithin(
  first: Readonly<Record<Side, ReadonlyMap<RemoteId, WrittenLink>>>,
  { fromId, toId }: WrittenLink,
): string | null {
  const sameFrom = first.from.get(fromId)
  if (sameFrom !== undefined) return `${fromId} stands on line ${sameFrom.line} too`
  const sameTo = first.to.get(toId)
  return sameTo === undefined ? null : `${toId} stands on line ${sameTo.line} too`
}

/** Asks both accounts for each id. */
export async function missingAmong(
  app: App,
  sync: string,
  rows: readonly WrittenLink[],
  signal: AbortSignal,
): Promise<readonly LinkProblem[]> {
  await app.use(sync)
  const accounts = app.env.accounts(sync)
  const problems: LinkProblem[] = []
  for (const side of SIDES) {
    const id = ({ fromId, toId }: WrittenLink) => (side === 'from' ? fromId : toId)
    const reader: Reader = accounts.reader(side)
    const size = Math.max(1, reader.capabilities.fetchMax)
    const name = app.env.settings(sync)[side]
    for (let start = 0; start < rows.length; start += size) {
      const some = rows.slice(start, start + size)
      const answers = new Map(
        (await reader.fetch(some.map(id), signal)).map((answer) => [answer.id, answer.kind]),
      )
      for (const row of some) {
        const answer = answers.get(id(row)) ?? 'inconclusive'
        if (answer !== 'found')
          problems.push({ line: row.line, message: `${id(row)} at ${name}: ${WORDS[answer]}` })
      }
    }
  }
  return problems.sort((a, b) => a.line - b.line)
}
const WORDS = {
  gone: 'there is no such contact',
  merged: 'it was merged into another contact',
  inconclusive: 'it could not be read',
} as const

/** More than this, and the next run reads both sides whole instead. */
const MARKED_MAX = 5_000

/** Keeps them, and has the next run look at these people. Nobody else may work on the sync meanwhile; throws RunBusy. */
export async function keepWrittenLinks(
  app: App,
  sync: string,
  rows: readonly WrittenLink[],
): Promise<void> {
  const now = app.env.clock.now()
  // No run made these; the name stands where people look for one.
  const run = `import-${new Date(now).toISOString().replace(/\D/g, '').slice(0, 14)}` as RunId
  const fence = await take(app, `sync ${sync}`)
  try {
    await app.store.transaction([fence], async (store) => {
      const taken = await store.links.save(
        rows.map(({ fromId, toId }) => ({
          sync,
          fromId,
          toId,
          fromBase: null,
          toBase: null,
          origin: 'imported',
          run,
          updatedAt: now,
        })),
      )
      if (taken.length > 0) throw new Error(`${taken.length} contacts were linked meanwhile`)
      if (rows.length > MARKED_MAX) await store.cursors.clear(sync)
      else await store.cases.open(rows.map((row) => toLookAt(row, { sync, run, now })))
      await store.audit.add({
        at: now,
        who: app.env.owner,
        what: 'links imported',
        run: null,
        data: { sync, links: rows.length },
      })
    })
  } finally {
    await app.store.leases.release(fence)
  }
}

function toLookAt(
  { fromId }: WrittenLink,
  { sync, run, now }: { readonly sync: string; readonly run: RunId; readonly now: number },
): Omit<Case, 'id'> {
  return {
    sync,
    kind: 'retry',
    side: 'from',
    record: fromId,
    label: fromId,
    cause: 'it was linked by hand',
    hint: '',
    fields: [],
    candidates: [],
    run,
    openedAt: now,
    updatedAt: now,
  }
}
