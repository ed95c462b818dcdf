import { describe, expect, it } from 'vitest'
import { decideField, type FieldDecision, type FieldFacts } from '../../src/plan/field-decision.ts'

const facts = (more: Partial<FieldFacts>): FieldFacts => ({
  wanted: 'new',
  present: 'old',
  fromChanged: false,
  toChanged: false,
  blank: 'skip',
  owner: 'both',
  conflict: 'hold',
  mayReverse: false,
  newer: null,
  isDisputed: false,
  ...more,
})

const BASES: readonly Pick<FieldFacts, 'fromChanged' | 'toChanged'>[] = [
  { fromChanged: null, toChanged: null },
  ...[true, false].flatMap((fromChanged) =>
    [true, false].map((toChanged) => ({ fromChanged, toChanged })),
  ),
]

/** Every combination there is. */
function* table(): Generator<FieldFacts> {
  for (const wanted of [null, '', 'a', 'b'])
    for (const present of [null, '', 'a'])
      for (const base of BASES)
        for (const blank of ['skip', 'clear', 'fill'] as const)
          for (const owner of ['from', 'to', 'both'] as const)
            for (const conflict of ['hold', 'from', 'to', 'newer'] as const)
              for (const mayReverse of [true, false])
                for (const newer of ['from', 'to', null] as const)
                  for (const isDisputed of [true, false])
                    yield {
                      wanted,
                      present,
                      ...base,
                      blank,
                      owner,
                      conflict,
                      mayReverse,
                      newer,
                      isDisputed,
                    }
}
const TABLE = [...table()]
const WRITES_TO: readonly FieldDecision[] = ['fill-to', 'overwrite-to', 'clear-to']

/** Rows that break a promise. */
function broken(
  applies: (row: FieldFacts) => boolean,
  holds: (decision: FieldDecision, row: FieldFacts) => boolean,
) {
  const rows = TABLE.filter(applies)
  expect(rows.length).toBeGreaterThan(0)
  return rows
    .map((row) => ({ row, decision: decideField(row) }))
    .filter(({ row, decision }) => !holds(decision, row))
}

const all = () => true
const isEmptyThere = (row: FieldFacts) => (row.present ?? '') === ''

describe('in every combination', () => {
  it('equal is equal', () => {
    expect(
      broken(
        (row) => row.wanted !== null && row.wanted === (row.present ?? ''),
        (decision) => decision === 'equal',
      ),
    ).toEqual([])
  })

  it('different is never equal', () => {
    expect(
      broken(
        (row) => row.wanted !== null && row.wanted !== (row.present ?? ''),
        (decision) => decision !== 'equal',
      ),
    ).toEqual([])
  })

  it('what the source does not know is never written at the target, nor asked about', () => {
    expect(
      broken(
        (row) => row.wanted === null,
        (decision) => decision === 'leave' || decision === 'write-from',
      ),
    ).toEqual([])
  })

  it('a value is emptied only where the mapping says so, and only for an empty source', () => {
    expect(
      broken(all, (decision, row) =>
        decision === 'clear-to' ? row.blank === 'clear' && row.wanted === '' : true,
      ),
    ).toEqual([])
  })

  it('a field that the target owns is never written there', () => {
    expect(
      broken(
        (row) => row.owner === 'to',
        (decision) => !WRITES_TO.includes(decision),
      ),
    ).toEqual([])
  })

  it('a field that the source owns is never written here, and never a question', () => {
    expect(
      broken(
        (row) => row.owner === 'from',
        (decision) => decision !== 'write-from' && decision !== 'hold',
      ),
    ).toEqual([])
  })

  it('nothing is written here where there is no way back', () => {
    expect(
      broken(
        (row) => !row.mayReverse,
        (decision) => decision !== 'write-from',
      ),
    ).toEqual([])
  })

  it('fill writes only into an empty field', () => {
    expect(
      broken(
        (row) => row.blank === 'fill',
        (decision, row) =>
          !WRITES_TO.includes(decision) || (decision === 'fill-to' && isEmptyThere(row)),
      ),
    ).toEqual([])
  })

  it('each word means what it says', () => {
    expect(
      broken(all, (decision, row) => {
        if (decision === 'fill-to') return isEmptyThere(row) && row.wanted !== ''
        if (decision === 'overwrite-to') return !isEmptyThere(row) && row.wanted !== ''
        return decision !== 'clear-to' || !isEmptyThere(row)
      }),
    ).toEqual([])
  })

  it('an edit of the target alone is never overwritten', () => {
    expect(
      broken(
        (row) => row.fromChanged === false && row.toChanged === true,
        (decision) => !WRITES_TO.includes(decision),
      ),
    ).toEqual([])
  })

  it('a difference that neither side made is left alone', () => {
    expect(
      broken(
        (row) =>
          row.fromChanged === false &&
          row.toChanged === false &&
          row.wanted !== null &&
          row.wanted !== (row.present ?? ''),
        (decision) => decision === 'leave',
      ),
    ).toEqual([])
  })

  it('nobody is asked but where both sides changed, or differ and never agreed', () => {
    expect(
      broken(
        (row) => decideField(row) === 'hold',
        (_, row) =>
          (row.fromChanged === null || (row.fromChanged === true && row.toChanged === true)) &&
          (row.conflict === 'hold' || (row.conflict === 'newer' && row.newer === null)),
      ),
    ).toEqual([])
  })

  it('nobody is asked where every answer would leave things as they are', () => {
    expect(
      broken(
        (row) => decideField(row) === 'hold',
        (_, row) => {
          const answers = (['from', 'to'] as const).map((conflict) =>
            decideField({ ...row, conflict }),
          )
          return answers.some((answer) => answer !== 'leave')
        },
      ),
    ).toEqual([])
  })

  it('the same facts decide the same', () => {
    expect(TABLE.map(decideField)).toEqual(TABLE.map((row) => decideField({ ...row })))
  })
})

describe('one case each', () => {
  const both = { fromChanged: true, toChanged: true }
  const none = { fromChanged: null, toChanged: null }

  it.each<readonly [string, Partial<FieldFacts>, FieldDecision]>([
    ['the source changed', { fromChanged: true }, 'overwrite-to'],
    ['the source changed, nothing there', { fromChanged: true, present: '' }, 'fill-to'],
    [
      'the source changed, the target does not tell',
      { fromChanged: true, present: null },
      'fill-to',
    ],
    ['the source was emptied', { fromChanged: true, wanted: '' }, 'leave'],
    [
      'the source was emptied, to clear',
      { fromChanged: true, wanted: '', blank: 'clear' },
      'clear-to',
    ],
    ['the source changed, the target owns it', { fromChanged: true, owner: 'to' }, 'leave'],
    ['the target changed', { toChanged: true }, 'leave'],
    ['the target changed, with a way back', { toChanged: true, mayReverse: true }, 'write-from'],
    [
      'the target changed what the source lacks',
      { wanted: null, toChanged: true, mayReverse: true },
      'write-from',
    ],
    [
      'the target changed, the source owns it',
      { toChanged: true, mayReverse: true, owner: 'from' },
      'leave',
    ],
    ['both changed', both, 'hold'],
    ['both changed, from wins', { ...both, conflict: 'from' }, 'overwrite-to'],
    ['both changed, to wins', { ...both, conflict: 'to' }, 'leave'],
    [
      'both changed, to wins, with a way back',
      { ...both, conflict: 'to', mayReverse: true },
      'write-from',
    ],
    [
      'both changed, the source later',
      { ...both, conflict: 'newer', newer: 'from' },
      'overwrite-to',
    ],
    ['both changed, the target later', { ...both, conflict: 'newer', newer: 'to' }, 'leave'],
    ['both changed, nobody knows when', { ...both, conflict: 'newer' }, 'hold'],
    ['both changed, the source owns it', { ...both, owner: 'from' }, 'overwrite-to'],
    ['both changed, the target owns it', { ...both, owner: 'to' }, 'leave'],
    ['both changed, only to fill', { ...both, blank: 'fill' }, 'leave'],
    ['both changed to the same', { ...both, present: 'new' }, 'equal'],
    ['met for the first time, different', none, 'hold'],
    ['met for the first time, from wins', { ...none, conflict: 'from' }, 'overwrite-to'],
    ['met for the first time, nothing there', { ...none, present: '' }, 'fill-to'],
    ['met for the first time, not told there', { ...none, present: null }, 'fill-to'],
    ['met for the first time, nothing here', { ...none, wanted: '' }, 'leave'],
    [
      'met for the first time, nothing here, to clear',
      { ...none, wanted: '', blank: 'clear' },
      'leave',
    ],
    [
      'met for the first time, nothing here, to clear, from wins',
      { ...none, wanted: '', blank: 'clear', conflict: 'from' },
      'clear-to',
    ],
    ['met for the first time, only to fill', { ...none, blank: 'fill' }, 'leave'],
    ['an empty part of a disputed address', { ...none, present: '', isDisputed: true }, 'hold'],
    [
      'an empty part of a disputed address, to wins',
      { ...none, present: '', isDisputed: true, conflict: 'to' },
      'leave',
    ],
    [
      'an empty part of a disputed address, only to fill',
      { ...none, present: '', isDisputed: true, blank: 'fill' },
      'leave',
    ],
  ])('%s', (_, more, expected) => {
    expect(decideField(facts(more))).toBe(expected)
  })
})
