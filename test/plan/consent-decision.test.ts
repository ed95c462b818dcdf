import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Channel,
  type Consent,
  type ConsentState,
  isOptedOut,
  isStricter,
} from '../../src/model/consent.ts'
import { normEmail } from '../../src/model/email.ts'
import { type ConsentFacts, decideConsent } from '../../src/plan/consent-decision.ts'
import { CAPABILITIES } from './world.ts'

const consent = (more: Partial<Consent> = {}): Consent => ({
  channel: 'email',
  address: 'anna@example.com',
  state: 'refused',
  reason: null,
  scope: null,
  since: null,
  ...more,
})
const byContact = { ...CAPABILITIES.consent, holder: 'contact' as const }
const byAddress = { ...CAPABILITIES.consent, holder: 'address' as const }
const facts = (more: Partial<ConsentFacts>): ConsentFacts => ({
  source: [consent()],
  target: null,
  addresses: ['anna@example.com'],
  sourceAddresses: ['anna@example.com'],
  unconsented: 'opt-out',
  capabilities: byContact,
  ...more,
})
const decided = (more: Partial<ConsentFacts>) => decideConsent(facts(more))
const written = (more: Partial<ConsentFacts>) =>
  decided(more).write.map(({ address, state, channel }) => `${channel} ${address} ${state}`)

describe.each([
  ['a target that keeps the state of a person', byContact],
  ['a target that keeps the state of an address', byAddress],
])('%s', (_, capabilities) => {
  it('is told of everybody who said no, bounced or never agreed', () => {
    for (const state of ['refused', 'undeliverable', 'none'] as const)
      expect(written({ capabilities, source: [consent({ state })] })).toEqual([
        `email anna@example.com ${state}`,
      ])
  })

  it('is told nothing of those who agreed or of whom nothing is known', () => {
    for (const state of ['granted', 'unknown'] as const)
      expect(decided({ capabilities, source: [consent({ state })] })).toEqual({
        write: [],
        losses: [],
      })
  })

  it('is not told of those who never agreed where the mapping leaves them', () => {
    const source = [consent({ state: 'none' })]
    expect(written({ capabilities, source, unconsented: 'leave' })).toEqual([])
    expect(written({ capabilities, unconsented: 'leave' })).toHaveLength(1)
  })

  it('is told once, at the strictest', () => {
    const source = (['none', 'refused', 'undeliverable'] as const).map((state) =>
      consent({ state }),
    )
    expect(written({ capabilities, source })).toEqual(['email anna@example.com refused'])
  })

  it('is told a stricter reason once: what it shows afterwards is its own affair while it forbids mailing', () => {
    const bounced = [consent({ state: 'undeliverable' })]
    expect(written({ capabilities, target: bounced })).toHaveLength(1)
    expect(written({ capabilities, target: bounced, isPassed: () => true })).toEqual([])
    const granted = [consent({ state: 'granted' })]
    expect(written({ capabilities, target: granted, isPassed: () => true })).toHaveLength(1)
    expect(written({ capabilities, target: null, isPassed: () => true })).toHaveLength(1)
  })

  it('is not told what it has on record, or something stricter', () => {
    expect(written({ capabilities, target: [consent()] })).toEqual([])
    const bounced = [consent({ state: 'undeliverable' })]
    expect(written({ capabilities, source: bounced, target: [consent()] })).toEqual([])
    expect(written({ capabilities, target: bounced })).toEqual(['email anna@example.com refused'])
    expect(written({ capabilities, target: [consent({ state: 'granted' })] })).toHaveLength(1)
  })

  it('is told although it knows of an opt-out from one list', () => {
    expect(written({ capabilities, target: [consent({ scope: 'news' })] })).toEqual([
      'email anna@example.com refused',
    ])
  })

  it('is not told of an opt-out from one list; that is a loss with a name', () => {
    const { write, losses } = decided({ capabilities, source: [consent({ scope: 'news' })] })
    expect(write).toEqual([])
    expect(losses).toMatchObject([{ field: 'consent.email', before: 'anna@example.com: refused' }])
  })

  it('that cannot record an opt-out loses each by name', () => {
    const source = [consent(), consent({ address: null, state: 'none' })]
    const { write, losses } = decided({ capabilities: { ...capabilities, optOut: false }, source })
    expect(write).toEqual([])
    expect(losses).toHaveLength(2)
  })

  it('compares addresses without regard to case', () => {
    expect(
      written({
        capabilities,
        source: [consent({ address: ' ANNA@example.com' })],
        target: [consent({ address: 'Anna@Example.com' })],
      }),
    ).toEqual([])
  })

  it('is told of a person without naming the address', () => {
    expect(written({ capabilities, source: [consent({ address: null })] })).toEqual([
      'email anna@example.com refused',
    ])
  })
})

describe('one state for a person', () => {
  it('is decided by the primary address; another one is a loss', () => {
    const source = [consent({ address: 'old@example.com' })]
    const { write, losses } = decided({ source })
    expect(write).toEqual([])
    expect(losses).toMatchObject([{ before: 'old@example.com: refused' }])
  })

  it('is also decided by an address that is the primary one over there', () => {
    expect(
      written({
        source: [consent({ address: 'old@example.com' })],
        sourceAddresses: ['anna@example.com', 'old@example.com'],
        addresses: ['old@example.com'],
      }),
    ).toEqual(['email old@example.com refused'])
  })

  it('is kept for each channel that the target knows', () => {
    const source = [consent({ channel: 'sms', address: '+49170' }), consent({ channel: 'post' })]
    const capabilities = { ...byContact, channels: ['email', 'sms'] as const }
    const { write, losses } = decided({ source, capabilities })
    expect(write).toMatchObject([{ channel: 'sms', state: 'refused' }])
    expect(losses).toMatchObject([{ field: 'consent.post' }])
  })
})

describe('a state for each address', () => {
  it('is written for every address that the opt-out of a person concerns', () => {
    expect(
      written({
        capabilities: byAddress,
        source: [consent({ address: null })],
        addresses: ['anna@example.com', 'a@example.org'],
        target: [consent({ address: 'a@example.org' })],
      }),
    ).toEqual(['email anna@example.com refused'])
  })

  it('is lost with a name where the address does not travel', () => {
    const { write, losses } = decided({ capabilities: byAddress, addresses: ['other@example.com'] })
    expect(write).toEqual([])
    expect(losses).toMatchObject([{ cause: 'the address does not travel' }])
  })

  it('covers the channels that the target knows, and names the others', () => {
    const source = [consent({ channel: 'sms' }), consent({ channel: 'post' })]
    const only = decided({ capabilities: byAddress, source })
    expect([only.write.length, only.losses.length]).toEqual([0, 2])
    const capabilities = { ...byAddress, channels: ['email', 'sms'] as const }
    const { write, losses } = decided({ capabilities, source })
    expect(write).toMatchObject([{ channel: 'sms', state: 'refused' }])
    expect(losses).toMatchObject([{ field: 'consent.post' }])
    expect(decided({ capabilities, source, target: write }).write).toEqual([])
  })
})

const ADDRESSES = ['a@example.com', 'b@example.com', 'c@example.com']
const anyConsent = fc.record<Consent>({
  channel: fc.constantFrom<Channel>('email', 'email', 'email', 'sms'),
  address: fc.constantFrom(null, ...ADDRESSES, 'A@Example.com'),
  state: fc.constantFrom<ConsentState>('refused', 'undeliverable', 'none', 'unknown', 'granted'),
  reason: fc.constant(null),
  scope: fc.constantFrom(null, null, 'news'),
  since: fc.constant(null),
})
const anyFacts = fc.record<ConsentFacts>({
  source: fc.array(anyConsent, { maxLength: 5 }),
  target: fc.option(fc.array(anyConsent, { maxLength: 4 }), { nil: null }),
  addresses: fc.subarray(ADDRESSES),
  sourceAddresses: fc.subarray(ADDRESSES),
  unconsented: fc.constantFrom('opt-out', 'leave'),
  capabilities: fc.record({
    holder: fc.constantFrom('address', 'contact'),
    channels: fc.constantFrom<readonly Channel[]>(['email'], ['email', 'sms']),
    optOut: fc.constantFrom(true, true, false),
    optOutReversible: fc.boolean(),
    optIn: fc.boolean(),
  }),
})

/** Whether `told` forbids mailing an address of a person. */
function forbids(told: readonly Consent[], address: string): boolean {
  return told.some(
    (one) =>
      one.channel === 'email' &&
      one.scope === null &&
      isOptedOut(one.state) &&
      (one.address === null || normEmail(one.address) === normEmail(address)),
  )
}

describe('whatever both sides have on record', () => {
  it('only opt-outs are written, each of the whole account', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        for (const one of decideConsent(given).write) {
          expect(isOptedOut(one.state)).toBe(true)
          expect(one.scope).toBeNull()
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('nothing written is less strict than what the target has', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        for (const one of decideConsent(given).write) {
          const there = (given.target ?? []).filter(
            (at) =>
              at.channel === one.channel &&
              at.scope === null &&
              (given.capabilities.holder === 'contact' ||
                at.address === null ||
                normEmail(at.address) === normEmail(one.address ?? '')),
          )
          expect(there.every((at) => isStricter(one.state, at.state))).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('nobody who may not be mailed here can be mailed there', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        fc.pre(given.capabilities.optOut && given.unconsented === 'opt-out')
        const { write } = decideConsent(given)
        const after = [...(given.target ?? []), ...write]
        const isPerson = given.capabilities.holder === 'contact'
        // A target that keeps one state for a person mails the first address.
        for (const address of isPerson ? given.addresses.slice(0, 1) : given.addresses) {
          if (!forbids(given.source, address)) continue
          const told = isPerson ? after.map((one) => ({ ...one, address: null })) : after
          expect(forbids(told, address), address).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('every opt-out is written, known already, or a loss with a name', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { write, losses } = decideConsent(given)
        const optOuts = given.source.filter(
          ({ state }) => isOptedOut(state) && (state !== 'none' || given.unconsented === 'opt-out'),
        )
        const isSilent = optOuts.length > 0 && write.length + losses.length === 0
        if (isSilent) expect((given.target ?? []).some(({ state }) => isOptedOut(state))).toBe(true)
      }),
    )
  })

  it('the same facts decide the same, and a second time nothing', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const first = decideConsent(given)
        expect(decideConsent(given)).toEqual(first)
        const again = decideConsent({ ...given, target: [...(given.target ?? []), ...first.write] })
        expect(again.write).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})
