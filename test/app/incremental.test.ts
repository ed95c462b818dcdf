/** What people do at the source after a migration reaches the target with the next sync, and nothing else does. */
import { afterEach, expect, it } from 'vitest'
import type { Simulator } from '../../src/connector/simulator.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

async function migrated(): Promise<TwoAccounts> {
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 200 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 21,
  })
  open.push(world)
  const { run } = await world.run('migrate')
  expect(run.status).toBe('done')
  world.clock.advance(3 * 3_600_000)
  return world
}

/** Does something at the source through its own API, as another program there would. */
async function at(
  world: TwoAccounts,
  operation: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  const app = await world.open()
  try {
    const writer = await app.writer('source')
    return await writer.call(operation, input, new AbortController().signal)
  } finally {
    await app.close()
  }
}

function linked(
  world: TwoAccounts,
  place: number,
): { readonly id: string; readonly email: string } {
  const there = world.to
    .snapshot()
    .filter((contact) => contact.emails.length > 0 && contact.optedOut.length === 0)
  const contact = there[place]
  if (contact === undefined) throw new Error('too few people')
  return {
    id: (contact.fields['ferry_key'] ?? '').replace('source:', ''),
    email: contact.emails[0] ?? '',
  }
}

function person(simulator: Simulator, id: string) {
  const found = simulator
    .snapshot()
    .find((contact) => contact.fields['ferry_key'] === `source:${id}`)
  if (found === undefined) throw new Error(`${id} is not at the target`)
  return found
}

it('an edited field travels, and only it', async () => {
  const world = await migrated()
  const { id } = linked(world, 3)
  await at(world, 'ContactService.update', {
    contactId: Number(id),
    data: { FirstName: 'Renamed' },
  })
  const synced = await world.run('sync')
  expect(synced.counts).toMatchObject({ applied: 1, balanced: true })
  expect(person(world.to, id).fields['firstname']).toBe('Renamed')
  expect((await world.run('sync')).writes).toBe(0)
})

it('an opt-out travels though no stamp of the contact moved', async () => {
  const world = await migrated()
  const { id, email } = linked(world, 5)
  await at(world, 'APIEmailService.optOut', { email, optOutReason: 'asked by phone' })
  const synced = await world.run('sync')
  expect(synced.counts).toMatchObject({ applied: 1, balanced: true })
  expect(person(world.to, id).optedOut.length).toBeGreaterThan(0)
  expect((await world.run('sync')).writes).toBe(0)
})

it('a tag that is put on travels, one that is taken off with the next whole reading', async () => {
  const world = await migrated()
  const { id } = linked(world, 7)
  const before = person(world.to, id).tags
  const app = await world.open({ mayWrite: false })
  const catalog = await (await app.reader('source')).catalog(new AbortController().signal)
  await app.close()
  const tag = catalog.tags.find(({ name }) => name === 'Press')
  if (tag === undefined || before.includes('Press')) throw new Error('choose another tag')
  await at(world, 'ContactService.addToGroup', { contactId: Number(id), groupId: Number(tag.key) })
  await world.run('sync')
  expect(person(world.to, id).tags).toContain('Press')

  await at(world, 'ContactService.removeFromGroup', {
    contactId: Number(id),
    tagId: Number(tag.key),
  })
  await world.run('sync', { isFull: true })
  expect([...person(world.to, id).tags].sort()).toEqual([...before].sort())
})

it('a new person is created once, and one with a known e-mail is held', async () => {
  const world = await migrated()
  const { email } = linked(world, 9)
  const { held } = (await world.run('sync')).counts
  await at(world, 'ContactService.add', {
    data: { FirstName: 'New', Email: 'new.person@example.com' },
  })
  await at(world, 'ContactService.add', { data: { FirstName: 'Twin', Email: email.toUpperCase() } })
  const synced = await world.run('sync')
  expect(synced.counts).toMatchObject({ applied: 1, held: held + 1, balanced: true })
  const emails = world.to.snapshot().flatMap((contact) => contact.emails)
  expect(emails.filter((each) => each === 'new.person@example.com')).toHaveLength(1)
  expect(emails.filter((each) => each.toLowerCase() === email.toLowerCase())).toHaveLength(1)
})

it('a value that somebody changed at the target stays as long as the source does not change', async () => {
  const world = await migrated()
  const { id } = linked(world, 11)
  const app = await world.open()
  const writer = await app.writer('target')
  await writer.call(
    'contacts.edit',
    { id: Number(person(world.to, id).id), city: 'Edited There' },
    new AbortController().signal,
  )
  await app.close()
  expect((await world.run('sync', { isFull: true })).writes).toBe(0)
  expect(person(world.to, id).fields['city']).toBe('Edited There')
  await at(world, 'ContactService.update', {
    contactId: Number(id),
    data: { FirstName: 'Changed' },
  })
  await world.run('sync')
  expect(person(world.to, id).fields).toMatchObject({ firstname: 'Changed', city: 'Edited There' })
})
