import { describe } from 'vitest'
import { work } from '../../src/app/run.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { envAs, openAt, SYNC } from './bench.ts'
import { startProcess } from './process/start.ts'
import { NEVER, runnerContract } from './runner-contract.ts'

describe('the inline runner', () => {
  runnerContract({
    async open(place, { workers, concurrency }) {
      const apps = await Promise.all(Array.from({ length: workers }, () => openAt({ place })))
      for (const app of apps) await app.use(SYNC.sync)
      const runners = apps.map((app, index) =>
        inlineRunner(envAs(app, `inline ${index}`), { concurrency }),
      )
      const [app, ...others] = apps
      if (app === undefined) throw new Error('no worker was asked for')
      return {
        app,
        runner: {
          settle: async (run, signal) => {
            await Promise.all(runners.map((runner) => runner.settle(run, signal)))
          },
          close: async () => {
            for (const each of [...runners, ...others]) await each.close()
          },
        },
      }
    },
    async outliveVictim(place, isDue) {
      const victim = startProcess({ kind: 'inline', place })
      await isDue
      await victim.kill()
      const app = await openAt({ place })
      try {
        return await work(app, SYNC, inlineRunner(app.env, { concurrency: 3 }), NEVER)
      } finally {
        await app.close()
      }
    },
  })
})
