/** Files as source and target of whole runs, on simulated accounts. */
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatedContact } from '../../../src/connector/simulator.ts'
import { openWorld, type World, type WorldOptions } from './engine.ts'
import { scanAll, sheet } from './sheet.ts'
import { readFileSync, writeFileSync } from 'node:fs'

const open: World[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})
function world(options: WorldOptions): World {
  const made = openWorld(options)
  open.push(made)
  return made
}

/** The generic mapping on every way, and no field that is named after the connection it comes from. */
const SAME = '    mapping: generic\n    fields: { createdAt: never }'

describe('an account that goes through a file', () => {
  it('arrives as it does the direct way, from CSV and from NDJSON, and a second run writes nothing', async () => {
    const there = world({
      seed: 3,
      accounts: {
        keap: { platform: 'infusionsoft', contacts: 250 },
        viaCsv: { platform: 'adaptix', contacts: 0 },
        viaNdjson: { platform: 'adaptix', contacts: 0 },
        direct: { platform: 'adaptix', contacts: 0 },
      },
      files: { csv: 'people.csv', ndjson: 'people.ndjson' },
      syncs: {
        straight: { from: 'keap', to: 'direct', lines: SAME },
        toCsv: { from: 'keap', to: 'csv', lines: SAME },
        fromCsv: { from: 'csv', to: 'viaCsv', lines: SAME },
        toNdjson: { from: 'keap', to: 'ndjson', lines: SAME },
        fromNdjson: { from: 'ndjson', to: 'viaNdjson', lines: SAME },
      },
    })
    const straight = await there.run('straight', 'migrate')
    expect(straight.run.status).toBe('done')
    const direct = contactsOf(there, 'direct')
    expect(direct.size).toBeGreaterThan(200)
    for (const [format, via] of [
      ['Csv', 'viaCsv'],
      ['Ndjson', 'viaNdjson'],
    ] as const) {
      const out = await there.run(`to${format}`, 'migrate')
      expect(out.run).toMatchObject({ status: 'done', reason: null })
      expect(out.counts).toMatchObject({ balanced: true, rejected: 0, unknown: 0, drifted: 0 })
      expect(out.plan?.losses).toEqual([])
      expect(out.facts.verify).toMatchObject({ ok: true, normalised: 0, differing: 0, missing: 0 })
      const again = await there.run(`to${format}`, 'sync', { isFull: true })
      expect(again.plan?.counts).toMatchObject({ create: 0, update: 0, link: 0 })
      const compared = await there.run(`to${format}`, 'verify')
      expect(compared.facts.verify).toMatchObject({ ok: true, missing: 0, differing: 0 })
      const arrived = await there.run(`from${format}`, 'migrate')
      expect(arrived.counts).toMatchObject({ balanced: true, held: 0, unknown: 0 })
      expect(Object.fromEntries(contactsOf(there, via))).toEqual(Object.fromEntries(direct))
    }
  })
})

describe('a run into a file that is interrupted', () => {
  it.each(['people.csv', 'people.ndjson'])(
    'goes on where it was and doubles nobody (%s)',
    async (name) => {
      const options = {
        seed: 5,
        accounts: { keap: { platform: 'infusionsoft', contacts: 200 } },
        files: { file: name },
        syncs: { out: { from: 'keap', to: 'file', lines: SAME } },
      }
      const cut = world(options)
      await cut.interrupt('out', 'migrate', { text: 'writing to', times: 3 })
      const before = await contactsIn(cut, name)
      expect(before.length).toBeGreaterThan(0)
      const rest = await cut.run('out', 'migrate')
      expect(rest.run.status).toBe('done')
      expect(rest.counts.balanced).toBe(true)
      const calm = world(options)
      await calm.run('out', 'migrate')
      const after = await contactsIn(cut, name)
      expect(after.length).toBeGreaterThan(before.length)
      expect(after).toEqual(await contactsIn(calm, name))
      expect(existsSync(`${cut.pathOf('file')}.ferry-log`)).toBe(false)
    },
  )
})

describe('a CSV that people keep', () => {
  it('is a source: what changes in it changes there, and a row that cannot be read is named', async () => {
    const there = world({
      accounts: { crm: { platform: 'adaptix', contacts: 0 } },
      files: { file: 'list.csv' },
      syncs: { in: { from: 'file', to: 'crm', lines: '    mapping: generic' } },
    })
    const rows = (city: string) =>
      `id;First name;Email;City;Tags;consent.email\n1;Ada;ada@example.com;${city};VIP|Fair;no\n2;Bob;bob@example.com;Köln;;yes\n3;too;short\n`
    writeFileSync(there.pathOf('file'), rows('Bonn'))
    const first = await there.run('in', 'migrate')
    expect(first.counts).toMatchObject({ applied: 2, rejected: 1, balanced: true })
    writeFileSync(there.pathOf('file'), rows('Berlin'))
    const second = await there.run('in', 'sync')
    expect(second.plan?.counts).toMatchObject({ update: 1, unchanged: 1, create: 0, reject: 1 })
    expect(second.plan?.rejects[0]?.cause).toContain('line 4')
    const [ada, bob] = there.accounts['crm']?.snapshot() ?? []
    expect(ada).toMatchObject({ fields: { city: 'Berlin' }, tags: ['Fair', 'VIP'] })
    expect([ada?.optedOut.length, bob?.optedOut.length]).toEqual([1, 0])
  })

  it.each(['Owner', 'custom.Owner'])(
    'a column %s names people of the account, and who is nobody there is a loss',
    async (header) => {
      const there = world({
        accounts: { keap: { platform: 'infusionsoft', contacts: 0 } },
        files: { file: 'owned.csv' },
        syncs: { in: { from: 'file', to: 'keap' } },
      })
      const rows = `id,First name,Email,${header}\n1,Ada,ada@example.com,former@ferry.example\n2,Bob,bob@example.com,Nobody\n`
      writeFileSync(there.pathOf('file'), rows)
      const { counts, losses } = await there.run('in', 'migrate')
      expect(counts).toMatchObject({ applied: 2, balanced: true })
      expect(losses).toMatchObject([
        { field: 'owner', cause: 'no such owner at the target', count: 1 },
      ])
      const [ada, bob] = there.accounts['keap']?.snapshot() ?? []
      expect([ada?.fields['OwnerID'], bob?.fields['OwnerID']]).toEqual(['2', '0'])
    },
  )

  it('that is missing is taken for a slip, not for an empty account', async () => {
    const there = world({
      accounts: { crm: { platform: 'adaptix', contacts: 0 } },
      files: { file: 'no-such.csv' },
      syncs: { in: { from: 'file', to: 'crm' } },
    })
    const ran = await there.run('in', 'sync')
    expect(ran.run.status).toBe('blocked')
    expect(ran.plan?.warnings[0]).toContain('does not exist')
  })
})

/** By the id that the contact had first, in words that do not tell the way it took. */
function contactsOf(there: World, name: string): ReadonlyMap<string, unknown> {
  return new Map(
    (there.accounts[name]?.snapshot() ?? [])
      .map((contact): [string, unknown] => [originOf(contact), lasting(contact)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function originOf({ fields }: SimulatedContact): string {
  return fields['ferry_key']?.replace(/^.*:/, '') ?? ''
}

function lasting({ fields, tags, groups, emails, optedOut }: SimulatedContact): unknown {
  const {
    ferry_key: _key,
    date_added: _added,
    date_modified: _modified,
    date_identified: _identified,
    ...rest
  } = fields
  return { rest, tags: [...tags].sort(), groups: [...groups].sort(), emails, optedOut }
}

async function contactsIn(there: World, name: string): Promise<readonly unknown[]> {
  const copy = sheet(name, readFileSync(there.pathOf('file')))
  const { sightings, broken } = await scanAll(copy.reader())
  expect(broken).toEqual([])
  return sightings.map(({ updatedAt: _, ...rest }) => rest).sort((a, b) => (a.id < b.id ? -1 : 1))
}
