/** Which opt-outs have to be written at the target so that nobody becomes contactable there who is not at the source. Never the reverse. */
import type { Capabilities } from '../connector/capabilities.ts'
import {
  type Channel,
  type Consent,
  type ConsentState,
  isOptedOut,
  isStricter,
  stricter,
} from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import type { OpLoss } from './op.ts'

export interface ConsentFacts {
  readonly source: readonly Consent[]
  /** What the target has on record; null: not told, or a contact that does not exist yet. */
  readonly target: readonly Consent[] | null
  /** Addresses the contact has at the target after this op, first is primary. */
  readonly addresses: readonly string[]
  /** E-mail addresses of the source contact, first is primary. */
  readonly sourceAddresses: readonly string[]
  readonly unconsented: 'opt-out' | 'leave'
  /** Whether both sides have agreed on this opt-out of the source before. */
  readonly isPassed?: (consent: Consent) => boolean
  readonly capabilities: Capabilities['consent']
}
export interface ConsentDecision {
  readonly write: readonly Consent[]
  readonly losses: readonly OpLoss[]
}

export function decideConsent(facts: ConsentFacts): ConsentDecision {
  const optOuts = facts.source.filter((consent) => counts(consent, facts.unconsented))
  if (optOuts.length === 0) return NOTHING
  const source = optOuts.filter((consent) => consent.scope === null)
  const scoped = optOuts
    .filter((consent) => consent.scope !== null)
    .map((consent) => loss(consent, 'an opt-out of one list only; the person stays off that list'))
  const decided = decideWhole(facts, source)
  return scoped.length === 0 ? decided : { ...decided, losses: [...decided.losses, ...scoped] }
}

function decideWhole(facts: ConsentFacts, source: readonly Consent[]): ConsentDecision {
  if (!facts.capabilities.optOut) {
    return {
      write: [],
      losses: source.map((consent) => loss(consent, 'the target cannot record an opt-out')),
    }
  }
  return facts.capabilities.holder === 'contact'
    ? ofContact(facts, source)
    : ofAddresses(facts, source)
}

const NOTHING: ConsentDecision = { write: [], losses: [] }

function counts(consent: Consent, unconsented: 'opt-out' | 'leave'): boolean {
  if (!isOptedOut(consent.state)) return false
  return consent.state !== 'none' || unconsented === 'opt-out'
}

/** The target keeps one state per person and channel: the primary addresses of both sides and what is said of the person decide. */
function ofContact(facts: ConsentFacts, source: readonly Consent[]): ConsentDecision {
  const primary = normEmail(facts.sourceAddresses[0] ?? '')
  const mailed = normEmail(facts.addresses[0] ?? '')
  const write: Consent[] = []
  const losses: OpLoss[] = []
  const decided = new Map<Channel, Consent>()
  for (const consent of source) {
    const isAboutAnother =
      consent.channel === 'email' &&
      consent.address !== null &&
      primary !== '' &&
      ![primary, mailed].includes(normEmail(consent.address))
    if (isAboutAnother) {
      losses.push(
        loss(consent, 'the target keeps one state per person; this address is not its primary one'),
      )
      continue
    }
    if (!facts.capabilities.channels.includes(consent.channel)) {
      losses.push(loss(consent, `the target has no opt-out for ${consent.channel}`))
      continue
    }
    const before = decided.get(consent.channel)
    if (before === undefined || isStricter(consent.state, before.state))
      decided.set(consent.channel, consent)
  }
  for (const [channel, consent] of decided) {
    const present = strictest(facts.target ?? [], (at) => at.channel === channel)
    if (isWanting(facts, consent, present)) {
      write.push({ ...consent, address: facts.addresses[0] ?? consent.address, scope: null })
    }
  }
  return { write, losses }
}

/**
 * A stricter state is written once. A target that keeps the first reason it was told shows the milder one ever after; as long as that forbids
 * mailing too, there is nothing left to do.
 */
function isWanting(facts: ConsentFacts, consent: Consent, present: ConsentState | null): boolean {
  if (present === null) return true
  if (!isStricter(consent.state, present)) return false
  return !isOptedOut(present) || facts.isPassed?.(consent) !== true
}

/** The target keeps the state of each address; of other channels, what is said of the person. */
function ofAddresses(facts: ConsentFacts, source: readonly Consent[]): ConsentDecision {
  const write: Consent[] = []
  const losses: OpLoss[] = []
  for (const consent of source) {
    if (!facts.capabilities.channels.includes(consent.channel)) {
      losses.push(loss(consent, `the target has no opt-out for ${consent.channel}`))
      continue
    }
    if (consent.channel !== 'email') {
      const { channel, address } = consent
      const present = strictest(
        facts.target ?? [],
        (at) =>
          at.channel === channel &&
          (at.address === null || normEmail(at.address) === normEmail(address ?? '')),
      )
      if (isWanting(facts, consent, present)) {
        write.push({ ...consent, scope: null })
      }
      continue
    }
    const about =
      consent.address === null
        ? facts.addresses
        : facts.addresses.filter(
            (address) => normEmail(address) === normEmail(consent.address ?? ''),
          )
    if (about.length === 0) losses.push(loss(consent, 'the address does not travel'))
    for (const address of about) {
      const present = strictest(
        facts.target ?? [],
        (at) =>
          at.channel === 'email' &&
          (at.address === null || normEmail(at.address) === normEmail(address)),
      )
      if (isWanting(facts, consent, present)) {
        write.push({ ...consent, address, scope: null })
      }
    }
  }
  return { write: strictestPerAddress(write), losses }
}

/** What the target has on record for all mail; an opt-out from one list forbids no other. null: nothing. */
function strictest(
  consents: readonly Consent[],
  applies: (consent: Consent) => boolean,
): ConsentState | null {
  let state: ConsentState | null = null
  for (const consent of consents) {
    if (consent.scope === null && applies(consent))
      state = state === null ? consent.state : stricter(state, consent.state)
  }
  return state
}

function strictestPerAddress(consents: readonly Consent[]): readonly Consent[] {
  const kept = new Map<string, Consent>()
  for (const consent of consents) {
    const key = `${consent.channel} ${normEmail(consent.address ?? '')}`
    const before = kept.get(key)
    if (before === undefined || isStricter(consent.state, before.state)) kept.set(key, consent)
  }
  return [...kept.values()]
}

function loss(consent: Consent, cause: string): OpLoss {
  return {
    field: `consent.${consent.channel}`,
    cause,
    before: consent.address === null ? consent.state : `${consent.address}: ${consent.state}`,
    after: null,
  }
}
