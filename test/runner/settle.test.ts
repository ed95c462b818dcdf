import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Ticket } from '../../src/pipeline/env.ts'
import { attend, attendedRuns } from '../../src/runner/queued/attendance.ts'
import type { Bell, Listener } from '../../src/runner/queued/bell.ts'
import { keepFailure, QueueError } from '../../src/runner/queued/failure.ts'
import { settleQueued } from '../../src/runner/queued/settle.ts'
import { QUEUE_TIMING } from '../../src/runner/queued/timing.ts'
import { NEVER } from './runner-contract.ts'
import { type Rested, RUN, rested, SLICES } from './rested.ts'

describe('waiting for a run that a queue carries', () => {
  let at: Rested
  beforeEach(async () => {
    at = await rested()
  })
  afterEach(() => at.env.store.close())

  const settle = (bell: Bell, signal = NEVER) =>
    settleQueued({ env: at.env, bell, timing: QUEUE_TIMING }, RUN, signal)
  const end = () => at.env.store.runs.update(RUN, { status: 'done', updatedAt: 1, endedAt: 1 })

  test('open slices are rung for at once, and again as long as nothing happens', async () => {
    const rung: string[][] = []
    const bell = fakeBell({
      ring: async (tickets) => {
        rung.push(tickets.map(({ slice }) => slice))
        if (rung.length === 3) await end()
      },
    })
    await at.clock.drive(settle(bell))
    expect(rung).toEqual([SLICES, SLICES, SLICES])
    expect(at.clock.now()).toBe(1_000 + 2 * QUEUE_TIMING.ringMs + QUEUE_TIMING.pollMs)
  })

  test('news is looked into at once', async () => {
    const bell = fakeBell({
      ring: async () => {
        await end()
        bell.listener?.news()
      },
    })
    await at.clock.drive(settle(bell))
    expect(at.clock.now()).toBe(1_000)
    expect(bell.listener).toBeNull()
  })

  test('workers are told by the store who is waited for, only as long as somebody waits', async () => {
    const seen: unknown[] = []
    const bell = fakeBell({
      ring: async () => {
        seen.push(...(await attendedRuns(at.env)))
        if (at.clock.now() > 3 * QUEUE_TIMING.attendMs) await end()
      },
    })
    await at.clock.drive(settle(bell))
    expect(new Set(seen)).toEqual(new Set([RUN]))
    expect([...(await attendedRuns(at.env))]).toEqual([])
  })

  test('an error that a worker kept arrives as what it was, and is forgotten by the next attempt', async () => {
    const error = new ConnectorError('permission', 'may not write', { hint: 'ask the owner' })
    let attempts = 0
    const bell = fakeBell({
      ring: async () => {
        attempts += 1
        if (attempts === 1) await keepFailure(at.env.store, RUN, error)
        else await end()
      },
    })
    const failed: unknown = await at.clock.drive(settle(bell)).catch((caught: unknown) => caught)
    expect(failed).toBeInstanceOf(ConnectorError)
    expect(failed).toMatchObject({
      kind: 'permission',
      message: 'may not write',
      hint: 'ask the owner',
    })
    await at.clock.drive(settle(bell))
    expect(attempts).toBe(2)
  })

  test('a ticket that workers died over again and again is said', async () => {
    const bell = fakeBell({
      ring: async () => bell.listener?.failed('job stalled more than allowable limit'),
    })
    await expect(at.clock.drive(settle(bell))).rejects.toMatchObject({
      name: 'QueueError',
      kind: 'worker',
      message: expect.stringContaining('stalled'),
    })
  })

  test('an interruption ends the waiting after the pieces in hand have come to rest', async () => {
    const interrupt = new AbortController()
    const reason = new Error('enough')
    let inHand = 3
    const silenced: Ticket[] = []
    const bell = fakeBell({
      ring: async () => interrupt.abort(reason),
      silence: async (tickets) => void silenced.push(...tickets),
      inHand: async () => inHand--,
    })
    await expect(at.clock.drive(settle(bell, interrupt.signal))).rejects.toBe(reason)
    expect(inHand).toBe(-1)
    expect(silenced.map(({ slice }) => slice)).toEqual([...SLICES, ...SLICES])
    expect(await at.env.store.runs.get(RUN)).toMatchObject({ status: 'open' })
  })

  test('pieces that never come to rest are not waited for without end', async () => {
    const interrupt = new AbortController()
    const bell = fakeBell({ ring: async () => interrupt.abort(), inHand: async () => 1 })
    await expect(at.clock.drive(settle(bell, interrupt.signal))).rejects.toThrow()
    expect(at.clock.now()).toBe(1_000 + QUEUE_TIMING.restMs)
  })

  test('a queue that is away for a while is told and waited for', async () => {
    let tries = 0
    const bell = fakeBell({
      ring: async () => {
        tries += 1
        if (tries < 3) throw new QueueError('unreachable', 'nobody there', { hint: '' })
        await end()
      },
    })
    await at.clock.drive(settle(bell))
    expect(at.warnings).toEqual(['nobody there', 'nobody there'])
  })

  test('the stage is not turned while a worker may be about to do it', async () => {
    for (const name of SLICES) await at.env.store.slices.close(RUN, 0, name)
    let looks = 0
    const bell = fakeBell({
      inHand: async () => {
        looks += 1
        if (looks === 3) await end()
        return 1
      },
    })
    await at.clock.drive(settle(bell))
    expect(await at.env.store.slices.stillOpen(RUN, 0)).toEqual([])
    expect(bell.rung).toBe(0)
  })

  test('the stage is turned for workers that died before they could', async () => {
    await at.env.store.slices.open(RUN, 0, [{ name: '(opened)', position: null }])
    for (const name of ['(opened)', ...SLICES]) await at.env.store.slices.close(RUN, 0, name)
    const bell = fakeBell({ ring: end })
    await at.clock.drive(settle(bell))
    const open = await at.env.store.slices.stillOpen(RUN, 0)
    expect(open.map(({ name }) => name)).toEqual(['touched'])
  })

  test('a command that comes second waits until the first is gone', async () => {
    const first = { ...at.env, owner: 'first' }
    await attend(first, RUN, { attendMs: 7_000, signal: NEVER })
    await at.clock.drive(settle(fakeBell({ ring: end })))
    expect(at.clock.now()).toBeGreaterThanOrEqual(8_000)
  })

  test('a command that was overtaken stops waiting', async () => {
    const other = { ...at.env, owner: 'other', mayTakeOver: () => true }
    const bell = fakeBell({
      ring: async () => void (await attend(other, RUN, { attendMs: 60_000, signal: NEVER })),
    })
    await expect(at.clock.drive(settle(bell))).rejects.toMatchObject({ kind: 'taken' })
    expect([...(await attendedRuns(at.env))]).toEqual([RUN])
  })
})

interface FakeBell extends Bell {
  listener: Listener | null
  rung: number
}

function fakeBell(how: Partial<Omit<Bell, 'listen'>>): FakeBell {
  const bell: FakeBell = {
    listener: null,
    rung: 0,
    ring: async (tickets) => {
      bell.rung += 1
      await how.ring?.(tickets)
    },
    ringAgain: (tickets) => bell.ring(tickets),
    silence: how.silence ?? (async () => {}),
    inHand: how.inHand ?? (async () => 0),
    listen(_run, listener) {
      bell.listener = listener
      return () => {
        bell.listener = null
      }
    },
  }
  return bell
}
