/**
 * Contacts into which another one was merged that has a counterpart: its link goes over to them, so that a merge neither deletes nor creates anybody.
 * Found by asking for the one that is not there any more: in a whole reading for everybody whom it did not show, else for whoever stands in the way.
 */
import { otherSide, type RemoteId, type Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Candidate, Inheritance, LinkedTarget } from '../plan/match.ts'
import type { Link } from '../state/links.ts'
import { fetched } from './absent.ts'
import type { Job } from './env.ts'
import type { Gathering } from './facts/gathering.ts'

export interface Heir {
  readonly facts: Inheritance
  /** The link as it was. */
  readonly link: Link
}

/** `[survivor, who was merged into it]` of the source, as kept with the run. */
type Merged = readonly (readonly [RemoteId, RemoteId])[]
const DOCUMENT = 'merged at the source'

/** Before the first record of a whole two-way plan is decided. */
export async function findMerged(job: Job): Promise<void> {
  const { env, run, signal } = job
  const reader = env.accounts(run.sync).reader('from')
  const merged: (readonly [RemoteId, RemoteId])[] = []
  for (let after: RemoteId | null = null; ; ) {
    const { planChunk } = env.limits
    const page: readonly Link[] = await env.store.absences.unseen(
      run.sync,
      run.id,
      'from',
      after,
      planChunk,
    )
    const last = page.at(-1)
    if (last === undefined) break
    after = last.fromId
    const ids = page.map(({ fromId }) => fromId)
    for (const [id, answer] of await fetched(reader, ids, signal))
      if (answer.kind === 'merged') merged.push([answer.into.id, id])
  }
  await job.commit((store) => store.runs.saveDocument(run.id, DOCUMENT, merged satisfies Merged))
}

/** By the id of the survivor, of contacts that have no link of their own. */
export async function heirsOf(
  from: Gathering,
  unlinked: readonly Sighting[],
  candidates: readonly ReadonlyMap<RemoteId, readonly Candidate[]>[],
): Promise<ReadonlyMap<RemoteId, Heir>> {
  const ids = new Set(unlinked.map(({ id }) => id))
  const pairs = [
    ...(await knownMerged(from)).filter(([survivor]) => ids.has(survivor)),
    ...(await standingInTheWay(from, candidates)).filter(([survivor]) => ids.has(survivor)),
  ]
  if (pairs.length === 0) return NOBODY
  const gone = [...new Set(pairs.map(([, was]) => was))]
  const { store, run, side } = from
  const links = new Map(
    (side === 'from'
      ? await store.links.byFrom(run.sync, gone)
      : await store.links.byTo(run.sync, gone)
    ).map((link) => [idAt(link, side), link]),
  )
  const targets = await counterparts(from, [...links.values()])
  const heirs = new Map<RemoteId, Heir>()
  for (const [survivor, was] of pairs) {
    const link = links.get(was)
    if (link === undefined) continue
    const toId = idAt(link, otherSide(side))
    const known = heirs.get(survivor)
    const target = targets.get(toId) ?? { kind: 'unread' }
    const also = known === undefined || known.facts.was === was ? [] : [known.facts.toId]
    heirs.set(survivor, { facts: { was, toId, target, also }, link })
  }
  return heirs
}
const NOBODY: ReadonlyMap<RemoteId, Heir> = new Map()

async function knownMerged({ store, run, side, isFull, context }: Gathering): Promise<Merged> {
  if (side !== 'from' || !isFull || context.mirror === null) return []
  return ((await store.runs.document(run.id, DOCUMENT)) ?? []) as Merged
}

/** Whoever has the counterpart that a contact without a link looks like: alive, or merged into that very contact. */
async function standingInTheWay(
  from: Gathering,
  candidates: readonly ReadonlyMap<RemoteId, readonly Candidate[]>[],
): Promise<Merged> {
  const holders = new Map<RemoteId, RemoteId[]>()
  for (const [id, own] of candidates.flatMap((each) => [...each]))
    for (const { linkedTo } of own)
      if (linkedTo !== null && linkedTo !== id)
        holders.set(linkedTo, [...(holders.get(linkedTo) ?? []), id])
  if (holders.size === 0) return []
  const ids = [...holders.keys()]
  const alive = new Set(
    (await from.store.staging.byIds(from.run.id, from.side, ids)).map(({ id }) => id),
  )
  const unseen = ids.filter((id) => !alive.has(id))
  const answers = await fetched(from.source, unseen, from.signal)
  return [...answers].flatMap(([id, answer]) =>
    answer.kind === 'merged' && holders.get(id)?.includes(answer.into.id) === true
      ? [[answer.into.id, id] as const]
      : [],
  )
}

async function counterparts(
  from: Gathering,
  links: readonly Link[],
): Promise<ReadonlyMap<RemoteId, LinkedTarget>> {
  const other = otherSide(from.side)
  const ids = links.map((link) => idAt(link, other))
  const found = new Map<RemoteId, LinkedTarget>()
  if (from.isFull || from.context.mirror !== null)
    for (const sighting of await from.store.staging.byIds(from.run.id, other, ids))
      found.set(sighting.id, { kind: 'found', sighting })
  const missing = ids.filter((id) => !found.has(id))
  for (const [id, answer] of await fetched(from.target, missing, from.signal)) found.set(id, answer)
  return found
}

function idAt({ fromId, toId }: Link, side: Side): RemoteId {
  return side === 'from' ? fromId : toId
}
