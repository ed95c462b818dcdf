/** Tags that people put on and take off on both sides of a two-way sync. */
import { afterEach, expect, it } from 'vitest'
import { type TwoWay, twoWay } from './two-way-world.ts'

const open: TwoWay[] = []
afterEach(() => {
  for (const two of open.splice(0)) two.close()
})

async function world(contacts = 30): Promise<TwoWay> {
  const two = await twoWay({
    from: { platform: 'infusionsoft', contacts },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 9,
  })
  open.push(two)
  return two
}

it('tags that come and go on both sides are the same on both', async () => {
  const two = await world()
  const all = await two.pairs()
  const tagged = await Promise.all(
    all.map(async (pair) => ({ pair, tags: await two.tags('to', pair.to) })),
  )
  const found = tagged.find(({ tags }) => tags.length >= 3 && tags.length < 12)
  if (found === undefined) throw new Error('nobody has tags')
  const { pair, tags } = found
  const [first = '', second = '', ...rest] = tags
  await two.tag('to', pair.to, { add: ['From there'], remove: [first] })
  await two.tag('from', pair.from, { add: ['From here'] })
  await two.sync({ isFull: true })
  const expected = [...rest, second, 'From here', 'From there'].sort()
  expect(await two.tags('to', pair.to)).toEqual(expected)
  const here = await two.tags('from', pair.from)
  expect(here).toEqual(expect.arrayContaining(['From here', 'From there']))
  expect(here).not.toContain(first)
  await two.tag('from', pair.from, { remove: ['From there'] })
  await two.sync({ isFull: true })
  expect(await two.tags('to', pair.to)).toEqual(expected.filter((tag) => tag !== 'From there'))
  for (const isFull of [false, true]) {
    const ran = await two.sync({ isFull })
    expect(await two.written(ran)).toEqual([])
  }
})

it('a tag that goes by another name at the source is taken off a contact that was made there, too', async () => {
  const two = await twoWay({
    from: { platform: 'infusionsoft', contacts: 20 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 9,
    more: '    mapping: { tags: { rename: "CRM {name}" } }\n',
  })
  open.push(two)
  const [known] = await two.pairs()
  if (known === undefined) throw new Error('nobody is linked')
  await two.tag('from', known.from, { add: ['Sale'] })
  await two.sync()
  const made = await two.create('to', { givenName: 'Nora', 'emails.1': 'nora@example.com' })
  await two.tag('to', made, { add: ['CRM Sale'] })
  await two.sync()
  const pair = (await two.pairs()).find(({ to }) => to === made)
  if (pair === undefined) throw new Error('she is not at the source')
  expect(await two.tags('from', pair.from)).toEqual(['Sale'])
  await two.tag('from', pair.from, { remove: ['Sale'] })
  await two.sync({ isFull: true })
  expect(await two.tags('to', made)).toEqual([])
})
