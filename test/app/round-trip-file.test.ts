/** An account exported to a file and imported into an empty one: every person, field, tag and opt-out, those who share an e-mail too. */
import { expect, it } from 'vitest'
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { openWorld } from '../connectors/file/engine.ts'
import { isSame, type Truth, truths } from './round-trip-truth.ts'

const SEED = 17

it.each([
  ['people.csv', 5_000],
  ['people.ndjson', 1_000],
])('%s holds everybody (%i people)', async (path, contacts) => {
  const world = openWorld({
    seed: SEED,
    accounts: {
      keap: { platform: 'infusionsoft', contacts },
      fresh: { platform: 'infusionsoft', contacts: 0 },
    },
    files: { file: path },
    syncs: {
      out: { from: 'keap', to: 'file' },
      in: { from: 'file', to: 'fresh', lines: '    mapping: { duplicates: keep }' },
    },
  })
  try {
    for (const sync of ['out', 'in']) {
      const { run, counts, losses } = await world.run(sync, 'migrate')
      expect(run, `seed ${SEED}`).toMatchObject({ status: 'done', reason: null })
      expect(counts).toMatchObject({ balanced: true, applied: contacts, held: 0, rejected: 0 })
      expect(losses).toEqual([])
      expect((await world.run(sync, 'sync', { isFull: true })).plan?.counts).toMatchObject({
        create: 0,
        update: 0,
        hold: 0,
      })
    }
    const { keap, fresh } = world.accounts
    if (keap === undefined || fresh === undefined) throw new Error('no accounts')
    const before = truths(keap, await world.catalog('out', 'from'))
    const after = truths(fresh, await world.catalog('in', 'to'))
    const byMarker = new Map(after.map((truth) => [markerOf(truth.contact), truth]))
    const different = before.flatMap((one) => differences(one, byMarker.get(one.contact.id)))
    expect(different, `seed ${SEED}`).toEqual([])
    expect(after).toHaveLength(contacts)
  } finally {
    world.close()
  }
})

/** `file:keap:17`: a row's id is the marker of whom it holds. */
function markerOf({ fields }: SimulatedContact): string {
  const marker = Object.values(fields).find((text) => text.startsWith('file:keap:'))
  return marker?.slice('file:keap:'.length) ?? ''
}

function differences(one: Truth, other: Truth | undefined): readonly string[] {
  const { id } = one.contact
  if (other === undefined) return [`${id}: not there`]
  const fields = [...one.values].flatMap(([key, value]) => {
    const there = other.values.get(key)
    if (!value.field.writable || isSame(value, there)) return []
    return [`${id}: ${key}: ${JSON.stringify(value.text)} became ${JSON.stringify(there?.text)}`]
  })
  const [a, b] = [one.contact, other.contact]
  // One name in two spellings becomes one tag; of two categories, it carries the category in front.
  const names = b.tags.map((name) => name.toLowerCase())
  const tags = a.tags.filter((tag) => !names.some((name) => name.endsWith(tag.toLowerCase())))
  const mailed = a.optedOut.filter((address) => !b.optedOut.includes(address))
  return [...fields, ...[...tags, ...mailed].map((text) => `${id}: without ${text}`)]
}
