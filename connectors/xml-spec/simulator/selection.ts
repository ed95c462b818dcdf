/** Which contacts `GetContacts` is about; remembered until anything changes, so that the next page costs a slice. */
import type { Account, Contact } from './account.ts'
import {
  accountOf,
  attribute,
  type Call,
  CRITERIA,
  criteriaOf,
  grantedIds,
  matching,
  meets,
} from './call.ts'
import type { Quirks } from './quirks.ts'
import { REFUSALS } from './refusal.ts'
import { dayOf } from './stamp.ts'

export type Selection = (call: Call) => readonly Contact[]

/** Attributes that choose contacts. */
const CHOOSING = [
  ...CRITERIA,
  'account_id',
  'get_all',
  'group_id',
  'search',
  'start_lastname',
  'end_lastname',
  'updated_timestamp',
  'Unsubscribed',
  'Unsubscribed_startdate',
  'Unsubscribed_enddate',
  'Bounced',
  'Bounced_startdate',
  'Bounced_enddate',
] as const
const OTHER = ['response', 'do_lead_scoring', 'start_chunk_page', 'start_chunk_size'] as const
const rememberedMax = 16

export function selection(): Selection {
  const known = new Map<string, readonly Contact[]>()
  let revision = -1
  return (call) => {
    refuseUnknown(call)
    if (revision !== call.world.revision || known.size > rememberedMax) known.clear()
    revision = call.world.revision
    const key = JSON.stringify([
      call.permission,
      ...CHOOSING.map((name) => attribute(call, call.root, name) ?? null),
    ])
    const before = known.get(key)
    if (before !== undefined) return before
    const rows = choose(call)
    known.set(key, rows)
    return rows
  }
}

function refuseUnknown(call: Call): void {
  if (call.world.quirks.unknownCriterion === 'ignore') return
  const known = new Set<string>([...CHOOSING, ...OTHER].map((name) => name.toLowerCase()))
  for (const name of Object.keys(call.root.attributes)) {
    if (!known.has(name.toLowerCase())) throw REFUSALS.parameter(`Unknown parameter ${name}`)
  }
}

function choose(call: Call): readonly Contact[] {
  const read = (name: string) => attribute(call, call.root, name)
  const isAll = read('get_all') === 'true'
  const accounts = isAll ? call.world.accounts : [accountOf(call, call.root)]
  const criteria = criteriaOf(call, call.root)
  const isDirect = criteria.contact_id !== undefined || isExactEmail(call, criteria.email)
  const tests = conditions(call, isAll)
  if (!isDirect && Object.keys(criteria).length > 0) {
    tests.push((contact) => meets(call, contact, criteria))
  }
  const lists = accounts.map((account) => {
    const base = isDirect ? matching(call, account, criteria).toSorted(byKey) : account.order.all()
    const allowed = visibility(call, account, read('account_id') !== undefined)
    const all = allowed === null ? tests : [...tests, allowed]
    return all.length === 0 ? base : base.filter((contact) => all.every((test) => test(contact)))
  })
  const [only] = lists
  // A copy: the order itself moves with the next change.
  return lists.length === 1 && only !== undefined ? only.slice() : lists.flat()
}

function isExactEmail(call: Call, email: string | undefined): boolean {
  return email !== undefined && email.trim() !== '' && call.world.quirks.fieldSearch === 'exact'
}
function byKey(a: Contact, b: Contact): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1
  return a.id - b.id
}

type Test = (contact: Contact) => boolean

/** null: sees everything. Contacts in no group are for the owner, and for a power user who names the account. */
function visibility(call: Call, account: Account, namesAccount: boolean): Test | null {
  if (call.permission === 'owner') return null
  if (call.permission === 'power') {
    return namesAccount ? null : (contact) => contact.groups.length > 0
  }
  const granted = grantedIds(call, account.number)
  return (contact) => contact.groups.some((group) => granted.has(group))
}

function conditions(call: Call, isAll: boolean): Test[] {
  const read = (name: string) => attribute(call, call.root, name)
  const { quirks } = call.world
  const tests: Test[] = []
  const since = read('updated_timestamp')
  if (since !== undefined) tests.push(updatedSince(since.trim(), quirks))
  const search = read('search')?.trim().toLowerCase()
  if (search !== undefined && !isAll) tests.push(anywhere(search))
  tests.push(...lastNames(read('start_lastname'), read('end_lastname'), quirks))
  const group = read('group_id') === undefined ? null : Number(read('group_id'))
  const isUnsubscribed = read('Unsubscribed') === 'true'
  if (isUnsubscribed) {
    const isDay = days(read('Unsubscribed_startdate'), read('Unsubscribed_enddate'))
    tests.push((contact) => isDay(unsubscribedAt(contact, group)))
  } else if (group !== null) {
    tests.push((contact) => contact.groups.includes(group))
  }
  if (read('Bounced') === 'true') {
    const isDay = days(read('Bounced_startdate'), read('Bounced_enddate'))
    tests.push((contact) => isDay(contact.bounced))
  }
  return tests
}

/** Of the group when one is given, else of the account. */
function unsubscribedAt(contact: Contact, group: number | null): string | null {
  if (group === null) return contact.unsubscribed
  const fromGroup = contact.unsubscribedFrom.get(group)
  if (fromGroup !== undefined) return fromGroup
  return contact.groups.includes(group) ? contact.unsubscribed : null
}

function updatedSince(since: string, quirks: Quirks): Test {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(since)) {
    throw REFUSALS.parameter('updated_timestamp must be YYYY-MM-DD HH:mm:ss')
  }
  return quirks.sinceInclusive
    ? (contact) => contact.updated >= since
    : (contact) => contact.updated > since
}

function anywhere(search: string): Test {
  return ({ values }) =>
    [values.Firstname, values.Lastname, values.Company, values.Title, values.Email].some((value) =>
      value.toLowerCase().includes(search),
    )
}

function lastNames(start: string | undefined, end: string | undefined, quirks: Quirks): Test[] {
  const fold = (text: string) => (quirks.collation === 'nocase' ? text.toLowerCase() : text)
  const isOpen = quirks.rangeEnds === 'exclusive'
  const tests: Test[] = []
  if (start !== undefined) {
    const low = fold(start)
    tests.push(({ values }) => {
      const name = fold(values.Lastname)
      return isOpen ? name > low : name >= low
    })
  }
  if (end !== undefined) {
    const high = fold(end)
    tests.push(({ values }) => {
      const name = fold(values.Lastname)
      return isOpen ? name < high : name <= high
    })
  }
  return tests
}

/** Both ends are days and belong to the range. */
function days(start: string | undefined, end: string | undefined): (at: string | null) => boolean {
  for (const day of [start, end]) {
    if (day !== undefined && !/^\d{8}$/.test(day.trim())) {
      throw REFUSALS.parameter('dates must be YYYYMMDD')
    }
  }
  return (at) => {
    if (at === null) return false
    const day = dayOf(at)
    return (start === undefined || day >= start.trim()) && (end === undefined || day <= end.trim())
  }
}
