import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError } from '../../src/connector/error.ts'
import type { SyncSettings } from '../../src/pipeline/env.ts'
import { type Attendance, attend } from '../../src/runner/queued/attendance.ts'
import { type Carrier, carry, LEFT } from '../../src/runner/queued/carry.ts'
import { FAILURES_MAX, QUEUE_TIMING } from '../../src/runner/queued/timing.ts'
import { StoreError } from '../../src/state/store.ts'
import { NEVER } from './runner-contract.ts'
import { type Rested, RUN, rested } from './rested.ts'

const TICKET = { run: RUN, stage: 0, slice: 'catalogue' }
const DONE = { kind: 'done', isOver: false }
const OVER = { kind: 'done', isOver: true }

describe('a ticket in the hands of a worker', () => {
  let at: Rested
  let attendance: Attendance
  beforeEach(async () => {
    at = await rested()
    attendance = await attend(at.env, RUN, { attendMs: 60_000, signal: NEVER })
  })
  afterEach(() => at.env.store.close())

  function carrier(change: Partial<Carrier> = {}): Carrier {
    return {
      env: { ...at.env, settings: () => SETTINGS },
      prepare: async () => {},
      ring: async () => {},
      timing: QUEUE_TIMING,
      stopping: NEVER,
      ...change,
    }
  }
  /** What happens when the platform, the store or the program fails while the slice is worked. */
  function failing(error: unknown, failures = 0) {
    const accounts = () => {
      throw error
    }
    const { env } = carrier()
    return carry(carrier({ env: { ...env, accounts } }), { ticket: TICKET, failures }, NEVER)
  }

  test('is dropped when its run is over, unknown, or nobody waits for it', async () => {
    await attendance.leave()
    expect(await carry(carrier(), { ticket: TICKET, failures: 0 }, NEVER)).toEqual(DONE)
    await at.env.store.runs.update(RUN, { status: 'stopped' })
    expect(await carry(carrier(), { ticket: TICKET, failures: 0 }, NEVER)).toEqual(OVER)
    const unknown = { ...TICKET, run: 'run-2' as typeof RUN }
    expect(await carry(carrier(), { ticket: unknown, failures: 0 }, NEVER)).toEqual(OVER)
  })

  test('is dropped when its slice is closed already', async () => {
    await at.env.store.slices.close(RUN, 0, TICKET.slice)
    expect(await carry(carrier(), { ticket: TICKET, failures: 0 }, NEVER)).toEqual(DONE)
  })

  test('comes again when another worker holds its slice', async () => {
    const scope = `slice ${RUN} 0 ${TICKET.slice}`
    const other = { scope, owner: 'other', now: 0, expiresAt: 90_000, mayTakeOver: () => false }
    await at.env.store.leases.acquire(other)
    expect(await carry(carrier(), { ticket: TICKET, failures: 0 }, NEVER)).toEqual({
      kind: 'later',
      ms: QUEUE_TIMING.busyMs,
      failures: 0,
    })
  })

  test.each(['unreachable', 'unknown', 'protocol', 'throttled'] as const)(
    'comes again after a growing wait when the platform is %s, and is given up at last',
    async (kind) => {
      const error = new ConnectorError(kind, 'not now')
      const { backoffMs } = QUEUE_TIMING
      expect(await failing(error, 0)).toEqual({ kind: 'later', ms: backoffMs, failures: 1 })
      expect(await failing(error, 1)).toEqual({ kind: 'later', ms: 2 * backoffMs, failures: 2 })
      expect(await failing(error, FAILURES_MAX - 1)).toEqual({ kind: 'failed', error })
    },
  )

  test('waits as long as the platform asks, unless that is too long to wait for', async () => {
    const asking = (retryAfterMs: number) =>
      new ConnectorError('throttled', 'slow down', { retryAfterMs })
    expect(await failing(asking(45_000))).toMatchObject({ kind: 'later', ms: 45_000 })
    expect(await failing(asking(QUEUE_TIMING.patienceMs + 1))).toMatchObject({ kind: 'failed' })
  })

  test.each(['login', 'permission', 'scan', 'unsupported'] as const)(
    'is given up at once when trying again is no use: %s',
    async (kind) => {
      const error = new ConnectorError(kind, 'no')
      expect(await failing(error)).toEqual({ kind: 'failed', error })
    },
  )

  test('comes again when the store is busy or somebody took the slice over', async () => {
    const store = (kind: StoreError['kind']) => failing(new StoreError(kind, kind, { hint: '' }))
    expect(await store('busy')).toMatchObject({ kind: 'later', failures: 1 })
    expect(await store('fenced')).toMatchObject({ kind: 'later', failures: 0 })
    expect(await store('full')).toMatchObject({ kind: 'failed' })
  })

  test('is given up when the program itself fails', async () => {
    expect(await failing(new TypeError('a bug'))).toMatchObject({ kind: 'failed' })
  })

  test('is refused by a worker that is set up otherwise', async () => {
    const { env } = carrier()
    const other = { ...env, settings: () => ({ ...SETTINGS, fingerprint: 'otherwise' }) }
    const delivery = { ticket: TICKET, failures: 0 }
    expect(await carry(carrier({ env: other }), delivery, NEVER)).toMatchObject({
      kind: 'failed',
      error: { kind: 'setup' },
    })
    const prepare = async () => {
      throw Object.assign(new Error('there is no sync "move"'), { hint: 'add it' })
    }
    expect(await carry(carrier({ prepare }), delivery, NEVER)).toMatchObject({
      kind: 'failed',
      error: { kind: 'setup', hint: 'add it', message: expect.stringContaining('no sync') },
    })
  })

  test('goes to another worker when this one is broken off by its stop, and to none when nobody waits', async () => {
    const accounts = () => {
      breaker.abort(reason)
      breaker.signal.throwIfAborted()
      throw new Error('unreachable')
    }
    const stopping = AbortSignal.abort()
    const { env } = carrier()
    let breaker = new AbortController()
    let reason = new Error('stop')
    const how = carrier({ env: { ...env, accounts }, stopping })
    expect(await carry(how, { ticket: TICKET, failures: 2 }, breaker.signal)).toEqual({
      kind: 'later',
      ms: 0,
      failures: 2,
    })
    breaker = new AbortController()
    reason = LEFT
    expect(await carry(how, { ticket: TICKET, failures: 0 }, breaker.signal)).toEqual(DONE)
  })
})

const SETTINGS = { fingerprint: 'as configured', from: 'a', to: 'b' } as SyncSettings
