/**
 * Ticks kept in the queue: however many processes of `ferry schedule` there are, each tick reaches one of them, and a tick that came while none
 * was there waits for the first. The queue may lose everything: what is missing is put back.
 */
import type { Queue, Worker } from 'bullmq'
import type { Env } from '../pipeline/env.ts'
import { type QueuePlace, wayTo } from './bullmq-queue.ts'
import { messageOf } from './queued/failure.ts'
import { QUEUE_TIMING } from './queued/timing.ts'

export interface QueuedTicks extends QueuePlace {
  readonly entries: readonly { readonly name: string; readonly pattern: string }[]
  readonly timeZone: string
  /** Resolves when what the tick asks for has run. Never rejects. */
  readonly due: (name: string) => Promise<void>
}

/** Until aborted; then waits for the ticks in hand. Throws QueueError `unreachable` when the queue does not answer at the start. */
export async function keepQueuedTicks(
  env: Pick<Env, 'clock' | 'log' | 'owner'>,
  options: QueuedTicks,
  signal: AbortSignal,
): Promise<void> {
  const { entries, timeZone, due } = options
  const way = wayTo(options, env, QUEUE_TIMING, 'schedule')
  const queue = way.queue() as unknown as Queue
  const worker = way.worker({
    // One more than there are syncs: a tick of one that still runs is told, not kept waiting.
    concurrency: entries.length + 1,
    process: async (job) => {
      await due(job.name)
      return null
    },
  }) as unknown as Worker

  async function putBack(): Promise<void> {
    const known = new Map((await queue.getJobSchedulers()).map((each) => [each.key, each]))
    for (const key of known.keys())
      if (!entries.some(({ name }) => name === key)) await queue.removeJobScheduler(key)
    for (const { name, pattern } of entries) {
      const before = known.get(name)
      // One that is there keeps its next tick, also where that was missed.
      if (before?.pattern === pattern && before.tz === timeZone) continue
      const opts = { removeOnComplete: true, removeOnFail: true }
      await queue.upsertJobScheduler(name, { pattern, tz: timeZone }, { name, opts })
    }
  }
  try {
    await way.connected()
    await putBack()
    const running = worker.run()
    while (!signal.aborted) {
      await env.clock.sleep(LOOK_MS, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      if (!signal.aborted)
        await putBack().catch((error: unknown) => env.log.warn(`schedule: ${messageOf(error)}`))
    }
    await way.close()
    await running
  } finally {
    await way.close()
  }
}

const LOOK_MS = 30_000
