/** Creates whose answer gets lost, of people whom nothing finds again: asked about, never sent again unasked. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tell, type Json } from '../cli-more/session.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

let two: TwoAccounts
const lost = { isOn: true }
beforeAll(() => {
  two = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 120 },
    to: {
      platform: 'adaptix',
      contacts: 0,
      faults: { lostAnswer: 1 },
      faultsOnly: ({ method, url }) =>
        lost.isOn && method === 'POST' && /\/contacts\/(batch\/)?new/.test(url),
    },
    sync: '    mapping: { marker: none }\n',
    seed: 3,
  })
})
afterAll(() => two.close())

const unsure = async () =>
  (await tell(two, ['holds', 'list', 'move', '--kind', 'unsure']))
    .document as unknown as readonly Json[]

it('are held by the second pass of the migration, and by every later run, until somebody looked', async () => {
  await two.run('migrate', { isFull: true })
  const held = await unsure()
  expect(held.length).toBeGreaterThan(0)
  const there = two.to.snapshot().length
  await two.run('sync')
  await two.run('sync', { isFull: true })
  expect(two.to.snapshot()).toHaveLength(there)
  expect((await unsure()).length).toBe(held.length)
  const bulk = ['holds', 'resolve', '--kind', 'unsure', '--all', '--take', 'create']
  expect((await tell(two, bulk, { yes: true })).document['decided']).toEqual([])
})

it('are created once more for each time that somebody says so', async () => {
  const [first] = await unsure()
  const there = two.to.snapshot().length
  const create = ['holds', 'resolve', String(first?.['id']), '--take', 'create']
  await tell(two, create, { yes: true })
  await two.run('sync')
  expect(two.to.snapshot()).toHaveLength(there + 1)
  // That answer got lost as well: it is another question.
  await two.run('sync')
  await two.run('sync')
  expect(two.to.snapshot()).toHaveLength(there + 1)
  lost.isOn = false
  const again = (await unsure()).find((one) => one['record'] === first?.['record'])
  await tell(two, ['holds', 'resolve', String(again?.['id']), '--take', 'create'], { yes: true })
  await two.run('sync')
  expect(two.to.snapshot()).toHaveLength(there + 2)
  expect((await unsure()).map((one) => one['record'])).not.toContain(first?.['record'])
})
