import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/http/clock.ts'
import type { Pacer, PacerOptions } from '../../src/http/pacer.ts'
import { redisPacing, type SharedPacingOptions } from '../../src/http/pacer-redis.ts'
import { freePort, type QueueServer, startRedisServer } from '../runner/queue-server.ts'
import { NEVER, remembering } from './scripted.ts'
import { type SharedTime, sharedTime } from './shared-time.ts'

const server = await startRedisServer().catch((error: unknown) => String(error))

describe.skipIf(typeof server === 'string')(
  `the pacer that workers share${typeof server === 'string' ? ` (skipped: ${server})` : ''}`,
  () => {
    const { connection, stop } = server as QueueServer
    const toClose: (() => Promise<void>)[] = []
    let prefix = ''
    let prefixes = 0
    let redis: Redis
    let time: SharedTime
    beforeAll(() => {
      redis = new Redis(connection)
    })
    beforeEach(async () => {
      prefixes += 1
      prefix = `ferry_test_${process.pid}_${prefixes}`
      time = await sharedTime(redis, `time of ${prefix}`)
    })
    afterEach(async () => {
      for (const close of toClose.splice(0)) await close()
    })
    afterAll(async () => {
      redis.disconnect()
      await stop()
    })

    type Limits = Partial<PacerOptions & SharedPacingOptions> & { readonly lateMs?: number }
    /** A worker's pacer, as another process would open it: nothing is shared but Redis. */
    function worker(name: string, more: Limits = {}): Pacer {
      const { slotMs = 15_000, lateMs = 0, ...limits } = more
      const { clock, watch } = time.worker({ beatMs: slotMs / 3, lateMs })
      const shared = { url: connection, prefix, clock, log: remembering(), owner: name }
      const pacing = redisPacing({ ...shared, slotMs, now: time.lua })
      const pacer = pacing.pacer({
        clock,
        name: 'target',
        url: 'https://crm.example.com/api',
        requestsPerSecond: 100,
        burst: 1,
        concurrency: 4,
        quietMaxMs: 60_000,
        ...limits,
      })
      toClose.push(async () => {
        pacer.close()
        await pacing.close()
      })
      return watch(pacer)
    }
    function four(more: Limits = {}): readonly [Pacer, Pacer, Pacer, Pacer] {
      return [worker('a', more), worker('b', more), worker('c', more), worker('d', more)]
    }
    /** Lets one request leave and come back at once. */
    async function pass(pacer: Pacer): Promise<number> {
      const leave = await time.drive(pacer.enter(NEVER))
      leave()
      return time.clock.now()
    }

    /** When requests left and came back, over all workers. */
    async function load(pacers: readonly Pacer[], each: { count: number; takesMs: number }) {
      const trips: { worker: number; left: number; back: number }[] = []
      let inFlight = 0
      const go = async (pacer: Pacer, place: number) => {
        const leave = await pacer.enter(NEVER)
        inFlight += 1
        const trip = { worker: place, left: time.clock.now(), back: 0 }
        trips.push(trip)
        await time.clock.sleep(each.takesMs, NEVER)
        trip.back = time.clock.now()
        leave()
        inFlight -= 1
      }
      const [slots = ''] = await slotKeys(pacers)
      const all = pacers.flatMap((pacer, place) =>
        Array.from({ length: each.count }, () => go(pacer, place)),
      )
      // A slot that was given back has come back.
      await time.drive(Promise.all(all), async () => (await redis.zcard(slots)) === inFlight)
      return trips.toSorted((a, b) => a.left - b.left)
    }
    /** Known once somebody holds one. */
    async function slotKeys([first]: readonly Pacer[]): Promise<string[]> {
      const leave = await time.drive((first as Pacer).enter(NEVER))
      const keys = await redis.keys(`${prefix}:pace:*:slots`)
      leave()
      await time.advance(1_000)
      return keys
    }

    test('four workers together reach the rate and stay within it', async () => {
      const trips = await load(four(), { count: 38, takesMs: 2 })
      const first = trips[0]?.left ?? 0
      expect(trips.map(({ left }) => left - first)).toEqual(trips.map((_, place) => place * 10))
    })

    test('four workers make up for timers that ring late, and for no more', async () => {
      const trips = await load(four({ lateMs: 4 }), { count: 38, takesMs: 2 })
      const times = trips.map(({ left }) => left)
      const lasted = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
      expect((times.length - 1) / lasted).toBeGreaterThan(95)
      expect((times.length - 1) / lasted).toBeLessThanOrEqual(100.5)
      // Half a second: what the rate permits, one for the bucket, and what a late timer may make up for.
      expect(mostWithin(times, 500)).toBeLessThanOrEqual(50 + 1 + 5)
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
      // 24 requests, three at a time, 40 ms each, and a free slot is seen within 10 ms.
      expect(lasted).toBeLessThanOrEqual(8 * (40 + 10))
    })

    test('none sends before the quiet ends that one of them was asked for', async () => {
      const pacers = four({ requestsPerSecond: 10_000 })
      for (const pacer of pacers) await pass(pacer)
      const askedAt = time.clock.now()
      await pacers[0].quiet(300, '429')
      await pacers[0].quiet(100, '503')
      expect(await pass(pacers[0])).toBe(askedAt + 300)
      await pacers[1].quiet(250, '429')
      const leaving = Promise.all(pacers.map((pacer) => pacer.enter(NEVER)))
      await time.advance(100)
      expect(pacers[3].waitingFor).toBe('target asked for 150 ms of quiet (429)')
      for (const leave of await time.drive(leaving)) leave()
      expect(time.clock.now() - askedAt).toBeGreaterThanOrEqual(550)
      expect(time.clock.now() - askedAt).toBeLessThanOrEqual(553)
    })

    test('a quiet longer than anybody waits turns away the others too', async () => {
      const pacers = four()
      await pacers[0].quiet(120_000, 'quota spent')
      await expect(pacers[1].enter(NEVER)).rejects.toMatchObject({
        kind: 'throttled',
        retryAfterMs: 120_000,
        message: expect.stringContaining('quota spent'),
      })
    })

    test('a quiet outlives a Redis that forgot everything', async () => {
      const [pacer] = four({ requestsPerSecond: 10_000 })
      await pass(pacer)
      const askedAt = time.clock.now()
      await pacer.quiet(300, '429')
      await redis.del(...(await redis.keys(`${prefix}:*`)))
      expect(await pass(pacer)).toBe(askedAt + 300)
    })

    test('the slots of a killed worker come free, those of a living one stay its own', async () => {
      const limits = { requestsPerSecond: 10_000, concurrency: 2, slotMs: 300 }
      const living = await time.drive(worker('living', limits).enter(NEVER))
      const victim = worker('victim', limits)
      await time.drive(victim.enter(NEVER))
      const takenAt = time.clock.now()
      // As a kill would: the victim holds its slot and never says anything again.
      await toClose.splice(1, 1)[0]?.()
      const leave = await time.drive(worker('waiting', limits).enter(NEVER))
      expect(time.clock.now() - takenAt).toBeGreaterThanOrEqual(300)
      expect(time.clock.now() - takenAt).toBeLessThanOrEqual(310)
      // The living one still holds the other: nobody else comes in for longer than an unattended slot lasts.
      const late = new AbortController()
      const third = worker('third', limits).enter(late.signal)
      await time.advance(450)
      late.abort(new Error('still full'))
      await expect(third).rejects.toThrow('still full')
      leave()
      living()
    })

    test('a worker that is killed while it stands in line does not stop the line', async () => {
      const [first] = four({ requestsPerSecond: 10_000, concurrency: 1 })
      const leave = await time.drive(first.enter(NEVER))
      const [slots = ''] = await redis.keys(`${prefix}:pace:*:slots`)
      const known = slots.slice(0, -':slots'.length)
      const since = time.clock.now()
      await redis.zadd(`${known}:line`, 0, 'dead 1')
      await redis.zadd(`${known}:lapses`, since + 200, 'dead 1')
      leave()
      expect(await pass(first)).toBeGreaterThanOrEqual(since + 200)
      expect(time.clock.now()).toBeLessThanOrEqual(since + 210)
    })

    test('who was turned away or closed says nothing was sent', async () => {
      const port = await freePort()
      const alone = worker('alone')
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
