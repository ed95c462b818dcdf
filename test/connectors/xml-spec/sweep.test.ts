/** Every open question of the documents answered at random, many times: what must hold, holds under any combination. */
import { describe, expect, test } from 'vitest'
import type { ContactWrite, WriteOutcome } from '../../../src/connector/connector.ts'
import { isWellFormed } from '../../../src/model/norm.ts'
import { creation, REFUSED, scanAll, SIGNAL, sightingsIn, world, type World } from './connection.ts'

const SEEDS = 40
const MINUTE_MS = 60_000

/** Values that each open question may have. */
const OPEN: Readonly<Record<string, readonly unknown[]>> = {
  sinceInclusive: [true, false],
  membershipBumpsStamp: [true, false],
  unsubscribeBumpsStamp: [true, false],
  idleEditBumpsStamp: [true, false],
  emptyResult: ['list', 'error'],
  total: ['set', 'page', 'wrong'],
  pageSizeMax: [0, 7, 10],
  unsorted: [true, false],
  collation: ['nocase', 'binary'],
  fieldSearch: ['exact', 'partial'],
  unknownCriterion: ['ignore', 'refuse'],
  attributeCase: ['exact', 'any'],
  duplicateRule: ['email', 'email+names', 'either'],
  unknownTag: ['create', 'ignore'],
  trims: [true, false],
  lowercasesEmail: [true, false],
  unsubscribesGroups: [true, false],
  otherAccountsAnswer: [true, false],
  twinFields: [true, false],
  fieldIdClash: [true, false],
  tagIdClash: [true, false],
  unclosedGroup: [0, 3, 50],
  groupForm: ['mixed', 'Group_id', 'ID'],
  mixedOrder: [true, false],
  emptyFields: ['omit', 'no-value', 'empty-value'],
  searchIdName: ['ID', 'Contact_id'],
  rawQuotes: [true, false],
  entities: ['xml', 'numeric', 'html', 'bare'],
  prolog: ['none', 'declaration', 'bom'],
  indent: [true, false],
  errorForm: ['elements', 'attributes'],
  impossibleBirthdate: [0, 5],
  controlCharacters: [0, 6],
  htmlEvery: [0, 9],
  failEvery: [0, 11],
  throttleEvery: [0, 7],
}

function pick(seed: number): Record<string, unknown> {
  let state = (seed * 2_654_435_761) >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
  return Object.fromEntries(
    Object.entries(OPEN).map(([name, values]) => [
      name,
      values[Math.floor(next() * values.length)],
    ]),
  )
}

const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1)

describe.each(seeds)('seed %i', (seed) => {
  const quirks = pick(seed)
  const settings = { limits: { requestsPerSecond: 1000, pageSize: 10 } }
  const open = () => world({ ...quirks, sharedAccounts: { 92000: 5 } }, { contacts: 37, settings })

  test('a full scan shows everybody, with what they are, and proves it', async () => {
    const at = open()
    await at.clock.advance(MINUTE_MS)
    const scanned = await scanAll(at, 'contacts')
    const seen = sightingsIn(scanned)
    const people = at.simulator.snapshot().filter(({ id }) => !id.includes('/'))
    expect({ quirks, seen: seen.size }).toEqual({ quirks, seen: people.length })
    expect(scanned.isProven).toBe(true)
    expect(scanned.broken).toEqual([])
    for (const { id, fields, tags, groups } of people) {
      const sighting = seen.get(`91234/${id}`)
      expect(sighting?.fields['emails.1'] ?? '').toBe(fields['Email'])
      expect(sighting?.tags).toEqual([...new Set(tags)].sort())
      expect(sighting?.groups?.length).toBe(groups.length)
      expect(sighting?.consents?.length).toBe(fields['Unsubscribed'] === '1' ? 1 : 0)
    }
    const bounded =
      scanned.high === null || isWellFormed('datetime', `${scanned.high.replace(' ', 'T')}Z`)
    expect(bounded).toBe(true)
  })

  test('nobody opted out is ever reachable, and every end is true', async () => {
    const optedOut = ['no0@example.test', 'no3@example.test', 'no6@example.test']
    const at = world({ ...quirks, optedOut }, { contacts: 12, settings })
    const { groups } = await at.run((writer) => writer.catalog(SIGNAL))
    const batch = Array.from({ length: 9 }, (_, place): ContactWrite => {
      const isOut = place % 3 === 0
      return creation(`run:${place}`, {
        fields: {
          givenName: `Given${place}`,
          familyName: `Family${place}`,
          'emails.1': `${isOut ? 'no' : 'yes'}${place}@example.test`,
        },
        tags: { add: [{ key: 'VIP', name: 'VIP', category: null, description: null }], remove: [] },
        groups: { add: groups.slice(0, 1), remove: [] },
        consents: isOut ? [REFUSED] : [],
      })
    })
    const outcomes = await writeStubbornly(at, batch)
    expect(at.simulator.consentBreaches).toEqual([])
    const people = new Map(at.simulator.snapshot().map((one) => [`91234/${one.id}`, one]))
    for (const [place, outcome] of outcomes.entries()) {
      if (outcome?.kind !== 'done') continue
      const person = people.get(outcome.id)
      expect(person?.fields['Firstname']).toBe(`Given${place}`)
      expect(person?.groups).toEqual([groups[0]?.name])
      expect(person?.optedOut.length).toBe(place % 3 === 0 ? 1 : 0)
    }
    const created = [...people.values()].filter(({ fields }) =>
      fields['Firstname']?.startsWith('Given'),
    )
    expect(created.length).toBeLessThanOrEqual(batch.length)
  })
})

/** As the engine does: what certainly had no effect is sent again; what may have is left. */
async function writeStubbornly(
  at: World,
  batch: readonly ContactWrite[],
): Promise<readonly (WriteOutcome | null)[]> {
  for (let turn = 0; turn < 3; turn += 1) {
    const outcomes = await at
      .run((writer) => writer.write(batch, SIGNAL))
      .catch((error: { readonly kind: string }) => {
        if (error.kind === 'unknown' || error.kind === 'protocol') return null
        throw error
      })
    if (outcomes !== null) return outcomes
    const found = await at.run((writer) =>
      writer.find(
        { by: 'email', values: batch.map(({ fields }) => String(fields['emails.1'])) },
        SIGNAL,
      ),
    )
    if (found.length > 0) return batch.map(() => null)
  }
  return batch.map(() => null)
}
