import type { Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/http/clock.ts'
import { wayTo } from '../../src/runner/bullmq-queue.ts'
import { keepQueuedTicks } from '../../src/runner/bullmq-schedule.ts'
import { QUEUE_TIMING } from '../../src/runner/queued/timing.ts'
import { PATIENT } from '../patient.ts'
import { remembering } from '../http/scripted.ts'
import { newQueue, openSockets } from './queue-bench.ts'
import { type QueueServer, startQueueServer } from './queue-server.ts'

describe('ticks kept in a queue', () => {
  let server: QueueServer
  beforeAll(async () => {
    server = await startQueueServer()
  })
  afterAll(async () => {
    await server.stop()
    await vi.waitFor(() => expect(openSockets()).toEqual([]), PATIENT)
  })

  let keepers = 0
  const YEARLY = [{ name: 'move', pattern: '0 0 1 1 *' }]
  function keeper(place: ReturnType<typeof newQueue>, due: (name: string) => Promise<void>) {
    const stop = new AbortController()
    const env = { clock: systemClock, log: remembering(), owner: `keeper ${++keepers}` }
    const options = { ...place, entries: YEARLY, timeZone: 'UTC', due }
    const keeping = keepQueuedTicks(env, options, stop.signal)
    return {
      async stop() {
        stop.abort()
        await keeping
      },
    }
  }

  /** The queue as an onlooker sees it, who may say that it is time. */
  function onlooker(place: ReturnType<typeof newQueue>) {
    const env = { clock: systemClock, log: remembering(), owner: 'onlooker' }
    const way = wayTo(place, env, QUEUE_TIMING, 'schedule')
    const queue = way.queue() as unknown as Queue
    return {
      queue,
      close: way.close,
      async tick() {
        const [next] = await vi.waitFor(async () => {
          const delayed = await queue.getDelayed()
          expect(delayed).toHaveLength(1)
          return delayed
        }, PATIENT)
        await next?.promote()
      },
    }
  }

  test('reach one of several processes each, and one that nobody saw waits for the next', async () => {
    const place = newQueue(server.connection)
    const ticks: string[] = []
    const note = (by: string) => async (name: string) => {
      expect(name).toBe('move')
      ticks.push(by)
    }
    const seen = onlooker(place)
    const both = [keeper(place, note('one')), keeper(place, note('two'))]
    for (let told = 1; told <= 6; told += 1) {
      await seen.tick()
      await vi.waitFor(() => expect(ticks).toHaveLength(told), PATIENT)
    }
    for (const each of both) await each.stop()
    expect(ticks).toHaveLength(6)
    await seen.tick()
    expect(await seen.queue.getJobCountByTypes('waiting')).toBe(1)
    const again = keeper(place, note('later'))
    await vi.waitFor(() => expect(ticks.slice(6)).toEqual(['later']), PATIENT)
    await again.stop()
    await seen.close()
  })

  test('of a sync that ferry.yaml names no more are taken out of the queue', async () => {
    const place = newQueue(server.connection)
    const seen = onlooker(place)
    await seen.queue.upsertJobScheduler('gone', { pattern: '0 0 1 1 *' }, { name: 'gone' })
    const one = keeper(place, async () => {})
    await vi.waitFor(
      async () =>
        expect((await seen.queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['move']),
      PATIENT,
    )
    await one.stop()
    await seen.close()
  })
})
