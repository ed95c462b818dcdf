/**
 * Notices when somebody who had opted out could have been written to.
 *
 * This platform cannot create a contact opted out: `UnsubscribeContacts` comes after `AddContacts`. So the rule is about what happens in
 * between. A contact is **reachable** while it has an e-mail, is neither unsubscribed nor bounced, and is in a group, has a tag or had a
 * workflow started (mail goes to groups; tags and workflows set automations off). It is a **breach** when a contact that this API
 * created (1) was reachable and then is unsubscribed over this API although no answer has shown the contact to the caller in between,
 * which means that the caller knew of the opt-out when it created; or (2) is reachable and its e-mail is in the quirk `optedOut`, the
 * list of addresses that the test knows to be opted out elsewhere.
 */
import { type Contact, emailKey } from './account.ts'
import type { Quirks } from './quirks.ts'

export interface ConsentWatch {
  readonly breaches: readonly string[]
  /** After `AddContacts` has created it. */
  created(contact: Contact, startedWorkflow: boolean): void
  /** After any write that may have changed who can be reached. */
  changed(contact: Contact): void
  /** A read has shown it. */
  shown(contact: Contact): void
  /** After `UnsubscribeContacts`; `at`: the stamp of it. */
  unsubscribed(contact: Contact, at: string): void
  gone(contact: Contact): void
}

interface Trace {
  readonly createdAt: string
  reachableAt: string | null
  startedWorkflow: boolean
}

export function consentWatch(quirks: Quirks, stamp: () => string): ConsentWatch {
  const breaches: string[] = []
  const optedOut = new Set(quirks.optedOut.map(emailKey))
  /** Only contacts created here whose opt-out could still come unseen. */
  const traces = new Map<Contact, Trace>()
  const known = new WeakSet<Contact>()
  const told = new WeakSet<Contact>()

  function look(contact: Contact, startedWorkflow: boolean): void {
    if (!isReachable(contact, startedWorkflow)) return
    const trace = traces.get(contact)
    if (trace !== undefined) trace.reachableAt ??= stamp()
    if (!known.has(contact) || told.has(contact)) return
    if (!optedOut.has(emailKey(contact.values.Email))) return
    told.add(contact)
    breaches.push(`${name(contact)} is opted out elsewhere and reachable here since ${stamp()}`)
  }
  return {
    breaches,
    created(contact, startedWorkflow) {
      known.add(contact)
      traces.set(contact, { createdAt: stamp(), reachableAt: null, startedWorkflow })
      look(contact, startedWorkflow)
    },
    changed(contact) {
      if (known.has(contact)) look(contact, traces.get(contact)?.startedWorkflow ?? false)
    },
    shown(contact) {
      if (traces.size > 0) traces.delete(contact)
    },
    unsubscribed(contact, at) {
      const trace = traces.get(contact)
      traces.delete(contact)
      if (trace === undefined || trace.reachableAt === null) return
      breaches.push(
        `${name(contact)} was created at ${trace.createdAt} and reachable from ${trace.reachableAt} until it was unsubscribed at ${at}`,
      )
    },
    gone(contact) {
      traces.delete(contact)
    },
  }
}

function isReachable(contact: Contact, startedWorkflow: boolean): boolean {
  if (contact.values.Email.trim() === '') return false
  if (contact.unsubscribed !== null || contact.bounced !== null) return false
  return startedWorkflow || contact.groups.length > 0 || contact.tags.length > 0
}

function name(contact: Contact): string {
  return `contact ${contact.id} of account ${contact.account}`
}
