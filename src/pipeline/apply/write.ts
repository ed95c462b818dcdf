/** Writes one slice of creates or updates: see the state machine in apply.ts. */
import type { ContactWrite, WriteOutcome, Writer } from '../../connector/connector.ts'
import { ConnectorError } from '../../connector/error.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { StoredOp } from '../../state/store.ts'
import type { Job, Progressed } from '../env.ts'
import { intend } from './intend.ts'
import { checkCanary } from './canary.ts'
import { lookForCreates, type Looked } from './look.ts'
import { said } from './quiet.ts'
import { sliceOf, type WriteRange } from './range.ts'
import { recheck, type Item } from './recheck.ts'
import { type Ending, settle } from './settle.ts'
import { type Terms, termsOf, writeOf } from './terms.ts'

export async function writeSlice(job: Job, plan: PlanHeader): Promise<Progressed> {
  const range = job.position as WriteRange
  const { env, run } = job
  const work: Work = {
    job,
    plan,
    terms: await termsOf(job),
    writer: env.accounts(run.sync).writer('to'),
  }
  const pending = await env.store.plans.ops(plan.id, {
    afterSeq: range.afterSeq,
    untilSeq: range.untilSeq,
    limit: SLICE_MAX,
    states: ['planned', 'sent'],
    buckets: [range.bucket],
  })
  const sent = pending.filter((stored) => stored.state === 'sent')
  const again = sent.length === 0 ? [] : await resolve(work, sent)
  const rest = pending.filter((stored) => stored.state === 'planned')
  await writeAll(work, [...again, ...rest])
  if (range.isCanary) {
    const trouble = await checkCanary(job, plan, range)
    if (trouble !== null) return { kind: 'stop', stop: { status: 'stopped', reason: trouble } }
  }
  env.progress({
    run: run.id,
    step: 'apply',
    text: `writing to ${env.settings(run.sync).to}`,
    done: range.untilSeq,
    total: null,
  })
  return { kind: 'closed', opens: range.opens.map(sliceOf) }
}

/** More than any platform takes in one batch. */
const SLICE_MAX = 10_000

interface Work {
  readonly job: Job
  readonly plan: PlanHeader
  readonly terms: Terms
  readonly writer: Writer
}

/** Halves what fails as a whole until the record that breaks it stands alone. */
async function writeAll(work: Work, ops: readonly StoredOp[]): Promise<void> {
  const batches: (readonly StoredOp[])[] = ops.length === 0 ? [] : [ops]
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    work.job.signal.throwIfAborted()
    const again = await writeBatch(work, batch)
    if (again.length === 0) continue
    if (batch.length > 1) {
      const middle = Math.ceil(again.length / 2)
      batches.unshift(
        ...[again.slice(0, middle), again.slice(middle)].filter((half) => half.length > 0),
      )
    } else {
      const [alone] = again
      if (alone !== undefined && alone.attempts + 1 < ATTEMPTS_MAX)
        batches.unshift([{ ...alone, attempts: alone.attempts + 1 }])
      else await giveUp(work, again)
    }
  }
}

/** How often one record may fail alone before it is set aside. */
const ATTEMPTS_MAX = 3

/** A record that fails alone, on a platform that answers otherwise, is set aside as a reject; when the platform answers nothing, the run stops. */
async function giveUp(work: Work, ops: readonly StoredOp[]): Promise<void> {
  await work.writer.check(work.job.signal)
  const hint =
    'Look at the values of this record at the source; "ferry rejects" names it. The others were written.'
  await settle(
    work.job,
    work.plan,
    work.terms,
    ops.map((stored) => ({
      kind: 'rejected',
      stored,
      outcome: said(
        'the target fails on this record each time it is sent alone; it was not written',
        hint,
      ),
    })),
  )
}

/** Answers with the ops that certainly were not written and may be sent again. */
async function writeBatch(work: Work, batch: readonly StoredOp[]): Promise<readonly StoredOp[]> {
  const { job, plan, terms } = work
  const ready = await recheck(job, terms, work.writer, batch)
  await settle(job, plan, terms, ready.endings)
  if (ready.items.length === 0) return []
  await intend(job, plan, terms, ready.items)
  return send(work, ready.items)
}

async function send(work: Work, items: readonly Item[]): Promise<readonly StoredOp[]> {
  const { job, plan, terms, writer } = work
  const writes = items.map(
    (item): ContactWrite =>
      writeOf(terms, item.left, {
        id: item.id,
        current: item.current,
        key: `${plan.id}:${item.stored.op.seq}`,
      }),
  )
  const stored = items.map((item) => item.stored)
  let outcomes: readonly WriteOutcome[]
  try {
    outcomes = await writer.write(writes, job.signal)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return failedWhole(work, stored, error)
  }
  const endings: Ending[] = []
  const unknown: StoredOp[] = []
  for (const [place, item] of items.entries()) {
    const outcome = outcomes[place] ?? {
      kind: 'unknown',
      message: 'the answer does not mention this record',
    }
    const ending = endingOf(item, outcome)
    if (ending === null) unknown.push(item.stored)
    else endings.push(ending)
  }
  await settle(job, plan, terms, endings)
  return unknown.length === 0 ? [] : resolve(work, unknown)
}

/** null: unknown, to be looked up. */
function endingOf(item: Item, outcome: WriteOutcome): Ending | null {
  const { stored, current } = item
  switch (outcome.kind) {
    case 'done':
      return { kind: 'applied', stored, id: outcome.id, echo: outcome.sighting, current }
    case 'rejected':
      return {
        kind: 'rejected',
        stored,
        outcome: { ...said(outcome.message, outcome.hint), path: outcome.path },
      }
    case 'exists':
      return {
        kind: 'drifted',
        stored,
        outcome: {
          ...said(
            'somebody created this contact at the target since the plan was made; nothing was written',
            AGAIN,
          ),
          id: outcome.id,
        },
      }
    case 'stale':
      return {
        kind: 'drifted',
        stored,
        outcome: said(
          'the record changed at the target since it was read; nothing was written',
          AGAIN,
        ),
      }
    case 'gone':
      return {
        kind: 'drifted',
        stored,
        outcome: said(
          'the record does not exist at the target any more; nothing was written',
          AGAIN,
        ),
      }
    case 'unknown':
      return null
  }
}
export const AGAIN = 'The next run decides anew.'

/** The whole call failed. What had no effect goes back to planned; the rest is unknown until looked up. */
async function failedWhole(
  work: Work,
  ops: readonly StoredOp[],
  error: ConnectorError,
): Promise<readonly StoredOp[]> {
  const { job, plan, terms } = work
  switch (error.kind) {
    case 'unknown':
    case 'protocol':
      return resolve(work, ops)
    case 'invalid':
    case 'gone':
    case 'stale':
      if (ops.length > 1) return backToPlanned(work, ops)
      await settle(
        job,
        plan,
        terms,
        ops.map((stored) => ({
          kind: error.kind === 'invalid' ? 'rejected' : 'drifted',
          stored,
          outcome: said(error.message, error.hint ?? AGAIN),
        })),
      )
      return []
    case 'login':
    case 'permission':
    case 'throttled':
    case 'unreachable':
    case 'unsupported':
    case 'scan':
      await backToPlanned(work, ops)
      throw error
  }
}

async function backToPlanned(
  { job, plan, terms }: Work,
  ops: readonly StoredOp[],
): Promise<readonly StoredOp[]> {
  await settle(
    job,
    plan,
    terms,
    ops.map((stored) => ({ kind: 'planned', stored })),
  )
  return ops
}

/**
 * What became of ops whose answer is missing. Updates may be repeated: they are re-read first, and only what is left is sent. Creates
 * are looked for; found ones are finished, those that are certainly not there may be sent again.
 */
async function resolve(work: Work, ops: readonly StoredOp[]): Promise<readonly StoredOp[]> {
  const { job, plan, terms, writer } = work
  const updates = ops.filter(({ op }) => op.bucket === 'update')
  const looked: Looked = await lookForCreates(
    job,
    terms,
    writer,
    ops.filter(({ op }) => op.bucket === 'create'),
  )
  await settle(job, plan, terms, looked.endings)
  if (looked.unfinished.length > 0) await finish(work, looked.unfinished)
  return backToPlanned(work, [...updates, ...looked.absent])
}

/** Creates that took effect in part: the rest is sent as an update, which may be repeated. */
async function finish(work: Work, items: readonly Item[]): Promise<void> {
  await intend(work.job, work.plan, work.terms, items)
  const capability = work.terms.context.to.capabilities.update
  const size = capability === false ? 1 : capability.batchMax
  for (let start = 0; start < items.length; start += size)
    await send(work, items.slice(start, start + size))
}
