import { describe, expect, it } from 'vitest'
import type { Consent, ConsentState } from '../../src/model/consent.ts'
import { decideStart, mayMail, sequenceProblems, type StartFacts } from '../../src/plan/starts.ts'

const facts = (more: Partial<StartFacts> = {}): StartFacts => ({
  isSettled: false,
  isLinked: true,
  buckets: [],
  mayMail: true,
  ...more,
})

describe('who is started', () => {
  it.each([
    ['start', {}],
    ['start', { isLinked: false, buckets: ['create'] }],
    ['start', { buckets: ['update', 'update'] }],
    ['settled', { isSettled: true, mayMail: false }],
    ['optedOut', { mayMail: false }],
    ['left', { isLinked: false }],
    ['left', { buckets: ['hold'] }],
    ['left', { buckets: ['reject'] }],
    ['left', { buckets: ['excluded'] }],
    ['left', { buckets: ['delete'] }],
    ['left', { buckets: ['update', 'hold'] }],
  ] as const)('%s: %j', (wanted, more) => {
    expect(decideStart(facts(more))).toBe(wanted)
  })
})

describe('who may be mailed', () => {
  const consent = (state: ConsentState, more: Partial<Consent> = {}): Consent => ({
    channel: 'email',
    address: 'a@example.com',
    state,
    reason: null,
    scope: null,
    since: null,
    ...more,
  })
  const abilities = {
    holder: 'address',
    channels: ['email'],
    optOut: true,
    optOutReversible: false,
    optIn: false,
  } as const
  const plain = { consent: abilities }
  const silent = { consent: { ...abilities, mailsNew: false } } as const

  it('needs every address and every channel to be free', () => {
    expect(mayMail('to', [], plain)).toBe(true)
    expect(mayMail('from', [consent('granted'), consent('unknown')], plain)).toBe(true)
    for (const state of ['refused', 'undeliverable', 'none'] as const) {
      expect(mayMail('from', [consent('granted'), consent(state)], plain)).toBe(false)
      expect(mayMail('to', [consent(state, { channel: 'sms' })], plain)).toBe(false)
    }
  })

  it('does not take silence for a refusal at a target where everybody begins silent', () => {
    expect(mayMail('to', [consent('none')], silent)).toBe(true)
    expect(mayMail('from', [consent('none')], silent)).toBe(false)
    expect(mayMail('to', [consent('refused')], silent)).toBe(false)
    expect(mayMail('to', [consent('undeliverable')], silent)).toBe(false)
  })
})

it('names each id that is not there, and those that are', () => {
  const from = { name: 'keap', sequences: [{ id: '14', name: 'Welcome' }] }
  const to = { name: 'crm', sequences: [] }
  expect(sequenceProblems({ 14: '3', 15: '3' }, from, to)).toMatchObject([
    { level: 'error', message: 'crm has no sequence 3', hint: 'there: none' },
    { level: 'error', message: 'keap has no sequence 15', hint: 'there: 14 "Welcome"' },
    { level: 'error', message: 'crm has no sequence 3' },
  ])
  expect(sequenceProblems({ 14: '14' }, from, from)).toEqual([])
})
