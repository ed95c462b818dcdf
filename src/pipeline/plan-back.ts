/** The target's own contacts in a two-way sync: who of them is left to decide, and what a change or a newcomer there means at the source. */
import type { RemoteId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { PlanContext } from '../plan/context.ts'
import { type Decision, decideBack, decideRecord, type RecordFacts } from '../plan/decide.ts'
import { counterpartIn, type Match } from '../plan/match.ts'
import type { StagedSighting } from '../state/staging.ts'
import { type Decided, decideForeign } from './consent-look.ts'
import type { Drafted } from './decisions.ts'
import type { Job } from './env.ts'
import type { Gathered } from './facts/gathering.ts'
import { rulingsOf, turnsOf } from './rulings.ts'

/** Without those whose pair was decided from the source's end. */
export async function undecided(
  { env, run }: Job,
  { plan, lastOp }: Pick<Drafted, 'plan' | 'lastOp'>,
  rows: readonly StagedSighting[],
): Promise<readonly StagedSighting[]> {
  const ids = rows.map(({ sighting }) => sighting.id)
  const links = await env.store.links.byTo(run.sync, ids)
  const staged = await stagedAtSource(
    { env, run },
    links.map(({ fromId }) => fromId),
  )
  const decided = new Set<RemoteId>(
    await env.store.plans.recordsAmong(plan, { side: 'to', ids, untilSeq: lastOp }),
  )
  for (const link of links) if (staged.has(link.fromId)) decided.add(link.toId)
  return rows.filter(({ sighting }) => !decided.has(sighting.id))
}

/** Somebody who is found at the source, and was read there, belongs to that contact's decision, whatever that was: no record of its own. */
export async function decideThere(
  job: Job,
  { context, mirror }: { readonly context: PlanContext; readonly mirror: PlanContext },
  records: readonly (Gathered & { readonly match: Match })[],
): Promise<readonly Decision[]> {
  const here = records.map((record) => ({ ...record, pair: seenFromSource(record) }))
  const sources = here.flatMap(({ pair }) => pair?.source.id ?? [])
  const staged = await stagedAtSource(job, sources)
  const { plan, lastOp } = job.position as Drafted
  const met = new Set<RemoteId>(
    await job.env.store.plans.recordsAmong(plan, { side: 'from', ids: sources, untilSeq: lastOp }),
  )
  // What people decide about the fields of a pair is kept under the source's id.
  const ruled = await rulingsOf({ store: job.env.store, run: job.run }, 'from', sources)
  const turns = await turnsOf(job, context, sources)
  const decide = (facts: RecordFacts) => decideRecord(context, facts)
  const decided: Decided<RecordFacts>[] = []
  const alone: Decision[] = []
  for (const { source: target, link, match, pair } of here) {
    if (match.kind === 'linked' && match.target === null) {
      alone.push([])
      continue
    }
    if (pair === null) {
      alone.push(decideBack(context, mirror, { target, match }))
      continue
    }
    const { source, match: seen } = pair
    if (seen.kind === 'found' && staged.has(source.id)) continue
    if (seen.kind === 'heir' && (staged.has(source.id) || met.has(source.id))) {
      alone.push(decideBack(context, mirror, { target, match: elsewhere(seen, source) }))
      continue
    }
    met.add(source.id)
    const bases =
      seen.kind === 'found' || link === null ? null : { from: link.fromBase, to: link.toBase }
    const rulings = ruled.get(source.id) ?? []
    const facts = { source, match: seen, bases, rulings, turns: turns.get(source.id) }
    decided.push({ facts, decision: decide(facts) })
  }
  const pairOf = ({ source, match }: RecordFacts) => ({ source, target: counterpartIn(match) })
  return [...alone, ...(await decideForeign(job, context, decided, { pairOf, decide }))]
}

interface SeenPair {
  readonly source: Sighting
  readonly match: Extract<Match, { kind: 'linked' | 'found' | 'repoint' | 'heir' }>
}

/** Who they are, as the source's end says it; null: there is nobody at the source. */
function seenFromSource({
  source: target,
  match,
}: {
  readonly source: Sighting
  readonly match: Match
}): SeenPair | null {
  switch (match.kind) {
    case 'linked':
      if (match.target === null) return null
      return { source: match.target, match: { kind: 'linked', toId: target.id, target } }
    case 'found':
      return { source: match.target, match: { kind: 'found', target, by: match.by } }
    // A merge on one side is the other's inheritance.
    case 'repoint':
      return { source: match.target, match: { kind: 'heir', was: match.was, target } }
    case 'heir':
      return { source: match.target, match: { kind: 'repoint', was: match.was, target } }
    case 'new':
    case 'excluded':
    case 'hold':
      return null
  }
}

/** The survivor of a merge at the source was decided by itself: it is not paired a second time unasked. */
function elsewhere({ was }: { readonly was: RemoteId }, survivor: Sighting): Match {
  return {
    kind: 'hold',
    cause: `its counterpart ${was} was merged into ${survivor.id} at the source, which is another's counterpart or a person of its own`,
    hint: 'Merge the two at the target as well, or end this link with "ferry links end".',
    candidates: [survivor.id],
  }
}

async function stagedAtSource(
  { env, run }: Pick<Job, 'env' | 'run'>,
  ids: readonly RemoteId[],
): Promise<ReadonlySet<RemoteId>> {
  const readings = await env.store.staging.byIds(run.id, 'from', ids)
  return new Set(readings.map(({ id }) => id))
}
