import { expect, test } from 'vitest'

import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { NEVER } from '../http/scripted.ts'

test('wakes in order of time, then of falling asleep, each at its own moment', async () => {
  const clock = virtualClock(1_000)
  const woken: string[] = []
  const nap = async (name: string, ms: number) => {
    await clock.sleep(ms, NEVER)
    woken.push(`${name} at ${clock.now()}`)
  }
  const naps = [nap('c', 30), nap('a', 10), nap('b', 10), nap('d', 100)]
  await clock.advance(50)
  expect(woken).toEqual(['a at 1010', 'b at 1010', 'c at 1030'])
  expect(clock.now()).toBe(1_050)
  expect(clock.sleeping).toBe(1)
  await clock.runUntilIdle()
  await Promise.all(naps)
  expect(woken.at(-1)).toBe('d at 1100')
})

test('wakes who fell asleep on the way', async () => {
  const clock = virtualClock(0)
  const ticks: number[] = []
  const stop = new AbortController()
  const ticking = (async () => {
    for (;;) {
      await clock.sleep(10, stop.signal)
      ticks.push(clock.now())
    }
  })()
  await clock.advance(35)
  expect(ticks).toEqual([10, 20, 30])
  const why = new Error('enough')
  stop.abort(why)
  await expect(ticking).rejects.toBe(why)
  expect(clock.sleeping).toBe(0)
  await expect(clock.sleep(1, stop.signal)).rejects.toBe(why)
})

test('drives a promise to its end, and not beyond', async () => {
  const clock = virtualClock(0)
  const rest = clock.sleep(1_000_000, NEVER)
  const work = async () => {
    await clock.sleep(60_000, NEVER)
    await new Promise((resolve) => setTimeout(resolve, 1))
    return 'done'
  }
  expect(await clock.drive(work())).toBe('done')
  await expect(clock.drive(Promise.reject(new Error('no')))).rejects.toThrow('no')
  await clock.runUntilIdle()
  await rest
  expect(clock.now()).toBe(1_000_000)
})
