/**
 * The queue itself: where it is, how its ends are opened and closed, and the bell on it.
 *
 * A slice is one job under one id, so ringing twice is ringing once. A job that goes on is moved behind the others instead of being added
 * again, and finished jobs are removed at once, since BullMQ silently ignores an id that it still has.
 */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type Processor,
  Queue,
  type QueueBase,
  QueueEvents,
  type RedisQueueBackend,
  Worker,
} from 'bullmq'
import { z } from 'zod'
import type { RunId } from '../model/id.ts'
import type { Env, ProgressEvent, Ticket } from '../pipeline/env.ts'
import type { Bell, Listener } from './queued/bell.ts'
import { messageOf, QueueError } from './queued/failure.ts'
import type { QueueTiming } from './queued/timing.ts'

export interface QueuePlace {
  /** `redis://…`, `rediss://…`, or `postgres://…` for a queue in a database. */
  readonly connection: string
  /** Keeps several ferries on one Redis (or, as a schema, in one database) apart. `ferry` unless told otherwise. */
  readonly prefix?: string
}

export type SliceQueue = Queue<JobData, JobResult, string>
export type SliceWorker = Worker<JobData, JobResult, string>

/** Opens ends of the queue and closes all of them together. They connect in the background. */
export interface Way {
  queue(): SliceQueue
  events(): QueueEvents
  worker(work: {
    readonly concurrency: number
    readonly process: Processor<JobData, JobResult, string>
  }): SliceWorker
  /** Resolves when all ends are connected. Throws QueueError `unreachable` when they are not within `readyMs`. */
  connected(): Promise<void>
  /** The last opened first, so that a worker can still ring for what follows. Also when the queue is away. */
  close(): Promise<void>
}

/** `name`: another queue than that of the slices. */
export function wayTo(
  place: QueuePlace,
  env: Pick<Env, 'clock' | 'log' | 'owner'>,
  timing: QueueTiming,
  name = NAME,
): Way {
  const ends: QueueBase[] = []
  const warn = once((text) => env.log.warn(`queue: ${text}`))
  let isClosing = false

  function kept<E extends QueueBase>(end: E): E {
    ends.push(end)
    // A connection that is lost comes back by itself.
    end.on('error', (error: Error) => warn(messageOf(error)))
    return end
  }
  function options(redis: object) {
    const { connection: url, prefix = 'ferry' } = place
    // A client that gives up reconnecting lets go of whatever still waits for it; otherwise closing would wait for the queue to come back.
    const retryStrategy = (times: number) =>
      isClosing ? null : Math.min(RECONNECT_MS_MAX, 50 * times)
    return POSTGRES.test(url)
      ? { prefix, connection: { connectionString: url, schema: prefix, migrate: true } }
      : { prefix, connection: { url, ...redis, retryStrategy } }
  }
  const backend = POSTGRES.test(place.connection) ? postgresBackend : createRedisBackend

  return {
    queue: () => kept(new Queue(name, options(COMMANDS), backend)),
    events: () => kept(new QueueEvents(name, options(BLOCKING), backend)),
    worker: ({ concurrency, process }) => {
      const how = {
        ...options(BLOCKING),
        name: env.owner,
        concurrency,
        autorun: false,
        lockDuration: timing.lockMs,
        stalledInterval: timing.stalledMs,
        maxStalledCount: STALLS_MAX,
        // For a job that lost its own options.
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      }
      return kept(new Worker(name, process, how, backend))
    },
    async connected() {
      const isReady = new AbortController()
      const late = env.clock.sleep(timing.readyMs, isReady.signal).then(
        () => {
          throw new Error(`no answer within ${timing.readyMs} ms`)
        },
        () => undefined,
      )
      try {
        await Promise.race([Promise.all(ends.map((end) => end.waitUntilReady())), late])
      } catch (error) {
        throw unreachable(place, error)
      } finally {
        isReady.abort()
      }
    },
    async close() {
      isClosing = true
      for (const end of ends.toReversed())
        await end.close().catch((error: unknown) => env.log.debug(`queue: ${messageOf(error)}`))
    },
  }
}

/** Says the same only once in a row. */
function once(say: (text: string) => void): (text: string) => void {
  let last = ''
  return (text) => {
    if (text !== last) say(text)
    last = text
  }
}

const POSTGRES = /^postgres(ql)?:/
const RECONNECT_MS_MAX = 2_000
const NAME = 'slices'
/** A slice over which workers died this often in a row is given up, before it takes all of them down. */
const STALLS_MAX = 4
/** A command fails soon when the queue is away; what waits for news waits as long as it takes, as BullMQ demands. */
const COMMANDS = { maxRetriesPerRequest: 1 }
const BLOCKING = { maxRetriesPerRequest: null }

/** BullMQ types a queue by its backend; nothing here looks at the difference. */
const postgresBackend = createPostgresBackend as unknown as BackendFactory<RedisQueueBackend>

/** What a job holds, and what it answers with when its run is over. */
export const JOB = z.object({
  run: z.string(),
  stage: z.int(),
  slice: z.string(),
  failures: z.int(),
})
export type JobData = z.infer<typeof JOB>
/** How the reason of a failed job begins when its worker gave it up. */
export const GIVEN_UP = 'given up: '
/** That, or BullMQ's word for workers that died over it. Any other failure is the queue's own, and the next ringing makes up for it. */
const FINAL = new RegExp(`^${GIVEN_UP}|^job stalled more than`)
export const IS_OVER = 'over'
export type JobResult = typeof IS_OVER | null

/** `events: null`: without news. */
export function bellOn(place: QueuePlace, queue: SliceQueue, events: QueueEvents | null): Bell {
  const reach = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw unreachable(place, error)
    })
  async function ring(tickets: readonly Ticket[]): Promise<void> {
    const jobs = tickets.map((ticket) => ({
      name: 'slice',
      data: { ...ticket, failures: 0 },
      opts: { jobId: idOf(ticket), removeOnComplete: true, removeOnFail: true },
    }))
    await reach(queue.addBulk(jobs))
  }
  return {
    ring,
    async ringAgain(tickets) {
      for (const ticket of tickets) {
        const id = idOf(ticket)
        if (LEFT_OVER.has(await reach(queue.getJobState(id)))) await reach(queue.remove(id))
      }
      await ring(tickets)
    },
    silence: async (tickets) => {
      for (const ticket of tickets) await reach(queue.remove(idOf(ticket)))
    },
    inHand: async (run) => {
      const jobs = await reach(queue.getActive())
      return jobs.filter((job) => job?.data.run === run).length
    },
    listen: (run, listener) => (events === null ? () => {} : listen(events, run, listener)),
  }
}

/** States in which a job is only in the way of a new one: finished ones are kept by nobody, and `unknown` has no place in line. */
const LEFT_OVER: ReadonlySet<string> = new Set(['unknown', 'completed', 'failed'])

function listen(events: QueueEvents, run: RunId, listener: Listener): () => void {
  const isOurs = ({ jobId }: { readonly jobId: string }) => jobId.startsWith(beginOf(run))
  const completed = (event: { jobId: string; returnvalue: unknown }) => {
    if (isOurs(event) && event.returnvalue === IS_OVER) listener.news()
  }
  const failed = (event: { jobId: string; failedReason: string }) => {
    if (isOurs(event) && FINAL.test(event.failedReason)) listener.failed(event.failedReason)
  }
  const progress = (event: { jobId: string; data: unknown }) => {
    const told = PROGRESS.safeParse(event.data)
    if (isOurs(event) && told.success) listener.progress(told.data as ProgressEvent)
  }
  events.on('completed', completed)
  events.on('failed', failed)
  events.on('progress', progress)
  return () => {
    events.off('completed', completed)
    events.off('failed', failed)
    events.off('progress', progress)
  }
}

const PROGRESS = z.object({
  run: z.string(),
  step: z.string(),
  text: z.string(),
  done: z.number(),
  total: z.number().nullable(),
})

/** No colons, and never a bare number: BullMQ refuses both. */
function idOf({ run, stage, slice }: Ticket): string {
  return `${beginOf(run)}${stage}/${encodeURIComponent(slice)}`
}
function beginOf(run: RunId): string {
  return `${encodeURIComponent(run)}/`
}

function unreachable(place: QueuePlace, cause: unknown): QueueError {
  const url = new URL(place.connection)
  return new QueueError(
    'unreachable',
    `the queue at ${url.protocol}//${url.host} does not answer (${messageOf(cause)})`,
    {
      hint: 'Check that it runs and that "queue" in ferry.yaml names it. Nothing is lost with it: runs are kept in the state.',
      cause,
    },
  )
}
