/** What a platform says of a person, and what of it outlives a change of the address. */
import { expect, it } from 'vitest'
import type { Consent } from '../../src/model/consent.ts'
import { withoutBounces } from '../../src/model/consent.ts'

const about = (more: Partial<Consent>): Consent => ({
  channel: 'email',
  address: null,
  state: 'undeliverable',
  reason: null,
  scope: null,
  since: null,
  ...more,
})

it('a bounce that is told of the person goes with the old address; refusals, other channels and other addresses stay', () => {
  const refused = about({ state: 'refused' })
  const sms = about({ channel: 'sms' })
  const second = about({ address: 'second@example.com' })
  expect(withoutBounces([about({}), refused, sms, second])).toEqual([refused, sms, second])
})
