/** Consent is an object of its own: one entry per address and channel, and the strictest state wins. */

export type Channel = 'email' | 'sms' | 'phone' | 'post'

/**
 * `refused` the person (or an operator for them) said no, or complained · `undeliverable` bounced or invalid ·
 * `none` known never to have consented · `unknown` nothing known · `granted` may be mailed.
 */
export type ConsentState = 'refused' | 'undeliverable' | 'none' | 'unknown' | 'granted'

export interface Consent {
  readonly channel: Channel
  /** The address it is about, as stored there; null: it is about the person on that channel. */
  readonly address: string | null
  readonly state: ConsentState
  /** The platform's own word or comment, for people. */
  readonly reason: string | null
  /** Which list or group it is about; null: the whole account. */
  readonly scope: string | null
  /** Instant `YYYY-MM-DDTHH:MM:SSZ`, null when the platform does not tell. */
  readonly since: string | null
}

const STRICTNESS: Readonly<Record<ConsentState, number>> = {
  refused: 4,
  undeliverable: 3,
  none: 2,
  unknown: 1,
  granted: 0,
}

/** States that forbid mailing. `unknown` does not: nothing is known. */
export function isOptedOut(state: ConsentState): boolean {
  return STRICTNESS[state] >= STRICTNESS.none
}

export function stricter(a: ConsentState, b: ConsentState): ConsentState {
  return STRICTNESS[a] >= STRICTNESS[b] ? a : b
}

export function isStricter(a: ConsentState, b: ConsentState): boolean {
  return STRICTNESS[a] > STRICTNESS[b]
}

/**
 * What is still said of a person whose address becomes another one: a bounce is about an address, even where the platform tells it of the person,
 * and is gone with it.
 */
export function withoutBounces(consents: readonly Consent[]): readonly Consent[] {
  return consents.filter(
    ({ channel, address, state }) =>
      channel !== 'email' || address !== null || state !== 'undeliverable',
  )
}
