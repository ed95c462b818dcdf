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
import { pauseMs, TRIES_MAX } from './repeat.ts'
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
  let refusals = 0
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    work.job.signal.throwIfAborted()
    const { again, refusal } = await writeBatch(work, batch)
    if (refusal !== null) {
      refusals += 1
      if (refusals >= TRIES_MAX) throw refusal
      const waitMs = Math.max(pauseMs(refusals), refusal.retryAfterMs ?? 0)
      await work.job.env.clock.sleep(waitMs, work.job.signal)
      batches.unshift(again)
      continue
    }
    refusals = 0
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

interface Sent {
  /** Ops that certainly were not written and may be sent again. */
  readonly again: readonly StoredOp[]
  /** The platform did not take the request at all: the same batch goes again later, whole. */
  readonly refusal: ConnectorError | null
}
const ALL_SETTLED: Sent = { again: [], refusal: null }

async function writeBatch(work: Work, batch: readonly StoredOp[]): Promise<Sent> {
  const { job, plan, terms } = work
  const ready = await recheck(job, terms, work.writer, batch)
  await settle(job, plan, terms, ready.endings)
  if (ready.items.length === 0) return ALL_SETTLED
  await intend(job, plan, terms, ready.items)
  return send(work, ready.items)
}

async function send(work: Work, items: readonly Item[]): Promise<Sent> {
  const { unknown, untouched, refusal } = await exchange(work, items)
  const absent = unknown.length === 0 ? [] : await resolve(work, unknown)
  return { again: [...untouched, ...absent], refusal }
}

interface Exchanged {
  readonly unknown: readonly StoredOp[]
  /** Back to planned: the request certainly had no effect on them. */
  readonly untouched: readonly StoredOp[]
  readonly refusal: ConnectorError | null
}

/** One request; what is definite is settled. */
async function exchange(work: Work, items: readonly Item[]): Promise<Exchanged> {
  const { job, plan, terms, writer } = work
  const writes = items.map(
    ({ stored, left, id, current }): ContactWrite =>
      writeOf(terms, left, { id, current, key: `${plan.id}:${stored.op.seq}` }),
  )
  let outcomes: readonly WriteOutcome[]
  try {
    outcomes = await writer.write(writes, job.signal)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return failedWhole(
      work,
      items.map((item) => item.stored),
      error,
    )
  }
  const endings: Ending[] = []
  const unknown: StoredOp[] = []
  for (const [place, item] of items.entries()) {
    const outcome = outcomes[place] ?? NOT_MENTIONED
    const ending = endingOf(item, outcome)
    if (ending === null) unknown.push(item.stored)
    else endings.push(ending)
  }
  await settle(job, plan, terms, endings)
  return { unknown, untouched: [], refusal: null }
}
const NOT_MENTIONED: WriteOutcome = {
  kind: 'unknown',
  message: 'the answer does not mention this record',
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
): Promise<Exchanged> {
  const { job, plan, terms } = work
  switch (error.kind) {
    case 'unknown':
    case 'protocol':
      return { unknown: ops, untouched: [], refusal: null }
    case 'throttled':
    case 'unreachable':
      return { unknown: [], untouched: await backToPlanned(work, ops), refusal: error }
    case 'invalid':
    case 'gone':
    case 'stale': {
      if (ops.length > 1) {
        return { unknown: [], untouched: await backToPlanned(work, ops), refusal: null }
      }
      const kind = error.kind === 'invalid' ? 'rejected' : 'drifted'
      const outcome = said(error.message, error.hint ?? AGAIN)
      await settle(
        job,
        plan,
        terms,
        ops.map((stored) => ({ kind, stored, outcome })),
      )
      return { unknown: [], untouched: [], refusal: null }
    }
    case 'login':
    case 'permission':
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
 * are looked for: found ones are finished, and only those that are certainly not there are answered, to be sent again.
 */
async function resolve(work: Work, ops: readonly StoredOp[]): Promise<readonly StoredOp[]> {
  const { job, plan, terms, writer } = work
  const free = ops.filter(({ op }) => op.bucket === 'update')
  let creates = ops.filter(({ op }) => op.bucket === 'create')
  for (let tries = 1; creates.length > 0; tries += 1) {
    const looked = await lookForCreates(job, terms, writer, creates)
    await settle(job, plan, terms, looked.endings)
    free.push(...looked.absent)
    const { open, refusal } = await finish(work, looked.unfinished)
    if (open.length > 0 && tries >= TRIES_MAX) {
      throw (
        refusal ??
        new ConnectorError(
          'unknown',
          `${open.length} contacts were created in part, and the rest of them could not be written`,
        )
      )
    }
    if (open.length > 0) {
      await job.env.clock.sleep(Math.max(pauseMs(tries), refusal?.retryAfterMs ?? 0), job.signal)
    }
    creates = [...open]
  }
  return backToPlanned(work, free)
}

/** Creates that took effect in part: the rest is sent as an update. Answers with those whose end is still open; they stay `sent`. */
async function finish(
  work: Work,
  items: readonly Item[],
): Promise<{ readonly open: readonly StoredOp[]; readonly refusal: ConnectorError | null }> {
  const { job, plan, terms } = work
  const capability = terms.context.to.capabilities.update
  const size = capability === false ? 1 : capability.batchMax
  const open: StoredOp[] = []
  let refusal: ConnectorError | null = null
  for (let start = 0; start < items.length; start += size) {
    const batch = items.slice(start, start + size)
    await intend(job, plan, terms, batch)
    const exchanged = await exchange(work, batch)
    open.push(...exchanged.unknown, ...exchanged.untouched)
    refusal ??= exchanged.refusal
  }
  await markSent(work, open)
  return { open, refusal }
}

/** They exist, in part: whatever happens now, nobody may take them for creates that were never sent. */
async function markSent({ job, plan }: Work, ops: readonly StoredOp[]): Promise<void> {
  if (ops.length === 0) return
  await job.commit((store) =>
    store.plans.intend(
      plan.id,
      ops.map(({ op }) => op.seq),
    ),
  )
}
