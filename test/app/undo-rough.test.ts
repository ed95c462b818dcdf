/** Undoing between other platforms, under faults, after edits in between, and of a run that broke off. */
import { afterEach, describe, expect, it } from 'vitest'
import { work } from '../../src/app/run.ts'
import { releaseUndone } from '../../src/app/undo.ts'
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { type TwoAccounts, type TwoAccountsOptions, twoAccounts } from './two-accounts.ts'
import { applied, change, expectAsBefore, FREELY, OPT_OUT, take, undoPlan } from './undo-acts.ts'
import { standingOf } from './undo-named.ts'
import { truth } from './undo-truth.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})
function world(options: TwoAccountsOptions): TwoAccounts {
  const made = twoAccounts({ sync: FREELY, ...options })
  open.push(made)
  return made
}

describe('the migration of one platform into another that has some of the people', () => {
  it.each([
    ['adaptix', 'infusionsoft'],
    ['adaptix', 'xml-spec'],
    ['infusionsoft', 'xml-spec'],
    ['xml-spec', 'adaptix'],
    ['xml-spec', 'infusionsoft'],
  ])('%s to %s is undone, and what is not as before is named', async (from, to) => {
    const accounts = world({
      seed: 41,
      from: { platform: from, contacts: 240 },
      to: { platform: to, contacts: 80 },
    })
    const before = await standingOf(accounts)
    const migrated = await accounts.run('migrate')
    expect(migrated.run).toMatchObject({ status: 'done', reason: null })
    expect(truth(accounts.to).size).toBeGreaterThan(200)
    const plan = await undoPlan(accounts, migrated.run.id)
    expect(plan.counts).toMatchObject({ excluded: 0, reject: 0 })
    expect(await applied(accounts, plan.id)).toMatchObject({ rejected: 0, drifted: 0 })
    await expectAsBefore(accounts, { before, plan: plan.id })
  })
})

describe('with lost answers, resets, 429 and 503 at the target', () => {
  const faults = { lostAnswer: 0.04, resetBefore: 0.03, throttled: 0.05, unavailable: 0.02 }
  it.each([1, 2, 3])('goes back to the same truth (seed %i)', async (seed) => {
    const accounts = world({
      seed,
      from: { platform: 'infusionsoft', contacts: 500 },
      to: { platform: 'adaptix', contacts: 200, faults },
    })
    const before = await standingOf(accounts)
    const migrated = await accounts.run('migrate')
    expect(migrated.run.status).toBe('done')
    const plan = await undoPlan(accounts, migrated.run.id)
    expect(plan.counts).toMatchObject({ excluded: 0, reject: 0 })
    expect(await applied(accounts, plan.id)).toMatchObject({ unknown: 0, drifted: 0, rejected: 0 })
    expect(accounts.faults.to?.counts.lostAnswer).toBeGreaterThan(0)
    await expectAsBefore(accounts, { before, plan: plan.id })
  })
})

describe('a target that answers for a few of a batch at a time', () => {
  it('is asked again as long as fewer are left, and removes all of them', async () => {
    const asked = new Map<string, number>()
    const accounts = world({
      seed: 12,
      from: { platform: 'adaptix', contacts: 160 },
      to: {
        platform: 'infusionsoft',
        contacts: 20,
        faults: { resetBefore: 1 },
        // Contact 13 answers at the sixth try, and each of the eight remainders leaves some behind for the next one.
        faultsOnly({ body }) {
          const id = body.includes('DataService.delete')
            ? (/<(?:int|i4)>(\d+)</.exec(body)?.[1] ?? '')
            : ''
          if (id === '') return false
          const tries = (asked.get(id) ?? 0) + 1
          asked.set(id, tries)
          return tries <= Number(id) % 8
        },
      },
    })
    const before = await standingOf(accounts)
    const migrated = await accounts.run('migrate')
    const plan = await undoPlan(accounts, migrated.run.id)
    expect(await applied(accounts, plan.id)).toMatchObject({ unknown: 0, drifted: 0, rejected: 0 })
    expect(Math.max(...asked.values())).toBe(8)
    await expectAsBefore(accounts, { before, plan: plan.id })
  })
})

describe('between the plan and its writing', () => {
  it('what somebody edits is left alone and reported', async () => {
    const accounts = world({
      seed: 7,
      from: { platform: 'infusionsoft', contacts: 120 },
      to: { platform: 'adaptix', contacts: 40 },
    })
    const before = truth(accounts.to)
    const migrated = await accounts.run('migrate')
    const plan = await undoPlan(accounts, migrated.run.id)
    const created = [...truth(accounts.to).keys()].filter((id) => !before.has(id))
    const [edited = '', optedOut = '', removed = ''] = created
    await change(accounts, [
      [edited, { fields: { 'custom.shoe_size': '44' } }],
      [optedOut, { consents: OPT_OUT }],
    ])
    await take(accounts, removed)
    const counts = await applied(accounts, plan.id)
    expect(counts).toMatchObject({ drifted: 2, rejected: 0, unknown: 0 })
    const now = truth(accounts.to)
    expect([...now.keys()].sort()).toEqual([...before.keys(), edited, optedOut].sort())
    const app = await accounts.open({ mayWrite: false })
    const drifted = await app.store.plans.ops(plan.id, {
      afterSeq: 0,
      untilSeq: null,
      limit: 10,
      states: ['drifted'],
      buckets: null,
    })
    await app.close()
    // No sync takes back what a person wanted taken back.
    for (const { outcome } of drifted)
      expect(outcome?.hint).toContain(`ferry undo ${migrated.run.id}`)
    expect(drifted).toHaveLength(2)
  })
})

describe('people whom an undo removed', () => {
  it('are held by every later plan, until they are released; then they are created once', async () => {
    const accounts = world({
      seed: 9,
      from: { platform: 'infusionsoft', contacts: 100 },
      to: { platform: 'adaptix', contacts: 0 },
    })
    const first = await accounts.run('migrate')
    const size = truth(accounts.to).size
    await applied(accounts, (await undoPlan(accounts, first.run.id)).id)
    expect(truth(accounts.to).size).toBe(0)
    const synced = await accounts.run('sync')
    expect(synced.writes).toBe(0)
    expect(synced.counts).toMatchObject({ applied: 0, balanced: true })
    expect(synced.counts.held).toBeGreaterThanOrEqual(size)

    const app = await accounts.open({ mayWrite: false })
    expect(await releaseUndone(app, first.run.id)).toBe(size)
    await app.close()
    const again = await accounts.run('migrate')
    expect(again.run).toMatchObject({ status: 'done', reason: null })
    expect(truth(accounts.to).size).toBe(size)
    expect((await accounts.run('sync', { isFull: true })).writes).toBe(0)
  })
})

describe('a run that broke off in the midst', () => {
  it.each([1, 2, 3, 4])(
    'is undone as far as it came (batch %i answered to nobody)',
    async (seed) => {
      const accounts = world({
        seed,
        from: { platform: 'infusionsoft', contacts: 400 },
        to: { platform: 'adaptix', contacts: 100 },
      })
      const before = await standingOf(accounts)
      const broken = await breakOff(accounts, seed)
      expect(truth(accounts.to)).not.toEqual(before.people)
      const plan = await undoPlan(accounts, broken)
      expect(plan.counts).toMatchObject({ excluded: 0, reject: 0 })
      await applied(accounts, plan.id)
      await expectAsBefore(accounts, { before, plan: plan.id })
    },
  )
})

/** A migration whose process goes away right after the n-th batch of contacts arrived: nobody hears the answer. Answers which run it was. */
async function breakOff(accounts: TwoAccounts, batches: number): Promise<string> {
  const { to } = accounts
  const { handle } = to
  const controller = new AbortController()
  let seen = 0
  Object.assign(to, {
    handle(request: SimulatedRequest) {
      const response = handle.call(to, request)
      if (to.isMutation(request) && /contacts.*batch/.test(request.url)) seen += 1
      if (seen === batches) controller.abort(new Error('the process went away'))
      return response
    },
  })
  const app = await accounts.open()
  try {
    const runner = inlineRunner(app.env, { concurrency: 1 })
    const request = { sync: 'move', kind: 'migrate', isFull: true, plan: null } as const
    await expect(work(app, request, runner, controller.signal)).rejects.toThrow('went away')
    const [run] = await app.store.runs.list({ sync: 'move', limit: 1 })
    return run?.id ?? ''
  } finally {
    Object.assign(to, { handle })
    await app.close()
  }
}
