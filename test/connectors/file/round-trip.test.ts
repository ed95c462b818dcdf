/** What is written is read back: any text, in both formats, through real files. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CellRules,
  decodeCells,
  decodeLine,
  encodeCells,
  encodeLine,
} from '../../../connectors/file/codec.ts'
import { formatRow, parseRows } from '../../../connectors/file/csv.ts'
import { columnsOf } from '../../../connectors/file/header-names.ts'
import { rulesOf } from '../../../connectors/file/rules.ts'
import type { Consent } from '../../../src/model/consent.ts'
import type { Fields } from '../../../src/model/field.ts'
import { remoteId } from '../../../src/model/id.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import { change, signal } from './bare.ts'
import { scanAll, sheet } from './sheet.ts'

const DANGERS = [
  '=',
  '+',
  '-',
  '@',
  "'",
  '"',
  ',',
  ';',
  '|',
  '\\',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\ufeff',
  ' ',
  'e',
  'ß',
  '👩‍👧',
  '\u2028',
  '{',
  '0',
]
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...DANGERS), { minLength: 1, maxLength: 8 }).map((all) => all.join('')),
  fc.constantFrom('+49 170 1234567', '-12.50', '007', '1e5', '=1+1', 'NULL', 'true', '[]', '{}'),
)
/** Without what no CSV holds: the rules take that away before, and the plan says so. */
const csvText = text.map((each) =>
  each
    .replaceAll('\0', '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, ''),
)
const LIST = 'custom.Interests'
const PATHS = [
  'givenName',
  'notes',
  'emails.2',
  'phones.mobile',
  'custom.Plan',
  'custom.= a "b", c',
  'custom.Owner',
]

function fieldsOf(value: fc.Arbitrary<string>): fc.Arbitrary<Fields> {
  const one = fc.option(value, { nil: null })
  const record = Object.fromEntries(PATHS.map((path) => [path, one]))
  return fc.record(
    { ...record, [LIST]: fc.option(fc.array(value, { minLength: 1 }), { nil: null }) },
    {
      requiredKeys: [],
    },
  ) as fc.Arbitrary<Fields>
}
function consentsOf(value: fc.Arbitrary<string>): fc.Arbitrary<Consent[]> {
  const maybe = fc.option(value, { nil: null })
  return fc.array(
    fc.record({
      channel: fc.constantFrom('email', 'sms', 'phone', 'post'),
      state: fc.constantFrom('refused', 'undeliverable', 'none', 'unknown', 'granted'),
      address: maybe,
      reason: fc.option(fc.oneof(value, fc.constantFrom('Unsubscribed', 'refused', ' No ')), {
        nil: null,
      }),
      scope: maybe,
      since: fc.option(fc.constant('2020-01-01T00:00:00Z'), { nil: null }),
    }),
    { maxLength: 3 },
  )
}
function sightingsOf(value: fc.Arbitrary<string>): fc.Arbitrary<Sighting> {
  const names = fc.uniqueArray(value, { maxLength: 4 }).map((all) => all.sort())
  return fc.record({
    id: value.filter((id) => id !== '').map(remoteId),
    version: fc.constant(null),
    createdAt: fc.constant(null),
    updatedAt: fc.option(fc.constant('2021-02-03T04:05:06Z'), { nil: null }),
    fields: fieldsOf(value),
    tags: names,
    groups: names,
    consents: consentsOf(value),
  })
}

/** A CSV knows no difference between absent, null and an empty text. */
function flat(fields: Fields, paths: readonly string[]): Fields {
  return Object.fromEntries(
    paths.map((path) => {
      const value = fields[path] ?? null
      return [path, value === '' ? null : value]
    }),
  )
}

describe('a row of CSV', () => {
  const headers = [
    'id',
    'First name',
    'Notes',
    'emails.2',
    'Mobile',
    'Plan',
    '\'= a "b", c',
    'custom.Owner',
    'Interests',
    'tags',
    'groups',
    'consent.email',
    'consents',
    'updatedAt',
  ]
  const rules: CellRules = {
    columns: columnsOf(headers),
    lists: new Set([LIST]),
    separator: '|',
    hasGuard: true,
  }
  it.each([',', ';', '\t'])('holds any contact, with delimiter %j', (delimiter) => {
    fc.assert(
      fc.property(sightingsOf(csvText), fc.constantFrom('\n', '\r\n'), (sighting, newline) => {
        const row = formatRow(encodeCells(sighting, rules), { delimiter, newline })
        const rows = parseRows(row, delimiter)
        expect(rows).toHaveLength(1)
        const decoded = decodeCells(rows[0] ?? [], rules)
        if (decoded.kind === 'broken') throw new Error(decoded.message)
        const { id, version: _, consents, ...rest } = sighting
        expect(decoded.id).toBe(id)
        const { consents: read, ...contact } = decoded.contact
        expect(contact).toEqual({ ...rest, fields: flat(rest.fields, [...PATHS, LIST]) })
        expect(inOrder(read ?? [])).toEqual(inOrder(consents ?? []))
      }),
    )
  })

  it('no cell of it begins as a formula does', () => {
    fc.assert(
      fc.property(sightingsOf(csvText), (sighting) => {
        for (const cell of encodeCells(sighting, rules)) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
      }),
    )
  })
})

describe('a line of NDJSON', () => {
  it('holds any contact, with all three states', () => {
    fc.assert(
      fc.property(sightingsOf(text), (sighting) => {
        const line = encodeLine(sighting)
        expect(line).not.toContain('\n')
        const decoded = decodeLine(Buffer.from(line).toString())
        if (decoded.kind === 'broken') throw new Error(decoded.message)
        expect({ ...decoded.contact, id: decoded.id, version: null }).toEqual(sighting)
      }),
    )
  })
})

describe.each(['csv', 'ndjson'] as const)('a %s file', (format) => {
  it('holds whatever the rules let pass, written in two goes and read by another reader', async () => {
    const value = format === 'csv' ? csvText : text
    const contact = fc.record({
      fields: fieldsOf(value),
      tags: fc.uniqueArray(value.filter((tag) => tag !== '')),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(contact, { minLength: 1, maxLength: 5 }), async (contacts) => {
        const there = sheet(`people.${format}`)
        for (const [place, { fields, tags }] of contacts.entries()) {
          const writer = there.writer()
          await writer.createField(
            { label: 'Interests', name: 'x', type: 'choices', options: null },
            signal,
          )
          await writer.write([change(`k:${place}`, { fields, tags })], signal)
          if (place < 2) await writer.close()
        }
        const before = await scanAll(there.reader())
        await there.writer().close()
        const { sightings, broken } = await scanAll(there.reader())
        expect(broken).toEqual([])
        const paths = [...PATHS, LIST]
        const shown = (fields: Fields) => (format === 'csv' ? flat(fields, paths) : fields)
        expect(sightings.map(({ fields }) => shown(fields))).toEqual(
          contacts.map(({ fields }) => shown(fields)),
        )
        expect(sightings.map(({ tags }) => tags)).toEqual(
          contacts.map(({ tags }) => [...tags].sort()),
        )
        expect(before.sightings.map(({ id }) => id)).toEqual(sightings.map(({ id }) => id))
      }),
      { numRuns: 60 },
    )
  })
})

describe('what a CSV cannot hold', () => {
  const field = { type: 'text' } as Parameters<ReturnType<typeof rulesOf>['fit']>[0]
  const rules = rulesOf('csv')
  it('is told by the rules, and nothing else is', () => {
    expect(rules.fit(field, 'a\0b')).toMatchObject({ kind: 'loss', value: 'ab' })
    expect(rules.fit(field, '\ud83d!')).toMatchObject({ kind: 'loss', value: '!' })
    expect(rules.fit(field, '\0')).toMatchObject({ kind: 'loss', value: undefined })
    expect(rules.fitTag('a\0b')).toMatchObject({ kind: 'loss', value: 'ab' })
    expect(rules.fitTag(' ')).toMatchObject({ kind: 'reject' })
    fc.assert(
      fc.property(csvText, (each) => {
        expect(rules.fit(field, each).kind).toBe('ok')
      }),
    )
  })
  it('NDJSON holds', () => {
    fc.assert(
      fc.property(text, (each) => {
        expect(rulesOf('ndjson').fit(field, each)).toEqual({
          kind: 'ok',
          value: each === '' ? null : each,
        })
      }),
    )
  })
})

function inOrder(consents: readonly Consent[]): readonly string[] {
  return consents
    .map(({ channel, address, state, reason, scope, since }) =>
      JSON.stringify([channel, address, state, reason, scope, since]),
    )
    .sort()
}
