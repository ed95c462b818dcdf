/** People who share an e-mail, all of them kept, while answers get lost: nobody is created twice, and nobody is taken for another. */
import { expect, it } from 'vitest'
import type { Simulator } from '../../src/connector/simulator.ts'
import { twoAccounts } from './two-accounts.ts'

const CONTACTS = 150
const SEED = 4

it.each([
  ['with a marker', 'ferry_key'],
  ['without one', 'none'],
])('%s', async (_, marker) => {
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: CONTACTS },
    to: { platform: 'infusionsoft', contacts: 0, faults: { lostAnswer: 0.05 } },
    seed: SEED,
    sync: `    mapping: { duplicates: keep, marker: ${marker} }\n`,
  })
  try {
    expect(sharing(world.from)).toBeGreaterThan(0)
    const { counts } = await world.run('sync')
    expect(counts).toMatchObject({ balanced: true, held: 0, rejected: 0 })
    expect(world.faults.to?.counts.lostAnswer ?? 0, `seed ${SEED}`).toBeGreaterThan(10)
    const [there, here] = [names(world.to), names(world.from)]
    expect(there.filter((name) => !here.includes(name))).toEqual([])
    if (marker === 'none') {
      // By e-mail a twin would be found, so nobody says who it was.
      expect(counts.unknown, `seed ${SEED}`).toBeGreaterThan(0)
      expect(counts.applied + counts.unknown).toBe(CONTACTS)
      expect(there.length).toBeLessThanOrEqual(CONTACTS)
    } else {
      expect(counts.applied, `seed ${SEED}`).toBe(CONTACTS)
      expect(there, `seed ${SEED}`).toEqual(here)
    }
  } finally {
    world.close()
  }
})

/** Everybody as name and e-mail, in order. */
function names(simulator: Simulator): readonly string[] {
  return simulator
    .snapshot()
    .map(({ fields, emails }) =>
      [fields['FirstName'], fields['LastName'], emails[0]].join(' ').trim(),
    )
    .sort()
}

function sharing(simulator: Simulator): number {
  const emails = simulator.snapshot().flatMap((contact) => contact.emails[0]?.toLowerCase() ?? [])
  return emails.length - new Set(emails).size
}
