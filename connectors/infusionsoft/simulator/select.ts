/**
 * Runs a query over a table. Orders by the table's key and scans from a key bound touch only the rows they need; every other order is
 * made once and kept until the data changes.
 */
import type { Condition } from './condition.ts'
import type { Cell } from './contact-row.ts'
import type { Column, Table } from './table.ts'

export interface Selection<Row> {
  readonly table: Table<Row>
  readonly conditions: readonly Condition<Row>[]
  /** null: the platform's own choice, here a fixed shuffle. */
  readonly order: { readonly column: Column<Row>; readonly isAscending: boolean } | null
  readonly offset: number
  readonly limit: number
  /** Names the same rows in the same order as long as the data is unchanged. */
  readonly cacheKey: string
  /** Decides every order that the platform leaves open. */
  readonly salt: number
}

export interface Selector {
  select<Row>(selection: Selection<Row>): readonly Row[]
  count<Row>(table: Table<Row>, conditions: readonly Condition<Row>[]): number
}

/** How many finished orders are kept. */
const keptMax = 2

export function selector(version: () => number): Selector {
  const kept = new Map<string, readonly unknown[]>()
  let keptVersion = -1
  const recall = (key: string) => {
    if (keptVersion !== version()) kept.clear()
    keptVersion = version()
    return kept.get(key)
  }
  return {
    select<Row>(selection: Selection<Row>): readonly Row[] {
      const { table, order, offset, limit, conditions } = selection
      if (order?.isAscending === true && order.column.name === table.key) {
        return inKeyOrder(selection)
      }
      let rows = recall(selection.cacheKey) as readonly Row[] | undefined
      if (rows === undefined) {
        rows = arrange(matching(table, conditions), selection)
        if (kept.size >= keptMax) kept.clear()
        kept.set(selection.cacheKey, rows)
      }
      return rows.slice(offset, offset + limit)
    },
    count(table, conditions) {
      if (conditions.length === 0) return table.size()
      let found = 0
      visitMatching(table, conditions, 0, () => {
        found++
        return true
      })
      return found
    },
  }
}

function inKeyOrder<Row>(selection: Selection<Row>): readonly Row[] {
  const { table, conditions, offset, limit } = selection
  const rows: Row[] = []
  if (limit === 0) return rows
  const isPlain = conditions.length === 0
  let left = isPlain ? 0 : offset
  visitMatching(table, conditions, isPlain ? offset : 0, (row) => {
    if (left-- > 0) return true
    rows.push(table.keep(row))
    return rows.length < limit
  })
  return rows
}

function matching<Row>(table: Table<Row>, conditions: readonly Condition<Row>[]): Row[] {
  const rows: Row[] = []
  visitMatching(table, conditions, 0, (row) => {
    rows.push(table.keep(row))
    return true
  })
  return rows
}

function visitMatching<Row>(
  table: Table<Row>,
  conditions: readonly Condition<Row>[],
  skip: number,
  visit: (row: Row) => boolean,
): void {
  const key = table.key === null ? undefined : table.columns.get(table.key)
  const fits = all(conditions)
  const ids = keysOf(table, conditions)
  if (ids !== null && key !== undefined) {
    let goesOn = true
    for (const id of ids) {
      if (!goesOn) return
      table.each(id, 0, (row) => {
        if (key.read(row) !== id) return false
        goesOn = !fits(row) || visit(row)
        return goesOn
      })
    }
    return
  }
  const low = Math.max(...conditions.map((one) => one.range?.low ?? Number.NEGATIVE_INFINITY))
  const high = Math.min(...conditions.map((one) => one.range?.high ?? Number.POSITIVE_INFINITY))
  table.each(low, skip, (row) => {
    if (high !== Number.POSITIVE_INFINITY && key !== undefined && Number(key.read(row)) > high)
      return false
    return !fits(row) || visit(row)
  })
}

/** Keys outside of which nothing can match; null: any key can. */
function keysOf<Row>(
  table: Table<Row>,
  conditions: readonly Condition<Row>[],
): readonly number[] | null {
  for (const { ids, exactly } of conditions) {
    const keys = ids ?? (exactly === null ? null : table.keysOf(exactly.column, exactly.text))
    if (keys !== null) return keys
  }
  return null
}

function all<Row>(conditions: readonly Condition<Row>[]): (row: Row) => boolean {
  const [first, ...rest] = conditions
  if (first === undefined) return () => true
  if (rest.length === 0) return (row) => first.test(row)
  const others = all(rest)
  return (row) => first.test(row) && others(row)
}

/** Sorted by the column, nulls first; equal rows, and all rows when there is no column, in an order made from the salt. */
function arrange<Row>(rows: Row[], selection: Selection<Row>): readonly Row[] {
  const { table, order, salt } = selection
  const keyed = rows.map((row) => ({
    row,
    by: order === null ? undefined : sortable(order.column.read(row)),
    tie: shuffled(table.identity(row), salt),
  }))
  const direction = order?.isAscending === false ? -1 : 1
  keyed.sort((a, b) => direction * compare(a.by, b.by) || a.tie - b.tie)
  return keyed.map((entry) => entry.row)
}

function sortable(cell: Cell | undefined): Cell | undefined {
  return typeof cell === 'string' ? cell.toLowerCase() : cell
}

function compare(a: Cell | undefined, b: Cell | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  return a < b ? -1 : 1
}

function shuffled(identity: number, salt: number): number {
  let hash = Math.imul(identity ^ salt, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77)
  return (hash ^ (hash >>> 13)) >>> 0
}
