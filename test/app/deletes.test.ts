/** People deleted at the source: nothing happens before two whole readings and the source itself say so, and a change beats a deletion. */
import { afterEach, describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import { type AccountSpec, type Ran, type TwoAccounts, twoAccounts } from './two-accounts.ts'
import { change } from './undo-acts.ts'
import { planOf } from './undo-truth.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

const DAY = 24 * 3_600_000

async function migrated(
  policy: string,
  sides: { readonly from?: AccountSpec; readonly to?: AccountSpec } = {},
  guards = '{ maxDeletes: 50, maxDeletePercent: 100, maxIrreversibleConsents: 99 }',
): Promise<TwoAccounts> {
  const world = twoAccounts({
    from: sides.from ?? { platform: 'infusionsoft', contacts: 60 },
    to: sides.to ?? { platform: 'adaptix', contacts: 0 },
    seed: 31,
    sync: `    deletes: ${policy}\n    guards: ${guards}\n`,
  })
  open.push(world)
  const { run } = await world.run('migrate')
  expect(run).toMatchObject({ status: 'done', reason: null })
  world.clock.advance(DAY)
  return world
}

/** Source ids of people who have a counterpart that may be mailed. */
function linked(world: TwoAccounts): readonly string[] {
  return world.to.snapshot().flatMap(({ fields, optedOut, emails }) => {
    const key = fields['ferry_key'] ?? ''
    return optedOut.length === 0 && emails.length > 0 && key.startsWith('source:')
      ? [key.slice('source:'.length)]
      : []
  })
}

function counterpart(world: TwoAccounts, id: string) {
  return world.to.snapshot().find(({ fields }) => fields['ferry_key'] === `source:${id}`)
}

/** Somebody deletes contacts at the source. */
async function bury(world: TwoAccounts, ids: readonly string[]): Promise<void> {
  const app = await world.open()
  try {
    const writer = await app.writer('source')
    const outcomes = await writer.remove(ids.map(remoteId), new AbortController().signal)
    expect(outcomes.map(({ kind }) => kind)).toEqual(ids.map(() => 'done'))
  } finally {
    await app.close()
  }
}

async function whole(
  world: TwoAccounts,
): Promise<{ readonly ran: Ran; readonly plan: PlanHeader }> {
  world.clock.advance(DAY)
  const ran = await world.run('sync', { isFull: true })
  return { ran, plan: await planOf(world, ran.run.plan) }
}

describe('people deleted at the source', () => {
  it('are deleted after the second whole reading, once, and stay dead', async () => {
    const world = await migrated('delete')
    const [a = '', b = ''] = linked(world)
    await bury(world, [a, b])
    const first = await whole(world)
    expect(first.ran.writes).toBe(0)
    expect(first.plan.counts.delete).toBe(0)
    expect(first.plan.warnings.join()).toContain('2 linked contacts were not in the listing')
    const second = await whole(world)
    expect(second.plan.counts.delete).toBe(2)
    expect(second.ran.counts).toMatchObject({ applied: 2, balanced: true })
    expect(counterpart(world, a)).toBeUndefined()
    expect(counterpart(world, b)).toBeUndefined()
    const third = await whole(world)
    expect(third.ran.writes).toBe(0)
    expect(third.plan.counts.delete).toBe(0)
  })

  it('are left alone by incremental runs and by "ignore"', async () => {
    const world = await migrated('delete')
    const [a = ''] = linked(world)
    await bury(world, [a])
    for (let runs = 0; runs < 3; runs += 1) {
      world.clock.advance(DAY)
      expect((await world.run('sync')).writes).toBe(0)
    }
    expect(counterpart(world, a)).toBeDefined()
    const ignoring = await migrated('ignore')
    const [c = ''] = linked(ignoring)
    await bury(ignoring, [c])
    for (let runs = 0; runs < 3; runs += 1) expect((await whole(ignoring)).ran.writes).toBe(0)
    expect(counterpart(ignoring, c)).toBeDefined()
  })

  it('a dry run twice is no deletion, and deletes nothing', async () => {
    const world = await migrated('delete')
    const [a = ''] = linked(world)
    await bury(world, [a])
    for (let runs = 0; runs < 2; runs += 1) {
      const planned = await world.run('plan', { isFull: true })
      expect(planned.writes).toBe(0)
      if (runs === 1) expect((await planOf(world, planned.run.plan)).counts.delete).toBe(1)
    }
    expect(counterpart(world, a)).toBeDefined()
  })

  it('whose counterpart was edited are held: a change beats a deletion', async () => {
    const world = await migrated('delete')
    const [a = ''] = linked(world)
    await bury(world, [a])
    const there = counterpart(world, a)
    await change(world, [[there?.id ?? '', { fields: { 'addresses.main.city': 'Edited There' } }]])
    await whole(world)
    const second = await whole(world)
    expect(second.ran.writes).toBe(0)
    expect(second.plan.counts).toMatchObject({ delete: 0 })
    expect(second.plan.holds.map(({ cause }) => cause).join()).toContain('edited at the target')
    expect(counterpart(world, a)).toBeDefined()
  })

  it('whose counterpart was edited after the plan are not deleted either', async () => {
    const world = await migrated('delete')
    const [a = ''] = linked(world)
    await bury(world, [a])
    await whole(world)
    world.clock.advance(DAY)
    const planned = await world.run('plan', { isFull: true })
    const there = counterpart(world, a)
    await change(world, [[there?.id ?? '', { fields: { 'addresses.main.city': 'Edited There' } }]])
    const applied = await world.run('apply', { plan: planned.run.plan as string })
    expect(applied.counts).toMatchObject({ applied: 0, drifted: 1, balanced: true })
    expect(counterpart(world, a)).toBeDefined()
  })

  it('beyond the cap stop the run, and nothing is written', async () => {
    const world = await migrated('delete', {}, '{ maxDeletes: 1, maxDeletePercent: 100 }')
    const [a = '', b = ''] = linked(world)
    await bury(world, [a, b])
    await whole(world)
    const second = await whole(world)
    expect(second.ran.run.status).toBe('blocked')
    expect(second.ran.writes).toBe(0)
    expect(second.plan.guards.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['deletes'])
  })

  it('all of them: an empty source stops the run, whatever the caps', async () => {
    const world = await migrated('delete', { from: { platform: 'infusionsoft', contacts: 12 } })
    const app = await world.open()
    const everybody = world.from.snapshot().map(({ id }) => id)
    await app.close()
    await bury(world, everybody)
    const before = world.to.snapshot().length
    for (let runs = 0; runs < 3; runs += 1) {
      const { ran } = await whole(world)
      expect(ran.run.status).toBe('blocked')
      expect(ran.writes).toBe(0)
    }
    expect(world.to.snapshot()).toHaveLength(before)
  })

  it('are opted out with "unsubscribe", once, and their link ends', async () => {
    const world = await migrated('unsubscribe')
    const [a = ''] = linked(world)
    await bury(world, [a])
    await whole(world)
    const second = await whole(world)
    expect(second.ran.counts).toMatchObject({ applied: 1, balanced: true })
    expect(counterpart(world, a)?.optedOut).toHaveLength(1)
    const third = await whole(world)
    expect(third.ran.writes).toBe(0)
    expect(third.plan.warnings.join()).not.toContain('linked contacts were not in')
  })

  it('are tagged with "tag", with a tag that the plan creates first', async () => {
    const world = await migrated('tag')
    const [a = '', b = ''] = linked(world)
    await bury(world, [a])
    await whole(world)
    const second = await whole(world)
    expect(second.plan.vocabulary.tags.map(({ name }) => name)).toEqual(['deleted at source'])
    expect(second.ran.counts).toMatchObject({ applied: 1, balanced: true })
    expect(counterpart(world, a)?.tags).toContain('deleted at source')
    await bury(world, [b])
    await whole(world)
    const fourth = await whole(world)
    expect(fourth.plan.vocabulary.tags).toEqual([])
    expect(counterpart(world, b)?.tags).toContain('deleted at source')
    expect((await whole(world)).ran.writes).toBe(0)
  })
})
