import { Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/http/clock.ts'
import { keepQueuedTicks } from '../../src/runner/bullmq-schedule.ts'
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
    await vi.waitFor(() => expect(openSockets()).toEqual([]))
  })

  let keepers = 0
  const EVERY_SECOND = [{ name: 'move', pattern: '* * * * * *' }]
  function keeper(place: ReturnType<typeof newQueue>, due: (name: string) => Promise<void>) {
    const stop = new AbortController()
    const env = { clock: systemClock, log: remembering(), owner: `keeper ${++keepers}` }
    const options = { ...place, entries: EVERY_SECOND, timeZone: 'UTC', due }
    const keeping = keepQueuedTicks(env, options, stop.signal)
    return {
      async stop() {
        stop.abort()
        await keeping
      },
    }
  }

  test('reach one of several processes each, and one that nobody saw waits for the next', async () => {
    const place = newQueue(server.connection)
    const ticks: { by: string; second: number }[] = []
    const note = (by: string) => async (name: string) => {
      expect(name).toBe('move')
      ticks.push({ by, second: Math.floor(Date.now() / 1000) })
    }
    const both = [keeper(place, note('one')), keeper(place, note('two'))]
    await vi.waitFor(() => expect(ticks.length).toBeGreaterThanOrEqual(3), { timeout: 8_000 })
    for (const each of both) await each.stop()
    const seconds = ticks.map(({ second }) => second)
    expect(new Set(seconds).size).toBe(seconds.length)
    const before = ticks.length
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(ticks.length).toBe(before)
    const again = keeper(place, note('later'))
    const since = Date.now()
    await vi.waitFor(() => expect(ticks.length).toBe(before + 1), { timeout: 3_000, interval: 5 })
    expect(Date.now() - since).toBeLessThan(2_000)
    await again.stop()
  }, 20_000)

  test('of a sync that ferry.yaml names no more are taken out of the queue', async () => {
    const place = newQueue(server.connection)
    if (server.kind !== 'redis') return
    const queue = new Queue('schedule', {
      prefix: place.prefix,
      connection: { url: place.connection },
    })
    await queue.upsertJobScheduler('gone', { pattern: '0 0 1 1 *' }, { name: 'gone' })
    const one = keeper(place, async () => {})
    await vi.waitFor(async () =>
      expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['move']),
    )
    await one.stop()
    await queue.close()
  })
})
