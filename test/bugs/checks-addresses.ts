/** Consent when somebody gets another address. */
import assert from 'node:assert/strict'
import { compare } from '../../src/pipeline/apply/compare.ts'
import { edit, idOf, keap, optOut, tagOn } from '../crash/hands.ts'
import { ADA, ADAPTIX, KEAP, later, migrated, settled } from '../crash/worlds.ts'
import { NEW, OLD, said, TERMS } from '../plan/moved-address.ts'
import { contact, edited, pairOf, planContext, round } from '../plan/world.ts'
import { done, inWorld, there } from './in-world.ts'
import type { Check } from './checks.ts'

/** Opted out by address at the source, of nobody there. */
const REFUSED = 'refused@example.com'

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

  'an address that somebody gives at the target is asked about at the source': () =>
    inWorld({ from: KEAP, to: ADAPTIX, sync: '    direction: two-way\n' }, async (world) => {
      keap(world.from, 'APIEmailService.optIn', ADA.email ?? '', 'form')
      await migrated(world, ADA)
      await settled(world, 'sync')
      optOut(world.from, REFUSED)
      later(world)
      await done(world, { kind: 'sync' })
      assert.deepEqual(there(world, 'Ada').optedOut, [])
      edit(world.to, idOf(world.to, 'Ada'), { email: REFUSED })
      tagOn(world.from, idOf(world.from, 'Ada'), 'VIP')
      later(world)
      await done(world, { kind: 'sync' })
      assert.deepEqual(there(world, 'Ada').optedOut, [REFUSED])
    }),
}
