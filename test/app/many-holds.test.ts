/** Of hundreds who wait for a person, an incremental run takes up some, in turn; a decision is obeyed by the next run wherever its contact stands. */
import { afterEach, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { keepDecisions, openHolds, weigh } from '../../src/app/holds.ts'
import type { PlanId } from '../../src/model/id.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

const WAITING = 230
/** `TAKEN_UP_MAX` of src/pipeline/touched.ts. */
const TAKEN_UP = 200

async function using<T>(world: TwoAccounts, work: (app: App) => Promise<T>): Promise<T> {
  const app = await world.open()
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

/** Ids in one bucket of what a sync has just planned. */
async function synced(
  world: TwoAccounts,
  bucket: 'hold' | 'excluded' = 'hold',
): Promise<readonly string[]> {
  const { run, counts } = await world.run('sync')
  expect(counts).toMatchObject({ balanced: true })
  return using(world, async ({ store }) => {
    const filter = { afterSeq: 0, untilSeq: null, limit: 1_000, states: null }
    const ops = await store.plans.ops(run.plan as PlanId, { ...filter, buckets: [bucket] })
    return ops.map(({ op }) => op.fromId ?? '')
  })
}

async function added(world: TwoAccounts, people: number, email: string): Promise<void> {
  await using(world, async (app) => {
    const writer = await app.writer('source')
    const { signal } = new AbortController()
    for (let place = 0; place < people; place += 1)
      await writer.call(
        'ContactService.add',
        { data: { FirstName: `N ${place}`, Email: email } },
        signal,
      )
  })
}

/** Whose turn comes last is left out for good. Answers who that is. */
function leftOutFromTheEnd(world: TwoAccounts): Promise<string> {
  return using(world, async (app) => {
    const line = { sync: 'move', kind: 'hold', side: 'from', limit: 1_000 } as const
    const last = (await app.store.cases.waiting(line)).at(-1)
    const hold = (await openHolds(app.store, 'move')).find((one) => one.case.record === last)
    if (hold === undefined) throw new Error('nobody waits')
    const answer = { hold, field: null, choice: 'skip', question: null, isNamed: true } as const
    const kept = await keepDecisions(app, weigh([answer]), 'Ada')
    expect(kept.decided).toHaveLength(1)
    return hold.case.record
  })
}

it('everybody is looked at within two runs, and the one decided about in the next', async () => {
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 20 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 5,
  })
  open.push(world)
  await world.run('migrate')
  world.clock.advance(3_600_000)
  await added(world, WAITING, 'office@example.com')
  const first = await synced(world)
  expect(first.length).toBeGreaterThanOrEqual(WAITING)
  // Somebody new, hours later: from then on no reading overlaps with those.
  world.clock.advance(3 * 3_600_000)
  await added(world, 1, 'late@example.com')
  await synced(world)
  const second = await synced(world)
  const third = await synced(world)
  expect(second).toHaveLength(TAKEN_UP)
  expect(third).toHaveLength(TAKEN_UP)
  expect(new Set([...second, ...third])).toEqual(new Set(first))
  const id = await leftOutFromTheEnd(world)
  expect(await synced(world, 'excluded')).toEqual([id])
})
