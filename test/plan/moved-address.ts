/** Somebody who gets another address: the two addresses, what is said of them, and what a comparison asks of an account about them. */
import type { Consent, ConsentState } from '../../src/model/consent.ts'
import type { Terms } from '../../src/pipeline/apply/terms.ts'

export const OLD = 'old@example.com'
export const NEW = 'new@example.com'

export const said = (address: string | null, state: ConsentState): Consent => ({
  channel: 'email',
  address,
  state,
  reason: null,
  scope: null,
  since: null,
})

/** As much of it as a comparison asks. */
export const TERMS = {
  path: (path: string) => path,
  typeOf: () => 'email',
} as unknown as Terms
