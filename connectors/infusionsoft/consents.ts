/** What the opt state of an address means. Pure. (Quirk 19.) */
import type { Consent, ConsentState } from '../../src/model/consent.ts'

const WORDS = {
  granted: 'SingleOptIn DoubleOptin Confirmed UnengagedMarketable',
  refused: 'Manual Admin ListUnsubscribe Feedback Spam',
  undeliverable: 'Bounce HardBounce Invalid Deactivated System',
  none: 'NonMarketable UnengagedNonMarketable Lockdown',
} as const
const STATES: ReadonlyMap<string, ConsentState> = new Map(
  (['granted', 'refused', 'undeliverable', 'none'] as const).flatMap((state) =>
    WORDS[state].split(' ').map((word) => [fold(word), state]),
  ),
)
/** As the server spells them. */
export const KNOWN_STATES: readonly string[] = Object.values(WORDS).flatMap((words) =>
  words.split(' '),
)

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

/** Of a folded state: it forbids nothing. */
export function isMailable(state: string): boolean {
  return STATES.get(state) === 'granted'
}

/** The server compares without regard to case. */
export function fold(type: string): string {
  return type.trim().toLowerCase()
}
