/**
 * Consent per address (EmailAddStatus) and the watch over it. An address gets its first consent by `optIn` once; an opt-out, a bounce and
 * a complaint can never be lifted through the API.
 *
 * A **breach** is recorded at an `optOut` that takes effect on an address, when, since the API created a contact that holds it,
 * 1. a tag was added, a sequence started, resumed or rescheduled, or an action set run on that contact (which might have sent mail before
 *    the opt-out arrived), or
 * 2. an `optIn` made that address marketable,
 * and neither 1,000 API writes lie between that act and the opt-out, nor was the contact returned by a `DataService.query` on Contact
 * in between: a listing means that a later run has begun, in which the opt-out may be news.
 */
import { type Account, foldEmail, holdersOf, type StatusRow } from './account.ts'
import type { Wall } from './wall.ts'

const MARKETABLE = ['SingleOptIn', 'DoubleOptin', 'Confirmed', 'UnengagedMarketable'] as const
const DOUBLE = ['DoubleOptin', 'Confirmed'] as const
/** The person, or an operator for them, said no. */
const REFUSED = ['Manual', 'Admin', 'ListUnsubscribe', 'Feedback', 'Spam'] as const
/** How many writes an act stays suspicious for. */
const writesMax = 1000

export function isMarketable(type: string | undefined): boolean {
  return MARKETABLE.some((one) => one === type)
}

/** 0 may not be mailed, 1 single opt-in, 2 double opt-in. */
export function optStatus(account: Account, email: string): number {
  const type = account.statusByEmail.get(foldEmail(email))?.type
  if (!isMarketable(type)) return 0
  return DOUBLE.some((one) => one === type) ? 2 : 1
}

/** The row of an address, made as never consented when it is new. */
export function statusOf(account: Account, email: string, created: Wall): StatusRow {
  const key = foldEmail(email)
  const known = account.statusByEmail.get(key)
  if (known !== undefined) return known
  const row: StatusRow = {
    id: account.nextStatusId++,
    email,
    type: 'NonMarketable',
    created,
    lastSent: undefined,
  }
  account.statusByEmail.set(key, row)
  account.statuses.push(row)
  return row
}

/** Whether it changed anything: only an address that never had a state of its own can be opted in. */
export function optIn(account: Account, email: string): boolean {
  const row = statusOf(account, email, account.wall())
  if (row.type !== 'NonMarketable') return false
  row.type = 'SingleOptIn'
  return true
}

/** Whether it changed anything. */
export function optOut(account: Account, email: string): boolean {
  const isHeld = holdersOf(account, email).length > 0
  if (account.quirks.optOutUnknown === 'refused' && !isHeld) return false
  const row = statusOf(account, email, account.wall())
  if (REFUSED.some((one) => one === row.type)) return false
  row.type = 'Manual'
  return true
}

export interface ConsentWatch {
  readonly breaches: readonly string[]
  /** Counts an API write of any kind. */
  wrote(): void
  created(contact: number): void
  /** Something took effect that may send mail. */
  touched(contact: number, method: string): void
  optedIn(email: string): void
  optedOut(email: string): void
  /** A query on Contact returned it. */
  listed(contact: number): void
}

interface Act {
  readonly method: string
  readonly write: number
}

export function consentWatch(account: Account): ConsentWatch {
  const breaches: string[] = []
  /** Contacts made through the API and not listed since, with the first act upon each. */
  const fresh = new Map<number, Act | null>()
  const optIns = new Map<string, Act>()
  let writes = 0
  const accuse = (email: string, contact: number, act: Act) => {
    if (writes - act.write > writesMax) return
    breaches.push(
      `contact ${contact}: ${act.method} (write ${act.write}) before ${email} was opted out (write ${writes})`,
    )
  }
  return {
    breaches,
    wrote() {
      writes++
    },
    created(contact) {
      fresh.set(contact, null)
    },
    touched(contact, method) {
      if (fresh.get(contact) === null) fresh.set(contact, { method, write: writes })
    },
    optedIn(email) {
      optIns.set(foldEmail(email), { method: 'APIEmailService.optIn', write: writes })
    },
    optedOut(email) {
      const optedIn = optIns.get(foldEmail(email))
      for (const contact of holdersOf(account, email)) {
        const act = fresh.get(contact)
        if (act === undefined) continue
        if (act !== null) accuse(email, contact, act)
        if (optedIn !== undefined) accuse(email, contact, optedIn)
      }
      optIns.delete(foldEmail(email))
    },
    listed(contact) {
      fresh.delete(contact)
    },
  }
}
