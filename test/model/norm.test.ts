import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ValueType } from '../../src/model/field.ts'
import { ITEM_SEPARATOR, isWellFormed, norm } from '../../src/model/norm.ts'

const TYPES = {
  text: true,
  longtext: true,
  html: true,
  number: true,
  boolean: true,
  date: true,
  datetime: true,
  time: true,
  choice: true,
  choices: true,
  email: true,
  phone: true,
  url: true,
  country: true,
  region: true,
  language: true,
  timezone: true,
} satisfies Record<ValueType, true>
const ALL = Object.keys(TYPES) as ValueType[]

/** Texts made of what normal forms look at, beside any text at all. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '+',
          '-',
          '.',
          '(0)',
          '00',
          '0',
          '1',
          '9',
          '49',
          ' x',
          'ext.',
          '#',
          'T',
          'Z',
          ':',
          '00:00',
        ],
        ...['2024-02-30', '2024-03-01', '20240301', '0000-01-01', '9999-12-31', '+14:00', '-14:00'],
        ...[
          'A',
          'é',
          'e\u0301',
          'J\u030c',
          'İ',
          'Σ',
          '\u212b',
          ' ',
          '\t',
          '\r\n',
          '\u00a0',
          '@',
          '_',
        ],
        ...['yes', 'TRUE', 'Germany', 'uk', 'DE', 'constructor', '__proto__', ITEM_SEPARATOR],
      ),
      { maxLength: 7 },
    )
    .map((parts) => parts.join('')),
)

describe('a normal form', () => {
  it.each(ALL)('of %s is its own normal form', (type) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = norm(type, text)
        expect(norm(type, once)).toBe(once)
      }),
      { numRuns: 800 },
    )
  })

  it('of several choices is its own, whatever their order, and knows no twins', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 6 }), (items) => {
        const once = norm('choices', items)
        expect(norm('choices', once)).toBe(once)
        expect(norm('choices', [...items].reverse())).toBe(once)
        expect(norm('choices', [...items, ...items])).toBe(once)
      }),
    )
  })

  it.each(ALL)('of %s is empty for null, an empty text and blanks', (type) => {
    expect([norm(type, null), norm(type, ''), norm(type, ' \t ')]).toEqual(['', '', ''])
  })

  it.each(ALL)('of %s is the same for composed and decomposed letters', (type) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        expect(norm(type, text.normalize('NFD'))).toBe(norm(type, text.normalize('NFC')))
      }),
    )
  })
})

/** Every spelling in a row means the same; no two rows do. */
function groups(type: ValueType, rows: readonly (readonly [string, ...string[]])[]) {
  describe(type, () => {
    it.each(rows)('%s', (form, ...spellings) => {
      expect([form, ...spellings].map((text) => norm(type, text))).toEqual(
        [form, ...spellings].map(() => form),
      )
    })
    it('keeps different values apart', () => {
      expect(new Set(rows.map(([form]) => norm(type, form))).size).toBe(rows.length)
    })
  })
}

groups('text', [
  ['Zoë', 'Zoe\u0308', '  Zoë\n'],
  ['zoë'],
  ['Zoe'],
  ['a\nb', 'a\r\nb', 'a\rb'],
  ['a b'],
  ['a  b'],
])
groups('number', [
  ['0', '-0', '+0', '00', '0.00', '-.0', '.0'],
  ['0.5', '.5', '+.50', '00.5'],
  ['-12.05', '-012.050'],
  ['12345678901234567890.1', '12345678901234567890.10'],
  ['12345678901234567891'],
  ['1e5'],
  ['1,5'],
  ['5.'],
])
groups('boolean', [
  ['true', 'TRUE', ' yes ', '1', 'Yes'],
  ['false', '0', 'NO'],
  ['on'],
  ['perhaps'],
])
groups('date', [
  ['1972-02-03', '19720203', '1972-02-03T00:00:00', '1972-02-03 00:00', '1972-02-03T00:00:00.000Z'],
  ['1972-02-30', '19720230'],
  ['1972-02-03T01:00:00'],
  ['03.02.1972'],
])
groups('datetime', [
  [
    '2024-03-01T09:30:00Z',
    '2024-03-01 09:30Z',
    '2024-03-01T10:30:00+01:00',
    '2024-03-01T10:30:00+0100',
    '2024-03-01T00:30:00-09:00',
    '2024-02-29T21:30:00-12:00',
    '2024-03-01T09:30:00.900Z',
  ],
  ['2024-03-01T09:30:01Z'],
  // No offset: not a moment yet.
  ['2024-03-01T09:30:00'],
  // A day that does not exist stays what it is, and is not the day after.
  ['2024-02-30T09:30:00Z'],
  ['2023-02-29T09:30:00Z'],
  // Before the first and after the last year that four digits can hold.
  ['0000-01-01T00:00:00+14:00'],
  ['9999-12-31T23:59:00-14:00'],
])
groups('time', [['09:30', '09:30:00', ' 09:30 '], ['09:30:01'], ['9:30']])
groups('phone', [
  ['+493012345', '+49 30 12345', '+49 (0)30 / 123-45', '0049 30 12345', '(0049) 30-12345'],
  ['+493012345x6', '+49 30 12345 x6', '+49 30 12345 ext. 6', '0049 30 12345 #6', '+493012345 EXT6'],
  ['03012345', '030 123 45'],
  ['493012345'],
  ['no number'],
  ['No number'],
])
groups('email', [
  ['anna@example.com', ' Anna@Example.COM ', 'ANNA@EXAMPLE.COM'],
  ['anna+list@example.com'],
  ['an.na@example.com'],
  ['jürgen@example.com', 'JU\u0308RGEN@example.com'],
])
groups('country', [
  ['DE', 'de', 'DEU', 'Germany', 'GERMANY', 'Deutschland', ' Allemagne '],
  ['GB', 'UK', 'uk', 'GBR', 'United Kingdom', 'England', 'Great Britain'],
  ['US', 'USA', 'U.S.A.', 'United States', 'United States of America'],
  ['NL', 'Holland', 'The Netherlands', 'Niederlande'],
  ['Narnia'],
  ['constructor'],
  ['__proto__'],
  ['xx'],
])
groups('language', [['de-at', 'de_AT', 'DE-at'], ['de'], ['\u01f0', 'J\u030c', 'j\u030c']])
groups('choices', [
  [
    `a${ITEM_SEPARATOR}b`,
    `b${ITEM_SEPARATOR}a`,
    ` a ${ITEM_SEPARATOR}b${ITEM_SEPARATOR}${ITEM_SEPARATOR}a`,
  ],
  ['a b'],
  ['a'],
])

describe('a value is well formed', () => {
  it.each([
    ['date', '2024-02-29', true],
    ['date', '2023-02-29', false],
    ['date', '19720230', false],
    ['date', '0001-01-01', true],
    ['date', '2024-00-10', false],
    ['date', '2024-13-01', false],
    ['datetime', '2024-02-29T09:30:00Z', true],
    ['datetime', '2024-02-30T09:30:00Z', false],
    ['datetime', '2024-02-29T09:30:00+01:00', false],
    ['number', '-1.50', true],
    ['number', '1e5', false],
    ['number', '', false],
    ['boolean', 'true', true],
    ['boolean', 'yes', false],
    ['time', '23:59', true],
    ['time', '24:00', false],
    ['email', 'anna at example', false],
    ['text', '', true],
    ['phone', 'none', true],
  ] as const)('%s %s: %s', (type, text, expected) => {
    expect(isWellFormed(type, text)).toBe(expected)
  })
})
