/** Consent when somebody gets another address. */
import assert from 'node:assert/strict'
import type { Consent, ConsentState } from '../../src/model/consent.ts'
import { compare } from '../../src/pipeline/apply/compare.ts'
import type { Terms } from '../../src/pipeline/apply/terms.ts'
import { contact, edited, pairOf, planContext, round } from '../plan/world.ts'
import type { Check } from './checks.ts'

const OLD = 'old@example.com'
const NEW = 'new@example.com'
const said = (address: string | null, state: ConsentState): Consent => ({
  channel: 'email',
  address,
  state,
  reason: null,
  scope: null,
  since: null,
})
/** As much of it as a comparison asks. */
const TERMS = {
  path: (path: string) => path,
  typeOf: () => 'email',
} as unknown as Terms

export const ADDRESS_CHECKS: Readonly<Record<string, Check>> = {
  'a bounce of the old address is no opt-out of the new one': () => {
    const bounced = { consents: [said(OLD, 'undeliverable')] }
    const source = contact('s1', { 'emails.1': OLD }, bounced)
    const target = contact('t1', { 'emails.1': OLD }, { consents: [said(null, 'undeliverable')] })
    const agreed = round(pairOf(planContext({ conflicts: 'from' }), source, target))
    const moved = edited(agreed, 'source', { 'emails.1': NEW }, { consents: [said(NEW, 'none')] })
    const op = round(moved).last
    assert.ok(op)
    assert.equal(op.consents.length, 1)
    const left = compare(TERMS, { ...op, seq: 1 }, moved.target ?? target)
    assert.ok(left.kind === 'left')
    assert.equal(left.op.consents.length, 1)
  },
}
