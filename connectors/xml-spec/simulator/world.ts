/** The accounts in memory and the only ways to change a contact, so that order and look-ups stay true. */
import {
  type Account,
  type Contact,
  emailKey,
  type Field,
  type Group,
  type Named,
  namesKey,
  register,
  type Scalars,
} from './account.ts'
import { lookup } from './lookup.ts'
import { order } from './order.ts'
import type { Quirks } from './quirks.ts'
import { type Stamp, stampClock } from './stamp.ts'

export interface World {
  readonly quirks: Quirks
  readonly own: Account
  /** By AccountNumber, ascending; the own one is among them. */
  readonly accounts: readonly Account[]
  /** Grows with every change anywhere: what was computed under another number is stale. */
  readonly revision: number
  /** The moment a thing is written, in the server's zone. */
  stamp(): Stamp
  stampAt(ms: number): Stamp
  /** Epoch milliseconds, with the time that the items of this request took. */
  now(): number
  /** Lets time pass inside a request. */
  spend(ms: number): void
  /** Back to the clock, at the begin of a request. */
  settle(): void
  create(account: Account, draft: ContactDraft): Contact
  change(contact: Contact, to: Partial<Omit<Contact, 'account' | 'id' | 'key'>>): void
  remove(contact: Contact): void
  /** A directory (groups, tags, fields) has changed. */
  touch(): void
  account(number: number): Account | undefined
}
export type ContactDraft = Omit<Contact, 'account' | 'id' | 'key'>

export function world(quirks: Quirks, now: () => number): World {
  const clock = stampClock(quirks.timeZone, quirks.stampSeconds)
  const contacts = new Map<number, Map<number, Contact>>()
  const nextId = new Map<number, number>()
  const numbers = new Set([quirks.account, ...Object.keys(quirks.sharedAccounts).map(Number)])
  const accounts = [...numbers]
    .sort((a, b) => a - b)
    .map((number) => {
      const own = new Map<number, Contact>()
      contacts.set(number, own)
      nextId.set(number, quirks.firstContactId)
      return makeAccount(number, own)
    })
  const byNumber = new Map(accounts.map((account) => [account.number, account]))
  const own = byNumber.get(quirks.account)
  if (own === undefined) throw new RangeError('the own account is missing')
  let revision = 0
  let spentMs = 0

  function keyOf(values: Scalars): string {
    const key = `${values.Lastname}\u0000${values.Firstname}\u0000${values.Email}`
    return quirks.collation === 'nocase' ? key.toLowerCase() : key
  }
  return {
    quirks,
    own,
    accounts,
    get revision() {
      return revision
    },
    now: () => now() + spentMs,
    stamp: () => clock.write(now() + spentMs),
    stampAt: (ms) => clock.write(ms),
    spend(ms) {
      spentMs += ms
    },
    settle() {
      spentMs = 0
    },
    create(account, draft) {
      const id = nextId.get(account.number) ?? quirks.firstContactId
      nextId.set(account.number, id + 1)
      const contact = { ...draft, account: account.number, id, key: keyOf(draft.values) }
      contacts.get(account.number)?.set(id, contact)
      account.order.insert(contact)
      account.byEmail.add(emailKey(contact.values.Email), contact)
      account.byNames.add(namesKey(contact.values), contact)
      revision++
      return contact
    },
    change(contact, to) {
      const account = byNumber.get(contact.account)
      if (account === undefined) return
      const before = contact.values
      Object.assign(contact, to)
      revision++
      if (to.values === undefined) return
      move(account, contact, before)
      const key = keyOf(contact.values)
      if (key === contact.key) return
      account.order.remove(contact)
      contact.key = key
      account.order.insert(contact)
    },
    remove(contact) {
      const account = byNumber.get(contact.account)
      if (account === undefined || !contacts.get(contact.account)?.delete(contact.id)) return
      account.order.remove(contact)
      account.byEmail.remove(emailKey(contact.values.Email), contact)
      account.byNames.remove(namesKey(contact.values), contact)
      revision++
    },
    touch() {
      revision++
    },
    account: (number) => byNumber.get(number),
  }
}

function makeAccount(number: number, contacts: ReadonlyMap<number, Contact>): Account {
  return {
    number,
    contacts,
    order: order(() => contacts.values()),
    byEmail: lookup(
      () => contacts.values(),
      (contact) => emailKey(contact.values.Email),
    ),
    byNames: lookup(
      () => contacts.values(),
      (contact) => namesKey(contact.values),
    ),
    groups: register<Group>(9901),
    fields: register<Field>(93),
    tags: register<Named>(182_746),
    companies: register<Named>(1),
  }
}

/** Moves a contact in the look-ups after its values have changed. */
function move(account: Account, contact: Contact, before: Scalars): void {
  const email = emailKey(before.Email)
  if (email !== emailKey(contact.values.Email)) {
    account.byEmail.remove(email, contact)
    account.byEmail.add(emailKey(contact.values.Email), contact)
  }
  const names = namesKey(before)
  if (names !== namesKey(contact.values)) {
    account.byNames.remove(names, contact)
    account.byNames.add(namesKey(contact.values), contact)
  }
}
