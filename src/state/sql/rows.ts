/**
 * Many rows through one statement. SQLite prepares it once and runs it row by row inside the transaction (2-4 µs a row, less than a
 * multi-row statement costs to bind); Postgres gets one array per column and unnests them, so both keep one statement for any count.
 */
import { setImmediate } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import { type Access, atomically } from './access.ts'

export type SqlValue = string | number | null
export type Row = readonly SqlValue[]

export interface RowStatement {
  /** The table that gets more rows, null for none. */
  readonly grows: string | null
  readonly sqlite: string
  readonly postgres: string
  /** Positions that name the row where the same one twice is not allowed in one statement; the last wins. */
  readonly key: readonly number[] | null
}
export type Columns = Readonly<Record<string, 'text' | 'bigint'>>

/** Travels as the only parameter to the SQLite driver. */
export class RowBatch {
  readonly rows: readonly Row[]
  constructor(rows: readonly Row[]) {
    this.rows = rows
  }
}

/** Rows between two breaths of the event loop, and per Postgres statement. */
const BATCH_ROWS_MAX = 1000

/** All or nothing. Answers what `returning` names. */
export async function writeRows<T = never>(
  access: Access,
  statement: RowStatement,
  rows: readonly Row[],
): Promise<T[]> {
  if (rows.length === 0) return []
  return atomically(access, async ({ db, dialect, grew }) => {
    const answers: T[] = []
    for (let start = 0; start < rows.length; start += BATCH_ROWS_MAX) {
      if (start > 0) await setImmediate()
      const batch = rows.slice(start, start + BATCH_ROWS_MAX)
      const query =
        dialect === 'sqlite'
          ? CompiledQuery.raw(statement.sqlite, [new RowBatch(batch)])
          : CompiledQuery.raw(statement.postgres, columnArrays(distinct(batch, statement.key)))
      const result = await db.executeQuery<T>(query as CompiledQuery<T>)
      for (const answer of result.rows) answers.push(answer)
      if (statement.grows !== null) await grew(db, statement.grows, batch.length)
    }
    return answers
  })
}

/**
 * `conflict`: the unique columns with the predicate of a partial index, and what to set (`excluded.` is the new row); without `set` an
 * existing row stays as it is.
 */
export function insertion(
  table: string,
  columns: Columns,
  more: {
    readonly conflict?: {
      readonly on: readonly string[]
      readonly where?: string
      readonly set?: string
    }
    readonly returning?: string
  } = {},
): RowStatement {
  const names = Object.keys(columns)
  const { conflict, returning } = more
  const target =
    conflict && `(${conflict.on.join(', ')})${conflict.where ? ` where ${conflict.where}` : ''}`
  const tail = [
    conflict
      ? ` on conflict ${target} do ${conflict.set ? `update set ${conflict.set}` : 'nothing'}`
      : '',
    returning ? ` returning ${returning}` : '',
  ].join('')
  const head = `insert into ${table} (${names.join(', ')})`
  return {
    grows: table,
    sqlite: `${head} values (${names.map(() => '?').join(', ')})${tail}`,
    postgres: `${head} select ${names.join(', ')} from ${source(columns)} order by ordinal${tail}`,
    key: conflict?.set ? conflict.on.map((name) => names.indexOf(name)) : null,
  }
}

/** Sets columns of existing rows. A row has first the values of `find`, then those of `set`. */
export function change(
  table: string,
  find: Columns,
  set: Columns,
  more: { readonly where?: string } = {},
): RowStatement {
  const keys = Object.keys(find)
  const names = Object.keys(set)
  const where = more.where === undefined ? '' : ` and ${table}.${more.where}`
  const found = keys.map((name, at) => `${name} = ?${at + 1}`).join(' and ')
  const setting = names.map((name, at) => `${name} = ?${keys.length + at + 1}`).join(', ')
  const taking = names.map((name) => `${name} = v.${name}`).join(', ')
  const rows = source({ ...find, ...set })
  return {
    grows: null,
    sqlite: `update ${table} set ${setting} where ${found}${where}`,
    postgres: `update ${table} set ${taking} from ${rows} where ${sameAs(table, keys)}${where}`,
    key: keys.map((_, at) => at),
  }
}

export function deletion(table: string, find: Columns): RowStatement {
  const keys = Object.keys(find)
  return {
    grows: null,
    sqlite: `delete from ${table} where ${keys.map((name) => `${name} = ?`).join(' and ')}`,
    postgres: `delete from ${table} using ${source(find)} where ${sameAs(table, keys)}`,
    key: null,
  }
}

function source(columns: Columns): string {
  const arrays = Object.values(columns).map((type, at) => `$${at + 1}::${type}[]`)
  const names = Object.keys(columns).join(', ')
  return `unnest(${arrays.join(', ')}) with ordinality as v(${names}, ordinal)`
}

function sameAs(table: string, keys: readonly string[]): string {
  return keys.map((name) => `${table}.${name} = v.${name}`).join(' and ')
}

function columnArrays(rows: readonly Row[]): SqlValue[][] {
  const width = rows[0]?.length ?? 0
  return Array.from({ length: width }, (_, at) => rows.map((row) => row[at] ?? null))
}

function distinct(rows: readonly Row[], key: RowStatement['key']): readonly Row[] {
  if (key === null) return rows
  const last = new Map(rows.map((row) => [JSON.stringify(key.map((at) => row[at])), row]))
  return last.size === rows.length ? rows : [...last.values()]
}
