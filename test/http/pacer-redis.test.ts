import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/http/clock.ts'
import type { Pacer, PacerOptions } from '../../src/http/pacer.ts'
import { redisPacing, type SharedPacingOptions } from '../../src/http/pacer-redis.ts'
import { freePort, type QueueServer, startRedisServer } from '../runner/queue-server.ts'
import { NEVER, remembering } from './scripted.ts'

const server = await startRedisServer().catch((error: unknown) => String(error))

describe.skipIf(typeof server === 'string')(
  `the pacer that workers share${typeof server === 'string' ? ` (skipped: ${server})` : ''}`,
  () => {
    const { connection, stop } = server as QueueServer
    const toClose: (() => Promise<void>)[] = []
    let prefix = ''
    let prefixes = 0
    let redis: Redis
    beforeAll(() => {
      redis = new Redis(connection)
    })
    afterEach(async () => {
      for (const close of toClose.splice(0)) await close()
    })
    afterAll(async () => {
      redis.disconnect()
      await stop()
    })

    /** A worker's pacer, as another process would open it: nothing is shared but Redis. */
    function worker(name: string, more: Partial<PacerOptions & SharedPacingOptions> = {}): Pacer {
      const pacing = redisPacing({
        url: connection,
        prefix,
        clock: systemClock,
        log: remembering(),
        owner: name,
        ...('slotMs' in more ? { slotMs: more.slotMs as number } : {}),
      })
      const pacer = pacing.pacer({
        clock: systemClock,
        name: 'target',
        url: 'https://crm.example.com/api',
        requestsPerSecond: 100,
        burst: 1,
        concurrency: 4,
        quietMaxMs: 60_000,
        ...more,
      })
      toClose.push(async () => {
        pacer.close()
        await pacing.close()
      })
      return pacer
    }
    function four(more: Partial<PacerOptions> = {}): readonly Pacer[] {
      prefixes += 1
      prefix = `ferry_test_${process.pid}_${prefixes}`
      return ['a', 'b', 'c', 'd'].map((name) => worker(name, more))
    }

    /** When requests left and came back, over all workers. */
    async function load(pacers: readonly Pacer[], each: { count: number; takesMs: number }) {
      const trips: { worker: number; left: number; back: number }[] = []
      const go = async (pacer: Pacer, place: number) => {
        const leave = await pacer.enter(NEVER)
        const trip = { worker: place, left: performance.now(), back: 0 }
        trips.push(trip)
        await setTimeout(each.takesMs)
        trip.back = performance.now()
        leave()
      }
      await Promise.all(
        pacers.flatMap((pacer, place) =>
          Array.from({ length: each.count }, () => go(pacer, place)),
        ),
      )
      return trips.toSorted((a, b) => a.left - b.left)
    }

    test('four workers together reach the rate and stay within it', async () => {
      const trips = await load(four(), { count: 38, takesMs: 2 })
      const times = trips.map(({ left }) => left)
      const lasted = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
      expect((times.length - 1) / lasted).toBeGreaterThan(90)
      // Half a second: what the rate permits, one for the bucket, and what a late timer may make up for.
      expect(mostWithin(times, 500)).toBeLessThanOrEqual(50 + 1 + 5)
      expect((times.length - 1) / lasted).toBeLessThanOrEqual(100.5)
    })

    test('four workers together have no more in flight than one may, and take turns', async () => {
      const pacers = four({ requestsPerSecond: 10_000, concurrency: 3 })
      const trips = await load(pacers, { count: 6, takesMs: 40 })
      for (const { left } of trips) {
        const inFlight = trips.filter((trip) => trip.left <= left && trip.back > left)
        expect(inFlight.length).toBeLessThanOrEqual(3)
      }
      const firstHalf = new Set(trips.slice(0, 12).map((trip) => trip.worker))
      expect(firstHalf.size).toBe(4)
      const lasted = (trips.at(-1)?.back ?? 0) - (trips[0]?.left ?? 0)
      // 24 requests, three at a time, 40 ms each.
      expect(lasted).toBeLessThan(8 * 40 * 1.6)
    })

    test('none sends before the quiet ends that one of them was asked for', async () => {
      const pacers = four({ requestsPerSecond: 10_000 })
      for (const pacer of pacers) (await pacer.enter(NEVER))()
      const askedAt = performance.now()
      await pacers[0]?.quiet(300, '429')
      await pacers[0]?.quiet(100, '503')
      // The word travels to Redis before anything that the same process asks later.
      ;(await pacers[0]?.enter(NEVER))?.()
      expect(performance.now() - askedAt).toBeGreaterThanOrEqual(299)
      const begun = performance.now()
      await pacers[1]?.quiet(250, '429')
      const leaving = Promise.all(pacers.map(async (pacer) => (await pacer.enter(NEVER))()))
      await vi.waitFor(() =>
        expect(pacers[3]?.waitingFor).toMatch(/^target asked for \d+ ms of quiet \(429\)$/),
      )
      await leaving
      expect(performance.now() - begun).toBeGreaterThanOrEqual(225)
    })

    test('a quiet longer than anybody waits turns away the others too', async () => {
      const pacers = four()
      await pacers[0]?.quiet(120_000, 'quota spent')
      await expect(pacers[1]?.enter(NEVER)).rejects.toMatchObject({
        kind: 'throttled',
        retryAfterMs: expect.closeTo(120_000, -3),
        message: expect.stringContaining('quota spent'),
      })
    })

    test('a quiet outlives a Redis that forgot everything', async () => {
      const pacers = four({ requestsPerSecond: 10_000 })
      ;(await pacers[0]?.enter(NEVER))?.()
      const askedAt = performance.now()
      await pacers[0]?.quiet(300, '429')
      await redis.del(...(await redis.keys(`${prefix}:*`)))
      ;(await pacers[0]?.enter(NEVER))?.()
      expect(performance.now() - askedAt).toBeGreaterThanOrEqual(299)
    })

    test('the slots of a killed worker come free, those of a living one stay its own', async () => {
      four()
      const limits = { requestsPerSecond: 10_000, concurrency: 2, slotMs: 300 }
      const living = await worker('living', limits).enter(NEVER)
      const victim = worker('victim', limits)
      await victim.enter(NEVER)
      const waiting = worker('waiting', limits).enter(NEVER)
      // As a kill would: the victim holds its slot and never says anything again.
      await toClose.splice(5, 1)[0]?.()
      const since = performance.now()
      const leave = await waiting
      const tookMs = performance.now() - since
      expect(tookMs).toBeGreaterThan(100)
      expect(tookMs).toBeLessThan(600)
      // The living one still holds the other: nobody else comes in for longer than an unattended slot lasts.
      const late = new AbortController()
      const third = worker('third', limits).enter(late.signal)
      await setTimeout(450)
      late.abort(new Error('still full'))
      await expect(third).rejects.toThrow('still full')
      leave()
      living()
    })

    test('a worker that is killed while it stands in line does not stop the line', async () => {
      const [first] = four({ requestsPerSecond: 10_000, concurrency: 1 })
      const leave = await first?.enter(NEVER)
      const time = (await redis.time()).map(Number) as [number, number]
      const known = (await redis.keys(`${prefix}:pace:*}`))[0] ?? ''
      await redis.zadd(`${known}:line`, 0, 'dead 1')
      await redis.zadd(`${known}:lapses`, time[0] * 1000 + time[1] / 1000 + 200, 'dead 1')
      leave?.()
      const since = performance.now()
      ;(await first?.enter(NEVER))?.()
      expect(performance.now() - since).toBeGreaterThan(100)
    })

    test('who was turned away or closed says nothing was sent', async () => {
      const port = await freePort()
      const [alone] = four() as [Pacer]
      alone.close()
      await expect(alone.enter(NEVER)).rejects.toMatchObject({ kind: 'unreachable' })
      const pacing = redisPacing({
        url: `redis://:hush-hush@127.0.0.1:${port}`,
        prefix,
        clock: systemClock,
        log: remembering(),
        owner: 'lost',
      })
      const lost = pacing.pacer({
        clock: systemClock,
        name: 'target',
        url: 'https://crm.example.com/api',
        requestsPerSecond: 1,
        burst: 1,
        concurrency: 1,
        quietMaxMs: 1,
      })
      const refused: unknown = await lost.enter(NEVER).catch((error: unknown) => error)
      expect(refused).toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining(`redis://127.0.0.1:${port}`),
        hint: expect.stringContaining('not sent'),
      })
      expect(String(refused)).not.toContain('hush')
      lost.close()
      await pacing.close()
    })
  },
)

function mostWithin(times: readonly number[], windowMs: number): number {
  let most = 0
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
