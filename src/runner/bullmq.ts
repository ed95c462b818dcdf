/**
 * The runner for many processes: tickets travel through a queue (BullMQ, on Redis or Postgres) to whichever worker is free. The store is the
 * truth and the queue a bell, which may ring twice, late or not at all: losing the queue loses nothing.
 *
 * Workers touch only runs that a command waits for, so an interrupted run rests (`queued/attendance.ts`). What a worker does with a ticket is
 * in `queued/carry.ts`, what the waiting command does in `queued/settle.ts`; neither knows BullMQ.
 */
import { DelayedError, type Job, UnrecoverableError } from 'bullmq'
import type { RunId } from '../model/id.ts'
import type { Env, ProgressEvent, Ticket } from '../pipeline/env.ts'
import type { RunRecord } from '../state/runs.ts'
import {
  bellOn,
  GIVEN_UP,
  IS_OVER,
  JOB,
  type JobData,
  type JobResult,
  type QueuePlace,
  wayTo,
} from './bullmq-queue.ts'
import { type Crew, crewOf } from './queued/crew.ts'
import { keepFailure, messageOf } from './queued/failure.ts'
import { settleQueued } from './queued/settle.ts'
import { QUEUE_TIMING, type QueueTiming } from './queued/timing.ts'
import type { Runner } from './runner.ts'

export interface QueueOptions extends QueuePlace {
  readonly timing?: Partial<QueueTiming>
}
export interface WorkerOptions extends QueueOptions {
  /** Slices worked at the same time. */
  readonly concurrency: number
  /** Makes a run's sync ready, before each of its tickets: `env.settings` and `env.accounts` must know it afterwards. */
  readonly prepare: (run: RunRecord) => Promise<void>
}
export interface QueueWorker {
  /** Works tickets until aborted, then finishes the pieces in hand and resolves. Throws QueueError `unreachable` when the queue does not answer. */
  run(signal: AbortSignal): Promise<void>
  /** Ends it as an abort does, and waits for that. */
  close(): Promise<void>
}

/** For the command that waits for a run; the work is done by workers elsewhere. `settle` rejects as `settleQueued` says. */
export function bullmqRunner(env: Env, options: QueueOptions): Runner {
  const timing = { ...QUEUE_TIMING, ...options.timing }
  const way = wayTo(options, env, timing)
  const bell = bellOn(options, way.queue(), way.events())
  return {
    async settle(run, signal) {
      await way.connected()
      await settleQueued({ env, bell, timing }, run, signal)
    },
    close: way.close,
  }
}

/** `ferry worker`: carries tickets of every run that a command waits for. Workers that share an `env.owner` would share leases: each has its own. */
export function startWorker(env: Env, options: WorkerOptions): QueueWorker {
  const { prepare, concurrency } = options
  const timing = { ...QUEUE_TIMING, ...options.timing }
  const stopping = new AbortController()
  const way = wayTo(options, env, timing)
  const told = progressTo(env)
  const crew = crewOf(
    { env: { ...env, progress: told.progress }, prepare, timing, stopping: stopping.signal },
    bellOn(options, way.queue(), null),
  )
  const worker = way.worker({
    concurrency,
    process: async (job, token) => {
      told.about(job)
      const result = await deliver({ env, crew, job, token })
      if (result === IS_OVER) told.endOf(job.data.run)
      return result
    },
  })
  let ended: Promise<void> | null = null

  async function work(): Promise<void> {
    const idle = new AbortController()
    try {
      await way.connected()
      const looking = crew.look(AbortSignal.any([stopping.signal, idle.signal]))
      const running = worker.run()
      await Promise.race([abortOf(stopping.signal), running])
      const patience = breakOffLate(env, crew, { ms: timing.graceMs, unless: idle.signal })
      await way.close()
      idle.abort()
      await Promise.all([running, looking, patience])
    } finally {
      idle.abort()
      await way.close()
    }
  }
  return {
    async run(signal) {
      const stop = () => stopping.abort()
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      ended ??= work()
      await ended.finally(() => signal.removeEventListener('abort', stop))
    },
    async close() {
      stopping.abort()
      ended ??= way.close()
      await ended
    },
  }
}

async function deliver(work: {
  readonly env: Env
  readonly crew: Crew
  readonly job: Job<JobData, JobResult>
  readonly token: string | undefined
}): Promise<JobResult> {
  const { env, crew, job, token } = work
  const data = JOB.safeParse(job.data).data
  // Its data went with the queue: the next ringing brings it again.
  if (data === undefined) return null
  const { failures, ...ticket } = data
  const carried = await crew.deliver({ ticket: ticket as Ticket, failures })
  switch (carried.kind) {
    case 'done':
      return carried.isOver ? IS_OVER : null
    case 'later':
      if (carried.failures !== failures)
        await job.updateData({ ...ticket, failures: carried.failures })
      // Also without a wait: `moveToWait` would put it before all others instead of behind them.
      await job.moveToDelayed(env.clock.now() + carried.ms, token)
      throw new DelayedError()
    case 'failed':
      await keepFailure(env.store, ticket.run as RunId, carried.error).catch((error: unknown) =>
        env.log.warn(messageOf(error)),
      )
      throw new UnrecoverableError(`${GIVEN_UP}${messageOf(carried.error)}`)
  }
}

/** Progress goes to this worker's own display and, by way of a job of the run, to the command that waits. */
function progressTo(env: Env) {
  const jobs = new Map<string, Job<JobData, JobResult>>()
  let quietUntilMs = 0
  return {
    about(job: Job<JobData, JobResult>) {
      jobs.set(job.data.run, job)
    },
    endOf(run: string) {
      jobs.delete(run)
    },
    progress(event: ProgressEvent) {
      env.progress(event)
      if (env.clock.now() < quietUntilMs) return
      quietUntilMs = env.clock.now() + PROGRESS_MS
      jobs
        .get(event.run)
        ?.updateProgress(event)
        .catch((error: unknown) => env.log.debug(messageOf(error)))
    },
  }
}
const PROGRESS_MS = 250

function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function breakOffLate(
  env: Env,
  crew: Crew,
  { ms, unless }: { readonly ms: number; readonly unless: AbortSignal },
): Promise<void> {
  try {
    await env.clock.sleep(ms, unless)
    crew.breakOff(new Error('the worker was told to stop'))
  } catch (error) {
    if (!unless.aborted) throw error
  }
}
