/** Another process that works on the state: `child.ts JSON`. Ends when it is killed, or when its run is over. */
import { z } from 'zod'
import { work } from '../../../src/app/run.ts'
import { startWorker } from '../../../src/runner/bullmq.ts'
import { inlineRunner } from '../../../src/runner/inline.ts'
import { openAt, SYNC } from '../bench.ts'
import { QUICK } from '../timing.ts'

const PLACE = z.object({
  folder: z.string(),
  config: z.string(),
  secrets: z.record(z.string(), z.string()),
})
export const JOB = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inline'), place: PLACE }),
  z.object({
    kind: z.literal('worker'),
    place: PLACE,
    queue: z.object({ connection: z.string(), prefix: z.string() }),
  }),
])

const job = JOB.parse(JSON.parse(process.argv[2] ?? ''))
const app = await openAt({ place: job.place })
const never = new AbortController().signal
if (job.kind === 'inline') await work(app, SYNC, inlineRunner(app.env, { concurrency: 3 }), never)
else {
  const worker = startWorker(app.env, {
    ...job.queue,
    concurrency: 3,
    timing: QUICK,
    prepare: async (run) => {
      await app.use(run.sync)
    },
  })
  await worker.run(never)
}
await app.close()
