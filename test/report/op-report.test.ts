import { describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import type { Op } from '../../src/plan/op.ts'
import { opDocument, opLine, opText } from '../../src/report/op-text.ts'
import type { StoredOp } from '../../src/state/plans.ts'
import { HOSTILE } from './header.ts'

const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/
const OP: Op = {
  seq: 7,
  bucket: 'update',
  writes: 'to',
  fromId: remoteId('5'),
  toId: remoteId('50'),
  label: 'Anna Bauer <anna@example.com>',
  fields: [
    { path: 'company', before: null, after: 'Acme', risk: 'fill', why: 'Company -> company' },
    { path: 'custom.likes', after: ['tea', 'cake'], risk: 'overwrite', why: 'by hand' },
  ],
  tags: { add: ['10'], remove: ['20'] },
  groups: { add: [], remove: [] },
  consents: [
    {
      channel: 'email',
      address: 'anna@example.com',
      state: 'refused',
      reason: null,
      scope: null,
      since: null,
    },
  ],
  losses: [{ field: 'notes', cause: 'cut', before: 'Anna likes tea', after: 'Anna likes' }],
  held: [{ path: 'jobTitle', from: 'Boss', to: undefined }],
  risk: 'overwrite',
  cause: 'linked',
  hint: 'Look at it.',
  candidates: [],
  marker: null,
  email: 'anna@example.com',
  base: { from: 'secret base', to: null, kept: [], isSettled: true },
}
const stored = (more: Partial<Op> = {}, rest: Partial<StoredOp> = {}): StoredOp =>
  ({ op: { ...OP, ...more }, state: 'planned', outcome: null, ...rest }) as StoredOp

describe('one record of a plan', () => {
  it('is a line that says who, where and why', () => {
    expect(opLine(stored(), 'none')).toBe(
      '~ update    5 -> 50              planned  Anna Bauer <anna@example.com>  linked',
    )
  })

  it('is told field by field', () => {
    const text = opText(stored(), 'none')
    expect(text).toContain('  company: (empty) -> "Acme"  [fill] Company -> company')
    expect(text).toContain('  custom.likes: (not told) -> "tea, cake"  [overwrite] by hand')
    expect(text).toContain('  tags: +10 -20')
    expect(text).toContain('  consent email: refused anna@example.com')
    expect(text).toContain('  loss notes: cut: "Anna likes tea" -> "Anna likes"')
    expect(text).toContain('  held jobTitle: "Boss" | (not told)')
    expect(text).toContain('  Look at it.')
  })

  it('says which side is written, and what was decided', () => {
    const back = stored({
      writes: 'from',
      obeys: [{ id: '1', field: 'company', choice: 'to', stands: false }],
      held: [{ path: 'city', from: 'Bath', to: 'York', lapsed: 'what anna decided is void' }],
    })
    const names = { from: 'the source (keap)', to: 'the target (adaptix)' }
    const text = opText(back, 'none', names)
    expect(text[0]).toContain('5 <- 50')
    expect(text).toContain('  writes the source (keap), risk: overwrite')
    expect(text).toContain('  decided company: the target is right')
    expect(text).toContain('    what anna decided is void')
    expect(opText(stored(), 'none', names)).toContain(
      '  writes the target (adaptix), risk: overwrite',
    )
    expect(opText(stored({ bucket: 'hold' }), 'none').join()).not.toContain('writes')
  })

  it('is not steered by what it holds, wherever it holds it', () => {
    const text = opText(
      stored(
        {
          fromId: remoteId(HOSTILE),
          toId: remoteId(HOSTILE),
          label: HOSTILE,
          cause: HOSTILE,
          hint: HOSTILE,
          fields: [
            { path: HOSTILE, before: HOSTILE, after: [HOSTILE], risk: 'fill', why: HOSTILE },
          ],
          tags: { add: [HOSTILE], remove: [HOSTILE] },
          consents: OP.consents.map((consent) => ({ ...consent, address: HOSTILE })),
          losses: [{ field: HOSTILE, cause: HOSTILE, before: HOSTILE, after: HOSTILE }],
          held: [{ path: HOSTILE, from: HOSTILE, to: HOSTILE }],
        },
        { outcome: { id: null, message: HOSTILE, hint: null, path: null } },
      ),
      'none',
    )
    expect(text.filter((line) => HARMFUL.test(line))).toEqual([])
  })

  it('hides the person where it is asked to, as text and as data', () => {
    for (const mask of ['partial', 'full'] as const) {
      expect(opText(stored(), mask).join('\n')).not.toMatch(/Anna|Bauer|anna@|Acme|likes tea|Boss/)
      expect(JSON.stringify(opDocument(stored(), mask))).not.toMatch(
        /Anna|Bauer|anna@|Acme|likes tea|Boss/,
      )
    }
  })

  it('keeps its bases to itself', () => {
    expect(JSON.stringify(opDocument(stored(), 'none'))).not.toContain('secret base')
    expect(opText(stored(), 'none').join('\n')).not.toContain('secret base')
  })
})
