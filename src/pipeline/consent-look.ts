/**
 * Consents of contacts whose stream told only what moved (`since: 'moved'`). Whoever is about to be written, or whose base is about to move, is asked
 * about first: nothing is decided on a consent that is not known. Where that would be many, the stream is read whole after all.
 */
import type { Consent } from '../model/consent.ts'
import type { RemoteId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Decision } from '../plan/decide.ts'
import type { Job } from './env.ts'
import type { Gathered } from './facts/gathering.ts'
import type { StagedSighting } from '../state/staging.ts'
import { readWhole } from './pull.ts'
import type { ScanResult } from './scans.ts'

/** Contacts of a chunk that are asked about one by one; more are worth the whole stream. */
const LOOKS_MAX = 50

/** The contacts with what the stream told of them: whoever moved has changed, and their counterpart is read. */
export async function withMoved(
  job: Job,
  side: Side,
  rows: readonly StagedSighting[],
): Promise<readonly StagedSighting[]> {
  if (!(await isPartlyTold(job, side))) return rows
  const sightings = rows.map(({ sighting }) => sighting)
  const moved = await job.env.store.staging.consentsAbout(job.run.id, side, sightings)
  return rows.map(({ seq, sighting }, place) => {
    const consents = moved[place] ?? []
    return { seq, sighting: consents.length === 0 ? sighting : { ...sighting, consents } }
  })
}

/** A decision for each record, made with the consents that count. */
export async function decideTold(
  job: Job,
  side: Side,
  records: readonly Gathered[],
  decide: (record: Gathered) => Decision,
): Promise<readonly Decision[]> {
  const decisions = records.map(decide)
  if (!decisions.some(moves) || !(await isPartlyTold(job, side))) return decisions
  const wanted = records.filter((_, place) => moves(decisions[place] ?? []))
  const people = new Map<RemoteId, Sighting>(
    wanted.flatMap(({ source, twins }) => [source, ...twins]).map((each) => [each.id, each]),
  )
  const known =
    (await lookedUp(job, side, [...people.values()])) ?? (await allRead(job, side, people))
  const told = (sighting: Sighting): Sighting => {
    const consents = known.get(sighting.id)
    return consents === undefined ? sighting : { ...sighting, consents }
  }
  return records.map((record, place) => {
    const decision = decisions[place] ?? []
    if (!moves(decision)) return decision
    return decide({ ...record, source: told(record.source), twins: record.twins.map(told) })
  })
}

async function isPartlyTold({ env, run }: Job, side: Side): Promise<boolean> {
  if (env.accounts(run.sync).reader(side).consentsOf === undefined) return false
  const scans = ((await env.store.runs.document(run.id, 'scans')) ?? []) as readonly ScanResult[]
  return scans.some((scan) => scan.side === side && scan.stream === 'consents' && !scan.isFull)
}

/** Whether anything is written, or remembered of the source. */
function moves(decision: Decision): boolean {
  return decision.some(({ bucket }) => MOVING.includes(bucket))
}
const MOVING: readonly string[] = ['create', 'update', 'link', 'unchanged']

/** null: too many, or one who cannot be asked about. What the stream told counts as well: the strictest does. */
async function lookedUp(
  { env, run, signal }: Job,
  side: Side,
  people: readonly Sighting[],
): Promise<ReadonlyMap<RemoteId, readonly Consent[]> | null> {
  if (people.length > LOOKS_MAX) return null
  const reader = env.accounts(run.sync).reader(side)
  const moved = await env.store.staging.consentsAbout(run.id, side, people)
  const known = new Map<RemoteId, readonly Consent[]>()
  for (const [place, sighting] of people.entries()) {
    signal.throwIfAborted()
    const now = await reader.consentsOf?.(sighting, signal)
    if (now === null || now === undefined) return null
    known.set(sighting.id, [...now, ...(moved[place] ?? [])])
  }
  return known
}

async function allRead(
  job: Job,
  side: Side,
  people: ReadonlyMap<RemoteId, Sighting>,
): Promise<ReadonlyMap<RemoteId, readonly Consent[]>> {
  await readWhole(job, side, 'consents')
  const sightings = [...people.values()]
  const told = await job.env.store.staging.consentsAbout(job.run.id, side, sightings)
  return new Map(sightings.map(({ id }, place) => [id, told[place] ?? []]))
}
