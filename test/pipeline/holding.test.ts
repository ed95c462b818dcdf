import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { holdOf, holdWith } from '../../src/connector/hold.ts'
import { advance } from '../../src/pipeline/advance.ts'
import { type Accounts, type Env, PIPELINE_LIMITS } from '../../src/pipeline/env.ts'
import { hold, under } from '../../src/pipeline/holding.ts'
import { type Rested, RUN, rested } from '../runner/rested.ts'

const { leaseMs } = PIPELINE_LIMITS
const NEVER = new AbortController().signal
const SCOPE = 'slice'

describe('the lease of a slice', () => {
  let at: Rested
  beforeEach(async () => {
    at = await rested()
  })
  afterEach(() => at.env.store.close())

  function take(env: Env, owner: string, mayTakeOver = false) {
    const now = env.clock.now()
    return env.store.leases.acquire({
      scope: SCOPE,
      owner,
      now,
      expiresAt: now + leaseMs,
      mayTakeOver: () => mayTakeOver,
    })
  }
  async function held(env: Env) {
    const lease = await take(env, 'holder')
    if (lease.kind === 'busy') throw new Error('busy')
    return hold(env, lease.fence, NEVER)
  }

  test('lasts as long as a piece works, however long, and lapses a lease after it was killed', async () => {
    const holding = await held(at.env)
    for (let third = 0; third < 12; third += 1) {
      await at.clock.advance(leaseMs / 3)
      expect(await take(at.env, 'other')).toMatchObject({ kind: 'busy' })
    }
    expect(holding.signal.aborted).toBe(false)
    await holding.end()
    expect(at.clock.sleeping).toBe(0)
    await at.clock.advance(leaseMs - 1)
    expect(await take(at.env, 'other')).toMatchObject({ kind: 'busy' })
    await at.clock.advance(1)
    expect(await take(at.env, 'other')).toMatchObject({ kind: 'held' })
  })

  test('that another took over stops the piece at the next renewal, and lets it send nothing more', async () => {
    const holding = await held(at.env)
    await take(at.env, 'thief', true)
    await at.clock.advance(leaseMs / 3)
    expect(holding.signal.reason).toMatchObject({ name: 'StoreError', kind: 'fenced' })
    await expect(holdOf(holding.signal)?.lastFor(leaseMs)).rejects.toMatchObject({ kind: 'fenced' })
    await holding.end()
  })

  test('is worth nothing once the run that it is part of belongs to somebody else', async () => {
    const run = new AbortController().signal
    let isOurs = true
    holdWith(run, {
      lastFor: async () => {
        if (!isOurs) throw new Error('the run was taken over')
      },
    })
    const lease = await take(at.env, 'holder')
    if (lease.kind === 'busy') throw new Error('busy')
    const holding = hold(at.env, lease.fence, under(run, NEVER))
    await holdOf(holding.signal)?.lastFor(1)
    isOurs = false
    await expect(holdOf(holding.signal)?.lastFor(1)).rejects.toThrow('the run was taken over')
    await holding.end()
  })

  test('is prolonged for a request that may take longer than it lasts, and never cut short', async () => {
    const holding = await held(at.env)
    await holdOf(holding.signal)?.lastFor(leaseMs * 2)
    const ends = async () => (await at.env.store.leases.list())[0]?.expiresAt ?? 0
    expect(await ends()).toBeGreaterThan(at.clock.now() + leaseMs * 2)
    const before = await ends()
    await at.clock.advance(leaseMs / 3)
    expect(await ends()).toBe(before)
    await holdOf(holding.signal)?.lastFor(1)
    expect(await ends()).toBe(before)
    await holding.end()
  })

  test('a store that is busy for a moment costs no lease; one that stays away costs the piece', async () => {
    let refusals = 1
    const leases = {
      ...at.env.store.leases,
      renew: (...given: Parameters<Env['store']['leases']['renew']>) =>
        refusals-- > 0
          ? Promise.reject(new Error('database is locked'))
          : at.env.store.leases.renew(...given),
    }
    const holding = await held({ ...at.env, store: { ...at.env.store, leases } })
    await at.clock.advance(leaseMs)
    expect(holding.signal.aborted).toBe(false)
    expect(at.warnings).toHaveLength(1)
    refusals = Number.POSITIVE_INFINITY
    await at.clock.advance(leaseMs)
    expect(holding.signal.reason).toMatchObject({ message: 'database is locked' })
    await holding.end()
  })

  test('a piece of several leases is one worker’s, and one that lost its lease ends as overtaken', async () => {
    let isReached = () => {}
    const reached = new Promise<void>((resolve) => {
      isReached = resolve
    })
    const slow: Env = {
      ...at.env,
      accounts: () =>
        ({
          reader: () => ({
            catalog: async (signal: AbortSignal) => {
              isReached()
              await at.clock.sleep(leaseMs * 10, signal)
            },
          }),
        }) as unknown as Accounts,
      settings: () => ({ from: 'a', to: 'b' }) as ReturnType<Env['settings']>,
    }
    const ticket = { run: RUN, stage: 0, slice: 'catalogue' }
    const working = advance(slow, ticket, NEVER).catch((error: unknown) => error)
    await reached
    await at.clock.advance(leaseMs * 2.5)
    expect(await advance({ ...slow, owner: 'second' }, ticket, NEVER)).toMatchObject({
      kind: 'busy',
    })
    const now = at.clock.now()
    await at.env.store.leases.acquire({
      scope: `slice ${RUN} 0 catalogue`,
      owner: 'thief',
      now,
      expiresAt: now + leaseMs,
      mayTakeOver: () => true,
    })
    await at.clock.advance(leaseMs / 3)
    expect(await working).toMatchObject({ name: 'StoreError', kind: 'fenced' })
    expect(at.clock.sleeping).toBe(0)
  })
})
