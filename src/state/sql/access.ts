/** What every query family works on: one database, inside or outside of a transaction. */
import { type Dialect, type Expression, type Kysely, type SqlBool, sql } from 'kysely'
import type { Tables } from './tables.ts'

export type DialectName = 'sqlite' | 'postgres'
export interface Access {
  readonly db: Kysely<Tables>
  readonly dialect: DialectName
  now(): number
  /** Waits until the transactions of this process that came earlier have ended. */
  turn<T>(work: () => Promise<T>): Promise<T>
  /** Is told how many rows were added to a table, in the transaction that added them. */
  grew(db: Kysely<Tables>, table: string, rows: number): Promise<void>
  /** Long documents that were read before, by their text. */
  readonly documents: Map<string, unknown>
}

export interface OpenPlace {
  readonly name: DialectName
  readonly dialect: Dialect
  /** The place without its password. */
  readonly shown: string
  readonly turn: Access['turn']
  readonly grew: Access['grew']
  /** See `StateStore.flush`. */
  flush(): Promise<void>
  /** Gives back what `flush` held, before the database is closed. */
  release(): Promise<void>
}

/** Runs statements that belong together in the transaction at hand, or in one of their own. */
export function atomically<T>(access: Access, work: (access: Access) => Promise<T>): Promise<T> {
  return access.db.isTransaction ? work(access) : transact(access, work)
}

export function transact<T>(access: Access, work: (access: Access) => Promise<T>): Promise<T> {
  return access.turn(() => access.db.transaction().execute((db) => work({ ...access, db })))
}

/** One parameter, and so one prepared statement, for a list of any length. */
export function isAmong(
  access: Access,
  column: string,
  values: readonly string[] | readonly number[],
): Expression<SqlBool> {
  return access.dialect === 'postgres'
    ? sql`${sql.ref(column)} = any(${values})`
    : sql`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`
}

export function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}

/** Only for text that this store wrote itself from a `T`. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T
}

/** A catalogue is asked for with every page and is the same each time: it is taken apart once. What comes back belongs to all who ask, so it is frozen. */
export function documentOf({ documents }: Access, text: string): unknown {
  if (text.length < LONG_CHARACTERS) return fromJson<unknown>(text)
  const known = documents.get(text)
  if (known !== undefined) return known
  const document = frozen(fromJson<unknown>(text))
  const [oldest] = documents.keys()
  if (documents.size >= DOCUMENTS_MAX && oldest !== undefined) documents.delete(oldest)
  documents.set(text, document)
  return document
}
const LONG_CHARACTERS = 2_000
/** Two accounts of two syncs at work at once. */
const DOCUMENTS_MAX = 4

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
