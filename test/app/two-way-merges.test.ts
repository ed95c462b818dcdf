/** People merged into one on a side of a two-way sync: the pair goes on with the survivor, and nobody is created or deleted. */
import { afterEach, describe, expect, it } from 'vitest'
import { otherSide, type RemoteId, SIDES, type Side } from '../../src/model/id.ts'
import type { Simulator } from '../../src/connector/simulator.ts'
import { request } from '../connectors/infusionsoft/simulator-client.ts'
import { bare, type Pair, type TwoWay, twoWay } from './two-way-world.ts'
import { planOf } from './undo-truth.ts'

const open: TwoWay[] = []
afterEach(() => {
  for (const two of open.splice(0)) two.close()
})

/** One of the two tells into whom somebody was merged, the other only that they are gone. */
async function synced(telling: Side): Promise<TwoWay> {
  const two = await twoWay({
    from: { platform: telling === 'from' ? 'adaptix' : 'infusionsoft', contacts: 20 },
    to: { platform: telling === 'to' ? 'adaptix' : 'infusionsoft', contacts: 0 },
    seed: 11,
    guards: 'maxDeletes: 50, maxDeletePercent: 100',
    more: '    deletes: delete\n',
  })
  open.push(two)
  await two.sync()
  return two
}

/** As the person at the screen merges two. */
function merge(two: TwoWay, side: Side, [loser, survivor]: readonly [RemoteId, RemoteId]): void {
  const simulator = two.world[side]
  if (simulator.platform === 'adaptix') {
    const adaptix = simulator as Simulator & { mergeContacts(a: string, b: string): void }
    adaptix.mergeContacts(bare(loser), bare(survivor))
    return
  }
  const { status, body } = simulator.handle({
    method: 'POST',
    url: simulator.basePath,
    headers: { 'x-keap-api-key': simulator.auth['serviceKey'] ?? '' },
    body: request('ContactService.merge', 'unused', Number(bare(survivor)), Number(bare(loser))),
  })
  if (status !== 200 || body.includes('<fault>')) throw new Error(body)
}

async function someone(two: TwoWay): Promise<Pair> {
  const emails = new Map(two.world.from.snapshot().map((one) => [one.id, one.emails[0]]))
  const pair = (await two.pairs()).find(({ from }) => emails.get(bare(from)) !== undefined)
  if (pair === undefined) throw new Error('nobody with an e-mail')
  return pair
}

const sizes = (two: TwoWay) => SIDES.map((side) => two.world[side].snapshot().length)

describe.each(SIDES)('a merge at the %s side', (side) => {
  const other = otherSide(side)

  it.each([true, false])(
    'goes on with a survivor who is new there (read whole: %s)',
    async (isFull) => {
      const two = await synced(side)
      const pair = await someone(two)
      const survivor = await two.create(side, { givenName: 'Survivor' })
      merge(two, side, [pair[side], survivor])
      const before = sizes(two)
      const ran = await two.sync({ isFull })
      const plan = await planOf(two.world, ran.run.plan)
      expect(plan.counts).toMatchObject({ create: 0, delete: 0 })
      expect(sizes(two)).toEqual(before)
      const now = (await two.pairs()).find((each) => each[other] === pair[other])
      expect(now?.[side]).toBe(survivor)
      expect((await two.see(other, pair[other])).fields['givenName']).toBe('Survivor')
      for (let runs = 0; runs < 2; runs += 1)
        expect((await two.sync({ isFull: true })).writes).toBe(0)
      await two.edit(other, pair[other], { givenName: 'Travels on' })
      await two.sync()
      expect((await two.see(side, survivor)).fields['givenName']).toBe('Travels on')
    },
  )

  it('into somebody who has a counterpart of their own is a question', async () => {
    const two = await synced(side)
    const [a, b] = await two.pairs()
    if (a === undefined || b === undefined) throw new Error('too few people')
    merge(two, side, [a[side], b[side]])
    const before = sizes(two)
    for (let runs = 0; runs < 3; runs += 1) {
      const ran = await two.sync({ isFull: true })
      const plan = await planOf(two.world, ran.run.plan)
      expect(plan.counts).toMatchObject({ create: 0, delete: 0, hold: 1 })
    }
    expect(sizes(two)).toEqual(before)
  })

  it('that the platform does not tell from a deletion deletes nobody', async () => {
    const two = await synced(other)
    const pair = await someone(two)
    const survivor = await two.create(side, { givenName: 'Survivor' })
    merge(two, side, [pair[side], survivor])
    for (let runs = 0; runs < 3; runs += 1) {
      const plan = await planOf(two.world, (await two.sync({ isFull: true })).run.plan)
      expect(plan.counts.delete).toBe(0)
    }
    expect(two.world[other].snapshot().some(({ id }) => id === bare(pair[other]))).toBe(true)
  })
})
