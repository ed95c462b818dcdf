/** `GET /contacts`: which contacts, in which order, how many; without sorting or scanning where ids alone decide. */
import type { Account } from './account.ts'
import { type Answer, Crash, rawJson } from './answer.ts'
import { contactColumns, orderColumn } from './contact-columns.ts'
import { emptyList, LIST, renderContact, type View } from './contact-view.ts'
import { type ContactRow, idsHolding, lowerBound } from './contacts.ts'
import { fieldOf } from './field-set.ts'
import { isNumeric, isPhpArray, isTruthy, textOf, toFloat, toInt, valuesOf } from './php.ts'
import { since } from './quirks.ts'
import { compileSearch, type Search } from './search.ts'
import { escapeHtml } from './text.ts'
import { compareBy, compileWhere, type Dialect, listOf, readOrder } from './where.ts'

type Query = Readonly<Record<string, unknown>>

export function listContacts(account: Account, query: Query): Answer {
  const view = readView(query)
  const order = readOrder(query)
  const start = Math.max(0, toInt(query['start']))
  const limit = query['limit'] === undefined ? 30 : Math.max(0, toInt(query['limit']))
  const found = find(account, query)
  const total = rememberedTotal(account, query, found.high - found.low)
  if (total === 0) return rawJson(200, `{"total":"0","contacts":${emptyList(account)}}`)
  const end = limit === 0 ? Number.POSITIVE_INFINITY : start + limit
  const rows = pick(account, found, order, { start, end })
  const items = rows.map((row) => `"${row.id}":${renderContact(account, row, view)}`)
  const list = items.length === 0 ? emptyList(account) : `{${items.join(',')}}`
  return rawJson(200, `{"total":"${total}","contacts":${list}}`)
}

/** `select[]` and `minimal`; on lists the id must be selected. Throws Crash without it. */
function readView(query: Query): View {
  const isMinimal = isTruthy(query['minimal']) && textOf(query['minimal']) !== 'false'
  const select = readSelect(query)
  if (select !== null && !select.has('id')) throw new Crash('id must be selected')
  return { ...LIST, isMinimal, select }
}

export function readSelect(query: Query): ReadonlySet<string> | null {
  const columns = valuesOf(query['select']).map((one) => textOf(one) ?? '')
  return columns.length === 0 ? null : new Set(columns)
}

/** Ids ascending; the matches are those at positions low to high. */
interface Found {
  readonly ids: readonly number[]
  readonly low: number
  readonly high: number
}

function find(account: Account, query: Query): Found {
  const items = valuesOf(query['where'])
  const bounds = items.map(idBound)
  const rest = items.filter((_, position) => bounds[position] === null)
  const ids = matching(account, query, rest)
  let low = 0
  let high = ids.length
  for (const bound of bounds) {
    if (bound === null) continue
    low = Math.max(low, lowerBound(ids, bound.from))
    high = Math.min(high, lowerBound(ids, bound.below))
  }
  return { ids, low, high: Math.max(low, high) }
}

interface IdBound {
  readonly from: number
  readonly below: number
}

/** A top-level condition that only bounds the id; null: another condition. */
function idBound(item: unknown): IdBound | null {
  if (!isPhpArray(item) || textOf(item['col']) !== 'id') return null
  const text = textOf(item['val']) ?? ''
  if (!isNumeric(text)) return null
  const value = toFloat(text)
  const none = Number.POSITIVE_INFINITY
  switch (textOf(item['expr'])) {
    case 'gt':
      return { from: Math.floor(value) + 1, below: none }
    case 'gte':
      return { from: Math.ceil(value), below: none }
    case 'lt':
      return { from: 0, below: Math.ceil(value) }
    case 'lte':
      return { from: 0, below: Math.floor(value) + 1 }
    default:
      return null
  }
}

interface Remembered {
  readonly epoch: number
  readonly byFilter: Map<string, readonly number[]>
}
const MATCHES = new WeakMap<Account, Remembered>()
const filtersKept = 4

/** Ids that meet everything but the bounds on the id; remembered until something is written, for a scan page by page. */
function matching(account: Account, query: Query, where: readonly unknown[]): readonly number[] {
  const lag = account.quirks.visibilityLagMs > 0 ? account.now : 0
  const hasWhere = valuesOf(query['where']).length > 0
  const key = JSON.stringify([where, hasWhere, query['search'], account.user.id, lag])
  const kept = remembered(account).get(key)
  if (kept !== undefined) return kept
  const search = compileSearch(account, textOf(query['search']) ?? '')
  const test = compileAll(account, query, where, search)
  if (test === null) return account.contacts.ids
  const direct = straightTo(account, where)
  if (direct !== null) return direct.filter((id) => passes(account, id, test))
  const ids = (search?.candidates ?? account.contacts.ids).filter((id) => passes(account, id, test))
  remember(account, key, ids)
  return ids
}

function remembered(account: Account): Map<string, readonly number[]> {
  const known = MATCHES.get(account)
  if (known !== undefined && known.epoch === account.epoch) return known.byFilter
  const byFilter = new Map<string, readonly number[]>()
  MATCHES.set(account, { epoch: account.epoch, byFilter })
  return byFilter
}

function remember(account: Account, key: string, ids: readonly number[]): void {
  const byFilter = remembered(account)
  const [oldest] = byFilter.keys()
  if (byFilter.size >= filtersKept && oldest !== undefined) byFilter.delete(oldest)
  byFilter.set(key, ids)
}

function passes(account: Account, id: number, test: (row: ContactRow) => boolean): boolean {
  const row = account.contacts.rows[id]
  return row !== undefined && test(row)
}

function compileAll(
  account: Account,
  query: Query,
  where: readonly unknown[],
  search: Search | null,
): ((row: ContactRow) => boolean) | null {
  const { quirks } = account
  const tests: ((row: ContactRow) => boolean)[] = []
  const conditions = compileWhere(where, contactColumns(account), dialectOf(account))
  if (conditions !== null) tests.push(conditions)
  if (search !== null) tests.push(search.test)
  // A where makes the server forget whose contacts the user may see.
  if (quirks.ownRecordsOnly && valuesOf(query['where']).length === 0) {
    tests.push((row) => row.createdBy === account.user.id)
  }
  if (quirks.visibilityLagMs > 0) {
    tests.push((row) => row.dateAdded + quirks.visibilityLagMs <= account.now)
  }
  const [first] = tests
  if (first === undefined) return null
  return tests.length === 1 ? first : (row) => tests.every((test) => test(row))
}

export function dialectOf(account: Account): Dialect {
  return {
    escapesValues: !since(account.quirks, '7.0'),
    hasPlusOperators: account.quirks.plusOperators,
  }
}

/** A superset of the matches, ascending, where a condition leads straight to it; null: everybody. */
function straightTo(account: Account, where: readonly unknown[]): readonly number[] | null {
  for (const item of where) {
    const ids = isPhpArray(item) ? idsOfCondition(account, item) : null
    if (ids !== null) return ids
  }
  return null
}

/** Equality on a text field goes through its index. */
function idsOfCondition(
  account: Account,
  item: Readonly<Record<string, unknown>>,
): readonly number[] | null {
  const expr = textOf(item['expr'])
  const isIn = expr === 'in' && account.quirks.plusOperators
  if (!isIn && expr !== 'eq') return null
  const values = isIn ? listOf(item['val']) : [textOf(item['val']) ?? '']
  const name = textOf(item['col']) ?? ''
  if (name === 'id') {
    return [...new Set(values.map(toFloat))].sort((a, b) => a - b)
  }
  const field = fieldOf(account.fields, 'lead', name)
  if (field === null || field.column < 0 || !INDEXED.has(field.type)) return null
  const escapes = !isIn && dialectOf(account).escapesValues
  const ids = values.flatMap((value) =>
    idsHolding(account.contacts, field.column, escapes ? escapeHtml(value) : value),
  )
  return [...new Set(ids)].sort((a, b) => a - b)
}

const INDEXED: ReadonlySet<string> = new Set(['email', 'text', 'lookup', 'tel', 'url'])

type Order = ReturnType<typeof readOrder>

/** The rows of a page. Only ids need no sort; without any order the most recently active come first. */
function pick(
  account: Account,
  found: Found,
  order: Order,
  page: { readonly start: number; readonly end: number },
): ContactRow[] {
  const rowsAt = (ids: readonly number[]) =>
    ids.map((id) => account.contacts.rows[id]).filter((row) => row !== undefined)
  const [first] = order
  if (first !== undefined && ['id', 'l.id'].includes(first.column)) {
    const { low, high } = found
    if (!first.isDescending) {
      return rowsAt(found.ids.slice(low + page.start, Math.min(high, low + page.end)))
    }
    const from = Math.max(low, high - page.end)
    return rowsAt(found.ids.slice(from, Math.max(from, high - page.start))).reverse()
  }
  const wanted: Order =
    first === undefined ? [{ column: 'last_active', isDescending: true }] : order
  const comparers = wanted.map(({ column, isDescending }) => {
    const known = orderColumn(account, column)
    if (known === null) throw new Crash(`Unknown column '${column}' in 'order clause'`)
    return compareBy(known, isDescending)
  })
  const rows = rowsAt(found.ids.slice(found.low, found.high))
  rows.sort((a, b) => {
    for (const compare of comparers) {
      const by = compare(a, b)
      if (by !== 0) return by
    }
    return a.id - b.id
  })
  return rows.slice(page.start, page.end)
}

interface Total {
  readonly total: number
  readonly until: number
}
const TOTALS = new WeakMap<Account, Map<string, Total>>()

/** From 5.1 totals are remembered for a few seconds, zeros too. */
function rememberedTotal(account: Account, query: Query, total: number): number {
  const ttl = account.quirks.countCacheMs
  if (ttl === 0) return total
  const totals = TOTALS.get(account) ?? new Map<string, Total>()
  TOTALS.set(account, totals)
  const key = JSON.stringify([query['where'], query['search'], account.user.id])
  const known = totals.get(key)
  if (known !== undefined && known.until > account.now) return known.total
  for (const [old, entry] of totals) if (entry.until <= account.now) totals.delete(old)
  totals.set(key, { total, until: account.now + ttl })
  return total
}
