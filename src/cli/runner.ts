/** Which runner carries a command's run: this process, or the workers that listen on the queue. */
import type { App } from '../app/app.ts'
import { resolveQueue } from '../app/config.ts'
import { inlineRunner } from '../runner/inline.ts'
import type { Runner } from '../runner/runner.ts'
import { UsageError } from './exit.ts'
import { CONCURRENCY } from './limits.ts'

export async function runnerFor(app: App, usesQueue: boolean): Promise<Runner> {
  if (!usesQueue) return inlineRunner(app.env, { concurrency: CONCURRENCY })
  // Only where it is asked for: the queue's library takes its memory and time to load.
  const { bullmqRunner } = await import('../runner/bullmq.ts')
  return bullmqRunner(app.env, { connection: await queueOf(app) })
}

/** Throws UsageError when ferry.yaml names no queue. */
export async function queueOf(app: App): Promise<string> {
  const queue = await resolveQueue(app.config)
  if (queue !== null) return queue
  throw new UsageError(
    'ferry.yaml names no queue',
    'Add "queue: redis://127.0.0.1:6379", or leave --queue out.',
  )
}
