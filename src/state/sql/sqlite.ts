/**
 * node:sqlite under Kysely: one connection, write lock from the start of a transaction (a plain `begin` that reads first fails with
 * SQLITE_BUSY_SNAPSHOT as soon as somebody else wrote), prepared statements kept.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { OpenPlace } from './access.ts'
import { isBusy, storeError } from './error.ts'
import { RowBatch } from './rows.ts'

/** `busyWaitMs`: how long another process may hold the database; waited for without blocking, which SQLite's own timeout would. */
export function sqlitePlace(
  database: DatabaseSync,
  shown: string,
  busyWaitMs = BUSY_WAIT_MS,
): OpenPlace {
  const dialect: Dialect = {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new NodeSqliteDriver(database, busyWaitMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
  // One connection: Kysely itself lets one after the other have it.
  const turn: OpenPlace['turn'] = (work) => work()
  const nothing = async () => undefined
  return { name: 'sqlite', dialect, shown, turn, grew: nothing, flush: nothing, release: nothing }
}

const STATEMENTS_MAX = 200
const BUSY_WAIT_MS = 5000
const BUSY_PAUSE_MS_MAX = 50

/** SQLite rolls tables back as well as rows, so that migrations are all or nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #busyWaitMs: number

  constructor(database: DatabaseSync, busyWaitMs: number) {
    this.#database = database
    this.#statements = new Statements(database)
    this.#busyWaitMs = busyWaitMs
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<NodeSqliteConnection> {
    return new NodeSqliteConnection(this.#database, this.#statements, this.#busyWaitMs)
  }
  async beginTransaction(connection: NodeSqliteConnection): Promise<void> {
    await connection.begin()
  }
  async commitTransaction(connection: NodeSqliteConnection): Promise<void> {
    connection.end('commit')
  }
  async rollbackTransaction(connection: NodeSqliteConnection): Promise<void> {
    connection.end('rollback')
  }
  async releaseConnection(connection: NodeSqliteConnection): Promise<void> {
    connection.release()
  }
  async destroy(): Promise<void> {
    this.#database.close()
  }
}

/**
 * One turn at the database. `plain`: every statement for itself. `open`: in a transaction. `over`: committed, rolled back or given up; a
 * statement that a failed transaction left behind must not run then, or it would be kept on its own.
 */
class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #busyWaitMs: number
  #state: 'plain' | 'open' | 'over' = 'plain'

  constructor(database: DatabaseSync, statements: Statements, busyWaitMs: number) {
    this.#database = database
    this.#statements = statements
    this.#busyWaitMs = busyWaitMs
  }

  async begin(): Promise<void> {
    await untilFree(() => this.#database.exec('begin immediate'), this.#busyWaitMs)
    this.#state = 'open'
  }

  /** After a full disk SQLite has rolled back already. */
  end(how: 'commit' | 'rollback'): void {
    this.#state = 'over'
    if (how === 'rollback' && !this.#database.isTransaction) return
    try {
      this.#database.exec(how)
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw storeError(error)
    }
  }

  release(): void {
    this.#state = 'over'
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const [first] = query.parameters
    const run = () => {
      const statement = this.#statements.get(query.sql)
      return first instanceof RowBatch
        ? runBatch(statement, first)
        : runOnce(statement, query.parameters)
    }
    const isAlone = this.#state === 'plain'
    return (await (isAlone
      ? untilFree(run, this.#busyWaitMs)
      : this.#inTransaction(run))) as QueryResult<R>
  }

  async #inTransaction<T>(run: () => T): Promise<T> {
    if (this.#state === 'over' || !this.#database.isTransaction)
      throw storeError(new Error('the transaction of this statement has ended'))
    try {
      return run()
    } catch (error) {
      throw storeError(error)
    }
  }

  // biome-ignore lint/correctness/useYield: the store never streams, it reads pages
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the state store reads pages, it does not stream')
  }
}

/** Prepared statements by their SQL, the one used longest ago goes first. */
class Statements {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()
  #uses = 0

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get(sql: string): Prepared {
    const prepared = this.#prepared.get(sql) ?? this.#prepare(sql)
    prepared.lastUse = ++this.#uses
    return prepared
  }

  #prepare(sql: string): Prepared {
    const statement = this.#database.prepare(sql)
    if (this.#prepared.size >= STATEMENTS_MAX) this.#forgetOldest()
    const prepared = { statement, isReader: statement.columns().length > 0, lastUse: 0 }
    this.#prepared.set(sql, prepared)
    return prepared
  }

  #forgetOldest(): void {
    const all = [...this.#prepared]
    const [oldest] = all.toSorted(([, a], [, b]) => a.lastUse - b.lastUse)
    if (oldest !== undefined) this.#prepared.delete(oldest[0])
  }
}
interface Prepared {
  readonly statement: StatementSync
  readonly isReader: boolean
  lastUse: number
}

function runOnce({ statement, isReader }: Prepared, parameters: readonly unknown[]) {
  const values = parameters.map(inputValue)
  if (isReader) return { rows: statement.all(...values) }
  return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
}

function runBatch({ statement, isReader }: Prepared, batch: RowBatch) {
  if (!isReader) {
    for (const row of batch.rows) statement.run(...row)
    return { rows: [] }
  }
  return { rows: batch.rows.flatMap((row) => statement.all(...row)) }
}

/** node:sqlite takes an object in the first place for named parameters and binds nothing, so only plain values pass. */
function inputValue(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new Error(`${typeof value} is no value for a statement`)
}

/** Tries again while another process holds the database. */
export async function untilFree<T>(work: () => T, busyWaitMs = BUSY_WAIT_MS): Promise<T> {
  let waitedMs = 0
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, BUSY_PAUSE_MS_MAX)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || waitedMs >= busyWaitMs) throw storeError(error)
    }
    await setTimeout(pauseMs)
    waitedMs += pauseMs
  }
}
