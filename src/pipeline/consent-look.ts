/**
 * Consents of contacts whose stream told only what moved (`since: 'moved'`). Whoever is about to be written, or whose base is about to move, is asked
 * about first: nothing is decided on a consent that is not known. Where that would be many, the stream is read whole after all.
 */
import type { Consent } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import type { FieldValue } from '../model/field.ts'
import type { RemoteId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Pair } from '../plan/decide-pair.ts'
import type { Decision } from '../plan/decide.ts'
import { addressesOf } from '../plan/person.ts'
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

/** A record and what was decided about it. */
export interface Decided<Facts> {
  readonly facts: Facts
  readonly decision: Decision
}

/** A decision for each record, made with the consents that count; `facts` has them. */
export async function decideTold<Facts extends Gathered>(
  job: Job,
  side: Side,
  records: readonly Facts[],
  decide: (record: Facts) => Decision,
): Promise<readonly Decided<Facts>[]> {
  const decided = records.map((facts) => ({ facts, decision: decide(facts) }))
  const moving = decided.filter(({ decision }) => moves(decision))
  if (moving.length === 0 || !(await isPartlyTold(job, side))) return decided
  const people = new Map<RemoteId, Sighting>(
    moving
      .flatMap(({ facts: { source, twins } }) => [source, ...twins])
      .map((each) => [each.id, each]),
  )
  const known = await asked(job, side, [...people.values()])
  const told = (sighting: Sighting): Sighting => {
    const consents = known.get(sighting.id)
    return consents === undefined ? sighting : { ...sighting, consents }
  }
  return decided.map((one) => {
    if (!moves(one.decision)) return one
    const { source, twins } = one.facts
    const facts = { ...one.facts, source: told(source), twins: twins.map(told) }
    return { facts, decision: decide(facts) }
  })
}

/**
 * Decides anew about pairs that are about to be written where only the counterpart has an address and the source keeps consent by address: somebody
 * wrote it there, and the source, which may be given it in a two-way sync, is asked what it says of it. Its opt-out would show only with the
 * next reading otherwise.
 */
export async function decideForeign<Facts extends Pick<Pair, 'foreignConsents'>>(
  job: Job,
  context: PlanContext,
  decided: readonly Decided<Facts>[],
  ways: {
    readonly pairOf: (facts: Facts) => Pick<Pair, 'source' | 'target'> | null
    readonly decide: (facts: Facts) => Decision
  },
): Promise<readonly Decision[]> {
  const holders =
    context.mirror === null || context.from.capabilities.consent.holder !== 'address'
      ? []
      : decided.flatMap(({ facts, decision }) => {
          if (!decision.some(({ bucket }) => bucket === 'update')) return []
          return holderOfForeign(ways.pairOf(facts)) ?? []
        })
  if (holders.length === 0) return decided.map(({ decision }) => decision)
  const known = (await isPartlyTold(job, 'from'))
    ? await asked(job, 'from', holders)
    : await staged(job, 'from', holders)
  return decided.map(({ facts, decision }) => {
    const id = ways.pairOf(facts)?.source.id
    // What is said of the contact itself is known already.
    const told = ((id && known.get(id)) ?? []).filter(({ address }) => address !== null)
    return told.length === 0 ? decision : ways.decide({ ...facts, foreignConsents: told })
  })
}

/** The source contact as if it had these addresses and no others. */
function holderOfForeign(pair: Pick<Pair, 'source' | 'target'> | null): Sighting | null {
  if (pair === null || pair.target === null) return null
  const { source, target } = pair
  const own = new Set(addressesOf(source.fields).map(normEmail))
  const foreign = addressesOf(target.fields).filter((address) => !own.has(normEmail(address)))
  if (foreign.length === 0) return null
  const fields: Record<string, FieldValue> = {}
  for (const [place, address] of foreign.entries()) fields[`emails.${place + 1}`] = address
  return { ...source, fields }
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

async function asked(
  job: Job,
  side: Side,
  people: readonly Sighting[],
): Promise<ReadonlyMap<RemoteId, readonly Consent[]>> {
  const known = await lookedUp(job, side, people)
  if (known !== null) return known
  await readWhole(job, side, 'consents')
  return staged(job, side, people)
}

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

async function staged(
  job: Job,
  side: Side,
  people: readonly Sighting[],
): Promise<ReadonlyMap<RemoteId, readonly Consent[]>> {
  const told = await job.env.store.staging.consentsAbout(job.run.id, side, people)
  return new Map(people.map(({ id }, place) => [id, told[place] ?? []]))
}
