/** A bounce is about an address: when the address changes, it is no answer to an opt-out of the new one, neither in the plan nor in the last look before the write. */
import { expect, it } from 'vitest'
import type { ConsentState } from '../../src/model/consent.ts'
import { compare } from '../../src/pipeline/apply/compare.ts'
import type { Op } from '../../src/plan/op.ts'
import { NEW, OLD, said, TERMS } from './moved-address.ts'
import { contact, edited, type Pair, pairOf, planContext, round } from './world.ts'

/** Both bounced and agreed upon; then the source has another address, of which this is known. */
function readdressed(there: ConsentState, state: ConsentState): Pair {
  const source = contact('s1', { 'emails.1': OLD }, { consents: [said(OLD, there)] })
  const target = contact('t1', { 'emails.1': OLD }, { consents: [said(null, there)] })
  const agreed = round(pairOf(planContext({ conflicts: 'from' }), source, target))
  return edited(agreed, 'source', { 'emails.1': NEW }, { consents: [said(NEW, state)] })
}

function planned(pair: Pair): Op {
  const { last } = round(pair)
  if (last === null) throw new Error('nothing is planned')
  return { ...last, seq: 1 }
}

it('the new address never consented: its opt-out is planned although the old one bounced', () => {
  const op = planned(readdressed('undeliverable', 'none'))
  expect(op.fields.map(({ path }) => path)).toEqual(['emails.1'])
  expect(op.consents).toMatchObject([{ channel: 'email', state: 'none' }])
})

it('a refusal is about the person and outlives the address: nothing is written again', () => {
  expect(planned(readdressed('refused', 'none')).consents).toEqual([])
})

it('the last look before the write leaves the opt-out to be written, as long as the old address stands there', () => {
  const pair = readdressed('undeliverable', 'none')
  const op = planned(pair)
  const bounced = pair.target ?? contact('t1', {})
  const found = compare(TERMS, op, bounced)
  expect(found.kind === 'left' && found.op.consents).toHaveLength(1)
  // Once the address is the new one, a bounce is about that one.
  const moved = { ...bounced, fields: { 'emails.1': NEW } }
  expect(compare(TERMS, op, moved)).toEqual({ kind: 'done' })
})
