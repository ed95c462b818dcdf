/** `SearchContacts`: rules over groups, with pages that count from 1. */
import { type Account, type Contact, emailKey } from './account.ts'
import { accountOf, attribute, type Call, mayTouch } from './call.ts'
import { child, childText, children, items, type Node } from './document.ts'
import { branch, type Element, leaf } from './element.ts'
import { REFUSALS } from './refusal.ts'

export function searchContacts(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const found = account.order.all().filter(conditions(call, account))
  const rows = ordered(found, call.root)
  const size = call.world.quirks.searchPageSize
  const page = pageOf(call.root)
  const shown = rows.slice((page - 1) * size, page * size)
  if (shown.length === 0 && call.world.quirks.emptyResult === 'error') {
    throw REFUSALS.nothingFound('contacts')
  }
  const idName = call.world.quirks.searchIdName
  for (const contact of shown) call.watch.shown(contact)
  return [
    leaf('Result', 'Success'),
    leaf('TotalMatchingContacts', rows.length),
    branch(
      'Contacts',
      shown.map((contact) => foundElement(contact, idName)),
    ),
  ]
}

function foundElement({ id, values }: Contact, idName: string): Element {
  return branch('Contact', [
    leaf(idName, id),
    leaf('Firstname', values.Firstname),
    leaf('Lastname', values.Lastname),
    leaf('Phone', values.Phone),
    leaf('Mobile', values.Mobile),
    leaf('Email', values.Email),
  ])
}

type Test = (contact: Contact) => boolean

function conditions(call: Call, account: Account): Test {
  const inGroups = groupTest(call)
  const byRules = ruleTest(call.root)
  const included = includeTest(account, child(call.root, 'Includes'))
  return (contact) =>
    mayTouch(call, contact) && inGroups(contact) && included(contact) && byRules(contact)
}

/** `single`: only the groups that are named, as a child or as the attribute; `all`: everybody. */
function groupTest(call: Call): Test {
  const from = childText(call.root, 'From') ?? 'all'
  if (from === 'all') return () => true
  if (from !== 'single') throw REFUSALS.parameter(`From ${from} is not known`)
  const named = items(call.root, 'Groups', 'Group').map((group) => Number(group.text))
  const attributed = attribute(call, call.root, 'group_id')
  const wanted = new Set(attributed === undefined ? named : [...named, Number(attributed)])
  return (contact) => contact.groups.some((group) => wanted.has(group))
}

function ruleTest(root: Node): Test {
  const filter = childText(root, 'Filter') ?? 'all'
  if (filter !== 'any' && filter !== 'all')
    throw REFUSALS.parameter(`Filter ${filter} is not known`)
  const list = child(root, 'Rules')
  const rules = list === undefined ? [] : children(list, 'Rule').map(rule)
  if (rules.length === 0) return () => true
  return filter === 'any'
    ? (contact) => rules.some((test) => test(contact))
    : (contact) => rules.every((test) => test(contact))
}

/** The full lists of fields and operators are lost; what the documents and clients show is here, the rest is refused. */
function rule(node: Node): Test {
  const field = childText(node, 'Field') ?? ''
  const range = childText(node, 'Range')
  if (range !== undefined) return rangeRule(field, range, node)
  const operator = childText(node, 'Operator') ?? ''
  if (operator !== 'contains') throw REFUSALS.parameter(`Operator ${operator} is not known`)
  const read = TEXTS[field]
  if (read === undefined) throw REFUSALS.parameter(`Field ${field} is not known`)
  const wanted = (childText(node, 'Value') ?? '').toLowerCase()
  return (contact) => read(contact).toLowerCase().includes(wanted)
}

function rangeRule(field: string, range: string, node: Node): Test {
  const read = STAMPS[field]
  if (read === undefined) throw REFUSALS.parameter(`Field ${field} has no ranges`)
  const first = day(childText(node, 'Date'))
  switch (range) {
    case 'after':
      return (contact) => read(contact) > first
    case 'on':
      return (contact) => read(contact) === first
    case 'between': {
      const last = day(childText(node, 'Date2'))
      return (contact) => read(contact) >= first && read(contact) <= last
    }
    default:
      throw REFUSALS.parameter(`Range ${range} is not known`)
  }
}

const TEXTS: Readonly<Record<string, (contact: Contact) => string>> = {
  ID: (contact) => String(contact.id),
  Firstname: (contact) => contact.values.Firstname,
  Lastname: (contact) => contact.values.Lastname,
  Phone: (contact) => contact.values.Phone,
  Mobile: (contact) => contact.values.Mobile,
  Email: (contact) => contact.values.Email,
}
/** Days as `YYYY-MM-DD`. */
const STAMPS: Readonly<Record<string, (contact: Contact) => string>> = {
  LastModified: (contact) => contact.updated.slice(0, 10),
  ContactCreated: (contact) => contact.created.slice(0, 10),
}

function day(text: string | undefined): string {
  if (text === undefined || !/^\d{4}\/\d\d\/\d\d$/.test(text)) {
    throw REFUSALS.parameter('dates must be YYYY/MM/DD')
  }
  return text.replaceAll('/', '-')
}

/** Without `Includes`: members of every kind, but nobody who is unsubscribed, bounced or has complained. */
function includeTest(account: Account, includes: Node | undefined): Test {
  const isYes = (name: string) => includes !== undefined && childText(includes, name) === 'Y'
  const members = {
    active: includes === undefined || isYes('ActiveMembers'),
    prospect: includes === undefined || isYes('ProspectMembers'),
    inactive: includes === undefined || isYes('InactiveMembers'),
  }
  return (contact) => {
    if (!members[contact.membership]) return false
    if (contact.hasComplained && !isYes('SpamComplaints')) return false
    if (contact.unsubscribed !== null && !contact.hasComplained && !isYes('Unsubscribers')) {
      return false
    }
    if (contact.bounced !== null && !isYes('BouncedContacts')) return false
    return isYes('DuplicateEmails') || isFirst(account, contact)
  }
}

/** Of several contacts with one address the oldest. */
function isFirst(account: Account, contact: Contact): boolean {
  const [first] = account.byEmail.find(emailKey(contact.values.Email))
  return first === undefined || first === contact
}

function ordered(found: readonly Contact[], root: Node): readonly Contact[] {
  const by = childText(root, 'OrderBy')
  const direction = childText(root, 'OrderDirection') ?? 'asc'
  if (direction !== 'asc' && direction !== 'desc') {
    throw REFUSALS.parameter(`OrderDirection ${direction} is not known`)
  }
  if (by === undefined) return direction === 'asc' ? found : found.toReversed()
  const read = TEXTS[by] ?? STAMPS[by]
  if (read === undefined) throw REFUSALS.parameter(`OrderBy ${by} is not known`)
  const sign = direction === 'asc' ? 1 : -1
  return found.toSorted((a, b) => {
    const [x, y] = by === 'ID' ? [a.id, b.id] : [read(a), read(b)]
    if (x !== y) return x < y ? -sign : sign
    return sign * (a.id - b.id)
  })
}

function pageOf(root: Node): number {
  const text = childText(root, 'Page') ?? '1'
  if (!/^[1-9]\d{0,8}$/.test(text)) throw REFUSALS.parameter('Page must be a number from 1')
  return Number(text)
}
