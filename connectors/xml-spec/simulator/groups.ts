/** Groups: the directory, new ones, and who is in them. */
import type { Account, Contact, Group } from './account.ts'
import {
  accountOf,
  attribute,
  batch,
  type Call,
  criteriaOf,
  mayTouch,
  matching,
  singleContact,
} from './call.ts'
import { childText } from './document.ts'
import { branch, type Element, leaf } from './element.ts'
import { REFUSALS } from './refusal.ts'

/** Groups of the contacts that meet the criteria; without criteria all groups of the account. */
export function getContactGroups(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const criteria = criteriaOf(call, call.root)
  const contacts = matching(call, account, criteria).filter((contact) => mayTouch(call, contact))
  const isForAll = Object.keys(criteria).length === 0
  if (!isForAll && contacts.length === 0) throw REFUSALS.notFound()
  const ids = isForAll
    ? [...account.groups.byId.keys()]
    : [...new Set(contacts.flatMap((contact) => contact.groups))]
  const shown = ids.map((id) =>
    branch('ContactGroup', [
      leaf('Group_id', id),
      leaf('GroupName', account.groups.byId.get(id)?.name ?? ''),
    ]),
  )
  return [leaf('Result', 'Success'), branch('ContactGroups', shown)]
}

/** Outside the contacts document; shape from public clients. An unknown group is a failure, not an empty list. */
export function getGroups(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const groups = hasGroup(call) ? [groupOf(call, account)] : [...account.groups.byId.values()]
  return [
    leaf('Result', 'Success'),
    branch(
      'Groups',
      groups.map((group) => groupElement(group, account, call.world.quirks.timeZone)),
    ),
  ]
}

export function createGroup(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const name = childText(call.root, 'Name') ?? ''
  if (name === '') throw REFUSALS.parameter('Name is required')
  if (account.groups.named(name) !== undefined) throw REFUSALS.groupExists(name)
  const type = childText(call.root, 'GroupType') ?? 'Private'
  if (!['Public', 'Private', 'Hidden'].includes(type)) {
    throw REFUSALS.parameter('GroupType must be Public, Private or Hidden')
  }
  const group = account.groups.add((id) => ({
    id,
    name,
    type,
    fromName: childText(call.root, 'EmailsSentFromName') ?? '',
    fromEmail: childText(call.root, 'EmailsSentFromEmail') ?? '',
    physicalAddress: childText(call.root, 'EmailPhysicalAddress') ?? '',
  }))
  call.world.touch()
  return [leaf('Result', 'Success'), leaf('Group_id', group.id)]
}

export function addContactsToGroup(call: Call): Element[] {
  return joined(call, (contact, id) => [...new Set([...contact.groups, id])])
}
export function deleteContactsFromGroup(call: Call): Element[] {
  return joined(call, (contact, id) => contact.groups.filter((other) => other !== id))
}

function joined(
  call: Call,
  change: (contact: Contact, group: number) => readonly number[],
): Element[] {
  const account = accountOf(call, call.root)
  const group = groupOf(call, account)
  return batch(call, (item) => {
    const own = attribute(call, item, 'account_id')
    const attributes = own === undefined ? { account_id: String(account.number) } : {}
    const contact = singleContact(call, {
      ...item,
      attributes: { ...attributes, ...item.attributes },
    })
    call.world.change(contact, {
      groups: change(contact, group.id),
      ...(call.world.quirks.membershipBumpsStamp ? { updated: call.world.stamp() } : {}),
    })
    call.watch.changed(contact)
    return [leaf('Result', 'Success'), leaf('Contact_id', contact.id)]
  })
}

function hasGroup(call: Call): boolean {
  return ['group_id', 'group_name'].some((name) => attribute(call, call.root, name) !== undefined)
}

function groupOf(call: Call, account: Account): Group {
  const id = attribute(call, call.root, 'group_id')
  const name = attribute(call, call.root, 'group_name')
  const group =
    id === undefined ? account.groups.named(name ?? '') : account.groups.byId.get(Number(id))
  if (group === undefined) throw REFUSALS.noGroup(id ?? name ?? '')
  return group
}

function groupElement(group: Group, account: Account, zone: string): Element {
  return branch('Group', [
    leaf('Group_id', group.id),
    leaf('Name', group.name),
    leaf('Group_type', group.type),
    leaf('EmailsSentFromName', group.fromName),
    leaf('EmailsSentFromEmail', group.fromEmail),
    leaf('EmailPhysicalAddress', group.physicalAddress),
    leaf('EventsTimeZone', zone),
    leaf('AccountNumber', account.number),
  ])
}
