/** Two accounts of which each sets back what the other one writes: the engine does not take part in it for ever, and people may change their mind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepDecisions, openHolds, weigh } from '../../src/app/holds.ts'
import { otherSide, type Side } from '../../src/model/id.ts'
import { TURN_WINDOW_MS, TURNS_MAX } from '../../src/plan/turns.ts'
import { type Pair, type TwoWay, twoWay } from './two-way-world.ts'
import { tell } from '../cli-more/session.ts'
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

  it('are over when the one that was set back is given up', async () => {
    await fight(TURNS_MAX)
    await two.edit('to', pair.to, { jobTitle: 'B' })
    await two.sync()
    expect(await two.holds(pair)).toHaveLength(1)
    await two.edit('to', pair.to, { jobTitle: 'A' })
    await two.sync()
    expect(await two.holds(pair)).toEqual([])
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

describe('a tag that is put on and taken off', () => {
  const both = async () => {
    const has = async (side: Side) => (await two.tags(side, pair[side])).includes('Fought over')
    return [await has('from'), await has('to')]
  }

  async function decide(choice: 'from' | 'to'): Promise<void> {
    const app = await two.world.open()
    try {
      const holds = await openHolds(app.store, 'move')
      const hold = holds.find((one) => one.case.record === pair.from)
      if (hold === undefined) throw new Error('nothing is asked')
      const answer = { hold, field: null, choice, question: null, isNamed: true }
      const kept = await keepDecisions(app, weigh([answer]), 'Ada')
      expect(kept.refused).toEqual([])
    } finally {
      await app.close()
    }
  }

  /** An automation at the target puts it on, one at the source takes it off. Answers how often something was written. */
  async function fightOver(rounds: number): Promise<number> {
    let writes = 0
    for (let round = 0; round < rounds; round += 1) {
      if (round % 2 === 0) await two.tag('to', pair.to, { add: ['Fought over'] })
      else await two.tag('from', pair.from, { remove: ['Fought over'] })
      if ((await two.sync({ isFull: true })).writes > 0) writes += 1
    }
    return writes
  }

  it('is written four times, then held, and the rest of the person still travels', async () => {
    expect(await fightOver(TURNS_MAX)).toBe(TURNS_MAX)
    await two.tag('to', pair.to, { add: ['Fought over', 'Quiet'] })
    const ran = await two.sync({ isFull: true })
    expect(await both()).toEqual([false, true])
    expect(await two.tags('from', pair.from)).toContain('Quiet')
    expect(
      (await planOf(two.world, ran.run.plan)).holds.map(({ cause }) => cause).join(),
    ).toContain('flapping: a tag or group')
    const [hold, ...others] = await two.holds(pair)
    expect(others).toEqual([])
    expect(hold).toMatchObject({
      cause: expect.stringContaining('put on and taken off 4 times'),
      hint: expect.stringContaining('automation'),
      fields: ['tags.fought over'],
    })
    for (let runs = 0; runs < 2; runs += 1)
      expect((await two.sync({ isFull: runs === 1 })).writes).toBe(0)
    expect(await both()).toEqual([false, true])
    expect((await two.holds(pair)).map(({ id }) => id)).toEqual([hold?.id])
  })

  it('is told by "ferry explain": since when, until when, and what can be done', async () => {
    await fightOver(TURNS_MAX)
    await two.edit('to', pair.to, { jobTitle: 'B' })
    await two.tag('to', pair.to, { add: ['Fought over'] })
    const written = two.world.clock.now()
    await two.sync({ isFull: true })
    const { text, document } = await tell(two.world, ['explain', 'move', String(pair.from)])
    const [told] = document['flapping'] as unknown as readonly Record<string, unknown>[]
    expect(told).toMatchObject({
      path: 'tags.fought over',
      from: null,
      to: 'Fought over',
      turns: 4,
    })
    const since = Date.parse(String(told?.['since']))
    expect(since).toBeLessThanOrEqual(written)
    expect(Date.parse(String(told?.['until'])) - since).toBe(TURN_WINDOW_MS)
    expect(text).toContain('tags.fought over: (empty) at the source, "Fought over" at the target')
    expect(text).toContain(`left alone since ${told?.['since']}`)
    expect(text).toContain('Find what sets it back')
  })

  it('is tried again when nothing set it back for three days', async () => {
    await fightOver(TURNS_MAX)
    await two.tag('to', pair.to, { add: ['Fought over'] })
    await two.sync({ isFull: true })
    expect(await both()).toEqual([false, true])
    two.world.clock.advance(TURN_WINDOW_MS)
    await two.sync()
    expect(await both()).toEqual([true, true])
    expect(await two.holds(pair)).toEqual([])
  })

  it('is over when both sides agree', async () => {
    await fightOver(TURNS_MAX)
    await two.tag('to', pair.to, { add: ['Fought over'] })
    await two.sync({ isFull: true })
    expect(await two.holds(pair)).toHaveLength(1)
    await two.tag('to', pair.to, { remove: ['Fought over'] })
    await two.sync({ isFull: true })
    expect(await two.holds(pair)).toEqual([])
    await two.tag('from', pair.from, { add: ['Fought over'] })
    await two.sync({ isFull: true })
    expect(await both()).toEqual([true, true])
  })

  it.each([
    ['from', false],
    ['to', true],
  ] as const)('goes by what a person decides: side %s', async (choice, isThere) => {
    await fightOver(TURNS_MAX)
    await two.tag('to', pair.to, { add: ['Fought over'] })
    await two.sync({ isFull: true })
    await decide(choice)
    await two.sync({ isFull: true })
    expect(await both()).toEqual([isThere, isThere])
    expect(await two.holds(pair)).toEqual([])
  })
})
