import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columns, cut, WIDTH, wrapped } from '../../src/report/fit.ts'
import { masked } from '../../src/report/mask.ts'
import { safeText } from '../../src/report/safe-text.ts'
import { number, table } from '../../src/report/table.ts'

/** Whatever moves a cursor, begins a line or turns the direction of reading. */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

describe('a text for a terminal', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', '·[31mred·[0m'],
    ['a cleared screen', 'a\u001b[2J\u001b[H', 'a·[2J·[H'],
    ['a title of the window', '\u001b]0;owned\u0007', '·]0;owned·'],
    ['an escape of one byte', '\u009b31m', '·31m'],
    ['a way back', 'good\rbad', 'good⏎bad'],
    ['backspaces', 'abc\b\b\b', 'abc···'],
    ['lines', 'a\r\nb\nc\u2028d\u2029e', 'a⏎b⏎c⏎d⏎e'],
    ['a tabulator and nothing', 'a\tb\u0000c', 'a·b·c'],
    ['a turn of direction', 'user\u202egnp.exe', 'usergnp.exe'],
    ['isolates and marks', '\u2066a\u2067b\u2068c\u2069\u200e\u200f\u061c', 'abc'],
    ['what is harmless', 'Zoë 王 👩‍👩‍👧 مرحبا', 'Zoë 王 👩‍👩‍👧 مرحبا'],
  ])('has no power in it: %s', (_, text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  it('is one short harmless line, whatever it was', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom('\u001b[2J', '\r\n', '\u202e', '\u0085', '👩‍👧', 'a', '\u0000', '\u061c'),
        )
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const shown = safeText(text, max)
        expect(shown).not.toMatch(HARMFUL)
        expect(columns(shown)).toBeLessThanOrEqual(max)
        expect(safeText(shown, max)).toBe(shown)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is cut between characters', () => {
    expect(cut('👧👧👧', 2)).toBe('👧…')
    expect(cut('abc', 3)).toBe('abc')
    expect(cut('abcd', 3)).toBe('ab…')
  })
})

describe('a long line', () => {
  it('goes on below, indented, and ends at last', () => {
    const words = Array.from({ length: 60 }, (_, place) => `word${place}`).join(' ')
    const lines = wrapped('Note  ', words, 2)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^Note {2}word0 /)
    expect(lines[1]).toMatch(/^ {6}word\d+ .*…$/)
    expect(lines.every((line) => columns(line) <= WIDTH)).toBe(true)
    expect(wrapped('Note  ', 'short', 2)).toEqual(['Note  short'])
  })

  it('never passes the edge, whatever its words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 150 }), { maxLength: 20 }), (words) => {
        const text = safeText(words.join(' '), 2_000)
        const lines = wrapped('Note  ', text, 3)
        expect(lines.length).toBeLessThanOrEqual(3)
        expect(lines.every((line) => columns(line) <= WIDTH)).toBe(true)
      }),
    )
  })
})

describe('masking', () => {
  it.each([
    ['Anna Bauer <anna.bauer@example.com>', 'A*** B*** <a***@example.com>'],
    ['anna@example.com\nBob Smith', 'a***@example.com\nB*** S***'],
    ['anna@example.com;bob', 'a***@example.com;b***'],
    ['a@b.c,Otto', 'a***@b.c,O***'],
    ["o'brien+x@mail.example.co.uk.", 'o***@mail.example.co.uk.'],
    ['+49 170 1234567', '+4*** 1*** 1***'],
    ['1972-02-03', '1***-0***-0***'],
    ['Zoe\u0308', 'Z***'],
    ['नमस्ते', 'न***'],
    ['王小明', '王***'],
    ['A b', 'A b'],
    ['', ''],
  ])('in part: %j', (text, shown) => {
    expect(masked(text, 'partial')).toBe(shown)
  })

  it('in full leaves only that there is something', () => {
    expect([masked('Anna', 'full'), masked('', 'full'), masked('Anna', 'none')]).toEqual([
      '***',
      '',
      'Anna',
    ])
  })

  it('in part shows no word but first letters and domains', () => {
    const word = fc.stringMatching(/^[a-zà-ö]{3,12}$/)
    const gap = fc.constantFrom(' ', '\n', ', ', ';', ' <', '> ', '/', '|', '\t', '"', '=')
    fc.assert(
      fc.property(fc.array(fc.tuple(word, gap, fc.boolean()), { minLength: 1 }), (parts) => {
        const text = parts.map(([each, by, isAddress]) =>
          isAddress ? `${each}@z.z${by}` : `${each}${by}`,
        )
        const shown = masked(text.join(''), 'partial')
        for (const [each] of parts) expect(shown).not.toContain(each.slice(0, 3))
      }),
    )
  })

  it('of a long text takes no long time', () => {
    const longNotes = 'a.'.repeat(100_000)
    const before = process.cpuUsage()
    expect(masked(longNotes, 'partial')).toHaveLength(longNotes.length)
    // Of the processor's time: what else the machine does is not measured.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000)
  })
})

describe('a table', () => {
  it('lines its columns up by characters', () => {
    expect(
      table(
        [
          ['Zoë', '1', 'x'],
          ['👧', '1,000', ''],
          ['Otto', '20'],
        ],
        ['left', 'right', 'left'],
      ),
    ).toEqual(['Zoë       1  x', '👧     1,000', 'Otto     20'])
    expect(table([], ['left'])).toEqual([])
  })

  it('groups the digits of a number', () => {
    expect([0, 999, 1000, 1234567].map(number)).toEqual(['0', '999', '1,000', '1,234,567'])
  })
})
