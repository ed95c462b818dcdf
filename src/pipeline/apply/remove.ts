/**
 * Removes the contacts of one slice, on either side.
 *
 * A batch: read each once more · what moved since the plan is left alone · write down all it shows · send · settle. What got no answer is
 * read again before it is sent again: removing needs no more proof than that, since an id never comes back.
 */
import type { Capabilities } from '../../connector/capabilities.ts'
import type { WriteOutcome, Writer } from '../../connector/connector.ts'
import { ConnectorError } from '../../connector/error.ts'
import type { Side } from '../../model/id.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { Job, Progressed } from '../env.ts'
import { again } from './again.ts'
import { readAgain } from './looks.ts'
import { said } from './quiet.ts'
import { sliceOf, type WriteRange } from './range.ts'
import { movedSince } from './remove-check.ts'
import {
  intendRemovals,
  type Removable,
  type Removed,
  removed,
  settleRemovals,
} from './remove-settle.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'
import { writtenId } from './terms.ts'

/** Some accounts remove one by one, two requests each: a slice should end within a minute or two. */
const BATCH_MAX = 50
/** More than any stretch of a plan holds. */
const RANGE_MAX = 10_000

export function removalBatch({ update, fetchMax }: Capabilities): number {
  const written = update === false ? BATCH_MAX : update.batchMax
  return Math.max(1, Math.min(BATCH_MAX, written, fetchMax))
}

interface Work {
  readonly job: Job
  readonly plan: PlanHeader
  readonly writer: Writer
}

export async function removeSlice(job: Job, plan: PlanHeader): Promise<Progressed> {
  const range = job.position as WriteRange
  const { env, run } = job
  const inRange = await env.store.plans.ops(plan.id, {
    afterSeq: range.afterSeq,
    untilSeq: range.untilSeq,
    limit: RANGE_MAX,
    states: ['planned', 'sent'],
    buckets: ['delete'],
  })
  const work = { job, plan, writer: env.accounts(run.sync).writer(range.side) }
  await removeAll(
    work,
    inRange.filter(({ op }) => op.writes === range.side),
  )
  const trouble = range.isCanary ? await stillThere(work, range, range.side) : null
  if (trouble !== null) return { kind: 'stop', stop: { status: 'stopped', reason: trouble } }
  env.progress({
    run: run.id,
    step: 'apply',
    text: 'removing contacts',
    done: range.untilSeq,
    total: null,
  })
  return { kind: 'closed', opens: range.opens.map(sliceOf) }
}

/**
 * Halves what is refused as a whole until the contact that is to blame stands alone. Sending what got no answer again goes on as long as
 * fewer are left each time; only those that are still the same after TRIES_MAX tries are set aside.
 */
async function removeAll(work: Work, ops: readonly StoredOp[]): Promise<void> {
  const { job, plan, writer } = work
  const batches: (readonly StoredOp[])[] = [ops]
  let tries = 0
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    job.signal.throwIfAborted()
    const { open, error } = await removeBatch(work, batch)
    if (open.length === 0) {
      tries = 0
      continue
    }
    if (error !== null && !error.mayRetry) {
      if (error.kind !== 'invalid' && error.kind !== 'gone' && error.kind !== 'stale') throw error
      const middle = Math.ceil(open.length / 2)
      if (open.length > 1) batches.unshift(open.slice(0, middle), open.slice(middle))
      else await setAside(work, open, 'rejected', error.message)
      continue
    }
    tries = open.length < batch.length ? 1 : tries + 1
    if (tries < TRIES_MAX) {
      const lagMs = writer.capabilities.visibilityLagMs
      const waitMs = Math.max(pauseMs(tries), lagMs, error?.retryAfterMs ?? 0)
      await job.env.clock.sleep(waitMs, job.signal)
      batches.unshift(open)
    } else if (error !== null) throw error
    else {
      await writer.check(job.signal)
      await setAside(
        { job, plan, writer },
        open,
        'unknown',
        'no answer tells whether it was removed',
      )
      tries = 0
    }
  }
}

function setAside(
  { job, plan }: Work,
  ops: readonly StoredOp[],
  state: 'rejected' | 'unknown',
  message: string,
): Promise<void> {
  const outcome = said(message, 'Look at this contact by hand; the others were removed.')
  return settleRemovals(
    job,
    plan,
    ops.map((stored) => ({ stored, state, outcome })),
  )
}

interface Sent {
  /** Not known to be removed: to be read and sent again. */
  readonly open: readonly StoredOp[]
  readonly error: ConnectorError | null
}

async function removeBatch(work: Work, ops: readonly StoredOp[]): Promise<Sent> {
  const { job, plan, writer } = work
  const { items, endings } = await recheck(work, ops)
  await settleRemovals(job, plan, endings)
  if (items.length === 0) return { open: [], error: null }
  await intendRemovals(job, plan, items)
  let outcomes: readonly WriteOutcome[]
  try {
    outcomes = await writer.remove(
      items.map(({ id }) => id),
      job.signal,
    )
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { open: items.map(({ stored }) => stored), error }
  }
  const settled: Removed[] = []
  const open: StoredOp[] = []
  for (const [place, item] of items.entries()) {
    const ending = endingOf(work, item, outcomes[place])
    if (ending === null) open.push(item.stored)
    else settled.push(ending)
  }
  await settleRemovals(job, plan, settled)
  return { open, error: null }
}

/** null: unknown, to be read again. */
function endingOf(
  work: Work,
  { stored, id }: Removable,
  outcome: WriteOutcome | undefined,
): Removed | null {
  switch (outcome?.kind) {
    case 'done':
    case 'gone':
      return { stored, state: 'applied', outcome: removed(id) }
    case 'rejected':
      return { stored, state: 'rejected', outcome: said(outcome.message, outcome.hint) }
    case 'stale':
    case 'exists':
      return drifted(work, stored, 'the contact changed since it was read; it was not removed')
    case 'unknown':
    case undefined:
      return null
  }
}

function drifted(
  { plan }: Pick<Work, 'plan'>,
  stored: StoredOp,
  message: string,
  path: string | null = null,
): Removed {
  const outcome = { ...said(message, again(plan)), path }
  return { stored, state: 'drifted', outcome }
}

async function recheck(
  work: Work,
  ops: readonly StoredOp[],
): Promise<{ readonly items: readonly Removable[]; readonly endings: readonly Removed[] }> {
  const { job, writer } = work
  const items: Removable[] = []
  const endings: Removed[] = []
  const ids = ops.flatMap(({ op }) => writtenId(op) ?? [])
  const readings = await readAgain(job, writer, ids)
  for (const stored of ops) {
    const id = writtenId(stored.op)
    const reading = id === null ? undefined : readings.get(id)
    if (id === null || reading === undefined || reading.kind === 'inconclusive') {
      endings.push(drifted(work, stored, 'the contact could not be read; it was not removed'))
    } else if (reading.kind === 'gone') {
      endings.push({ stored, state: 'applied', outcome: removed(id) })
    } else if (reading.kind === 'merged') {
      endings.push(
        drifted(work, stored, 'the contact was merged into another; neither was removed'),
      )
    } else {
      const path = movedSince(stored.op, reading.sighting)
      const words = 'the contact changed since the plan was made; it was not removed'
      if (path !== null) endings.push(drifted(work, stored, words, path))
      else items.push({ stored, id, current: reading.sighting })
    }
  }
  return { items, endings }
}

/** After each of the first, small batches: what was acknowledged must be gone when it is looked for. null: all is well. */
async function stillThere(
  { job, plan, writer }: Work,
  range: WriteRange,
  side: Side,
): Promise<string | null> {
  const ops = await job.env.store.plans.ops(plan.id, {
    afterSeq: range.afterSeq,
    untilSeq: range.untilSeq,
    limit: RANGE_MAX,
    states: ['applied'],
    buckets: ['delete'],
  })
  const ids = ops.flatMap(({ op }) => (op.writes === side ? (writtenId(op) ?? []) : []))
  if (ids.length === 0) return null
  await job.env.clock.sleep(writer.capabilities.visibilityLagMs, job.signal)
  for (const entry of (await readAgain(job, writer, ids)).values())
    if (entry.kind === 'found')
      return `contact ${entry.id} was removed and acknowledged, but is there when looked for`
  return null
}
