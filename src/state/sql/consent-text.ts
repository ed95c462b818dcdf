/** A consent as text: equal statements are equal text, whatever the order of their keys. Short, for there are more of them than contacts. */
import type { Consent } from '../../model/consent.ts'
import { fromJson } from './access.ts'

export function consentText(consent: Consent): string {
  const { channel, address, state, reason, scope, since } = consent
  return JSON.stringify([channel, address, state, reason, scope, since] satisfies Statement)
}

export function parseConsent(text: string): Consent {
  const read = fromJson<Statement | Consent>(text)
  // Written by a version that wrote all out.
  if (!isStatement(read)) return read
  const [channel, address, state, reason, scope, since] = read
  return { channel, address, state, reason, scope, since }
}

type Statement = readonly [
  Consent['channel'],
  Consent['address'],
  Consent['state'],
  Consent['reason'],
  Consent['scope'],
  Consent['since'],
]

function isStatement(read: Statement | Consent): read is Statement {
  return Array.isArray(read)
}
