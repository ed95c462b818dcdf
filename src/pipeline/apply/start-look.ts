/** The looks before and after a start: is the person still to be put into the sequence, and did a start without an answer arrive? */
import type { Reader, SequenceReader, Writer } from '../../connector/connector.ts'
import type { RemoteId, Side } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import { mayMail } from '../../plan/starts.ts'
import type { Link } from '../../state/links.ts'
import type { OpState } from '../../state/plans.ts'
import type { Job } from '../env.ts'
import type { StartPage } from '../starts.ts'

/** What starting people works with. */
export interface StartWork
  extends Readonly<Record<Side, { readonly reader: Reader; readonly sequences: SequenceReader }>> {
  readonly job: Job
  readonly plan: PlanHeader
  readonly start: NonNullable<Writer['start']>
}

/** One person, as both sides show them now. */
export interface Pair {
  readonly from: Sighting
  readonly to: Sighting
}

/** Those of whom both records are there. A record that is gone, merged or cannot be shown is left for the next run, which asks what became of it. */
export async function fetchBoth(
  { job, from, to }: StartWork,
  links: readonly Link[],
): Promise<readonly Pair[]> {
  const sources = await fetchAll(
    from.reader,
    links.map((link) => link.fromId),
    job.signal,
  )
  const targets = await fetchAll(
    to.reader,
    links.map((link) => link.toId),
    job.signal,
  )
  return links.flatMap(({ fromId, toId }) => {
    const [source, target] = [sources.get(fromId), targets.get(toId)]
    return source === undefined || target === undefined ? [] : [{ from: source, to: target }]
  })
}

async function fetchAll(
  reader: Reader,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RemoteId, Sighting>> {
  const found = new Map<RemoteId, Sighting>()
  const size = Math.max(1, reader.capabilities.fetchMax)
  for (let start = 0; start < ids.length; start += size) {
    for (const fetched of await reader.fetch(ids.slice(start, start + size), signal))
      if (fetched.kind === 'found') found.set(fetched.id, fetched.sighting)
  }
  return found
}

export type Look =
  | { readonly kind: 'start' }
  /** Decided for good. */
  | { readonly kind: 'done' | 'refused'; readonly why: string }
  /** Not now; a later run sees them again. */
  | { readonly kind: 'left' }

/** Nobody is started on what the plan saw: everything is asked for again. */
export async function lookBefore(work: StartWork, page: StartPage, pair: Pair): Promise<Look> {
  const { job, from, to } = work
  if (await isWaiting(work, pair.from.id)) return { kind: 'left' }
  for (const side of ['from', 'to'] as const) {
    if (!(await mayBeMailed(work, side, pair[side])))
      return { kind: 'refused', why: side === 'from' ? OPTED_OUT.from : OPTED_OUT.to }
  }
  const source = await from.sequences.standing(page.from, pair.from.id, job.signal)
  if (source !== 'active') return { kind: 'left' }
  const target = await to.sequences.standing(page.to, pair.to.id, job.signal)
  if (target === 'out') return { kind: 'start' }
  return {
    kind: 'done',
    why: target === 'active' ? 'was in it already' : 'is paused in it, and left so',
  }
}
const OPTED_OUT: Readonly<Record<Side, string>> = {
  from: 'opted out at the source',
  to: 'opted out at the target',
}

async function mayBeMailed(work: StartWork, side: Side, sighting: Sighting): Promise<boolean> {
  const { reader, sequences } = work[side]
  const consents = await sequences.consents(sighting, work.job.signal)
  return mayMail(side, consents, reader.capabilities)
}

/** Whether the last thing that was done, or not done, about the record left something open. */
async function isWaiting({ job }: StartWork, source: RemoteId): Promise<boolean> {
  const { store } = job.env
  const ops = await store.plans.opsOfRecord(job.run.sync, 'from', source, OPS_MAX)
  const last = ops.find(({ op }) => op.state !== 'planned')?.plan
  return ops.some(
    ({ plan, op }) => plan === last && (WAITS[op.state] || op.op.bucket === 'excluded'),
  )
}
const OPS_MAX = 20
const WAITS: Readonly<Record<OpState, boolean>> = {
  planned: false,
  applied: false,
  skipped: false,
  sent: true,
  drifted: true,
  rejected: true,
  held: true,
  unknown: true,
}

/** Less than this after a lost answer, the request may still be at work there. */
const SECOND_LOOK_MS = 1_500

/** Two looks a visibility lag apart: false says that there is no trace of it. */
export async function hasArrived(
  { job, to }: StartWork,
  sequence: string,
  contact: RemoteId,
): Promise<boolean> {
  const look = async () => (await to.sequences.standing(sequence, contact, job.signal)) !== 'out'
  if (await look()) return true
  await job.env.clock.sleep(
    Math.max(SECOND_LOOK_MS, to.reader.capabilities.visibilityLagMs),
    job.signal,
  )
  return look()
}
