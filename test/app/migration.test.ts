/** The main job from end to end, on simulated accounts: whole, under faults, and twice. */
import { afterEach, describe, expect, it } from 'vitest'
import { mistakes } from './oracle.ts'
import { shape } from './shape.ts'
import { type TwoAccounts, type TwoAccountsOptions, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})
function world(options: Partial<TwoAccountsOptions> & { contacts: number }): TwoAccounts {
  const { contacts, from, to, ...rest } = options
  const made = twoAccounts({
    from: { platform: 'infusionsoft', contacts, ...from },
    to: { platform: 'adaptix', contacts: 0, ...to },
    ...rest,
  })
  open.push(made)
  return made
}

describe('an account of 5,000 people', () => {
  it('is planned without a mutating request, migrated whole, and a second sync writes nothing', async () => {
    const accounts = world({ contacts: 5_000, seed: 11 })
    const planned = await accounts.run('plan')
    expect(accounts.to.counts.write + accounts.from.counts.write).toBe(0)
    const app = await accounts.open({ mayWrite: false })
    const plan = await app.store.plans.header(planned.run.plan as never)
    await app.close()
    const { delete: deletes, ...buckets } = plan?.counts ?? ({} as never)
    expect(deletes).toBe(0)
    expect(Object.values(buckets).reduce((a, b) => a + b, 0)).toBe(plan?.read.from)
    expect(plan?.read.from).toBe(accounts.from.snapshot().length)

    const migrated = await accounts.run('migrate')
    expect(migrated.run.status).toBe('done')
    expect(migrated.counts.balanced).toBe(true)
    const { balanced: _, ...counts } = migrated.counts
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(5_000)
    const [first] = migrated.report.facts.books ?? []
    expect(await mistakes(accounts, first?.plan ?? '')).toEqual([])
    expect(accounts.to.consentBreaches).toEqual([])

    const verified = await accounts.run('verify')
    expect(verified.run.facts['verify']).toMatchObject({ ok: true, differing: 0, missing: 0 })
    const again = await accounts.run('sync')
    expect(again.writes).toBe(0)
    expect(again.counts.balanced).toBe(true)
    const full = await accounts.run('sync', { isFull: true })
    expect(full.writes).toBe(0)
  })
})

describe('with lost answers, resets, 429 and 503 on both sides', () => {
  const faults = { lostAnswer: 0.02, resetBefore: 0.02, throttled: 0.05, unavailable: 0.01 }
  it.each([1, 2, 3])('ends in the same state, without a twin (seed %i)', async (seed) => {
    const accounts = world({
      contacts: 1_000,
      seed,
      from: { platform: 'infusionsoft', contacts: 1_000, faults },
      to: { platform: 'adaptix', contacts: 0, faults },
    })
    const migrated = await accounts.run('migrate')
    expect(migrated.run.status).toBe('done')
    expect(migrated.counts).toMatchObject({ balanced: true, unknown: 0, drifted: 0 })
    const [first] = migrated.report.facts.books ?? []
    expect(await mistakes(accounts, first?.plan ?? '')).toEqual([])
    expect(
      (accounts.faults.to?.counts.lostAnswer ?? 0) + (accounts.faults.from?.counts.throttled ?? 0),
    ).toBeGreaterThan(0)
    expect(accounts.to.consentBreaches).toEqual([])

    const calm = world({ contacts: 1_000, seed })
    await calm.run('migrate')
    expect(shape(accounts.to)).toEqual(shape(calm.to))
  })
})

describe('an account that has the people already', () => {
  it('adopts them instead of creating twins', async () => {
    const accounts = world({
      contacts: 300,
      to: { platform: 'adaptix', contacts: 300 },
      sync: '    guards: { maxOverwritePercent: 100, maxChangedPercent: 100 }\n',
    })
    const before = doubled(accounts)
    const migrated = await accounts.run('migrate')
    expect(migrated.run.reason).toBeNull()
    expect(doubled(accounts)).toEqual(before)
    const again = await accounts.run('sync', { isFull: true })
    expect(again.writes).toBe(0)
  })
  it('stops at the guard when most of them would be overwritten, and writes nothing', async () => {
    const accounts = world({ contacts: 300, to: { platform: 'adaptix', contacts: 300 } })
    const stopped = await accounts.run('sync')
    expect(stopped.run.status).toBe('blocked')
    expect(stopped.writes).toBe(0)
  })
})

/** E-mails that more than one contact of the target has. */
function doubled(accounts: TwoAccounts): readonly string[] {
  const emails = accounts.to
    .snapshot()
    .flatMap((contact) => contact.emails.map((email) => email.toLowerCase()))
  return [...new Set(emails.filter((email, place) => emails.indexOf(email) !== place))].sort()
}

describe('a plan that was made before somebody else wrote', () => {
  it('is stale, and nothing of it is written', async () => {
    const accounts = world({ contacts: 120 })
    const planned = await accounts.run('plan')
    await accounts.run('migrate')
    const before = shape(accounts.to)
    const late = await accounts.run('apply', { plan: planned.run.plan })
    expect(late.run).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('stale plan'),
    })
    expect(late.writes).toBe(0)
    expect(shape(accounts.to)).toEqual(before)
  })
  it('is applied to the letter when nobody did', async () => {
    const accounts = world({ contacts: 120 })
    const planned = await accounts.run('plan')
    const applied = await accounts.run('apply', { plan: planned.run.plan })
    expect(applied.run.status).toBe('done')
    expect(await mistakes(accounts, planned.run.plan ?? '')).toEqual([])
  })
})
