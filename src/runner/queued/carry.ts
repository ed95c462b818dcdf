/** What a worker does with a ticket that it was given: works the slice as long as it has its turn, and judges what went wrong. */
import { ConnectorError } from '../../connector/error.ts'
import type { RunId } from '../../model/id.ts'
import { type Advanced, advance } from '../../pipeline/advance.ts'
import type { Env, Ticket } from '../../pipeline/env.ts'
import type { RunRecord } from '../../state/runs.ts'
import { StoreError } from '../../state/store.ts'
import { attendedRuns } from './attendance.ts'
import { hintOf, messageOf, QueueError } from './failure.ts'
import { FAILURES_MAX, type QueueTiming } from './timing.ts'

export interface Carrier {
  readonly env: Env
  /** Makes a run's sync ready to be worked on: `env.settings` and `env.accounts` must know it afterwards. */
  readonly prepare: (run: RunRecord) => Promise<void>
  readonly ring: (tickets: readonly Ticket[]) => Promise<void>
  readonly timing: QueueTiming
  /** Aborted: the piece in hand is the last. */
  readonly stopping: AbortSignal
}
export interface Delivery {
  readonly ticket: Ticket
  /** How often its piece failed in a row. */
  readonly failures: number
}
export type Carried =
  /** Nothing more for this ticket. `isOver`: nor for its run. */
  | { readonly kind: 'done'; readonly isOver: boolean }
  /** The same ticket again, to whoever is free by then. */
  | { readonly kind: 'later'; readonly ms: number; readonly failures: number }
  /** The run's command has to be told. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** Never rejects. Aborting `signal` breaks the piece off; the slice is then as it was at its last commit. */
export async function carry(
  carrier: Carrier,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Carried> {
  const { env } = carrier
  let { failures } = delivery
  try {
    const run = await env.store.runs.get(delivery.ticket.run)
    if (run === null || run.status !== 'open') return OVER
    if (!(await attendedRuns(env)).has(run.id)) return DONE
    await makeReady(carrier, run)
    const turnEndsMs = env.clock.now() + carrier.timing.turnMs
    for (;;) {
      const advanced = await advance(env, delivery.ticket, signal)
      failures = 0
      const goesOn = await pass(carrier, delivery.ticket, advanced)
      if (advanced.kind === 'busy') return { kind: 'later', ms: carrier.timing.busyMs, failures }
      if (!goesOn) return (await isOpen(env, run.id)) ? DONE : OVER
      if (carrier.stopping.aborted || env.clock.now() >= turnEndsMs)
        return { kind: 'later', ms: 0, failures }
    }
  } catch (error) {
    return judge(carrier, { error, failures, signal })
  }
}

const DONE: Carried = { kind: 'done', isOver: false }
const OVER: Carried = { kind: 'done', isOver: true }
/** Nobody waits for the run any more. */
export const LEFT = new Error('nobody waits for this run any more')

/** Rings for what follows. True: the slice itself goes on. */
async function pass({ ring }: Carrier, ticket: Ticket, advanced: Advanced): Promise<boolean> {
  if (advanced.kind !== 'on') return false
  const isSame = (other: Ticket) =>
    other.run === ticket.run && other.stage === ticket.stage && other.slice === ticket.slice
  const others = advanced.tickets.filter((other) => !isSame(other))
  if (others.length > 0) await ring(others)
  return others.length < advanced.tickets.length
}

async function isOpen(env: Env, id: RunId): Promise<boolean> {
  return (await env.store.runs.get(id))?.status === 'open'
}

async function makeReady({ env, prepare }: Carrier, run: RunRecord): Promise<void> {
  try {
    await prepare(run)
  } catch (error) {
    if (error instanceof ConnectorError || error instanceof StoreError) throw error
    throw new QueueError('setup', `worker ${env.owner}: ${messageOf(error)}`, {
      hint: hintOf(error) ?? 'Correct the configuration of that worker and start it again.',
      cause: error,
    })
  }
  if (env.settings(run.sync).fingerprint === run.fingerprint) return
  throw new QueueError(
    'setup',
    `worker ${env.owner} has another configuration of "${run.sync}" than ${run.id} was started under`,
    {
      hint: 'Start the worker again with the same ferry.yaml and mapping, then repeat the command.',
    },
  )
}

function judge(
  { timing, stopping }: Carrier,
  fault: { readonly error: unknown; readonly failures: number; readonly signal: AbortSignal },
): Carried {
  const { error, signal } = fault
  if (signal.aborted && signal.reason === LEFT) return DONE
  if (signal.aborted && stopping.aborted) return { kind: 'later', ms: 0, failures: fault.failures }
  // Somebody took the slice over, or the bell could not be rung: the ticket finds out how things stand.
  if (error instanceof StoreError && error.kind === 'fenced')
    return { kind: 'later', ms: timing.busyMs, failures: fault.failures }
  if (!mayRetry(error) || fault.failures + 1 >= FAILURES_MAX) return { kind: 'failed', error }
  const asked = error instanceof ConnectorError ? (error.retryAfterMs ?? 0) : 0
  if (asked > timing.patienceMs) return { kind: 'failed', error }
  const backoff = Math.min(timing.backoffMaxMs, timing.backoffMs * 2 ** fault.failures)
  return { kind: 'later', ms: Math.max(asked, backoff), failures: fault.failures + 1 }
}

function mayRetry(error: unknown): boolean {
  if (error instanceof ConnectorError) return error.mayRetry
  if (error instanceof StoreError) return error.kind === 'busy'
  return error instanceof QueueError && error.kind === 'unreachable'
}
