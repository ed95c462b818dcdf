import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { work } from '../../src/app/run.ts'
import { PATIENT } from '../patient.ts'
import { SYNC } from './bench.ts'
import { startProcess } from './process/start.ts'
import { newQueue, openSockets, openSubmitter, openWorker } from './queue-bench.ts'
import { type QueueServer, startQueueServer } from './queue-server.ts'
import { NEVER, runnerContract } from './runner-contract.ts'

describe('the runner over a queue', () => {
  let server: QueueServer
  beforeAll(async () => {
    server = await startQueueServer()
  })
  afterAll(async () => {
    await server.stop()
    await vi.waitFor(() => expect(openSockets()).toEqual([]), PATIENT)
  })

  runnerContract({
    async open(place, { workers, concurrency }) {
      const queue = newQueue(server.connection)
      const { app, runner } = await openSubmitter(queue, { place })
      const crew = await Promise.all(
        Array.from({ length: workers }, (_, index) =>
          openWorker(queue, { place, concurrency, name: `worker ${index}` }),
        ),
      )
      return {
        app,
        runner: {
          settle: runner.settle,
          close: async () => {
            for (const worker of crew) await worker.stop()
            await runner.close()
          },
        },
      }
    },
    async outliveVictim(place, isDue) {
      const queue = newQueue(server.connection)
      const { app, runner } = await openSubmitter(queue, { place })
      const victim = startProcess({ kind: 'worker', place, queue })
      const ended = work(app, SYNC, runner, NEVER)
      await isDue
      await victim.kill()
      const successor = await openWorker(queue, { place, name: 'successor' })
      try {
        return await ended
      } finally {
        await successor.stop()
        await runner.close()
        await app.close()
      }
    },
  })
})
