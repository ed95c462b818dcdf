import { expect, test } from 'vitest'
import { work } from '../../src/app/run.ts'
import { advance, openTickets } from '../../src/pipeline/advance.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import type { Runner } from '../../src/runner/runner.ts'
import { arrivals, openAt, openBench, type Place, SYNC } from './bench.ts'
import { NEVER } from './runner-contract.ts'

test('a run brings the same when one worker does all of it and when every ticket is worked by another', async () => {
  const results = [inlineRunner, relayRunner].map(async (runnerOf) => {
    const bench = await openBench()
    const app = await openAt({ place: bench.place })
    const runner =
      runnerOf === inlineRunner
        ? inlineRunner(app.env, { concurrency: 1 })
        : relayRunner(bench.place)
    expect(await work(app, SYNC, runner, NEVER)).toMatchObject({ status: 'done' })
    await app.close()
    await bench.close()
    return arrivals(bench)
  })
  const [alone, relayed] = await Promise.all(results)
  expect(relayed).toEqual(alone)
})

/** Opens an app for each ticket, as if the one before had died after its commit. */
function relayRunner(place: Place): Runner {
  return {
    async settle(id, signal) {
      for (;;) {
        const app = await openAt({ place })
        try {
          const run = await app.store.runs.get(id)
          if (run?.status !== 'open') return
          await app.use(run.sync)
          const [ticket] = await openTickets(app.env, run)
          if (ticket !== undefined) await advance(app.env, ticket, signal)
        } finally {
          await app.close()
        }
      }
    },
    close: async () => {},
  }
}
