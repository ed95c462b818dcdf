/** What people decide about who is whom. */
import { describe, expect, it } from 'vitest'
import type { Capabilities } from '../../src/connector/capabilities.ts'
import type { Consent } from '../../src/model/consent.ts'
import { remoteId } from '../../src/model/id.ts'
import { decideRecord } from '../../src/plan/decide.ts'
import type { Candidate, Match, MatchFacts } from '../../src/plan/match.ts'
import { matchRuled } from '../../src/plan/ruled-match.ts'
import type { Choice } from '../../src/plan/ruling.ts'
import { ruling } from './rulings.ts'
import { CAPABILITIES, contact, planContext } from './world.ts'

const OUT: Consent = {
  channel: 'email',
  address: 'anna@example.com',
  state: 'refused',
  reason: null,
  scope: null,
  since: null,
}
const candidate = (id: string, linkedTo: string | null = null): Candidate => ({
  sighting: contact(id, { 'emails.1': 'anna@example.com' }),
  linkedTo: linkedTo === null ? null : remoteId(linkedTo),
})
const FACTS: MatchFacts = {
  id: remoteId('s1'),
  link: null,
  byMarker: [],
  twins: [],
  byEmail: [candidate('t1'), candidate('t2')],
  byPhone: [],
  policy: 'hold',
}
const merging: Partial<Capabilities> = { create: { batchMax: 1, onTakenEmail: 'merges' } }
const doubling = planContext({ capabilities: CAPABILITIES })
const email = 'anna@example.com'

function ask(facts: MatchFacts, context = doubling) {
  const held = matchRuled(context, facts, { email, ruling: null })
  if (held.kind !== 'hold' || held.question === undefined) throw new Error('nobody is asked')
  return held.question
}
function answered(choice: Choice, facts = FACTS, later = facts, context = doubling): Match {
  const { hash } = ask(facts, context)
  return matchRuled(context, later, { email, ruling: ruling(hash, choice, null) })
}
const twin = { id: remoteId('s2'), isLinked: false, isPreferred: false }

describe('what may be answered', () => {
  it('is one of the candidates, a person of its own, or nothing', () => {
    expect(ask(FACTS)).toMatchObject({
      kind: 'ambiguous',
      choices: ['link:t1', 'link:t2', 'create', 'skip'],
    })
  })

  it('leaves out a person of its own where it would write over somebody else', () => {
    const context = planContext({ capabilities: merging })
    expect(ask(FACTS, context).choices).toEqual(['link:t1', 'link:t2', 'skip'])
    expect(ask({ ...FACTS, byEmail: [], twins: [twin] }, context).choices).toEqual(['skip'])
    expect(answered('create', FACTS, FACTS, context).kind).toBe('hold')
  })

  it('leaves out who belongs to another', () => {
    const facts = { ...FACTS, byEmail: [candidate('t1', 's9'), candidate('t2')] }
    expect(ask(facts).choices).toEqual(['link:t2', 'create', 'skip'])
    expect(answered('link:t1', facts).kind).toBe('hold')
  })
})

describe('an answer', () => {
  it('links the candidate that was named', () => {
    expect(answered('link:t2')).toMatchObject({
      kind: 'found',
      by: 'decision',
      target: { id: 't2' },
    })
  })

  it('leaves a twin out for good, also when the one that stays has a counterpart by then', () => {
    const alone: MatchFacts = { ...FACTS, byEmail: [], twins: [twin] }
    const later = (...byEmail: Candidate[]): MatchFacts => ({
      ...alone,
      twins: [{ ...twin, isLinked: byEmail.some(({ linkedTo }) => linkedTo === twin.id) }],
      byEmail,
    })
    expect(answered('skip', alone, later(candidate('t1', 's2'))).kind).toBe('excluded')
    const adopted = later(candidate('t1'))
    expect(answered('skip', adopted, later(candidate('t1', 's2'))).kind).toBe('excluded')
    expect(answered('skip', alone, later(candidate('t1', 's9'))).kind).toBe('hold')
  })

  it('is void once there are other candidates, or one of them found another partner', () => {
    const more = { ...FACTS, byEmail: [...FACTS.byEmail, candidate('t3')] }
    const taken = { ...FACTS, byEmail: [candidate('t1', 's9'), candidate('t2')] }
    for (const later of [more, taken])
      expect(answered('link:t2', FACTS, later)).toMatchObject({
        kind: 'hold',
        cause: expect.stringContaining('something else'),
      })
  })

  it('leaves out, for good', () => {
    const match = answered('skip')
    expect(match).toMatchObject({ kind: 'excluded', inFavourOf: null })
    const source = contact('s1', {})
    expect(decideRecord(doubling, { source, match, bases: null })).toMatchObject([
      { bucket: 'excluded', obeys: [{ choice: 'skip', stands: true }] },
    ])
  })

  it('creates a person of its own, who carries the opt-outs of everybody with that e-mail', () => {
    const out = { ...candidate('t2'), sighting: { ...candidate('t2').sighting, consents: [OUT] } }
    const match = answered('create', { ...FACTS, byEmail: [candidate('t1'), out] })
    const source = contact('s1', { 'emails.1': 'anna@example.com' })
    const [op] = decideRecord(doubling, { source, match, bases: null })
    expect(op).toMatchObject({
      bucket: 'create',
      consents: [{ channel: 'email', state: 'refused' }],
    })
    expect(op?.cause).toMatch(/^decided by anna/)
  })

  it('looks anew for the counterpart that was deleted, and creates one where there is none', () => {
    const link = { toId: remoteId('t9'), target: { kind: 'gone' } } as const
    const gone = { ...FACTS, link, byEmail: [] }
    expect(ask(gone).choices).toEqual(['anew', 'skip'])
    expect(answered('anew', gone).kind).toBe('new')
    const found = { ...gone, byEmail: [candidate('t1')] }
    const { hash } = ask(found)
    const match = matchRuled(doubling, found, { email, ruling: ruling(hash, 'anew', null) })
    expect(match).toMatchObject({ kind: 'found', target: { id: 't1' } })
  })
})
