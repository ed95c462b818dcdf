import { describe, expect, it } from 'vitest'
import type { Consent, ConsentState } from '../../src/model/consent.ts'
import { mergeTwins } from '../../src/plan/twins.ts'
import { contact } from './world.ts'

const refused = (state: ConsentState): Consent => ({
  channel: 'email',
  address: 'anna@example.com',
  state,
  reason: null,
  scope: null,
  since: null,
})

describe('twins that travel as one', () => {
  it('keep what the carrier has, and fill what it lacks, oldest first', () => {
    const carrier = contact('s1', { givenName: 'Anna', company: null, jobTitle: '' })
    const young = contact(
      's2',
      { company: 'Young Ltd', notes: 'y' },
      { createdAt: '2024-01-01T00:00:00Z' },
    )
    const old = contact(
      's3',
      { givenName: 'Anne', company: 'Old Ltd', jobTitle: null, nickname: '' },
      { createdAt: '2001-01-01T00:00:00Z' },
    )
    const merged = mergeTwins(carrier, [young, old])
    expect(merged).toMatchObject({ id: 's1' })
    expect(merged.fields).toEqual({
      givenName: 'Anna',
      company: 'Old Ltd',
      jobTitle: '',
      notes: 'y',
    })
  })

  it('never put an address together from two', () => {
    const carrier = contact('s1', { 'addresses.main.line1': 'Hauptstr. 1', 'phones.work': '1' })
    const other = contact('s2', {
      'addresses.main.line1': 'Rue 2',
      'addresses.main.city': 'Paris',
      'addresses.shipping.line1': 'Quai 3',
      'addresses.shipping.city': 'Lyon',
      'phones.work.extension': '12',
    })
    expect(mergeTwins(carrier, [other]).fields).toEqual({
      'addresses.main.line1': 'Hauptstr. 1',
      'addresses.shipping.line1': 'Quai 3',
      'addresses.shipping.city': 'Lyon',
      'phones.work': '1',
    })
  })

  it('unite tags and groups, and say nothing of what none of them tells', () => {
    const carrier = contact('s1', {}, { tags: ['2'] })
    const merged = mergeTwins(carrier, [contact('s2', {}, { tags: ['1', '2'] }), contact('s3', {})])
    expect(merged.tags).toEqual(['1', '2'])
    expect(merged).not.toHaveProperty('groups')
    expect(merged).not.toHaveProperty('consents')
  })

  it('are opted out where one of them is, strictest first, whoever comes first', () => {
    const states = ['granted', 'refused', 'none'] as const
    const all = states.map((state, place) =>
      contact(`s${place}`, {}, { consents: [refused(state)] }),
    )
    for (const [carrier, ...others] of [all, [...all].reverse()]) {
      if (carrier === undefined) continue
      const { consents } = mergeTwins(carrier, others)
      expect(consents?.map(({ state }) => state)).toEqual(['refused', 'none', 'granted'])
    }
  })
})
