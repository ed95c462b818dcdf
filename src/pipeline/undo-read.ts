/** Gathers what undoing a page of journal entries needs: all a run wrote to each record, and what the record shows now. Reads only. */
import type { Fetched } from '../connector/connector.ts'
import type { Fields } from '../model/field.ts'
import type { RemoteId, RunId, Side } from '../model/id.ts'
import { unpackBase } from '../plan/base.ts'
import type { Now, UndoFacts, Written } from '../plan/undo-facts.ts'
import type { JournalEntry } from '../state/journal.ts'
import type { Link } from '../state/links.ts'
import type { StoredOp } from '../state/plans.ts'
import type { RunRecord } from '../state/runs.ts'
import type { Job } from './env.ts'
import { type Entry, findLost } from './undo-lost.ts'

/** One record, by the entry under which it is decided: its first one. */
export interface Gathered {
  readonly side: Side
  readonly facts: UndoFacts
}

export async function gatherUndo(
  job: Job,
  undone: RunRecord,
  page: readonly JournalEntry[],
): Promise<readonly Gathered[]> {
  const records = await recordsOf(job, undone.id, page)
  const endedAt = undone.endedAt ?? undone.updatedAt
  const vocabulary = await job.env.store.vocabulary.list(job.run.sync)
  const gathered: Gathered[] = []
  for (const side of ['from', 'to'] as const) {
    const ofSide = records.filter(([{ entry }]) => entry.side === side)
    if (ofSide.length === 0) continue
    const made = new Map(
      vocabulary
        .filter((entry) => entry.kind === 'field' && entry.side === side)
        .map(({ provisional, real }) => [provisional, real]),
    )
    const lost = await findLost(
      job,
      side,
      ofSide.flatMap(([first]) => (first.entry.record === null ? [first] : [])),
    )
    const ids = ofSide.flatMap(([first]) => idOf(first, lost) ?? [])
    const nows = await readNow(job, side, ids, lost)
    const links = await linksOf(job, side, ids)
    for (const entries of ofSide) {
      const id = idOf(entries[0], lost)
      const link = id === null ? undefined : links.get(id)
      const isTheirs = side === 'to' && link?.run === undone.id
      gathered.push({
        side,
        facts: {
          id,
          writes: await writesOf(job, entries, made),
          now: (id === null ? lost.get(entries[0].entry) : nows.get(id)) ?? UNREAD,
          partner: link === undefined ? null : side === 'to' ? link.fromId : link.toId,
          base: isTheirs ? unpackBase(link.toBase) : null,
          endedAt,
        },
      })
    }
  }
  return gathered
}
const UNREAD: Now = { kind: 'inconclusive', message: 'no answer' }

type Entries = readonly [Entry, ...Entry[]]

/** Each record once: under its first entry, with all others that the run has of it, in the order in which they were planned. */
async function recordsOf(
  job: Job,
  run: RunId,
  page: readonly JournalEntry[],
): Promise<readonly Entries[]> {
  const { journal, plans } = job.env.store
  const all = new Map(page.map((entry) => [nameOf(entry), entry]))
  for (const side of ['from', 'to'] as const) {
    const ids = page.flatMap((entry) => (entry.side === side ? (entry.record ?? []) : []))
    for (const entry of await journal.ofRecords(run, side, ids)) all.set(nameOf(entry), entry)
  }
  const ops = new Map<string, StoredOp>()
  for (const [plan, entries] of Map.groupBy(all.values(), ({ plan: of }) => of)) {
    const seqs = entries.map(({ seq }) => seq)
    for (const stored of await plans.opsAt(plan, seqs))
      ops.set(nameOf({ plan, seq: stored.op.seq }), stored)
  }
  const told = [...all.values()].map((entry): Entry => {
    const stored = ops.get(nameOf(entry))
    if (stored === undefined)
      throw new Error(`the journal names ${nameOf(entry)}, which no plan has`)
    return { entry, stored }
  })
  const here = new Set(page.map(nameOf))
  const grouped = Map.groupBy(told, ({ entry }) =>
    entry.record === null ? nameOf(entry) : `${entry.side} ${entry.record}`,
  )
  return [...grouped.values()].flatMap((entries) => {
    const [first] = entries.toSorted((a, b) => inJournal(a.entry, b.entry))
    const [oldest, ...later] = entries.toSorted((a, b) => inTime(a.entry, b.entry))
    const isHere = first !== undefined && here.has(nameOf(first.entry))
    return isHere && oldest !== undefined ? [[oldest, ...later] as const] : []
  })
}

function nameOf({ plan, seq }: Pick<JournalEntry, 'plan' | 'seq'>): string {
  return `${plan} ${seq}`
}
/** The order of its pages. */
function inJournal(a: JournalEntry, b: JournalEntry): number {
  return a.seq - b.seq || inTime(a, b)
}
function inTime(a: JournalEntry, b: JournalEntry): number {
  if (a.plan === b.plan) return a.seq - b.seq
  return a.plan < b.plan ? -1 : 1
}

function idOf({ entry }: Entry, lost: Lost): RemoteId | null {
  const now = lost.get(entry)
  return entry.record ?? (now?.kind === 'found' ? now.sighting.id : null)
}
type Lost = ReadonlyMap<JournalEntry, Now>

async function readNow(
  job: Job,
  side: Side,
  ids: readonly RemoteId[],
  lost: Lost,
): Promise<ReadonlyMap<RemoteId, Now>> {
  const nows = new Map<RemoteId, Now>()
  for (const now of lost.values()) if (now.kind === 'found') nows.set(now.sighting.id, now)
  const reader = job.env.accounts(job.run.sync).reader(side)
  const wanted = ids.filter((id) => !nows.has(id))
  const size = Math.max(1, reader.capabilities.fetchMax)
  for (let start = 0; start < wanted.length; start += size) {
    for (const fetched of await reader.fetch(wanted.slice(start, start + size), job.signal))
      nows.set(fetched.id, nowOf(fetched))
  }
  return nows
}

function nowOf(fetched: Fetched): Now {
  switch (fetched.kind) {
    case 'found':
      return { kind: 'found', sighting: fetched.sighting }
    case 'gone':
      return { kind: 'gone' }
    case 'merged':
      return { kind: 'merged', into: fetched.into.id }
    case 'inconclusive':
      return { kind: 'inconclusive', message: fetched.message }
  }
}

async function linksOf(
  job: Job,
  side: Side,
  ids: readonly RemoteId[],
): Promise<ReadonlyMap<RemoteId, Link>> {
  const { links } = job.env.store
  const found =
    side === 'to' ? await links.byTo(job.run.sync, ids) : await links.byFrom(job.run.sync, ids)
  return new Map(found.map((link) => [side === 'to' ? link.toId : link.fromId, link]))
}

async function writesOf(
  { env }: Job,
  [first, ...later]: Entries,
  made: Made,
): Promise<readonly [Written, ...Written[]]> {
  const written = async ({ entry, stored }: Entry): Promise<Written> => ({
    kind: entry.kind,
    op: stored.op,
    before: entry.before,
    after: entry.kind === 'delete' ? {} : afterOf(stored.op, made),
    isFull: (await env.store.plans.header(entry.plan))?.isFull === true,
    wasThere: stored.outcome?.wasThere === true,
    at: entry.at,
  })
  const others: Written[] = []
  for (const entry of later) others.push(await written(entry))
  return [await written(first), ...others]
}

/** Fields that the sync created on a side: by the path that a plan gave them, the one that they have. */
type Made = ReadonlyMap<string, string>

function afterOf({ fields }: StoredOp['op'], made: Made): Fields {
  return Object.fromEntries(fields.map(({ path, after }) => [made.get(path) ?? path, after]))
}
