import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guard, joinItems, splitItems, unguard } from '../../../connectors/file/cells.ts'

/** Texts made of what is dangerous in a cell, and of anything. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        "'",
        '\t',
        '\r',
        '\n',
        '"',
        ',',
        ';',
        '|',
        '\\',
        ' ',
        'e',
        'é',
        '😀',
      ),
    )
    .map((parts) => parts.join('')),
)

describe('the guard against formulas', () => {
  it.each([
    ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
    ['+49 170 1234567', "'+49 170 1234567"],
    ['-12.50', "'-12.50"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ["'=1", "''=1"],
    ["it's", "it's"],
    ["'tis", "'tis"],
    ['1+1', '1+1'],
    ['', ''],
  ])('writes %j as %j', (text, cell) => {
    expect(guard(text)).toBe(cell)
    expect(unguard(cell)).toBe(text)
  })

  it('is undone for every text, and leaves no cell that a spreadsheet computes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(unguard(guard(text))).toBe(text)
        expect(guard(text)).not.toMatch(/^[=+\-@\t\r\n]/)
      }),
    )
  })
})

describe('several items in a cell', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(hostile), fc.constantFrom('|', ';', ','), (items, separator) => {
        expect(splitItems(joinItems(items, separator), separator)).toEqual(items)
      }),
    )
  })

  it('may be written by hand without blanks', () => {
    expect(splitItems('VIP|Newsletter| Hot lead ', '|')).toEqual(['VIP', 'Newsletter', 'Hot lead '])
    expect(splitItems('a\\|b', '|')).toEqual(['a|b'])
    expect(splitItems('', '|')).toEqual([])
    expect(joinItems(['a | b', ''], '|')).toBe('a \\| b | \\e')
  })
})
