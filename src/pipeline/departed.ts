/**
 * Pairs of a two-way sync of which one contact is gone. The first time that a whole, proven reading of its side does not show it, and that side
 * says that it is gone, it is only noted; the second time, in another run, the policy decides what becomes of the one that is left.
 */
import { otherSide, type RemoteId, type Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { type AbsentFacts, decideAbsent, type DeletePolicy } from '../plan/absent.ts'
import type { PlanContext } from '../plan/context.ts'
import { type Decision, sourceChanged, targetChanged } from '../plan/decide.ts'
import type { LinkedTarget } from '../plan/match.ts'
import type { Link } from '../state/links.ts'
import { coverageOf, fetched, namesakesOf } from './absent.ts'
import type { Job } from './env.ts'
import type { Gathered } from './facts/gathering.ts'
import { scansOf } from './scans.ts'
import { matchOf, rulingsOf } from './rulings.ts'

export interface Departures {
  /** By the id of the contact that is left: instead of what would be decided about it otherwise. */
  readonly decisions: ReadonlyMap<RemoteId, Decision>
  /** Not seen for the first time. */
  readonly noted: number
}
const NONE: Departures = { decisions: new Map(), noted: 0 }

/** Forgets absences of contacts that are there again. Before the first record of a plan is decided. */
export async function forgetReturned(job: Job): Promise<void> {
  const { env, run } = job
  if (env.settings(run.sync).direction !== 'two-way') return
  await job.commit(async (store) => {
    await store.absences.clearSeen(run.sync, run.id, 'from')
    await store.absences.clearSeen(run.sync, run.id, 'to')
  })
}

/** `side`: whose contacts the records are. The others are gone, or they are not here. */
export async function departures(
  job: Job,
  context: PlanContext,
  side: Side,
  records: readonly Gathered[],
): Promise<Departures> {
  const { env, run } = job
  const { deletes, direction } = env.settings(run.sync)
  if (deletes === 'ignore' || direction !== 'two-way') return NONE
  const missing = otherSide(side)
  const unreadable = await coverageOf(job, missing, await scansOf(job))
  if (unreadable === null) return NONE
  const left = records.flatMap((record) => asLeft(context, side, record, unreadable))
  await forgetFound(job, missing, records)
  if (left.length === 0) return NONE
  const ids = left.map(({ gone }) => gone)
  const noted = await env.store.absences.among(run.sync, missing, ids)
  const before = new Set(noted.flatMap((absence) => (absence.run === run.id ? [] : [absence.id])))
  const first = ids.filter((id) => !before.has(id))
  if (first.length > 0) {
    const now = { run: run.id, at: env.clock.now() }
    await job.commit((store) => store.absences.note(run.sync, missing, first, now))
  }
  const due = left.filter(({ gone, isEdited }) => before.has(gone) && !isEdited)
  const readings = await fetched(
    env.accounts(run.sync).reader(side),
    due.map(({ source }) => source.id),
    job.signal,
  )
  const namesakes = await namesakesOf(
    job,
    missing,
    due.map(({ source }) => source),
  )
  const rulings = await rulingsOf(
    { store: env.store, run },
    'from',
    due.map(({ link }) => link.fromId),
  )
  const decisions = new Map<RemoteId, Decision>()
  for (const { source, link, gone, isEdited } of left) {
    // Edited meanwhile: a change beats a deletion, and it stays a question, as for everybody whose counterpart was deleted.
    if (isEdited) continue
    const pair = {
      source,
      link,
      side: missing,
      namesake: namesakes.get(source.id) ?? null,
      ruling: rulings.get(link.fromId)?.find(({ field }) => field === null),
    }
    decisions.set(
      source.id,
      before.has(gone) ? decided(context, deletes, pair, readings.get(source.id)) : [],
    )
  }
  return { decisions, noted: first.length }
}

interface Left {
  readonly source: Sighting
  readonly link: Link
  readonly gone: RemoteId
  readonly isEdited: boolean
}

function asLeft(
  context: PlanContext,
  side: Side,
  record: Gathered,
  unreadable: ReadonlySet<string>,
): readonly Left[] {
  const { source, link, facts } = record
  if (link === null || facts.link?.target.kind !== 'gone') return []
  // Somebody was asked about it, and has answered.
  const match = matchOf(side === 'from' ? context : (context.mirror ?? context), record)
  if (match.kind !== 'hold') return []
  const gone = facts.link.toId
  if (unreadable.has(gone)) return []
  const isEdited =
    side === 'from'
      ? sourceChanged(context, source, link.fromBase)
      : targetChanged(context, source, link.toBase)
  return [{ source, link, gone, isEdited }]
}

interface LeftAlone extends Pick<AbsentFacts, 'namesake' | 'ruling'> {
  readonly source: Sighting
  readonly link: Link
  /** Where the other one is missing. */
  readonly side: Side
}

/** As it is now: what the listing showed and an answer by id does not tell is taken from the listing. */
function decided(
  context: PlanContext,
  policy: DeletePolicy,
  { source, link, side, namesake, ruling }: LeftAlone,
  reading: Exclude<LinkedTarget, { kind: 'unread' }> | undefined,
): Decision {
  const counterpart: LinkedTarget =
    reading?.kind === 'found'
      ? { kind: 'found', sighting: { ...source, ...reading.sighting } }
      : (reading ?? { kind: 'unread' })
  const op = decideAbsent(context, policy, {
    fromId: link.fromId,
    toId: link.toId,
    side,
    base: side === 'from' ? link.toBase : link.fromBase,
    proof: { kind: 'gone' },
    counterpart,
    namesake,
    ruling,
  })
  return op === null ? [] : [op]
}

/** In no listing, and there all the same: nothing is concluded from that, nor from what was noted before. */
async function forgetFound(job: Job, missing: Side, records: readonly Gathered[]): Promise<void> {
  const { env, run } = job
  const ids = records.flatMap(({ facts: { link } }) =>
    link === null || link.target.kind !== 'found' ? [] : [link.toId],
  )
  if (ids.length === 0) return
  const noted = await env.store.absences.among(run.sync, missing, ids)
  if (noted.length === 0) return
  await job.commit((store) =>
    store.absences.forget(
      run.sync,
      missing,
      noted.map(({ id }) => id),
    ),
  )
}
