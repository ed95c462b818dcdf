/** `ferry worker`: works on runs that other processes submitted to the queue. */
import type { Command } from 'commander'
import type { Act } from '../act.ts'
import { EXIT } from '../exit.ts'
import { CONCURRENCY } from '../limits.ts'
import { queueOf } from '../runner.ts'
import { whole } from '../whole.ts'

export function registerWorker(program: Command, act: Act): void {
  program
    .command('worker')
    .description(
      'work on runs submitted with --queue, until interrupted; start as many as you like',
    )
    .option('--concurrency <n>', 'slices at the same time', String(CONCURRENCY))
    .action(
      act(async (context, options: { concurrency: string }) => {
        const app = await context.app({ mayWrite: true, sharesLimits: true })
        try {
          const connection = await queueOf(app)
          const { startWorker } = await import('../../runner/bullmq.ts')
          const worker = startWorker(app.env, {
            connection,
            concurrency: whole(options.concurrency, '--concurrency'),
            prepare: async (run) => {
              await app.use(run.sync)
            },
          })
          context.say(`worker ${app.env.owner} listens; stop with Ctrl-C`)
          await worker.run(context.signal)
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}
