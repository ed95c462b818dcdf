/** The last gate before a terminal, and the log's own. */
import { describe, expect, it } from 'vitest'
import { shownJson, shownLine } from '../../src/cli/gate.ts'
import { makeLog } from '../../src/cli/log.ts'

describe('a line', () => {
  it.each([
    ['\u001b[31mred', '·[31mred'],
    ['a\u0007b\u009bc\u007f', 'a·b·c·'],
    ['one\rtwo', 'onetwo'],
    ['gpj.\u202eexe\u2066', 'gpj.exe'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['Grüße 👋🏽 改行', 'Grüße 👋🏽 改行'],
  ])('%j is shown as %j', (text, shown) => {
    expect(shownLine(text, { colour: false })).toBe(shown)
  })

  it('keeps our own colours where colours are shown, and no other escape', () => {
    expect(shownLine('\u001b[1mplan\u001b[22m \u001b[2J \u001b]0;x\u0007', { colour: true })).toBe(
      '\u001b[1mplan\u001b[22m ·[2J ·]0;x·',
    )
  })
})

it('JSON reads back as it was, and holds nothing that a terminal obeys', () => {
  const document = { a: '\u001b[31m\u009b\u007f\u202e\u2028', b: ['plain "quoted" 👋🏽'] }
  const text = shownJson(document)
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/)
  expect(JSON.parse(text)).toEqual(document)
})

it('a warning is one plain line with addresses masked, whatever it is about', async () => {
  const lines: string[] = []
  const log = await makeLog({
    isVerbose: false,
    isEvents: false,
    complain: (line) => lines.push(line),
  })
  log.debug('nobody wants this')
  log.warn('a contact is gone: anna.smith@example.com', {
    reason: 'so says bob@example.org',
    status: 404,
  })
  expect(lines).toEqual([
    'note: a contact is gone: a***@example.com (so says b***@example.org; 404)',
  ])
})
