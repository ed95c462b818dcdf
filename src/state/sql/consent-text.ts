/** A consent as text: equal statements are equal text, whatever the order of their keys. */
import type { Consent } from '../../model/consent.ts'
import { fromJson } from './access.ts'

export function consentText(consent: Consent): string {
  const { channel, address, state, reason, scope, since } = consent
  return JSON.stringify({ channel, address, state, reason, scope, since })
}

export function parseConsent(text: string): Consent {
  return fromJson<Consent>(text)
}
