import { describe, expect, test } from 'vitest'

import type { Clock } from '../../src/connector/kit.ts'
import { systemClock } from '../../src/http/clock.ts'
import { embeddedPacer, type PacerOptions } from '../../src/http/pacer.ts'
import { sharedByConnection } from '../../src/http/pacer-shared.ts'
import { type VirtualClock, virtualClock } from '../../src/simulation/virtual-clock.ts'
import { NEVER } from './scripted.ts'

function pacerOn(clock: Clock, options: Partial<PacerOptions> = {}) {
  return embeddedPacer({
    clock,
    name: 'target',
    url: 'https://crm.example.com/api',
    requestsPerSecond: 10,
    burst: 1,
    concurrency: 4,
    quietMaxMs: 60_000,
    ...options,
  })
}

/** Times at which `count` requests left, each taking `takesMs`. */
async function departures(
  clock: VirtualClock,
  pacer: ReturnType<typeof pacerOn>,
  load: { readonly count: number; readonly takesMs: number },
): Promise<number[]> {
  const left: number[] = []
  const work = Array.from({ length: load.count }, async () => {
    const leave = await pacer.enter(NEVER)
    left.push(clock.now())
    if (load.takesMs > 0) await clock.sleep(load.takesMs, NEVER)
    leave()
  })
  await clock.drive(Promise.all(work))
  return left
}

describe('the pacer', () => {
  test.each([
    { requestsPerSecond: 3, burst: 1 },
    { requestsPerSecond: 10, burst: 5 },
    { requestsPerSecond: 240, burst: 1 },
    { requestsPerSecond: 1000, burst: 20 },
  ])('reaches $requestsPerSecond/s with burst $burst, and never exceeds it', async (limits) => {
    const clock = virtualClock(0)
    const left = await departures(clock, pacerOn(clock, limits), { count: 500, takesMs: 2 })
    const seconds = ((left.at(-1) ?? 0) - (left[0] ?? 0)) / 1000
    expect((left.length - limits.burst) / seconds).toBeGreaterThan(0.95 * limits.requestsPerSecond)
    expect(mostWithin(left, 1000)).toBeLessThanOrEqual(limits.requestsPerSecond + limits.burst)
  })

  test('makes up for timers that ring late, without ever running ahead', async () => {
    const virtual = virtualClock(0)
    const late: Clock = {
      now: virtual.now,
      sleep: (ms, signal) => virtual.sleep(Math.ceil(ms) + 4, signal),
    }
    const pacer = pacerOn(late, { requestsPerSecond: 100, concurrency: 50 })
    const left = await departures(virtual, pacer, { count: 500, takesMs: 0 })
    expect(left.length / ((left.at(-1) ?? 0) / 1000)).toBeGreaterThan(95)
    left.forEach((at, n) => {
      expect(at).toBeGreaterThanOrEqual(n * 10)
    })
  })

  test('does not save up what an idle hour would have permitted', async () => {
    const clock = virtualClock(0)
    const pacer = pacerOn(clock, { burst: 3 })
    await departures(clock, pacer, { count: 3, takesMs: 0 })
    await clock.advance(3_600_000)
    const startMs = clock.now()
    const left = await departures(clock, pacer, { count: 6, takesMs: 0 })
    expect(left.map((at) => at - startMs)).toEqual([0, 0, 0, 100, 200, 300])
  })

  test('has no more in flight than it may', async () => {
    const clock = virtualClock(0)
    const pacer = pacerOn(clock, { requestsPerSecond: Number.POSITIVE_INFINITY, concurrency: 2 })
    const left = await departures(clock, pacer, { count: 6, takesMs: 50 })
    expect(left).toEqual([0, 0, 50, 50, 100, 100])
    expect(pacer.waitingFor).toBeNull()
  })

  test('is fair: first come, first served, also past somebody who left the queue', async () => {
    const clock = virtualClock(0)
    const pacer = pacerOn(clock)
    const order: number[] = []
    const stop = new AbortController()
    const work = [0, 1, 2, 3].map(async (n) => {
      const leave = await pacer.enter(n === 2 ? stop.signal : NEVER)
      order.push(n)
      leave()
    })
    const reason = new Error('changed my mind')
    stop.abort(reason)
    const results = await clock.drive(Promise.allSettled(work))
    expect(order).toEqual([0, 1, 3])
    expect(results[2]).toEqual({ status: 'rejected', reason })
  })

  test('does not let a place be given back twice', async () => {
    const clock = virtualClock(0)
    const pacer = pacerOn(clock, { requestsPerSecond: Number.POSITIVE_INFINITY, concurrency: 1 })
    const leave = await pacer.enter(NEVER)
    leave()
    leave()
    await pacer.enter(NEVER)
    const third = pacer.enter(NEVER)
    await clock.runUntilIdle()
    pacer.close()
    await expect(third).rejects.toMatchObject({ kind: 'unreachable' })
  })

  test('a later, shorter quiet does not shorten an earlier one', async () => {
    const clock = virtualClock(0)
    const pacer = pacerOn(clock)
    await pacer.quiet(5_000, '429')
    await pacer.quiet(1_000, '503')
    const entered = pacer.enter(NEVER)
    expect(pacer.waitingFor).toBe('target asked for 5 s of quiet (429)')
    await pacer.quiet(8_000, '503')
    await clock.drive(entered)
    expect(clock.now()).toBe(8_000)
  })

  test('turns away everybody when the quiet is longer than anybody waits', async () => {
    const clock = virtualClock(0)
    const pacer = pacerOn(clock)
    await pacer.quiet(5_000, '429')
    const waiting = pacer.enter(NEVER)
    await pacer.quiet(60_001, '429')
    await expect(waiting).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 60_001 })
    await expect(pacer.enter(NEVER)).rejects.toMatchObject({ kind: 'throttled' })
    await clock.advance(60_001)
    ;(await pacer.enter(NEVER))()
    expect(clock.sleeping).toBe(0)
  })

  test('refuses limits that would let nobody through', () => {
    expect(() => pacerOn(virtualClock(0), { requestsPerSecond: 0 })).toThrow(RangeError)
    expect(() => pacerOn(virtualClock(0), { concurrency: 0 })).toThrow(RangeError)
  })
})

describe('pacers of one connection', () => {
  const options = (clock: Clock, name: string): PacerOptions => ({
    clock,
    name,
    url: 'https://crm.example.com/api',
    requestsPerSecond: 10,
    burst: 1,
    concurrency: 4,
    quietMaxMs: 60_000,
  })

  test('are one, and those of another are not', async () => {
    const clock = virtualClock(0)
    const make = sharedByConnection(embeddedPacer)
    const left: [string, number][] = []
    const go = async (name: string, pacer: ReturnType<typeof make>) => {
      ;(await pacer.enter(NEVER))()
      left.push([name, clock.now()])
    }
    const [one, same, other] = ['crm', 'crm', 'shop'].map((name) => make(options(clock, name)))
    if (one === undefined || same === undefined || other === undefined) throw new Error('three')
    await clock.drive(Promise.all([go('one', one), go('same', same), go('other', other)]))
    expect(left).toEqual([
      ['one', 0],
      ['other', 0],
      ['same', 100],
    ])
    await one.quiet(1_000, '429')
    expect(same.waitingFor).toBeNull()
    const waiting = same.enter(NEVER)
    expect(same.waitingFor).toMatch(/quiet/)
    one.close()
    await expect(one.enter(NEVER)).rejects.toMatchObject({ kind: 'unreachable' })
    ;(await clock.drive(waiting))()
    expect(clock.now()).toBe(1_100)
    const late = same.enter(NEVER)
    same.close()
    await expect(late).rejects.toMatchObject({ kind: 'unreachable' })
    expect(clock.sleeping).toBe(0)
    const again = make(options(clock, 'crm'))
    ;(await again.enter(NEVER))()
    again.close()
  })
})

describe('the clock of the system', () => {
  test('never rings early, and lets go of its timer when it is aborted', async () => {
    const startMs = systemClock.now()
    await systemClock.sleep(5, NEVER)
    expect(systemClock.now() - startMs).toBeGreaterThanOrEqual(5)
    const stop = new AbortController()
    const timersBefore = timers()
    const sleeping = systemClock.sleep(100_000_000_000, stop.signal)
    expect(timers()).toBe(timersBefore + 1)
    const why = new Error('enough')
    stop.abort(why)
    await expect(sleeping).rejects.toBe(why)
    expect(timers()).toBe(timersBefore)
    await expect(systemClock.sleep(1, stop.signal)).rejects.toBe(why)
  })
})

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}

function mostWithin(times: readonly number[], windowMs: number): number {
  let most = 0
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
