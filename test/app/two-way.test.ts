/** Two accounts that are both worked in: what people do on either side reaches the other, once, and nobody is overruled unasked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Consent } from '../../src/model/consent.ts'
import type { RemoteId, Side } from '../../src/model/id.ts'
import { otherSide, SIDES } from '../../src/model/id.ts'
import { type Pair, type TwoWay, twoWay } from './two-way-world.ts'

const PLATFORMS = [
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
  ['infusionsoft', 'xml-spec'],
  ['xml-spec', 'adaptix'],
] as const

describe.each(PLATFORMS)('%s and %s', (from, to) => {
  let two: TwoWay
  let pairs: readonly Pair[]
  let next = 0
  beforeAll(async () => {
    two = await twoWay({
      from: { platform: from, contacts: 45 },
      to: { platform: to, contacts: 0 },
      seed: 5,
    })
    // Whose address is forbidden for somebody else there is so on both sides from the second run on.
    await two.sync()
    // One platform says of everybody whom a program created that they never consented: they may be asked.
    const sides = SIDES.filter((side) => side === 'from' || to !== 'infusionsoft')
    const out = new Set(
      sides.flatMap((side) => two.world[side].snapshot().flatMap(({ optedOut }) => optedOut)),
    )
    const emails = new Map(
      two.world.from.snapshot().map(({ id, emails: [email = ''] }) => [id, email]),
    )
    pairs = (await two.pairs()).filter((each) => {
      const email = emails.get(bare(each.from)) ?? ''
      return email !== '' && !out.has(email)
    })
  })
  afterAll(() => two.close())

  /** A pair that no other test touches. */
  const pair = (): Pair => {
    const found = pairs[next]
    next += 1
    if (found === undefined) throw new Error(`too few people: ${pairs.length}`)
    return found
  }
  const first = async (side: Side, id: RemoteId) => (await two.see(side, id)).fields['givenName']
  const expectQuiet = async (more: { readonly isFull?: boolean } = {}) => {
    const ran = await two.sync(more)
    expect(await two.written(ran)).toEqual([])
    expect(ran.writes).toBe(0)
  }

  it('are quiet once they agree', () => expectQuiet())

  it('an edit on either side travels, and comes back to nobody', async () => {
    for (const side of SIDES) {
      const person = pair()
      await two.edit(side, person[side], { givenName: `Edited at ${side}` })
      await two.sync()
      expect(await first(otherSide(side), person[otherSide(side)])).toBe(`Edited at ${side}`)
      await expectQuiet()
    }
  })

  it('edits of different fields meet on both sides', async () => {
    const person = pair()
    await two.edit('from', person.from, { givenName: 'Given here' })
    await two.edit('to', person.to, { familyName: 'Family there' })
    const { counts } = await two.sync()
    expect(counts.applied).toBe(2)
    for (const side of SIDES)
      expect((await two.see(side, person[side])).fields).toMatchObject({
        givenName: 'Given here',
        familyName: 'Family there',
      })
    await expectQuiet()
  })

  it('two edits of one field are a question, asked until one side gives way', async () => {
    const person = pair()
    await two.edit('from', person.from, { givenName: 'One' })
    await two.edit('to', person.to, { givenName: 'Other', familyName: 'Travels' })
    await two.sync()
    expect(await first('from', person.from)).toBe('One')
    expect(await first('to', person.to)).toBe('Other')
    expect((await two.see('from', person.from)).fields['familyName']).toBe('Travels')
    await expectQuiet()
    expect(await two.holds(person)).toMatchObject([{ fields: [expect.any(String)] }])
    await two.edit('from', person.from, { givenName: 'Other' })
    await two.sync()
    expect(await two.holds(person)).toEqual([])
    await two.edit('to', person.to, { givenName: 'Later' })
    await two.sync()
    expect(await first('from', person.from)).toBe('Later')
    await expectQuiet()
  })

  it('the same edit on both sides is no change', async () => {
    const person = pair()
    for (const side of SIDES) await two.edit(side, person[side], { givenName: 'Agreed' })
    expect((await two.sync()).writes).toBe(0)
    await two.edit('to', person.to, { givenName: 'Afterwards' })
    await two.sync()
    expect(await first('from', person.from)).toBe('Afterwards')
    await expectQuiet()
  })

  it('nobody was contactable for a moment who is opted out', () => {
    for (const side of SIDES) expect(two.world[side].consentBreaches).toEqual([])
  })

  it('newcomers on both sides arrive on the other, and one person on both is one', async () => {
    const before = { from: two.world.from.snapshot().length, to: two.world.to.snapshot().length }
    const person = (name: string) => ({
      givenName: name,
      familyName: 'Newcomer',
      'emails.1': `${name.toLowerCase()}@newcomers.example`,
    })
    await two.create('from', person('Hera'))
    await two.create('to', person('Theo'))
    for (const side of SIDES) await two.create(side, person('Bothe'))
    await two.sync()
    for (const side of SIDES) {
      const all = two.world[side].snapshot()
      expect(all).toHaveLength(before[side] + 3)
      const emails = all
        .flatMap((contact) => contact.emails)
        .filter((email) => email.endsWith('@newcomers.example'))
      expect(emails.sort()).toEqual(
        ['bothe', 'hera', 'theo'].map((name) => `${name}@newcomers.example`),
      )
    }
    await expectQuiet()
  })

  it('an opt-out on either side arrives at the other, and is never lifted', async () => {
    for (const side of SIDES) {
      const person = pair()
      await two.optOut(side, person[side])
      await two.sync()
      const other = otherSide(side)
      const there = two.world[other].snapshot().find(({ id }) => id === bare(person[other]))
      expect(there?.optedOut.length, `${side} to ${other}`).toBeGreaterThan(0)
      await expectQuiet()
    }
  })

  it('who is opted out on both sides and edited on one is not opted out once more', async () => {
    const out = (side: Side) =>
      new Map(two.world[side].snapshot().map(({ id, optedOut }) => [id, optedOut.length > 0]))
    const [here, there] = [out('from'), out('to')]
    const both = (await two.pairs()).filter(
      (each) => here.get(bare(each.from)) === true && there.get(bare(each.to)) === true,
    )
    expect(both.length).toBeGreaterThan(0)
    for (const side of SIDES) {
      for (const [n, each] of both.entries())
        await two.edit(side, each[side], { jobTitle: `Job ${n} at ${side}` })
      const consents = (await two.written(await two.sync())).flatMap(
        (op) => (op as { readonly consents: readonly Consent[] }).consents,
      )
      // Of an old bounce an XML-spec account tells in no incremental reading, nor with the contact: it is noted once more.
      const untold = from === 'xml-spec' ? ['undeliverable'] : []
      expect(consents.filter(({ state }) => !untold.includes(state))).toEqual([])
      await expectQuiet()
    }
  })

  it('a whole reading of both sides finds nothing left to do', () => expectQuiet({ isFull: true }))
})

/** The platform's own number in an id. */
function bare(id: RemoteId): string {
  return id.split('/').at(-1) ?? id
}
