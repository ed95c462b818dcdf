/** One question for a page of a table: what is asked, and what an answer to it is. */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Client } from './client.ts'
import { type Mark, pageAt } from './mark.ts'
import type { Filter, Row } from './schema.ts'
import type { TableName } from './tables.ts'

export interface TableRead {
  readonly client: Client
  readonly table: TableName
  /** An integer column. */
  readonly key: string
  /** null: the key is unique. Else the column that orders the rows of one key. */
  readonly within: string | null
  readonly columns: readonly string[]
  /** Conditions on other columns than the key. */
  readonly filter: Filter
  readonly pageSize: number
  /** After a fault about a field: which of `columns` to do without. None: the fault stands. */
  missing(error: ConnectorError, columns: readonly string[]): Promise<readonly string[]>
  note(text: string): void
  /** The end is believed only when the server's own count of the same query agrees; one more request at most. */
  readonly countsEnd?: boolean
  /** Told the server's own clock with every answer, epoch milliseconds. */
  readonly answered?: (serverMs: number) => void
}
export interface RowPage {
  readonly rows: readonly Row[]
  /** What was really asked for. */
  readonly columns: readonly string[]
  readonly broken: readonly BrokenRow[]
  /** null: the end. */
  readonly next: Mark | null
  /** On the last page: that no row alive throughout was missed. */
  readonly isProven: boolean
}

/** Ask again from another mark, or a page to give out. */
export type Step =
  | { readonly kind: 'again'; readonly mark: Mark }
  | { readonly kind: 'page'; readonly page: RowPage }

/** Which page of which size begins where the mark stands. */
export function askedFor(mark: Mark): { readonly page: number; readonly limit: number } {
  if (mark.inside !== null) return pageAt(mark.insideOffset, Math.min(mark.limit, mark.insideLimit))
  return mark.mode === 'offset' ? pageAt(mark.count, mark.limit) : { page: 0, limit: mark.limit }
}

/** Throws ConnectorError. */
export function ask(
  read: TableRead,
  mark: Mark,
  asked: {
    readonly page: number
    readonly limit: number
    readonly columns: readonly string[]
    readonly signal: AbortSignal
  },
): Promise<readonly Row[]> {
  return read.client.call(
    'DataService.query',
    {
      table: read.table,
      limit: asked.limit,
      page: asked.page,
      queryData: filterAt(read, mark),
      selectedFields: asked.columns,
      orderBy: mark.inside === null ? read.key : (read.within ?? read.key),
      ascending: true,
    },
    {
      signal: asked.signal,
      note: read.note,
      ...(read.answered === undefined ? {} : { answered: read.answered }),
    },
  )
}

/** How many rows meet what a page from the mark is asked for. Throws ConnectorError. */
export async function countAt(read: TableRead, mark: Mark, signal: AbortSignal): Promise<number> {
  const queryData = filterAt(read, mark)
  return read.client.call('DataService.count', { table: read.table, queryData }, { signal })
}

function filterAt(read: TableRead, mark: Mark): Filter {
  if (mark.inside !== null) return { ...read.filter, [read.key]: mark.inside }
  return mark.mode === 'keyset' ? { ...read.filter, [read.key]: `~>~ ${mark.after}` } : read.filter
}

export function keyOf(read: TableRead, row: Row): number {
  const value = row[read.key]
  if (typeof value === 'number') return value
  throw new ConnectorError('scan', `a row of ${read.table} has no ${read.key}`)
}
