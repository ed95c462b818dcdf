/**
 * Step two: decide. Works through what was staged, a chunk to a commit: facts are gathered, every record is decided by the pure planner,
 * ops and tally are kept. The last chunk closes the plan: guards, cost, hash.
 */
import { errorsOf } from '../mapping/compile.ts'
import { digest } from '../model/hash.ts'
import type { PlanId, RunId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { costOf } from '../plan/cost.ts'
import { type Decision, decideRecord } from '../plan/decide.ts'
import type { PlanContext } from '../plan/context.ts'
import { evaluateGuards } from '../plan/guard.ts'
import { mayApply, type Op, type PlanHeader, type PlannedVocabulary } from '../plan/plan.ts'
import { count, emptyTally, finishCuts, type Tally } from '../plan/tally.ts'
import { match } from '../plan/match.ts'
import { mergeTwins } from '../plan/twins.ts'
import { lastApplied } from './apply/books.ts'
import { planContext } from './compiled.ts'
import { type AbsentPosition, absenceWarnings, decideAbsentees, NOT_BEGUN } from './absent.ts'
import { type Drafted, keepDecisions } from './decisions.ts'
import type { Job, Progressed, Step } from './env.ts'
import { type Gathered, gather } from './facts.ts'
import type { PullDocument, ScanResult } from './pull.ts'

export const planStep: Step = {
  async open(_env, run) {
    const position: PlanPosition = {
      plan: planIdOf(run.id, run.stage),
      afterSeq: 0,
      lastOp: 0,
      read: 0,
      chain: '',
      tally: emptyTally(),
      absent: NOT_BEGUN,
    }
    return [{ name: 'decide', position }]
  },
  closing: [],
  work: decideChunk,
}

interface PlanPosition extends Drafted {
  /** Last staged contact that is decided. */
  readonly afterSeq: number
  readonly read: number
  readonly absent: AbsentPosition
}

/** One plan per planning stage of a run, under a name that a crash does not change. */
export function planIdOf(run: RunId, stage: number): PlanId {
  return `${run.replace(/^run/, 'plan')}-${stage}` as PlanId
}

async function decideChunk(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const position = job.position as PlanPosition
  const context = await planContext(job)
  const pull = (await env.store.runs.document(run.id, 'pull')) as PullDocument
  const { isFull } = pull
  const rows = await env.store.staging.after(
    run.id,
    'from',
    position.afterSeq,
    env.limits.planChunk,
  )
  if (rows.length === 0) {
    return position.absent.isDone
      ? publish(job, context, position, pull)
      : decideAbsent(job, context, position)
  }
  const gathered = await gather(
    {
      store: env.store,
      run,
      settings: env.settings(run.sync),
      context,
      source: env.accounts(run.sync).reader('from'),
      target: env.accounts(run.sync).reader('to'),
      isFull,
      signal,
    },
    rows,
  )
  const kept = await keepDecisions(
    job,
    context,
    position,
    gathered.map((record) => decide(context, record)),
  )
  const next: PlanPosition = {
    ...position,
    ...kept,
    afterSeq: rows.at(-1)?.seq ?? position.afterSeq,
    read: position.read + rows.length,
  }
  env.progress({
    run: run.id,
    step: 'plan',
    text: 'deciding',
    done: next.read,
    total: await env.store.staging.count(run.id, 'from'),
  })
  return { kind: 'more', position: next }
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

async function scansOf({ env, run }: Job): Promise<readonly ScanResult[]> {
  return ((await env.store.runs.document(run.id, 'scans')) ?? []) as readonly ScanResult[]
}

function decide(context: PlanContext, record: Gathered): Decision {
  const found = match(record.facts)
  const merges = record.facts.policy === 'merge' && record.twins.length > 0
  const isCarrier =
    merges && (found.kind === 'new' || found.kind === 'found' || found.kind === 'linked')
  const source: Sighting = isCarrier ? mergeTwins(record.source, record.twins) : record.source
  const bases = record.link === null ? null : { from: record.link.fromBase, to: record.link.toBase }
  return decideRecord(context, { source, match: found, bases })
}

async function publish(
  job: Job,
  context: PlanContext,
  position: PlanPosition,
  pull: PullDocument,
): Promise<Progressed> {
  const { env, run } = job
  const { isFull } = pull
  const settings = env.settings(run.sync)
  const scans = await scansOf(job)
  const { tally } = position
  const broken = await keepBroken(job, position, scans)
  finishCuts(tally, position.lastOp)
  const read = { from: position.read + broken, to: await env.store.staging.count(run.id, 'to') }
  const vocabulary = vocabularyOf(context, tally)
  const links = await env.store.links.count(run.sync)
  const now = env.clock.now()
  const header: PlanHeader = {
    id: position.plan,
    sync: run.sync,
    run: run.id,
    isFull,
    hash: digest(
      JSON.stringify([position.chain, settings.fingerprint, context.mapping.fingerprint]),
    ),
    mapping: { name: context.mapping.name, fingerprint: context.mapping.fingerprint },
    fingerprint: settings.fingerprint,
    read,
    counts: tally.counts,
    vocabulary,
    losses: Object.values(tally.losses).sort((a, b) => b.count - a.count),
    changes: Object.values(tally.changes).sort((a, b) => b.count - a.count),
    rejects: Object.values(tally.rejects).sort((a, b) => b.count - a.count),
    holds: Object.values(tally.holds).sort((a, b) => b.count - a.count),
    risks: tally.risks,
    consents: { optOuts: tally.optOuts, irreversible: tally.irreversibleConsents },
    guards: evaluateGuards({
      tally,
      isFull,
      readFrom: read.from,
      links,
      limits: settings.guards,
      mappingErrors: errorsOf(context.mapping).map(
        (finding) => `${finding.path}: ${finding.message}`,
      ),
    }),
    warnings: [
      ...(pull.census ? [pull.census] : []),
      ...warningsOf(context, scans),
      ...absenceWarnings(position.absent),
    ],
    cost: costOf(
      tally,
      context.to.capabilities,
      vocabulary.fields.length + vocabulary.tags.length + vocabulary.groups.length,
    ),
    watermarks: scans.map(({ side, stream, high, isProven }) => ({ side, stream, high, isProven })),
    appliedBefore: (await lastApplied(env.store, run.sync))?.plan ?? null,
    createdAt: instant(now),
    expiresAt: instant(now + env.limits.planLifeMs),
  }
  await job.commit(async (store) => {
    await store.plans.publish(header)
    await store.runs.saveDocument(run.id, `cuts ${position.plan}`, {
      cuts: tally.cuts,
      lastOp: position.lastOp,
    })
    await store.runs.update(run.id, { plan: position.plan, updatedAt: now })
  })
  return mayApply(header) || run.kind === 'plan' ? { kind: 'closed' } : blocked(header)
}

function blocked(header: PlanHeader): Progressed {
  const reasons = header.guards
    .filter((guard) => !guard.ok)
    .map((guard) => `${guard.name}: ${guard.message}`)
  return { kind: 'stop', stop: { status: 'blocked', reason: reasons.join('; ') } }
}

/** Rows that could not be read are records too: they end as rejects with their cause, so that the books balance. */
async function keepBroken(
  job: Job,
  position: PlanPosition,
  scans: readonly ScanResult[],
): Promise<number> {
  const rows = scans
    .filter((scan) => scan.side === 'from' && scan.stream === 'contacts')
    .flatMap((scan) => scan.broken)
  const ops = rows.map(
    (row, place): Op => ({
      seq: position.lastOp + place + 1,
      bucket: 'reject',
      writes: 'to',
      fromId: row.id as Op['fromId'],
      toId: null,
      label: row.id === null ? 'a row that could not be read' : `#${row.id}`,
      fields: [],
      tags: { add: [], remove: [] },
      groups: { add: [], remove: [] },
      consents: [],
      losses: [],
      held: [],
      risk: 'none',
      cause: row.message,
      hint: row.hint,
      candidates: [],
      marker: null,
      email: null,
      base: null,
    }),
  )
  for (const op of ops) count(position.tally, EMPTY_NAMES, op)
  if (ops.length > 0) {
    await job.commit(async (store) => {
      await store.plans.truncate(position.plan, position.lastOp)
      await store.plans.addOps(position.plan, ops)
    })
  }
  return ops.length
}

function vocabularyOf(context: PlanContext, tally: Tally): PlannedVocabulary {
  const { fieldDrafts, marker, isMarkerDrafted } = context.mapping
  const elements = Object.entries(tally.usedElements)
  return {
    fields: fieldDrafts
      .map(({ definition, draft, onlyIfUsed }) => ({
        path: definition.path,
        definition,
        draft,
        count: tally.usedFields[definition.path] ?? 0,
        onlyIfUsed,
      }))
      .filter((field) => {
        const isMarker = isMarkerDrafted && field.path === marker?.path
        return field.count > 0 || (!field.onlyIfUsed && !isMarker)
      })
      .map(({ onlyIfUsed: _, ...field }) => field),
    options: [],
    tags: elements
      .filter(([, element]) => element.kind === 'tag')
      .map(([place, { name, count: used }]) => ({
        key: place.slice('tag '.length),
        name,
        category: null,
        count: used,
      })),
    groups: elements
      .filter(([, element]) => element.kind === 'group')
      .map(([place, { name, count: used }]) => ({
        key: place.slice('group '.length),
        name,
        count: used,
      })),
  }
}

function warningsOf(context: PlanContext, scans: readonly ScanResult[]): readonly string[] {
  const unproven = scans
    .filter((scan) => !scan.isProven)
    .map(
      (scan) =>
        `the scan of ${scan.stream} on side "${scan.side}" cannot prove that it saw everything; nothing is concluded from absence`,
    )
  return [
    ...context.mapping.warnings
      .filter((finding) => finding.level !== 'note')
      .map((finding) => finding.message),
    ...scans.flatMap((scan) => scan.notes),
    ...unproven,
  ]
}

const EMPTY_NAMES: Parameters<typeof count>[1] = {
  optOutReversible: true,
  elementName: (_kind, key) => key,
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
