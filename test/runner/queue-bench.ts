/** A command that waits and workers that work, on a queue of their own. */
import type { App } from '../../src/app/app.ts'
import {
  bullmqRunner,
  type QueueOptions,
  type QueueWorker,
  startWorker,
} from '../../src/runner/bullmq.ts'
import type { Runner } from '../../src/runner/runner.ts'
import { type AppOptions, envAs, openAt } from './bench.ts'
import { QUICK } from './timing.ts'

export interface Submitter {
  readonly app: App
  readonly runner: Runner
}
export interface RunningWorker {
  readonly worker: QueueWorker
  /** Rejects with what the worker ended with. */
  stop(): Promise<void>
}

let made = 0
/** Nobody else's. */
export function newQueue(connection: string): QueueOptions & { readonly prefix: string } {
  made += 1
  return { connection, prefix: `ferry_test_${process.pid}_${made}`, timing: QUICK }
}

export async function openSubmitter(queue: QueueOptions, options: AppOptions): Promise<Submitter> {
  const app = await openAt(options)
  return { app, runner: bullmqRunner(envAs(app, `submitter ${app.env.owner}`), queue) }
}

export async function openWorker(
  queue: QueueOptions,
  options: AppOptions & { readonly name: string; readonly concurrency?: number },
): Promise<RunningWorker> {
  const app = await openAt(options)
  const worker = startWorker(envAs(app, options.name), {
    ...queue,
    concurrency: options.concurrency ?? 3,
    prepare: async (run) => {
      await app.use(run.sync)
    },
  })
  const running = worker.run(new AbortController().signal)
  return {
    worker,
    async stop() {
      try {
        await worker.close()
        await running
      } finally {
        await app.close()
      }
    },
  }
}

/** Connections of this process that would keep it alive. (Timers of the Redis client outlast its connections by two seconds.) */
export function openSockets(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS)/.test(kind))
}
