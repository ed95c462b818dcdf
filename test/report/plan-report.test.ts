import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { planDocument } from '../../src/report/plan-document.ts'
import { planText } from '../../src/report/plan-text.ts'
import { bigHeader, GUARDS, guard, HOSTILE, smallHeader } from './header.ts'

const plain = { mask: 'none', colour: false } as const
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

describe('a plan as text', () => {
  it('fits one screen of 100 columns and 60 lines, however much there is to say', () => {
    for (const colour of [false, true]) {
      const lines = planText(bigHeader(), { mask: 'none', colour }).map(stripVTControlCharacters)
      expect(lines.length).toBeLessThanOrEqual(60)
      expect(lines.filter((line) => [...line].length > 100)).toEqual([])
    }
  })

  it('says something of everything even then', () => {
    const text = planText(bigHeader(), plain).join('\n')
    for (const title of [
      'Created first',
      'Most changed fields',
      'Losses',
      'Predicted rejects',
      'Waiting for a decision',
      'Started in a sequence',
      'One-way  1,234,567',
      'Note',
      'more notes',
      'Cost  99,999,999 requests',
    ])
      expect(text).toContain(title)
    for (const name of GUARDS) expect(text).toContain(`Stopped by guard ${name}: `)
    expect(text.match(/… and \d+ more$/gm)).toHaveLength(5)
  })

  it('is not steered by what contacts hold', () => {
    const big = planText(bigHeader(), plain)
    expect(big.join('\n')).not.toMatch(HARMFUL)
    expect(big.every((line) => !line.includes('\n'))).toBe(true)
    const small = planText(
      smallHeader({
        holds: [{ cause: HOSTILE, count: 1, sample: [HOSTILE] }],
        warnings: [HOSTILE],
      }),
      plain,
    )
    expect(small.join('\n')).not.toMatch(HARMFUL)
  })

  it('says how many people of which sequence would be started in which, and who would not', () => {
    const sequence = {
      from: { id: '14', name: 'Welcome' },
      to: { id: '3', name: 'Hello' },
      start: 5,
      settled: 1,
      optedOut: 2,
      left: 0,
    }
    const text = planText(smallHeader({ sequences: [sequence] }), plain).join('\n')
    expect(text).toContain(
      'Started in a sequence (may mail)\n  14 "Welcome" -> 3 "Hello"  5  not: 2 opted out',
    )
  })

  it('is short where there is little to say', () => {
    expect(planText(smallHeader(), plain)).toEqual([
      'plan plan-20261121072640-bugq-1  move, full, read 1,234 + 5 contacts',
      '  + create  1,000  = unchanged  34',
      '  ~ update    200  x excluded    0',
      '  o link        0  - delete      0',
      '  ? hold        0  # reject      0',
      'Cost  1,234 requests, about 2.5 min at the permitted rate',
      'Guards  ok',
      'Next  ferry show plan-20261121072640-bugq-1 --only hold,reject',
      '      ferry apply plan-20261121072640-bugq-1',
    ])
  })

  it('shows one line a change, loss and cause, each with a sample', () => {
    const text = planText(
      smallHeader({
        changes: [
          { path: 'company', count: 2, sample: [{ record: 'x', before: null, after: 'Acme' }] },
        ],
        losses: [{ field: 'notes', cause: 'cut', count: 3, sample: [] }],
        rejects: [{ cause: 'no e-mail', count: 4, sample: ['Anna Bauer'] }],
        consents: { optOuts: 5, irreversible: 0 },
        cost: { calls: [], requests: 10, minutes: 1, dailyShare: 0.25 },
      }),
      { mask: 'partial', colour: false },
    )
    expect(text).toContain('  company  2  (empty) -> "A***"')
    expect(text).toContain('  notes  3  cut')
    expect(text).toContain('  no e-mail  4  "A*** B***"')
    expect(text).toContain('Consent  5 people travel opted out')
    expect(text).toContain(
      "Cost  10 requests, about 1 min at the permitted rate, 25 % of a day's quota",
    )
  })

  it('names each guard that stopped it, and does not say that all is well', () => {
    const text = planText(
      smallHeader({ guards: [guard('deletes', false), guard('mapping', true)] }),
      plain,
    )
    expect(text.join('\n')).toContain('Stopped by guard deletes: ')
    expect(text.join('\n')).not.toContain('guard mapping')
    expect(text).not.toContain('Guards  ok')
  })

  it('hides people where it is asked to', () => {
    const text = planText(bigHeader(), { mask: 'full', colour: false }).join('\n')
    const small = planText(
      smallHeader({
        holds: [{ cause: 'two', count: 1, sample: ['Anna Bauer <anna@example.com>'] }],
      }),
      { mask: 'full', colour: false },
    ).join('\n')
    expect(small).not.toMatch(/Anna|Bauer|example/)
    expect(text).toContain('"***"')
  })
})

describe('a plan as a document', () => {
  const document = planDocument(bigHeader(), 'none')

  it('has the keys that were promised', () => {
    expect(Object.keys(document).sort()).toEqual(
      [
        // Promised to those who read it by program.
        ...['plan', 'sync', 'hash', 'read', 'counts', 'vocabulary', 'losses', 'guards', 'cost'],
        'expiresAt',
        // Said besides.
        ...[
          'schema',
          'run',
          'full',
          'changes',
          'rejects',
          'holds',
          'risks',
          'consents',
          'mayApply',
        ],
        ...['warnings', 'mapping', 'watermarks', 'createdAt'],
        // Only where the mapping lists some.
        'sequences',
      ].sort(),
    )
    expect(document).toMatchObject({
      schema: 1,
      read: { from: 1_234, to: 5 },
      mayApply: false,
      vocabulary: { fields: expect.any(Array), tags: expect.any(Array), groups: expect.any(Array) },
    })
    expect(Object.keys(document['counts'] as object).sort()).toEqual(
      'blocked create delete excluded hold link reject unchanged update'.split(' '),
    )
    const [loss] = document['losses'] as readonly object[]
    expect(Object.keys(loss ?? {}).sort()).toEqual(['cause', 'count', 'field', 'sample'])
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })

  it('may be applied where every guard is content', () => {
    expect(planDocument(smallHeader(), 'none')).toMatchObject({ mayApply: true })
  })

  it('shows no person where it is masked', () => {
    const header = smallHeader({
      guards: [],
      losses: [
        {
          field: 'notes',
          cause: 'cut',
          count: 1,
          sample: [{ record: 's1' as never, before: 'Anna Bauer', after: 'Anna B' }],
        },
      ],
      changes: [
        {
          path: 'notes',
          count: 1,
          sample: [{ record: 'Anna Bauer', before: 'Anna', after: 'Anne' }],
        },
      ],
      rejects: [{ cause: 'no', count: 1, sample: ['Anna Bauer'] }],
      holds: [{ cause: 'two', count: 1, sample: ['Anna Bauer'] }],
    })
    expect(JSON.stringify(planDocument(header, 'none'))).toMatch(/Anna/)
    for (const mask of ['partial', 'full'] as const)
      expect(JSON.stringify(planDocument(header, mask))).not.toMatch(/Anna|Anne|Bauer/)
  })
})
