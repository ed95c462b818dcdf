/** Ops that write nothing at the target: links found, bases moved, questions and refusals put on record. */
import { SIDES } from '../../model/id.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { Question } from '../../plan/ruling.ts'
import type { Case } from '../../state/cases.ts'
import type { Link } from '../../state/links.ts'
import type { Outcome, StoredOp } from '../../state/plans.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job, Progressed } from '../env.ts'
import { noteTurns, settleRulings } from '../rulings.ts'
import type { WriteRange } from './range.ts'
import { endMerged } from './succeed.ts'

const CHUNK = 1_000
const QUIET = ['link', 'unchanged', 'hold', 'reject', 'excluded', 'blocked'] as const

export async function settleQuiet(
  job: Job,
  plan: PlanHeader,
  writes: readonly { readonly name: string; readonly position: WriteRange }[],
): Promise<Progressed> {
  const { afterSeq } = job.position as { afterSeq: number }
  const ops = await job.env.store.plans.ops(plan.id, {
    afterSeq,
    untilSeq: null,
    limit: CHUNK,
    states: ['planned'],
    buckets: QUIET,
  })
  if (ops.length === 0) return { kind: 'closed', opens: writes }
  await job.commit((store) => settle(job, plan, store, ops))
  return { kind: 'more', position: { afterSeq: ops.at(-1)?.op.seq ?? afterSeq } }
}

async function settle(
  job: Job,
  plan: PlanHeader,
  store: StateStore,
  ops: readonly StoredOp[],
): Promise<void> {
  const { run } = job
  const links = ops.flatMap(({ op }) =>
    op.bucket === 'link' || op.bucket === 'unchanged' ? linkOf(job, op) : [],
  )
  await endMerged(
    store,
    job,
    ops.map(({ op }) => op),
  )
  const refused = new Set((await store.links.save(links)).map(({ fromId }) => fromId))
  const cases: Omit<Case, 'id'>[] = []
  const outcomes = ops.map(({ op }) => {
    const isTaken = op.fromId !== null && refused.has(op.fromId)
    if (op.bucket === 'hold' || isTaken) {
      const { cause, hint, question } = op
      cases.push(caseOf(job, op, 'hold', isTaken ? TAKEN : { cause, hint, question }))
      return {
        seq: op.seq,
        state: 'held' as const,
        outcome: said(isTaken ? TAKEN.cause : op.cause),
      }
    }
    if (op.bucket === 'reject') {
      cases.push(caseOf(job, op, 'reject', { cause: op.cause, hint: op.hint }))
      return { seq: op.seq, state: 'rejected' as const, outcome: said(op.cause) }
    }
    const state = op.bucket === 'link' ? ('applied' as const) : ('skipped' as const)
    return { seq: op.seq, state, outcome: { ...said(null), id: op.toId } }
  })
  if (cases.length > 0) await openCases(store, job, cases)
  await closeLeftOut(store, job, ops)
  await noteTurns(
    store,
    job,
    ops.map(({ op }) => op),
  )
  await settleRulings(
    store,
    run,
    plan,
    ops.map(({ op }) => op),
  )
  const settled = links.map((link) => link.fromId).filter((id) => !refused.has(id))
  if (settled.length > 0) {
    const there = links.flatMap((link) => (refused.has(link.fromId) ? [] : [link.toId]))
    const isTwoWay = job.env.settings(run.sync).direction === 'two-way'
    for (const kind of ['hold', 'reject', 'retry'] as const) {
      await store.cases.close(run.sync, kind, 'from', settled, 'both sides agree')
      if (isTwoWay) await store.cases.close(run.sync, kind, 'to', there, 'both sides agree')
    }
  }
  await store.plans.settle(plan.id, outcomes)
}

export const TAKEN = {
  cause: 'its counterpart belongs to another contact already',
  hint: 'Merge the two at the source, or end the other link with "ferry links end".',
}

function linkOf(job: Job, op: StoredOp['op']): readonly Link[] {
  const { base } = op
  if (op.fromId === null || op.toId === null || base === null) return []
  return [
    {
      sync: job.run.sync,
      fromId: op.fromId,
      toId: op.toId,
      fromBase: base.from,
      toBase: base.to,
      origin: op.cause,
      run: job.run.id,
      updatedAt: job.env.clock.now(),
    },
  ]
}

export function caseOf(
  job: Job,
  op: StoredOp['op'],
  kind: Case['kind'],
  why: {
    readonly cause: string
    readonly hint: string
    readonly question?: Question | undefined
  },
): Omit<Case, 'id'> {
  const now = job.env.clock.now()
  // What could not be written at the source is looked at again from the target, where it comes from.
  const side = op.writes === 'from' && kind !== 'hold' ? 'to' : 'from'
  const record = side === 'to' ? (op.toId ?? op.fromId) : (op.fromId ?? op.toId)
  return {
    sync: job.run.sync,
    kind,
    side: record !== null && record === op.fromId ? 'from' : 'to',
    record: record ?? (`op ${op.seq}` as NonNullable<typeof op.toId>),
    label: op.label,
    cause: why.cause,
    hint: why.hint,
    fields: op.held.map((field) => field.path),
    candidates: op.candidates,
    ...(why.question === undefined ? {} : { question: why.question }),
    ...(kind === 'hold' && op.held.length > 0 ? { held: op.held } : {}),
    run: job.run.id,
    openedAt: now,
    updatedAt: now,
  }
}

/** A question or a refusal is the answer to "look at it again"; that mark goes. */
export async function openCases(
  store: StateStore,
  { run }: Job,
  cases: readonly Omit<Case, 'id'>[],
): Promise<void> {
  await store.cases.open(cases)
  for (const side of SIDES) {
    const answered = cases.filter((each) => each.kind !== 'retry' && each.side === side)
    const records = answered.map(({ record }) => record)
    if (records.length > 0)
      await store.cases.close(run.sync, 'retry', side, records, 'looked at again')
  }
}

/** Nothing is asked any more about who stays behind. */
async function closeLeftOut(
  store: StateStore,
  { run }: Job,
  ops: readonly StoredOp[],
): Promise<void> {
  for (const side of SIDES) {
    const ids = ops.flatMap(({ op }) =>
      op.bucket === 'excluded' ? ((side === 'from' ? op.fromId : op.toId) ?? []) : [],
    )
    if (ids.length === 0) continue
    for (const kind of ['hold', 'reject', 'retry'] as const)
      await store.cases.close(run.sync, kind, side, ids, 'left out')
  }
}

export function said(message: string | null, hint: string | null = null): Outcome {
  return { id: null, message, hint, path: null }
}
