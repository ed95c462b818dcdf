import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contactColumns,
  encodeContact,
  type Encoded,
  sightingReader,
} from '../../../connectors/infusionsoft/codec.ts'
import { consentOf, isKnownState } from '../../../connectors/infusionsoft/consents.ts'
import {
  canListChoices,
  choicesOf,
  choicesText,
  customField,
  dataTypeFor,
  optionsOf,
  valuesText,
} from '../../../connectors/infusionsoft/custom-fields.ts'
import { EMPTY_SLOTS, type PhoneSlot, slotsOf } from '../../../connectors/infusionsoft/phones.ts'
import type { Cells, Row } from '../../../connectors/infusionsoft/schema.ts'
import { STANDARD_COLUMNS } from '../../../connectors/infusionsoft/standard-fields.ts'
import type { Fields } from '../../../src/model/field.ts'
import { norm } from '../../../src/model/norm.ts'

const ZONE = 'America/New_York'

function custom(name: string, dataType: number, values = '') {
  return customField({ id: 1, name, label: name, dataType, values })
}
const CUSTOM = [
  custom('Text', 15),
  custom('Area', 16),
  custom('Whole', 12),
  custom('Decimal', 11),
  custom('Price', 3),
  custom('Yes', 6),
  custom('Day', 13),
  custom('Moment', 14),
  custom('Plan', 21, '\nBasic\nPlus'),
  custom('Topics', 17, '\nNews\nArt, music\nArt\nDogs'),
  custom('Site', 18),
  custom('Handy', 1),
  custom('Year', 7),
  custom('Seller', 22),
]
const DEFINITIONS = CUSTOM.map(({ definition }) => definition)

function read(row: Row, columns = contactColumns(DEFINITIONS), notes: string[] = []): Fields {
  const reading = { zone: ZONE, isEscaped: false, columns, custom: DEFINITIONS }
  return sightingReader({ ...reading, note: (text) => notes.push(text) })({ Id: 1, ...row }).fields
}
function encode(fields: Fields, slots: readonly PhoneSlot[] = EMPTY_SLOTS): Encoded {
  const byPath = new Map(CUSTOM.map((field) => [field.definition.path, field]))
  return encodeContact(fields, { zone: ZONE, custom: (path) => byPath.get(path) ?? null, slots })
}
function cellsOf(fields: Fields, slots: readonly PhoneSlot[] = EMPTY_SLOTS): Cells {
  const encoded = encode(fields, slots)
  if (encoded.kind !== 'cells') throw new Error(`${encoded.path}: ${encoded.message}`)
  return encoded.cells
}
/** What a server does with cells: keeps them, and leaves out what is empty. */
function stored(cells: Cells, before: Row = {}): Row {
  const row: Record<string, string | number | boolean> = { ...before }
  for (const [column, cell] of Object.entries(cells)) {
    if (cell.value === '') delete row[column]
    else row[column] = cell.value
  }
  return row
}

describe('reading a contact', () => {
  it('tells a value, known empty and not asked for apart', () => {
    const fields = read({ FirstName: 'Ines' }, ['Id', 'FirstName', 'LastName'])
    expect(fields).toEqual({ givenName: 'Ines', familyName: null })
  })

  it('gives every standard column its path', () => {
    const row = Object.fromEntries(
      STANDARD_COLUMNS.map(({ column, kind }) => [
        column,
        kind === 'text' ? `a ${column}` : kind === 'owner' ? 12 : '20260203T00:00:00',
      ]),
    )
    const fields = read(row)
    for (const { column, path, kind } of STANDARD_COLUMNS)
      expect(fields[path], path).toBe(
        kind === 'text'
          ? `a ${column}`
          : { owner: '12', date: '2026-02-03', instant: '2026-02-03T05:00:00Z' }[kind],
      )
  })

  it('reads stamps as New York time on both sides of summer, and dates without any zone', () => {
    const fields = read({
      DateCreated: '20260703T23:30:00',
      Birthday: '19720229T00:00:00',
      _Moment: '2026-01-03T12:00:00',
      _Day: '2026-07-03',
    })
    expect(fields).toMatchObject({
      createdAt: '2026-07-04T03:30:00Z',
      birthday: '1972-02-29',
      'custom._Moment': '2026-01-03T17:00:00Z',
      'custom._Day': '2026-07-03',
    })
  })

  it('keeps an impossible date as the text it came as', () => {
    expect(read({ Birthday: '19720230T00:00:00' })['birthday']).toBe('19720230T00:00:00')
  })

  it('names phones by their type, the second of a type by number, and leaves lone extensions out', () => {
    const fields = read({
      Phone1: '1',
      Phone1Type: 'Work',
      Phone1Ext: '9',
      Phone2: '2',
      Phone3: '3',
      Phone3Type: ' WORK ',
      Phone4Ext: '7',
      Phone5: '5',
      Phone5Type: 'Skype v.2',
    })
    expect(fields).toMatchObject({
      'phones.work': '1',
      'phones.work.extension': '9',
      'phones.main': '2',
      'phones.work.2': '3',
      'phones.skype v 2': '5',
      'phones.home': null,
      'phones.mobile.2': null,
    })
  })

  it('reads nobody as no owner, and the word null with a remark', () => {
    const notes: string[] = []
    const fields = read({ OwnerID: 0, City: 'null' }, contactColumns([]), notes)
    expect(fields).toMatchObject({ owner: null, 'addresses.main.city': 'null' })
    expect(notes).toEqual(['City holds the word null somewhere; it was kept.'])
  })

  it('reads every kind of custom field, whatever type it comes in', () => {
    expect(
      read({ _Whole: 7, _Decimal: '12.50', _Price: 9.5, _Yes: 1, _Plan: 'Plus', _Year: 1999 }),
    ).toMatchObject({
      'custom._Whole': '7',
      'custom._Decimal': '12.50',
      'custom._Price': '9.5',
      'custom._Yes': 'true',
      'custom._Plan': 'Plus',
      'custom._Year': '1999',
    })
    expect(read({ _Yes: '0' })['custom._Yes']).toBe('false')
    expect(read({ _Yes: 'maybe' })['custom._Yes']).toBe('maybe')
  })

  it('decodes entities only for an account that keeps them', () => {
    const row = { Id: 1, City: 'A &amp; B &lt;c&gt; &amp;amp;' }
    const columns = ['City']
    const common = { zone: ZONE, columns, custom: [], note: () => undefined }
    const escaped = sightingReader({ ...common, isEscaped: true })(row)
    expect(escaped.fields['addresses.main.city']).toBe('A & B <c> &amp;')
    const plain = sightingReader({ ...common, isEscaped: false })(row)
    expect(plain.fields['addresses.main.city']).toBe(row.City)
  })
})

describe('writing a contact', () => {
  it('types every value by its field, never by its look', () => {
    expect(
      cellsOf({
        givenName: '20240101T10:00:00',
        birthday: '1972-02-29',
        owner: '12',
        'custom._Text': '5',
        'custom._Whole': '5',
        'custom._Decimal': '5',
        'custom._Yes': 'true',
        'custom._Moment': '2026-07-04T03:30:00Z',
        'custom._Topics': ['News', 'Dogs'],
      }),
    ).toEqual({
      FirstName: { as: 'text', value: '20240101T10:00:00' },
      Birthday: { as: 'stamp', value: '19720229T00:00:00' },
      OwnerID: { as: 'int', value: 12 },
      _Text: { as: 'text', value: '5' },
      _Whole: { as: 'int', value: 5 },
      _Decimal: { as: 'double', value: '5' },
      _Yes: { as: 'int', value: 1 },
      _Moment: { as: 'stamp', value: '20260703T23:30:00' },
      _Topics: { as: 'text', value: 'News,Dogs' },
    })
  })

  it('clears texts by an empty text, owners by zero, and leaves dates and numbers to their own way', () => {
    expect(
      encode({
        givenName: null,
        owner: null,
        birthday: null,
        'custom._Whole': null,
        'custom._Topics': null,
      }),
    ).toEqual({
      kind: 'cells',
      cells: {
        FirstName: { as: 'text', value: '' },
        OwnerID: { as: 'int', value: 0 },
        _Topics: { as: 'text', value: '' },
      },
      clears: { Birthday: 'birthday', _Whole: 'custom._Whole' },
    })
  })

  it.each([
    [{ birthday: '1972-02-30' }, 'birthday'],
    [{ createdAt: '2026-01-01T00:00:00Z' }, 'createdAt'],
    [{ 'custom._Gone': 'x' }, 'custom._Gone'],
    [{ 'custom._Seller': '3' }, 'custom._Seller'],
    [{ 'custom._Decimal': 'x' }, 'custom._Decimal'],
    [{ owner: 'Bob' }, 'owner'],
    [{ points: '3' }, 'points'],
    [{ 'phones.work.extension': '3' }, 'phones.work'],
  ])('refuses %o by its path', (fields: Fields, path) => {
    expect(encode(fields)).toMatchObject({ kind: 'problem', path })
  })

  const layout = (...slots: [string, string, string][]): readonly PhoneSlot[] =>
    EMPTY_SLOTS.map((slot, at) => {
      const [number, type, extension] = slots[at] ?? []
      return number === undefined || type === undefined || extension === undefined
        ? slot
        : { number, type, extension }
    })

  it('changes a number in the slot it stands in', () => {
    const slots = layout(['1', 'Home', ''], ['2', 'Work', '9'], ['3', 'Work', ''])
    expect(cellsOf({ 'phones.work': '22', 'phones.work.2': '33' }, slots)).toEqual({
      Phone2: { as: 'text', value: '22' },
      Phone3: { as: 'text', value: '33' },
    })
  })

  it('puts a new number into a free slot, if it can into one of its type', () => {
    const slots = layout(['1', 'Home', ''], ['', 'Mobile', ''], ['', '', ''])
    expect(cellsOf({ 'phones.work': '5' }, slots)).toEqual({
      Phone3: { as: 'text', value: '5' },
      Phone3Type: { as: 'text', value: 'Work' },
    })
    expect(cellsOf({ 'phones.mobile': '5', 'phones.mobile.extension': '1' }, slots)).toEqual({
      Phone2: { as: 'text', value: '5' },
      Phone2Ext: { as: 'text', value: '1' },
    })
  })

  it('clears a number with its extension and uses the room', () => {
    const full = layout(
      ['1', 'A', ''],
      ['2', 'B', ''],
      ['3', 'C', ''],
      ['4', 'D', '4'],
      ['5', 'E', ''],
    )
    expect(
      cellsOf({ 'phones.d': null, 'phones.d.extension': null, 'phones.main': '6' }, full),
    ).toEqual({
      Phone4: { as: 'text', value: '6' },
      Phone4Type: { as: 'text', value: '' },
      Phone4Ext: { as: 'text', value: '' },
    })
    expect(encode({ 'phones.main': '6' }, full)).toMatchObject({
      kind: 'problem',
      path: 'phones.main',
    })
  })
})

describe('there and back', () => {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((one) => one.trim() !== '' && one !== 'null')
  const day = fc
    .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((one) => one.toISOString().slice(0, 10))
  /** Hours of noon: no clock change lies there. */
  const moment = day.map((one) => `${one}T18:30:15Z`)
  const values: Record<string, fc.Arbitrary<string | readonly string[]>> = {
    givenName: word,
    familyName: word,
    'emails.1': word,
    'emails.3': word,
    company: word,
    notes: word,
    'addresses.main.line1': word,
    'addresses.shipping.country': word,
    'addresses.other.postalCode': word,
    'custom.SpouseName': word,
    birthday: day,
    owner: fc.integer({ min: 1, max: 999_999 }).map(String),
    'custom._Text': word,
    'custom._Area': word,
    'custom._Whole': fc.integer({ min: -99_999, max: 999_999_999 }).map(String),
    'custom._Decimal': fc.tuple(fc.integer(), fc.nat(99)).map(([a, b]) => `${a}.${b}`),
    'custom._Yes': fc.constantFrom('true', 'false'),
    'custom._Day': day,
    'custom._Moment': moment,
    'custom._Plan': fc.constantFrom('Basic', 'Plus'),
    'custom._Topics': fc.subarray(['News', 'Art, music', 'Art', 'Dogs'], { minLength: 1 }),
  }
  const phoneTypes = ['main', 'mobile', 'work', 'home', 'other']
  const phones = fc.subarray(phoneTypes).chain((types) =>
    fc.record(
      Object.fromEntries(
        types.flatMap((type) => [
          [
            `phones.${type}`,
            fc.stringMatching(/^\+?[0-9 ]{3,12}$/).filter((one) => one.trim() !== ''),
          ],
          [`phones.${type}.extension`, fc.stringMatching(/^[0-9]{1,4}$/)],
        ]),
      ),
    ),
  )
  const contact = fc
    .tuple(fc.record(values, { requiredKeys: [] }), phones)
    .map(([fields, numbers]): Fields => ({ ...fields, ...numbers }) as Fields)

  it('a contact reads back as it was written', () => {
    fc.assert(
      fc.property(contact, (fields) => {
        const back = read(stored(cellsOf(fields)))
        for (const [path, value] of Object.entries(fields)) expect(back[path], path).toEqual(value)
        for (const [path, value] of Object.entries(back))
          if (!Object.hasOwn(fields, path)) expect(value, path).toBeNull()
      }),
    )
  })

  it('an update changes what it names and nothing else', () => {
    fc.assert(
      fc.property(contact, contact, (first, second) => {
        const before = stored(cellsOf(first))
        const encoded = encode(second, slotsOf(before))
        if (encoded.kind === 'problem') {
          expect(encoded.message).toContain('phone slots')
          return
        }
        const back = read(stored(encoded.cells, before))
        const expected = { ...first, ...second }
        for (const [path, value] of Object.entries(expected))
          expect(norm('text', back[path] ?? null), path).toBe(norm('text', value))
      }),
    )
  })
})

describe('list boxes', () => {
  const options = ['News', 'Art, music', 'Art', 'Dogs']
  it.each([
    ['News,Dogs', ['News', 'Dogs']],
    ['Art, music,Dogs', ['Art, music', 'Dogs']],
    ['Art,Dogs', ['Art', 'Dogs']],
    [' News , Dogs ', ['News', 'Dogs']],
    ['News,Old option', ['News', 'Old option']],
    ['News|Dogs', ['News', 'Dogs']],
    ['Artist', ['Artist']],
    ['News,,News', ['News']],
    ['', []],
  ])('%j is %j', (text, choices) => {
    expect(choicesOf(text, options)).toEqual(choices)
  })

  it('survive being written, or are told not to', () => {
    fc.assert(
      fc.property(fc.subarray(options), (chosen) => {
        expect(canListChoices(chosen, options)).toBe(true)
        expect(choicesOf(choicesText(chosen), options)).toEqual(chosen)
      }),
    )
    expect(canListChoices(['a,b'], ['a', 'b', 'c'])).toBe(false)
  })

  it('keep their options one a line', () => {
    expect(optionsOf('\nBasic\r\nPlus\n\n Plus ')).toEqual(['Basic', 'Plus'])
    expect(optionsOf(valuesText(['Basic', 'Plus']))).toEqual(['Basic', 'Plus'])
  })
})

describe('data types', () => {
  it('are opaque texts when their number is unknown', () => {
    expect(custom('Odd', 24).definition).toMatchObject({
      type: 'text',
      writable: true,
      path: 'custom._Odd',
    })
    expect(custom('Odd', 999).definition.type).toBe('text')
  })
  it('are made for every kind of value', () => {
    expect(dataTypeFor('choices')).toMatchObject({ number: 17, is: { name: 'MultiSelect' } })
    expect(dataTypeFor('number')).toMatchObject({ number: 11, is: { name: 'NumberDecimal' } })
    expect(dataTypeFor('country').is.name).toBe('Text')
  })
})

describe('opt states', () => {
  it.each([
    ['SingleOptIn', 'granted'],
    ['DoubleOptin', 'granted'],
    ['DOUBLEOPTIN', 'granted'],
    ['Manual', 'refused'],
    ['Spam', 'refused'],
    ['ListUnsubscribe', 'refused'],
    ['HardBounce', 'undeliverable'],
    ['Deactivated', 'undeliverable'],
    ['NonMarketable', 'none'],
    ['Lockdown', 'none'],
  ])('%s is %s', (type, state) => {
    expect(consentOf('a@b.example', type)).toMatchObject({
      state,
      reason: type,
      address: 'a@b.example',
    })
    expect(isKnownState(type)).toBe(true)
  })
  it('that nobody knows forbid mailing', () => {
    expect(consentOf('a@b.example', 'Brandnew').state).toBe('none')
    expect(isKnownState('Brandnew')).toBe(false)
  })
})
