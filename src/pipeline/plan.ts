/**
 * Step two: decide. Works through what was staged, a chunk to a commit: facts are gathered, every record is decided by the pure planner,
 * ops and tally are kept. Where both sides may be written, the target's contacts follow that no source contact brought along. The last
 * chunk closes the plan: guards, cost, hash.
 */
import { otherSide, type PlanId, type RunId, type Side } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Pair } from '../plan/decide-pair.ts'
import { decideRecord, type Decision } from '../plan/decide.ts'
import { counterpartIn, type Match } from '../plan/match.ts'
import { emptyTallies } from '../plan/tallies.ts'
import { mergeTwins } from '../plan/twins.ts'
import type { StagedSighting } from '../state/staging.ts'
import { decideAbsentees, NOT_BEGUN } from './absent.ts'
import { NO_COMPANIES, planCompanies } from './companies.ts'
import { planContext } from './compiled.ts'
import { decideForeign, decideTold, withMoved } from './consent-look.ts'
import { keepDecisions } from './decisions.ts'
import { departures, forgetReturned } from './departed.ts'
import type { Job, Progressed, Step } from './env.ts'
import { gather } from './facts.ts'
import type { Gathered, Gathering } from './facts/gathering.ts'
import { findMerged } from './heirs.ts'
import { planNotes } from './notes.ts'
import { NO_NOTES } from './notes/work.ts'
import { decideThere, undecided } from './plan-back.ts'
import type { PlanPosition } from './plan-position.ts'
import { publish } from './publish.ts'
import { basesOf, matchOf, turnsOf } from './rulings.ts'
import { type PullDocument, scansOf } from './scans.ts'
import { NO_STARTS, planStarts } from './starts.ts'

export const planStep: Step = {
  async open(_env, run) {
    const position: PlanPosition = {
      plan: planIdOf(run.id, run.stage),
      side: 'from',
      afterSeq: 0,
      lastOp: 0,
      read: 0,
      back: 0,
      departed: 0,
      chain: '',
      tallies: emptyTallies(),
      absent: NOT_BEGUN,
      starts: NO_STARTS,
      notes: NO_NOTES,
      companies: NO_COMPANIES,
    }
    return [{ name: 'decide', position }]
  },
  closing: [],
  work: decideChunk,
}

/** One plan per planning stage of a run, under a name that a crash does not change. */
export function planIdOf(run: RunId, stage: number): PlanId {
  return `${run.replace(/^run/, 'plan')}-${stage}` as PlanId
}

async function decideChunk(job: Job): Promise<Progressed> {
  const { env, run } = job
  const position = job.position as PlanPosition
  const { side } = position
  const context = await planContext(job)
  const pull = (await env.store.runs.document(run.id, 'pull')) as PullDocument
  const { isFull } = pull
  const size = isFull ? env.limits.planChunk : env.limits.changesChunk
  const rows = await env.store.staging.after(run.id, side, position.afterSeq, size)
  if (rows.length === 0) {
    if (side === 'from' && context.mirror !== null)
      return { kind: 'more', position: { ...position, side: 'to', afterSeq: 0 } }
    if (!position.absent.isDone) return decideAbsent(job, context, position)
    if (position.companies.phase !== 'done') {
      const companies = await planCompanies(job, context, { ...position, isFull })
      return { kind: 'more', position: { ...position, companies } }
    }
    if (position.notes.phase !== 'done') {
      const notes = await planNotes(job, context, { ...position, isFull })
      return { kind: 'more', position: { ...position, notes } }
    }
    if (position.starts.isDone) return publish(job, context, position, pull)
    const starts = await planStarts(job, context, position)
    return { kind: 'more', position: { ...position, starts } }
  }
  if (side === 'from' && position.afterSeq === 0) {
    await forgetReturned(job)
    if (isFull && context.mirror !== null) await findMerged(job)
  }
  const { decided, noted } = await decideRows(job, context, isFull, rows)
  const next: PlanPosition = {
    ...position,
    ...(await keepDecisions(job, context, position, decided)),
    afterSeq: rows.at(-1)?.seq ?? position.afterSeq,
    read: position.read + (side === 'from' ? rows.length : 0),
    back: position.back + (side === 'to' ? decided.length : 0),
    departed:
      position.departed +
      decided.filter((ops) => ops.some(({ bucket }) => bucket === 'delete')).length,
    absent: { ...position.absent, noted: position.absent.noted + noted },
  }
  env.progress({
    run: run.id,
    step: 'plan',
    text: 'deciding',
    done: next.read + next.back,
    total: await stagedInAll(job, side),
  })
  return { kind: 'more', position: next }
}

/** Counted once: while a plan is made no contact is staged any more, and counting walks through all that were. */
async function stagedInAll({ env, run }: Job, side: Side): Promise<number> {
  const { memo } = env.accounts(run.sync)
  const name = `staged ${run.id} ${run.stage} ${side}`
  const known = memo.get(name) as number | undefined
  const total = known ?? (await env.store.staging.count(run.id, side))
  memo.set(name, total)
  return total
}

async function decideAbsent(
  job: Job,
  context: PlanContext,
  position: PlanPosition,
): Promise<Progressed> {
  const scans = await scansOf(job)
  const { read, ...chunk } = await decideAbsentees(job, context, position, {
    absent: position.absent,
    scans,
  })
  return { kind: 'more', position: { ...position, ...chunk, read: position.read + read } }
}

/** A decision for each record; of the target's contacts only for those that were not decided with a source contact. */
async function decideRows(
  job: Job,
  context: PlanContext,
  isFull: boolean,
  rows: readonly StagedSighting[],
): Promise<{ readonly decided: readonly Decision[]; readonly noted: number }> {
  const { env, run, signal } = job
  const { side } = job.position as PlanPosition
  const accounts = env.accounts(run.sync)
  const gathering: Gathering = {
    store: env.store,
    run,
    settings: env.settings(run.sync),
    side,
    context,
    source: accounts.reader(side),
    target: accounts.reader(otherSide(side)),
    isFull,
    signal,
  }
  const open =
    side === 'from'
      ? await withMoved(job, side, rows)
      : await undecided(job, job.position as PlanPosition, rows)
  const gathered = await gather(gathering, open)
  const { decisions, noted } = await departures(job, context, side, gathered)
  const paired = gathered.filter(({ source }) => !decisions.has(source.id))
  const others =
    side === 'from'
      ? await decideForth(job, context, paired)
      : await decideRest(job, context, paired)
  return { decided: [...decisions.values(), ...others], noted }
}

async function decideForth(
  job: Job,
  context: PlanContext,
  records: readonly Gathered[],
): Promise<readonly Decision[]> {
  const ids = records.map(({ source }) => source.id)
  const turns = await turnsOf(job, context, ids)
  const matched = records.map((record): Matched => ({ ...record, match: matchOf(context, record) }))
  const decide = (record: Matched): Decision => {
    const { match, foreignConsents } = record
    const { source, rulings } = carrying(record, match)
    const facts = { source, match, bases: basesOf(record, match), rulings, foreignConsents }
    return decideRecord(context, { ...facts, turns: turns.get(source.id) })
  }
  const decided = await decideTold(job, 'from', matched, decide)
  const pairOf = ({ source, match }: Matched) => ({ source, target: counterpartIn(match) })
  return decideForeign(job, context, decided, { pairOf, decide })
}

interface Matched extends Gathered, Pick<Pair, 'foreignConsents'> {
  readonly match: Match
}

async function decideRest(
  job: Job,
  context: PlanContext,
  records: readonly Gathered[],
): Promise<readonly Decision[]> {
  const { mirror } = context
  if (mirror === null) return []
  const matched = records.map((record) => {
    const match = matchOf(mirror, record)
    return { ...carrying(record, match), match }
  })
  return decideThere(job, { context, mirror }, matched)
}

/** With what its twins have, where the policy merges them. */
function carrying(record: Gathered, { kind }: Match): Gathered {
  if (record.facts.policy !== 'merge' || record.twins.length === 0) return record
  const isCarrier = kind === 'new' || kind === 'found' || kind === 'linked'
  return isCarrier ? { ...record, source: mergeTwins(record.source, record.twins) } : record
}
