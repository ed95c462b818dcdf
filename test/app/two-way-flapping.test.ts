/** Two accounts of which each sets back what the other one writes: the engine does not take part in it for ever, and people may change their mind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { otherSide, type Side } from '../../src/model/id.ts'
import { TURN_WINDOW_MS, TURNS_MAX } from '../../src/plan/turns.ts'
import { type Pair, type TwoWay, twoWay } from './two-way-world.ts'
import { planOf } from './undo-truth.ts'

let two: TwoWay
let pair: Pair
beforeEach(async () => {
  two = await twoWay({
    from: { platform: 'infusionsoft', contacts: 8 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 11,
  })
  await two.sync()
  const [first] = await two.pairs()
  if (first === undefined) throw new Error('nobody')
  pair = first
  await two.edit('from', pair.from, { jobTitle: 'A' })
  await two.sync()
})
afterEach(() => two.close())

const titles = async () => [
  (await two.see('from', pair.from)).fields['jobTitle'],
  (await two.see('to', pair.to)).fields['jobTitle'],
]

/** Automations on both sides: one wants B, the other A. Answers how often something was written before it was left alone. */
async function fight(rounds: number): Promise<number> {
  let writes = 0
  for (let round = 0; round < rounds; round += 1) {
    const side: Side = round % 2 === 0 ? 'to' : 'from'
    await two.edit(side, pair[side], { jobTitle: round % 2 === 0 ? 'B' : 'A' })
    if ((await two.sync()).writes > 0) writes += 1
  }
  return writes
}

describe('two values that take turns', () => {
  it('are written four times, then held with cause and hint, and the rest still travels', async () => {
    expect(await fight(TURNS_MAX)).toBe(TURNS_MAX)
    await two.edit('to', pair.to, { jobTitle: 'B', givenName: 'Travels' })
    const ran = await two.sync()
    expect(await titles()).toEqual(['A', 'B'])
    expect((await two.see('from', pair.from)).fields['givenName']).toBe('Travels')
    const plan = await planOf(two.world, ran.run.plan)
    expect(plan.holds.map(({ cause }) => cause).join()).toContain('flapping')
    expect(await two.holds(pair)).toMatchObject([
      {
        cause: expect.stringContaining('flapping: two values have taken turns 4 times'),
        hint: expect.stringContaining('automation'),
        fields: ['jobTitle'],
      },
    ])
    for (let runs = 0; runs < 2; runs += 1)
      expect((await two.sync({ isFull: runs === 1 })).writes).toBe(0)
    expect(await titles()).toEqual(['A', 'B'])
  })

  it('are over when both sides agree', async () => {
    await fight(TURNS_MAX)
    await two.edit('to', pair.to, { jobTitle: 'B' })
    await two.sync()
    expect(await two.holds(pair)).toHaveLength(1)
    await two.edit('from', pair.from, { jobTitle: 'B' })
    await two.sync()
    expect(await two.holds(pair)).toEqual([])
    await two.edit('from', pair.from, { jobTitle: 'A' })
    await two.sync()
    expect(await titles()).toEqual(['A', 'A'])
  })

  it('are over when a third one comes', async () => {
    await fight(TURNS_MAX)
    await two.edit('to', pair.to, { jobTitle: 'B' })
    await two.sync()
    await two.edit('to', pair.to, { jobTitle: 'C' })
    await two.sync()
    expect(await titles()).toEqual(['C', 'C'])
    expect(await two.holds(pair)).toEqual([])
  })
})

describe('people who edit and edit again', () => {
  it('are not meant as long as the values differ', async () => {
    for (let round = 0; round < 3 * TURNS_MAX; round += 1) {
      const side: Side = round % 2 === 0 ? 'to' : 'from'
      const value = ['B', 'C', 'A'][round % 3] ?? ''
      await two.edit(side, pair[side], { jobTitle: value })
      await two.sync()
      expect((await two.see(otherSide(side), pair[otherSide(side)])).fields['jobTitle']).toBe(value)
    }
    expect(await two.holds(pair)).toEqual([])
  })

  it('are not meant when they switch back and forth over weeks', async () => {
    for (let round = 0; round < 2 * TURNS_MAX; round += 1) {
      two.world.clock.advance(TURN_WINDOW_MS)
      expect(await fight(1)).toBe(1)
      two.world.clock.advance(TURN_WINDOW_MS)
      await two.edit('from', pair.from, { jobTitle: 'A' })
      await two.sync()
    }
    expect(await two.holds(pair)).toEqual([])
  })
})
