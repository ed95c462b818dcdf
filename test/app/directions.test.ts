/** Every platform to every other one: migrated whole, books balanced, verified, and nothing left to write afterwards. */
import { expect, it } from 'vitest'
import { twoAccounts } from './two-accounts.ts'

const PLATFORMS = ['infusionsoft', 'adaptix', 'xml-spec']
const DIRECTIONS = PLATFORMS.flatMap((from) =>
  PLATFORMS.filter((to) => to !== from).map((to) => [from, to] as const),
)
const CONTACTS = 2_000

it.each(DIRECTIONS)('%s to %s', async (from, to) => {
  const world = twoAccounts({
    from: { platform: from, contacts: CONTACTS },
    to: { platform: to, contacts: 0 },
    seed: 31,
  })
  try {
    const migrated = await world.run('migrate')
    expect(migrated.run).toMatchObject({ status: 'done', reason: null })
    const { balanced, ...counts } = migrated.counts
    expect(balanced).toBe(true)
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(CONTACTS)
    expect(world.to.snapshot()).toHaveLength(counts.applied)
    expect(world.to.consentBreaches).toEqual([])
    expect(migrated.run.facts['verify']).toMatchObject({ ok: true, checked: counts.applied })
    expect((await world.run('sync')).writes).toBe(0)
    expect((await world.run('sync', { isFull: true })).writes).toBe(0)
    expect((await world.run('verify')).run.facts['verify']).toMatchObject({ ok: true })
  } finally {
    world.close()
  }
})
