/** Every platform to every other one and back to an empty account: the same, or said beforehand. */
import { expect, it } from 'vitest'
import { roundTrip } from './round-trip-legs.ts'
import { judge } from './round-trip-oracle.ts'

const PLATFORMS = ['infusionsoft', 'xml-spec', 'adaptix']
const PAIRS = PLATFORMS.flatMap((a) => PLATFORMS.filter((b) => b !== a).map((b) => ({ a, b })))
const CONTACTS = 300
const SEED = 31

it.each(PAIRS)('$a to $b and back', async (platforms) => {
  const trip = await roundTrip(platforms, { contacts: CONTACTS, seed: SEED })
  for (const { ran } of [trip.there, trip.back]) {
    expect(ran.run, `seed ${SEED}`).toMatchObject({ status: 'done', reason: null })
    expect(ran.counts.balanced).toBe(true)
  }
  const { unnamed, people, same, named, beside } = judge(trip)
  expect(unnamed, `seed ${SEED}`).toEqual([])
  expect(people).toBeGreaterThan(CONTACTS * 0.9)
  expect(named).toBeLessThan(same * 0.3)
  expect(beside).toBeLessThan(same * 0.02)
})
