/** What a table of the data service is: columns with rights, and rows in the order of one key. */
import type { Cell } from './contact-row.ts'

/** `id` and `int` and `flag` travel as i4, `text` untyped, `stamp` and `date` as dateTime, `double` as double. */
export type ColumnKind = 'id' | 'int' | 'flag' | 'text' | 'stamp' | 'date' | 'double'
/** A add, E edit, D delete, R read; a column's default is its table's. */
export type Rights = string

export interface Column<Row> {
  readonly name: string
  readonly kind: ColumnKind
  readonly rights: Rights
  /** In characters; longer text is refused or cut. */
  readonly maxLength: number
  /** Where a contact row keeps the cell; null: computed or kept elsewhere. */
  readonly slot: number | null
  read(row: Row): Cell | undefined
}

/** Methods, not properties: tables of different rows live in one register. */
export interface Table<Row> {
  readonly name: string
  readonly rights: Rights
  readonly columns: ReadonlyMap<string, Column<Row>>
  /** Column that the rows are kept in order of; `null`: none that can be sought by. */
  readonly key: string | null
  size(): number
  /**
   * Visits rows with key ≥ `from`, ascending, leaving out the first `skip`, until `visit` answers false. The row may be reused
   * for the next visit: `keep` it to hold on to it.
   */
  each(from: number, skip: number, visit: (row: Row) => boolean): void
  keep(row: Row): Row
  /** Keys of all rows that can hold the lower-case text in a column, ascending; null: there is no index by that column. */
  keysOf(column: string, text: string): readonly number[] | null
  /** Tells rows apart, for orders that the platform leaves open. */
  identity(row: Row): number
}

export function column<Row>(
  name: string,
  kind: ColumnKind,
  read: (row: Row) => Cell | undefined,
  more: { readonly rights?: Rights; readonly maxLength?: number; readonly slot?: number } = {},
): Column<Row> {
  const { rights = 'R', maxLength = 255, slot = null } = more
  return { name, kind, read, rights, maxLength, slot }
}

/** A row of the small tables. Absent is null. */
export type SmallRow = { Id: number } & { [column: string]: Cell | undefined }

/** A table that is a plain list in order of Id; the list may grow. */
export function smallTable(
  name: string,
  rights: Rights,
  columns: readonly (readonly [name: string, kind: ColumnKind, rights?: Rights])[],
  rows: readonly SmallRow[],
): Table<SmallRow> {
  return {
    name,
    rights,
    columns: byName(
      columns.map(([column_, kind, own]) =>
        column<SmallRow>(column_, kind, (row) => row[column_], {
          rights: own ?? (column_ === 'Id' ? 'R' : rights),
          maxLength: /^(?:Values|CreationNotes|.*Description)$/.test(column_) ? 65_000 : 255,
        }),
      ),
    ),
    key: 'Id',
    size: () => rows.length,
    each: (from, skip, visit) => eachOf(rows, (row) => row.Id, { from, skip }, visit),
    keep: (row) => row,
    keysOf: () => null,
    identity: (row) => row.Id,
  }
}

export function byName<Row>(columns: readonly Column<Row>[]): Map<string, Column<Row>> {
  return new Map(columns.map((one) => [one.name, one]))
}

/** Visits members of a list that is in order of `idOf`. */
export function eachOf<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => number,
  range: { readonly from: number; readonly skip: number },
  visit: (row: Row) => boolean,
): void {
  for (let i = seek(rows, idOf, range.from) + range.skip; i < rows.length; i++) {
    const row = rows[i]
    if (row !== undefined && !visit(row)) return
  }
}

/** Position of the first row whose id is ≥ `from`. */
export function seek<Row>(rows: readonly Row[], idOf: (row: Row) => number, from: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && idOf(row) < from) low = middle + 1
    else high = middle
  }
  return low
}
