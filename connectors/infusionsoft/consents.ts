/** What the opt state of an address means. Pure. (Quirk 19.) */
import type { Consent, ConsentState } from '../../src/model/consent.ts'

const STATES: ReadonlyMap<string, ConsentState> = new Map([
  ...group('granted', 'SingleOptIn DoubleOptin Confirmed UnengagedMarketable'),
  ...group('refused', 'Manual Admin ListUnsubscribe Feedback Spam'),
  ...group('undeliverable', 'Bounce HardBounce Invalid Deactivated System'),
  ...group('none', 'NonMarketable UnengagedNonMarketable Lockdown'),
])

/** `type` as EmailAddStatus has it. Words that nobody has explained count as never consented: nobody is mailed on a guess. */
export function consentOf(email: string, type: string): Consent {
  return {
    channel: 'email',
    address: email,
    state: STATES.get(fold(type)) ?? 'none',
    reason: type === '' ? null : type,
    scope: null,
    // DateCreated tells when the address became known, not when the state began.
    since: null,
  }
}

export function isKnownState(type: string): boolean {
  return STATES.has(fold(type))
}

function group(state: ConsentState, types: string): [string, ConsentState][] {
  return types.split(' ').map((type) => [fold(type), state])
}

function fold(type: string): string {
  return type.trim().toLowerCase()
}
