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

export function openQueue(place: QueuePlace): SliceQueue {
  const { options, backend } = wayTo(place, COMMANDS)
  return new Queue<JobData, JobResult, string>(NAME, options, backend)
}
export function openEvents(place: QueuePlace): QueueEvents {
  const { options, backend } = wayTo(place, BLOCKING)
  return new QueueEvents(NAME, options, backend)
}
export function openWorker(
  place: QueuePlace,
  timing: QueueTiming,
  work: {
    readonly name: string
    readonly concurrency: number
    readonly process: Processor<JobData, JobResult, string>
  },
): SliceWorker {
  const { options, backend } = wayTo(place, BLOCKING)
  const more = {
    name: work.name,
    concurrency: work.concurrency,
    autorun: false,
    lockDuration: timing.lockMs,
    stalledInterval: timing.stalledMs,
    maxStalledCount: STALLS_MAX,
  }
  return new Worker<JobData, JobResult, string>(
    NAME,
    work.process,
    { ...options, ...more },
    backend,
  )
}

const NAME = 'slices'
/** A slice over which workers died this often in a row is given up, before it takes all of them down. */
const STALLS_MAX = 4
/** A command fails soon when the queue is away; what waits for news waits as long as it takes, as BullMQ demands. */
const COMMANDS = { maxRetriesPerRequest: 1 }
const BLOCKING = { maxRetriesPerRequest: null }

/** BullMQ types a queue by its backend; nothing here looks at the difference. */
const POSTGRES = createPostgresBackend as unknown as BackendFactory<RedisQueueBackend>

function wayTo({ connection: url, prefix = 'ferry' }: QueuePlace, redis: object) {
  return /^postgres(ql)?:/.test(url)
    ? {
        options: { connection: { connectionString: url, schema: prefix, migrate: true }, prefix },
        backend: POSTGRES,
      }
    : {
        options: { connection: { url, ...redis, retryStrategy: reconnectAfterMs }, prefix },
        backend: createRedisBackend,
      }
}
function reconnectAfterMs(times: number): number {
  return Math.min(2_000, 100 * times)
}

/** What a job holds, and what it answers with when its run is over. */
export const JOB = z.object({
  run: z.string(),
  stage: z.int(),
  slice: z.string(),
  failures: z.int(),
})
export type JobData = z.infer<typeof JOB>
export const IS_OVER = 'over'
export type JobResult = typeof IS_OVER | null

/** `events: null`: without news. */
export function bellOn(place: QueuePlace, queue: SliceQueue, events: QueueEvents | null): Bell {
  const reach = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw unreachable(place, error)
    })
  return {
    ring: async (tickets) => {
      const jobs = tickets.map((ticket) => ({
        name: 'slice',
        data: { ...ticket, failures: 0 },
        opts: { jobId: idOf(ticket), removeOnComplete: true, removeOnFail: true },
      }))
      await reach(queue.addBulk(jobs))
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

function listen(events: QueueEvents, run: RunId, listener: Listener): () => void {
  const isOurs = ({ jobId }: { readonly jobId: string }) => jobId.startsWith(beginOf(run))
  const completed = (event: { jobId: string; returnvalue: unknown }) => {
    if (isOurs(event) && event.returnvalue === IS_OVER) listener.news()
  }
  const failed = (event: { jobId: string; failedReason: string }) => {
    if (isOurs(event)) listener.failed(event.failedReason)
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

type Ends = readonly Pick<QueueBase, 'waitUntilReady' | 'close' | 'disconnect' | 'on'>[]

/** Resolves when all ends are connected. Throws QueueError `unreachable` when they are not within `readyMs`. */
export async function connected(
  ends: Ends,
  {
    place,
    env,
    readyMs,
  }: { readonly place: QueuePlace; readonly env: Env; readonly readyMs: number },
): Promise<void> {
  const late = new AbortController()
  const tooLate = env.clock.sleep(readyMs, late.signal).then(
    () => {
      throw unreachable(place, new Error(`no answer within ${readyMs} ms`))
    },
    () => undefined,
  )
  try {
    const ready = Promise.all(ends.map((end) => end.waitUntilReady())).catch((error: unknown) => {
      throw unreachable(place, error)
    })
    await Promise.race([ready, tooLate])
  } finally {
    late.abort()
  }
}

/** Closes what was connected; what never was is let go. */
export async function close(ends: Ends): Promise<void> {
  for (const end of ends) await end.close()
}

/** A connection that is lost comes back by itself; it is told once, not with every attempt. */
export function tellFaults(env: Env, ends: Ends): void {
  let last = ''
  for (const end of ends) {
    end.on('error', (error: unknown) => {
      const text = messageOf(error)
      if (text !== last) env.log.warn(`queue: ${text}`)
      last = text
    })
  }
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
