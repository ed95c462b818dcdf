import { describe, expect, it } from 'vitest'
import type { Books } from '../../src/plan/books.ts'
import { type RunReport, runDocument, runText, summed } from '../../src/report/run-document.ts'

const NONE = { applied: 0, drifted: 0, rejected: 0, unknown: 0, held: 0, excluded: 0 }
const books = (more: Partial<Books>): Books => ({
  plan: 'plan-1',
  read: 0,
  ...NONE,
  unchanged: 0,
  again: NONE,
  balanced: true,
  ...more,
})
const report = (more: Partial<RunReport> = {}): RunReport => ({
  run: 'run-1',
  sync: 'move',
  kind: 'migrate',
  status: 'done',
  reason: null,
  plan: 'plan-2',
  facts: {},
  requests: { keap: { read: 3, write: 0 }, there: { read: 1, write: 9 } },
  seconds: 1.5,
  ...more,
})

/** A migration reads twice: 10 people, then the same 10 and one that came meanwhile. */
const FIRST = books({ read: 10, applied: 6, rejected: 1, held: 2, unchanged: 1 })
const SECOND = books({
  plan: 'plan-2',
  read: 11,
  // One new, one of the questions answered, the other asked again, the refusal refused again.
  applied: 2,
  held: 1,
  rejected: 1,
  unchanged: 7,
  again: { ...NONE, held: 2, rejected: 1 },
})

describe('the sums of a run', () => {
  it('of no plan are nothing and balance', () => {
    expect(summed([])).toEqual({ ...NONE, unchanged: 0, balanced: true })
  })

  it('of one plan are its own', () => {
    const { plan: _, read, again: __, ...own } = FIRST
    const sums = summed([FIRST])
    expect(sums).toEqual(own)
    const { balanced: ___, ...numbers } = sums
    expect(Object.values(numbers).reduce((sum, each) => sum + each, 0)).toBe(read)
  })

  it('of two plans count nobody twice', () => {
    const { balanced, ...numbers } = summed([FIRST, SECOND])
    expect(numbers).toEqual({ ...NONE, applied: 8, rejected: 1, held: 1, unchanged: 1 })
    expect(Object.values(numbers).reduce((sum, each) => sum + each, 0)).toBe(11)
    expect(balanced).toBe(true)
  })

  it('balance only where every plan does', () => {
    expect(summed([FIRST, { ...SECOND, balanced: false }]).balanced).toBe(false)
    expect(summed([{ ...FIRST, balanced: false }, SECOND]).balanced).toBe(false)
  })
})

describe('a run as a document', () => {
  it('has the keys that were promised', () => {
    const document = runDocument(report({ facts: { books: [FIRST, SECOND] } }))
    expect(document).toMatchObject({
      run: 'run-1',
      plan: 'plan-2',
      counts: { applied: 8, drifted: 0, rejected: 1, unknown: 0, held: 1, unchanged: 1 },
      requests: { keap: { read: 3, write: 0 }, there: { read: 1, write: 9 } },
      seconds: 1.5,
      balanced: true,
      verify: null,
    })
    expect(Object.keys(document['counts'] as object).sort()).toEqual(
      'applied drifted held rejected unchanged unknown'.split(' '),
    )
  })
})

describe('a run as text', () => {
  const verify = {
    checked: 5,
    equal: 4,
    normalised: 0,
    differing: 1,
    missing: 0,
    extra: 0,
    ok: false,
  }

  it('says what happened, what it cost and what to do next', () => {
    const text = runText(report({ facts: { books: [FIRST], verify } }))
    expect(text[0]).toBe('run run-1  move, migrate: done')
    expect(text.join('\n')).toContain('applied 6 · unchanged 1 · held 2 · rejected 1')
    expect(text.join('\n')).toContain('books balanced')
    expect(text.join('\n')).toContain('verify FOUND DIFFERENCES: 5 checked')
    expect(text.join('\n')).toContain('keap 3 reads, 0 writes; there 1 reads, 9 writes  1.5 s')
    expect(text.slice(-2)).toEqual(['Next  ferry holds list', 'Next  ferry rejects list'])
  })

  it('does not hide that something does not add up', () => {
    const text = runText(report({ facts: { books: [{ ...FIRST, balanced: false }] } })).join('\n')
    expect(text).toContain('books DO NOT BALANCE')
  })

  it('is not steered by the reason that a platform gave', () => {
    const [first] = runText(report({ status: 'failed', reason: 'no\u001b[2J\r\nway' }))
    expect(first).toBe('run run-1  move, migrate: failed (no·[2J⏎way)')
  })
})

describe('notes and companies as text', () => {
  const notes = { added: 3, refused: 0, waiting: 1, checked: 3, differing: 0, missing: 0 }
  const text = (facts: RunReport['facts']) => runText(report({ facts })).join('\n')

  it('say what was written over and what was left', () => {
    expect(text({ notes, companies: { created: 2 } })).toMatch(
      /companies: 2 created\n {2}notes: 3 added, 0 refused, 1 wait/,
    )
    const edits = { notes: { ...notes, edited: 2, kept: 1 } }
    expect(text({ ...edits, companies: { created: 0, updated: 4, kept: 1 } })).toMatch(
      /companies: 0 created, 4 written over, 1 edited at the target and left\n {2}notes: 3 added, 2 written over, 1 edited at the target and left, 0 refused/,
    )
  })

  it('say what a comparison found of them', () => {
    const contacts = { checked: 9, equal: 9, normalised: 0, differing: 0, missing: 0, extra: 0 }
    const companies = { checked: 5, equal: 3, edited: 1, differing: 0, missing: 1, doubled: 0 }
    const uncompared = ['notes: no permission']
    const said = text({ verify: { ...contacts, ok: false, companies, uncompared } })
    expect(said).toContain(
      'companies: 5 checked, 3 equal, 1 edited at the target, 0 differing, 1 m',
    )
    expect(said).toContain('not compared: notes: no permission')
  })
})
