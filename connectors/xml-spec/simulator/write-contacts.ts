/** `AddContacts` and `EditContacts`: item by item, with the duplicate rule and the optimistic lock. */
import {
  type Account,
  type Contact,
  emailKey,
  NO_VALUES,
  namesKey,
  type Scalars,
} from './account.ts'
import { accountOf, attribute, batch, type Call, singleContact } from './call.ts'
import { type Draft, draft, draftScalars } from './contact-draft.ts'
import { childText, type Node } from './document.ts'
import { type Element, leaf } from './element.ts'
import { REFUSALS } from './refusal.ts'

export function addContacts(call: Call): Element[] {
  const isUpdate = attribute(call, call.root, 'update') === 'true'
  return batch(call, (item) => done(add(call, item, isUpdate)))
}

export function editContacts(call: Call): Element[] {
  return batch(call, (item) => {
    const contact = singleContact(call, item)
    const sent = childText(item, 'UpdatedTimeStamp')
    if (sent !== undefined && sent !== '' && contact.updated > sent) throw REFUSALS.stale()
    const account = call.world.account(contact.account)
    if (account === undefined) throw REFUSALS.notFound()
    apply(call, contact, draft(call, account, { item, before: contact }))
    return done(contact)
  })
}

function add(call: Call, item: Node, isUpdate: boolean): Contact {
  const account = accountOf(call, item)
  const sent = draftScalars(call, account, { item, before: null })
  const twin = isUpdate ? overwritten(account, sent.values) : duplicate(call, account, sent.values)
  if (twin !== undefined && !isUpdate) throw REFUSALS.exists(twin.id)
  if (twin !== undefined) {
    apply(call, twin, draft(call, account, { item, before: twin }))
    return twin
  }
  const made = draft(call, account, { item, before: null })
  const { values, fields, groups, tags, secondaryCompanies } = made
  const now = call.world.stamp()
  const contact = call.world.create(account, {
    values,
    fields,
    groups,
    tags,
    secondaryCompanies,
    created: now,
    updated: now,
    unsubscribed: null,
    unsubscribedFrom: NO_VALUES,
    bounced: null,
    hasComplained: false,
    membership: 'active',
  })
  const workflow = childText(item, 'WorkflowID') ?? ''
  if (workflow !== '') call.workflows.push(`${workflow}:${account.number}/${contact.id}`)
  call.watch.created(contact, workflow !== '')
  return contact
}

/** `update="true"`: "matched by email or firstname-lastname", a namesake included; the oldest one found. */
function overwritten(account: Account, values: Scalars): Contact | undefined {
  return (
    account.byEmail.find(emailKey(values.Email))[0] ?? account.byNames.find(namesKey(values))[0]
  )
}

function duplicate(call: Call, account: Account, values: Scalars): Contact | undefined {
  const sameEmail = account.byEmail.find(emailKey(values.Email))
  switch (call.world.quirks.duplicateRule) {
    case 'email':
      return sameEmail[0]
    case 'email+names':
      return sameEmail.find((contact) => wholeName(contact.values) === wholeName(values))
    case 'either':
      return overwritten(account, values)
  }
}

function wholeName(values: Scalars): string {
  return `${values.Firstname.trim()}\n${values.Lastname.trim()}`.toLowerCase()
}

function apply(call: Call, contact: Contact, to: Draft): void {
  const { quirks } = call.world
  const moves =
    (to.hasData && (quirks.idleEditBumpsStamp || differs(contact, to))) ||
    (to.hasMemberships && quirks.membershipBumpsStamp)
  const isMoved = emailKey(contact.values.Email) !== emailKey(to.values.Email)
  call.world.change(contact, {
    values: to.values,
    fields: to.fields,
    groups: to.groups,
    tags: to.tags,
    secondaryCompanies: to.secondaryCompanies,
    ...(moves ? { updated: call.world.stamp() } : {}),
    // A bounce belongs to the address, an unsubscribe to the contact.
    ...(isMoved ? { bounced: null } : {}),
  })
  call.watch.changed(contact)
}

function differs(contact: Contact, to: Draft): boolean {
  const had = JSON.stringify([contact.values, [...contact.fields]])
  return had !== JSON.stringify([to.values, [...to.fields]])
}

function done(contact: Contact): Element[] {
  return [
    leaf('Result', 'Success'),
    leaf('AccountNumber', contact.account),
    leaf('Contact_id', contact.id),
    leaf('UpdatedTimeStamp', contact.updated),
  ]
}
