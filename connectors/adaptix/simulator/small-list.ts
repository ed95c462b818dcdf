/** Lists of everything but contacts: search by name, where, order, start and limit over a few rows. */
import { Crash } from './answer.ts'
import type { Account } from './account.ts'
import { dialectOf } from './contact-list.ts'
import { textOf, toInt, valuesOf } from './php.ts'
import { fold } from './text.ts'
import { type Column, compareBy, compileWhere, readOrder } from './where.ts'

export type { Column } from './where.ts'

export interface Page<Row> {
  readonly total: number
  readonly rows: readonly Row[]
}
export interface Listable<Row> {
  readonly rows: readonly Row[]
  readonly columns: Readonly<Record<string, Column<Row>>>
  /** What the search box looks into: anywhere in it. */
  readonly searched: (row: Row) => string
}

/** Default limit 30; 0 is everything. Throws Crash for an unknown column. */
export function page<Row>(
  account: Account,
  query: Readonly<Record<string, unknown>>,
  list: Listable<Row>,
): Page<Row> {
  const find = (name: string) =>
    Object.hasOwn(list.columns, name) ? (list.columns[name] ?? null) : null
  const test = compileWhere(valuesOf(query['where']), find, dialectOf(account))
  const search = fold(textOf(query['search']) ?? '')
  const matches = list.rows.filter(
    (row) => (test === null || test(row)) && fold(list.searched(row)).includes(search),
  )
  for (const { column, isDescending } of [...readOrder(query)].reverse()) {
    const known = find(column)
    if (known === null) throw new Crash(`Unknown column '${column}' in 'order clause'`)
    matches.sort(compareBy(known, isDescending))
  }
  const start = Math.max(0, toInt(query['start']))
  const limit = query['limit'] === undefined ? 30 : Math.max(0, toInt(query['limit']))
  const rows = limit === 0 ? matches.slice(start) : matches.slice(start, start + limit)
  return { total: matches.length, rows }
}

/** A column of text or number by reading it. */
export function textColumn<Row>(read: (row: Row) => string | null): Column<Row> {
  return { kind: 'text', read }
}
export function numberColumn<Row>(read: (row: Row) => number | null): Column<Row> {
  return { kind: 'number', read }
}
export function dateColumn<Row>(read: (row: Row) => number | null): Column<Row> {
  return { kind: 'datetime', read }
}
