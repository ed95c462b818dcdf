/** Tags that are taken away and people who are deleted leave no trace at the source: a whole reading by its own schedule finds them. */
import { afterEach, expect, it } from 'vitest'
import { PIPELINE_LIMITS } from '../../src/pipeline/env.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})
const HOUR = 3_600_000

async function migrated(): Promise<TwoAccounts> {
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 60 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 21,
  })
  open.push(world)
  expect((await world.run('migrate')).run.status).toBe('done')
  return world
}

async function planOf(world: TwoAccounts, id: string | null) {
  const app = await world.open({ mayWrite: false })
  try {
    return await app.store.plans.header(id as never)
  } finally {
    await app.close()
  }
}

/** Takes a tag that arrived at the target away from its owner at the source. */
async function untag(world: TwoAccounts): Promise<{ key: string; tag: string }> {
  const there = world.to
    .snapshot()
    .find(({ tags, fields }) => tags.length > 0 && fields['ferry_key'])
  const key = there?.fields['ferry_key'] ?? ''
  const app = await world.open()
  try {
    const reader = await app.writer('source')
    const { signal } = new AbortController()
    const { tags } = await reader.catalog(signal)
    const tag = tags.find(({ name }) => there?.tags.some((each) => each.endsWith(name)))
    if (tag === undefined) throw new Error('no tag of the source is at the target')
    await reader.call(
      'ContactService.removeFromGroup',
      { contactId: Number(key.replace('source:', '')), tagId: Number(tag.key) },
      signal,
    )
    return { key, tag: there?.tags.find((each) => each.endsWith(tag.name)) ?? '' }
  } finally {
    await app.close()
  }
}
const tagsOf = (world: TwoAccounts, key: string) =>
  world.to.snapshot().find(({ fields }) => fields['ferry_key'] === key)?.tags ?? []

it('a sync reads the source whole when the last whole reading is a week old, says so, and then no more', async () => {
  const world = await migrated()
  world.clock.advance(HOUR)
  const { key, tag } = await untag(world)
  expect(tagsOf(world, key)).toContain(tag)

  for (let day = 0; day < 6; day += 2) {
    const { run } = await world.run('sync')
    const plan = await planOf(world, run.plan)
    expect([plan?.isFull, plan?.warnings.join().includes('read whole')]).toEqual([false, false])
    world.clock.advance(48 * HOUR)
  }
  expect(tagsOf(world, key)).toContain(tag)

  world.clock.advance(24 * HOUR)
  const { run } = await world.run('sync')
  const plan = await planOf(world, run.plan)
  expect(plan?.isFull).toBe(true)
  expect(plan?.warnings.join()).toMatch(/read whole: .* was 7 days ago \(every 7 days\)/)
  expect(tagsOf(world, key)).not.toContain(tag)

  world.clock.advance(HOUR)
  const next = await world.run('sync')
  expect((await planOf(world, next.run.plan))?.isFull).toBe(false)
})

it('incremental runs do not forget when the last proven census was', async () => {
  const world = await migrated()
  const censusAt = async () => {
    const app = await world.open({ mayWrite: false })
    try {
      return (await app.store.cursors.get('move', 'from', 'contacts'))?.censusAt
    } finally {
      await app.close()
    }
  }
  const before = await censusAt()
  expect(before).toBeTypeOf('number')
  world.clock.advance(HOUR)
  await world.run('sync')
  expect(await censusAt()).toBe(before)
  expect(PIPELINE_LIMITS.censusMs).toBe(7 * 24 * HOUR)
})
