import { describe, expect, test } from 'vitest'
import { RunBusy } from '../../src/app/run.ts'
import { keepSchedule, type ScheduleEvent, scheduleOf } from '../../src/app/schedule.ts'
import { tickAfter } from '../../src/app/schedule-ticks.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 2, 1, 12, 0, 30)
const A = { sync: 'a', target: 'crm', pattern: '*/10 * * * *' }

describe('a schedule', () => {
  test.each([
    ['0 8 * * *', 'Europe/Berlin', '2026-03-28T08:00:00Z', '2026-03-29T06:00:00Z'],
    ['0 8 * * *', 'UTC', '2026-03-28T08:00:00Z', '2026-03-29T08:00:00Z'],
    ['*/30 * * * *', 'UTC', '2026-03-28T08:29:59Z', '2026-03-28T08:30:00Z'],
  ])('%s in %s comes up after %s at %s', (text, timeZone, after, at) => {
    expect(tickAfter({ text, timeZone }, Date.parse(after))).toBe(Date.parse(at))
  })

  /** Runs of these syncs last as long as told; what was told and when. */
  function stage(
    entries: readonly (typeof A)[],
    lasts: Readonly<Record<string, number>>,
    seen = new Map<string, number>(),
  ) {
    const clock = virtualClock(START)
    const stop = new AbortController()
    const told: (ScheduleEvent & { readonly at: number })[] = []
    const tell = (event: ScheduleEvent) =>
      told.push({ ...event, at: (clock.now() - START) / MINUTE })
    const schedule = scheduleOf({
      run: async (sync, signal) => {
        await clock.sleep((lasts[sync] ?? 1) * MINUTE, signal)
        return { code: 0, text: 'done' }
      },
      tell,
      signal: stop.signal,
    })
    const keeping = keepSchedule({
      entries,
      timeZone: 'UTC',
      clock,
      seen: {
        get: async (sync) => seen.get(sync) ?? null,
        set: async (sync, at) => void seen.set(sync, at),
      },
      schedule,
      tell,
      signal: stop.signal,
    })
    const end = async () => {
      stop.abort(new Error('stopped'))
      await keeping
      expect(clock.sleeping).toBe(0)
    }
    return { clock, told, seen, schedule, end }
  }
  const shown = (told: readonly (ScheduleEvent & { readonly at: number })[]) =>
    told.map(({ kind, sync, at }) => `${at} ${sync} ${kind}`)

  test('runs a sync at each of its ticks', async () => {
    const { clock, told, end } = stage([A], { a: 1 })
    await clock.advance(25 * MINUTE)
    await end()
    expect(shown(told)).toEqual(['9.5 a started', '10.5 a ended', '19.5 a started', '20.5 a ended'])
  })

  test('skips a tick while the last run is at work, and says so', async () => {
    const { clock, told, schedule, end } = stage([A], { a: 15 })
    await clock.advance(25 * MINUTE)
    await end()
    expect(shown(told)).toEqual(['9.5 a started', '19.5 a skipped', '24.5 a ended'])
    expect([...schedule.interrupted]).toEqual([])
  })

  test('syncs that write to one target take turns, others do not wait', async () => {
    const other = { ...A, sync: 'c', target: 'shop' }
    const { clock, told, end } = stage([A, { ...A, sync: 'b' }, other], { a: 2, b: 2, c: 2 })
    await clock.advance(15 * MINUTE)
    await end()
    expect(shown(told)).toEqual([
      '9.5 a started',
      '9.5 c started',
      '11.5 a ended',
      '11.5 b started',
      '11.5 c ended',
      '13.5 b ended',
    ])
  })

  test('ticks that nobody saw make one run, and the next comes at its own time', async () => {
    const seen = new Map([['a', START - 65 * MINUTE]])
    const { clock, told, end } = stage([A], { a: 1 }, seen)
    await clock.advance(12 * MINUTE)
    await end()
    expect(shown(told)).toEqual([
      '0 a missed',
      '0 a started',
      '1 a ended',
      '9.5 a started',
      '10.5 a ended',
    ])
    expect(seen.get('a')).toBe(START + 9.5 * MINUTE)
  })

  test('told to stop, it breaks off what runs and says what that was', async () => {
    const { clock, told, schedule, end } = stage([A], { a: 5 })
    await clock.advance(12 * MINUTE)
    await end()
    expect(shown(told)).toEqual(['9.5 a started'])
    expect([...schedule.interrupted]).toEqual(['a'])
  })

  test('a sync that another process works on is skipped, any other fault is an end, and neither stops the schedule', async () => {
    const told: ScheduleEvent[] = []
    const faults: Error[] = [new RunBusy('sync a', 'elsewhere', 0), new Error('broken')]
    const schedule = scheduleOf({
      run: () => Promise.reject(faults.shift()),
      tell: (event) => told.push(event),
      signal: new AbortController().signal,
    })
    await schedule.due(A)
    await schedule.due(A)
    expect(told).toEqual([
      { kind: 'started', sync: 'a' },
      { kind: 'skipped', sync: 'a', why: expect.stringContaining('another run holds sync a') },
      { kind: 'started', sync: 'a' },
      { kind: 'ended', sync: 'a', code: 1, text: 'Error: broken' },
    ])
  })
})
