/** Who is in a segment: those added by hand, those its filters match, less those removed by hand. */
import {
  type Account,
  type Membership,
  moment,
  packMembership,
  type Segment,
  unpackMembership,
} from './account.ts'
import { isOptedOut } from './consent.ts'
import { type ContactRow, cellAt } from './contacts.ts'
import { sqlDate } from './dates.ts'
import { fieldOf } from './field-set.ts'
import { isPhpArray, textOf, toFloat, valuesOf } from './php.ts'
import { fold, likeTest } from './text.ts'

/** The membership as the API tells it, removed by hand included; null: never a member. */
export function membershipOf(
  account: Account,
  segment: Segment,
  row: ContactRow,
): Membership | null {
  const packed = segment.members.get(row.id)
  const manual = packed === undefined ? null : unpackMembership(packed)
  if (manual !== null && (manual.manuallyAdded || manual.manuallyRemoved)) return manual
  if (!matchesFilters(account, segment, row)) return null
  const dateAdded = row.dateModified ?? row.dateAdded
  return { dateAdded, manuallyAdded: false, manuallyRemoved: false }
}

export function isMember(account: Account, segment: Segment, row: ContactRow): boolean {
  const membership = membershipOf(account, segment, row)
  return membership !== null && !membership.manuallyRemoved
}

/** Adds by hand; false: was a member already. */
export function addMember(account: Account, segment: Segment, row: ContactRow): boolean {
  if (isMember(account, segment, row)) return false
  const dateAdded = moment(account)
  segment.members.set(
    row.id,
    packMembership({ dateAdded, manuallyAdded: true, manuallyRemoved: false }),
  )
  return true
}

/** Takes a contact out; one that the filters match stays, marked as removed. */
export function removeMember(account: Account, segment: Segment, row: ContactRow): void {
  const membership = membershipOf(account, segment, row)
  if (membership === null) return
  if (matchesFilters(account, segment, row)) {
    const { dateAdded } = membership
    segment.members.set(
      row.id,
      packMembership({ dateAdded, manuallyAdded: false, manuallyRemoved: true }),
    )
  } else segment.members.delete(row.id)
}

/** Ids of the members, ascending. */
export function memberIds(account: Account, segment: Segment): number[] {
  if (segment.filters.length === 0) {
    return [...segment.members.keys()]
      .filter((id) => isAliveMember(account, segment, id))
      .sort((a, b) => a - b)
  }
  return account.contacts.ids.filter((id) => isAliveMember(account, segment, id))
}

function isAliveMember(account: Account, segment: Segment, id: number): boolean {
  const row = account.contacts.rows[id]
  return row !== undefined && isMember(account, segment, row)
}

/** Filters joined by their glue: groups of `and`, split at each `or`. */
function matchesFilters(account: Account, segment: Segment, row: ContactRow): boolean {
  if (segment.filters.length === 0) return false
  let group = true
  let any = false
  segment.filters.forEach((filter, position) => {
    if (position > 0 && textOf(filter['glue']) === 'or') {
      any ||= group
      group = true
    }
    group &&= matchesFilter(account, filter, row)
  })
  return any || group
}

function matchesFilter(
  account: Account,
  filter: Readonly<Record<string, unknown>>,
  row: ContactRow,
): boolean {
  const properties = isPhpArray(filter['properties']) ? filter['properties'] : {}
  const wanted = properties['filter'] ?? filter['filter']
  const values = valuesFor(account, textOf(filter['field']) ?? '', row)
  const operator = textOf(filter['operator']) ?? '='
  const negated = NEGATED[operator]
  return negated === undefined
    ? values.some((value) => compare(operator, value, wanted))
    : !values.some((value) => compare(negated, value, wanted))
}

const NEGATED: Readonly<Record<string, string>> = {
  '!=': '=',
  neq: '=',
  '!in': 'in',
  '!like': 'like',
  empty: '!empty',
}

function compare(operator: string, value: string, wanted: unknown): boolean {
  const text = textOf(wanted) ?? ''
  switch (operator) {
    case '=':
    case 'eq':
      return fold(value) === fold(text)
    case 'gt':
      return order(value, text) > 0
    case 'gte':
      return order(value, text) >= 0
    case 'lt':
      return value !== '' && order(value, text) < 0
    case 'lte':
      return value !== '' && order(value, text) <= 0
    case 'in': {
      const list = isPhpArray(wanted) ? valuesOf(wanted).map((one) => textOf(one) ?? '') : [text]
      return list.some((one) => fold(one) === fold(value))
    }
    case 'like':
      return likeTest(text.includes('%') ? text : `%${text}%`)(value)
    case 'contains':
      return fold(value).includes(fold(text))
    case 'startsWith':
      return fold(value).startsWith(fold(text))
    case 'endsWith':
      return fold(value).endsWith(fold(text))
    case '!empty':
      return value !== ''
    default:
      return false
  }
}

function order(value: string, wanted: string): number {
  const isNumber = /^-?\d+(\.\d+)?$/.test(value) && /^-?\d+(\.\d+)?$/.test(wanted)
  if (isNumber) return toFloat(value) - toFloat(wanted)
  return value < wanted ? -1 : value > wanted ? 1 : 0
}

function valuesFor(account: Account, field: string, row: ContactRow): string[] {
  switch (field) {
    case 'tags':
      return row.tags.flatMap((id) => [String(id), account.tags.get(id)?.name ?? ''])
    case 'points':
      return [String(row.points)]
    case 'owner_id':
      return [row.owner === null ? '' : String(row.owner)]
    case 'date_added':
      return [sqlDate(row.dateAdded)]
    case 'dnc_unsubscribed':
      return [isOptedOut(row) ? '1' : '0']
    default: {
      const found = fieldOf(account.fields, 'lead', field)
      if (found === null) return ['']
      const text = cellAt(row, found.column)
      return found.type === 'multiselect' ? text.split('|') : [text]
    }
  }
}
