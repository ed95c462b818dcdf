/** Two people swap their addresses at the source; a target that keeps each address once refuses both, and a person is asked. */
import { afterEach, expect, it } from 'vitest'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

it('is told as a hold, instead of being tried for ever without a word', async () => {
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 30 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 21,
  })
  open.push(world)
  expect((await world.run('migrate')).run.status).toBe('done')
  world.clock.advance(3 * 3_600_000)
  const [one, other] = world.to
    .snapshot()
    .filter(({ emails, optedOut }) => emails.length > 0 && optedOut.length === 0)
    .map(({ fields, emails }) => ({
      contactId: Number((fields['ferry_key'] ?? '').replace('source:', '')),
      email: emails[0] ?? '',
    }))
  if (one === undefined || other === undefined) throw new Error('too few people')
  const app = await world.open()
  const writer = await app.writer('source')
  const signal = new AbortController().signal
  const change = (contactId: number, Email: string) =>
    writer.call('ContactService.update', { contactId, data: { Email } }, signal)
  await change(one.contactId, 'between@example.com')
  await change(other.contactId, one.email)
  await change(one.contactId, other.email)
  await app.close()
  const synced = await world.run('sync')
  expect(synced.counts).toMatchObject({ held: 2, drifted: 0, balanced: true })
  const reader = await world.open({ mayWrite: false })
  const holds = await reader.store.cases.list({ sync: 'move', kind: 'hold', limit: 100 })
  await reader.close()
  const records = holds.map(({ record }) => Number(record))
  expect(records).toEqual(expect.arrayContaining([one.contactId, other.contactId]))
})
