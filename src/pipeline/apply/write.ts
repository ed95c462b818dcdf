/** Writes one slice of creates or updates: see the state machine in apply.ts. */
import type { ConnectorError } from '../../connector/error.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { Job, Progressed } from '../env.ts'
import { checkCanary } from './canary.ts'
import { exchange, type Work } from './exchange.ts'
import { intend } from './intend.ts'
import { type Looks, looksThrough } from './looks.ts'
import { noteTried } from './tried.ts'
import { sliceOf, type WriteRange } from './range.ts'
import { type Item, recheck } from './recheck.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'
import { resolve } from './resolve.ts'
import { settle } from './settle.ts'
import { ATTEMPTS_MAX, silence } from './silence.ts'
import { termsOf } from './terms.ts'

export async function writeSlice(job: Job, plan: PlanHeader): Promise<Progressed> {
  const range = job.position as WriteRange
  const { env, run } = job
  const work: Work = {
    job,
    plan,
    terms: await termsOf(job, range.side),
    writer: env.accounts(run.sync).writer(range.side),
  }
  const inRange = await env.store.plans.ops(plan.id, {
    afterSeq: range.afterSeq,
    untilSeq: range.untilSeq,
    limit: SLICE_MAX,
    states: ['planned', 'sent'],
    buckets: [range.bucket],
  })
  const pending = inRange.filter(({ op }) => op.writes === range.side)
  const sent = pending.filter((stored) => stored.state === 'sent')
  const again = sent.length === 0 ? [] : await resolve(work, sent)
  const rest = pending.filter((stored) => stored.state === 'planned')
  await writeAll(work, [...again, ...rest])
  if (range.isCanary) {
    const checked = await checkCanary(job, plan, range)
    if (checked.trouble !== null)
      return { kind: 'stop', stop: { status: 'stopped', reason: checked.trouble } }
    await noteTried(job, plan, { kind: range, records: checked.written })
  }
  env.progress({
    run: run.id,
    step: 'apply',
    text: `writing to ${env.settings(run.sync)[range.side]}`,
    done: range.untilSeq,
    total: null,
  })
  return { kind: 'closed', opens: range.opens.map(sliceOf) }
}

/** More than any platform takes in one batch. */
const SLICE_MAX = 10_000

/** One batch after the other. What fails as a whole is halved until the record that breaks it stands alone. */
async function writeAll(work: Work, ops: readonly StoredOp[]): Promise<void> {
  const batches: (readonly StoredOp[])[] = [...batchesOf(work, ops)]
  const looks = looksThrough(work.job, work.writer)
  const unheard = silence(work, 'it was not written')
  let refusals = 0
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    work.job.signal.throwIfAborted()
    const { again, refusal, isAnswered } = await writeBatch({ ...work, looks }, batch, batches)
    if (isAnswered) await unheard.broken()
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
      else await unheard.of(again)
    }
  }
  await unheard.end()
}

function batchesOf({ terms }: Work, ops: readonly StoredOp[]): readonly (readonly StoredOp[])[] {
  const { create, update } = terms.context.to.capabilities
  const capability = ops[0]?.op.bucket === 'create' ? create : update
  const size = capability === false ? 1 : capability.batchMax
  const count = Math.ceil(ops.length / size)
  return Array.from({ length: count }, (_, place) => ops.slice(place * size, (place + 1) * size))
}

interface Sent {
  /** Ops that certainly were not written and may be sent again. */
  readonly again: readonly StoredOp[]
  /** The platform did not take the request at all: the same batch goes again later, whole. */
  readonly refusal: ConnectorError | null
  readonly isAnswered: boolean
}
const ALL_SETTLED: Sent = { again: [], refusal: null, isAnswered: false }

async function writeBatch(
  work: Work & { readonly looks: Looks },
  batch: readonly StoredOp[],
  next: readonly (readonly StoredOp[])[],
): Promise<Sent> {
  const { job, plan, terms } = work
  const ready = await recheck(work, batch, next.flat())
  await settle(job, plan, terms, ready.endings)
  if (ready.items.length === 0) return ALL_SETTLED
  await intend(job, plan, terms, ready.items)
  return send(work, ready.items)
}

async function send(work: Work, items: readonly Item[]): Promise<Sent> {
  const { unknown, untouched, refusal, isAnswered } = await exchange(work, items)
  const absent = unknown.length === 0 ? [] : await resolve(work, unknown)
  return { again: [...untouched, ...absent], refusal, isAnswered }
}
