/** Addresses that people give to contacts of the target, in a two-way sync whose source keeps consent by address. */
import { afterEach, expect, it } from 'vitest'
import { isOptedOut } from '../../src/model/consent.ts'
import { type TwoWay, twoWay } from './two-way-world.ts'

const open: TwoWay[] = []
afterEach(() => {
  for (const two of open.splice(0)) two.close()
})

const isOut = async (two: TwoWay, id: string) =>
  ((await two.see('to', id as never)).consents ?? []).some(({ state }) => isOptedOut(state))

it.each([
  ['what changed', false],
  ['everything', true],
])(
  'an address that is opted out at the source is so at the target in the sync that first carries it; reading %s',
  async (_, isFull) => {
    const two = await twoWay({
      from: { platform: 'infusionsoft', contacts: 20 },
      to: { platform: 'adaptix', contacts: 0 },
      seed: 9,
    })
    open.push(two)
    const mailable = []
    for (const pair of await two.pairs()) {
      const address = (await two.see('from', pair.from)).fields['emails.1']
      if (typeof address === 'string' && !(await isOut(two, pair.to)))
        mailable.push({ pair, address })
    }
    const [left, given] = mailable
    if (left === undefined || given === undefined) throw new Error('nobody may be written to')
    await two.optOut('from', left.pair.from)
    await two.sync()
    // Nobody has the address any more; the refusal of it stays.
    await two.edit('from', left.pair.from, { 'emails.1': 'somewhere.else@example.com' })
    await two.sync()
    expect(await isOut(two, given.pair.to)).toBe(false)
    await two.edit('to', given.pair.to, { 'emails.1': left.address })
    await two.tag('from', given.pair.from, { add: ['Sale'] })
    await two.sync({ isFull })
    expect(await two.tags('to', given.pair.to)).toContain('Sale')
    expect((await two.see('from', given.pair.from)).fields['emails.1']).toBe(left.address)
    expect(await isOut(two, given.pair.to)).toBe(true)
    for (const all of [false, true])
      expect(await two.written(await two.sync({ isFull: all }))).toEqual([])
  },
)
