/** A field of several choices that is edited on both sides of a two-way sync: what either side chose is chosen, what either took off is not. */
import { afterEach, expect, it } from 'vitest'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { otherSide, SIDES, type Side } from '../../src/model/id.ts'
import { type TwoWay, twoWay } from './two-way-world.ts'

const open: TwoWay[] = []
afterEach(() => {
  for (const two of open.splice(0)) two.close()
})

async function choicesAt(two: TwoWay, side: Side): Promise<readonly FieldDefinition[]> {
  const app = await two.world.open({ mayWrite: false })
  try {
    const reader = await app.reader(side === 'from' ? 'source' : 'target')
    const { fields } = await reader.catalog(new AbortController().signal)
    return fields.filter(({ type, path }) => type === 'choices' && path.startsWith('custom.'))
  } finally {
    await app.close()
  }
}

it.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
] as const)('%s and %s', async (from, to) => {
  const two = await twoWay({
    from: { platform: from, contacts: 40 },
    to: { platform: to, contacts: 0 },
    seed: 5,
  })
  open.push(two)
  await two.sync()
  const fields = { from: await choicesAt(two, 'from'), to: await choicesAt(two, 'to') }
  const here = fields.from.find((one) => (one.options ?? []).length >= 4)
  const there = fields.to.find(({ label }) => label === here?.label)
  if (here === undefined || there === undefined) throw new Error('no field of several choices')
  const options = (here.options ?? []).map(({ value }) => value)
  const texts = (side: Side) =>
    ((side === 'from' ? here : there).options ?? []).map(({ value }) => value)
  const path = { from: here.path, to: there.path }
  const [pair] = await two.pairs()
  if (pair === undefined) throw new Error('nobody')
  const choose = (side: Side, places: readonly number[]) =>
    two.edit(side, pair[side], { [path[side]]: places.map((place) => texts(side)[place] ?? '') })
  const chosen = async (side: Side) => {
    const value = (await two.see(side, pair[side])).fields[path[side]] ?? []
    const list = typeof value === 'string' ? [value] : value
    return list.map((one) => texts(side).indexOf(one)).sort()
  }
  expect(options.length).toBeGreaterThanOrEqual(4)
  await choose('from', [0, 1])
  await two.sync()
  expect(await chosen('to')).toEqual([0, 1])
  for (const side of SIDES) {
    await choose(side, [0, 1])
    await two.sync()
    await choose(side, [0, 1, 2])
    await choose(otherSide(side), [0, 3])
    const { counts } = await two.sync()
    expect(counts).toMatchObject({ applied: 2, balanced: true })
    expect(await two.holds(pair)).toEqual([])
    for (const each of SIDES) expect(await chosen(each), `${side} ${each}`).toEqual([0, 2, 3])
    const quiet = await two.sync({ isFull: true })
    expect(await two.written(quiet)).toEqual([])
  }
})
