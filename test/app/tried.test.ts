/** Batches begin small under a configuration that has not shown itself yet, and no longer once enough people went well under it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type TwoAccounts, type TwoAccountsOptions, twoAccounts } from './two-accounts.ts'

const folder = mkdtempSync(join(tmpdir(), 'ferry-tried-'))
const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
  rmSync(folder, { recursive: true, force: true })
})

function made(options: TwoAccountsOptions): TwoAccounts {
  const world = twoAccounts({ seed: 9, state: `sqlite:${join(folder, 'state.db')}`, ...options })
  open.push(world)
  return world
}

/** How many requests created the people who were added. */
async function creates(world: TwoAccounts, people: number): Promise<number> {
  world.clock.advance(3 * 3_600_000)
  const app = await world.open()
  const writer = await app.writer('source')
  for (let place = 0; place < people; place += 1) {
    const data = { FirstName: `N ${place}`, Email: `n${place}.${world.clock.now()}@example.com` }
    await writer.call('ContactService.add', { data }, new AbortController().signal)
  }
  await app.close()
  const { counts, requests } = await world.run('sync')
  expect(counts).toMatchObject({ applied: people, balanced: true })
  return requests['target']?.write ?? 0
}

it('thirty newcomers go in one batch after a migration, and in three under another configuration', async () => {
  const world = made({
    from: { platform: 'infusionsoft', contacts: 150 },
    to: { platform: 'adaptix', contacts: 0 },
  })
  await world.run('migrate')
  expect(await creates(world, 30)).toBe(1)
  const { from, to, clock } = world
  const other = made({
    from: { platform: 'infusionsoft', contacts: 0, simulator: from },
    to: { platform: 'adaptix', contacts: 0, simulator: to },
    clock,
    sync: '    conflicts: hold\n',
  })
  expect(await creates(other, 30)).toBe(3)
})
