/** pg under Kysely: a small pool whose transactions take turns, numbers as numbers, errors that say what to do. */
import pg from 'pg'
import { PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely'
import type { Access, OpenPlace } from './access.ts'
import { storeError } from './error.ts'

/** `url`: `postgres://user:password@host/database` with the parameters libpq knows. Connects when it is first used. */
export function postgresPlace(url: string): OpenPlace {
  const types = new pg.TypeOverrides()
  types.setTypeParser(BIGINT, Number)
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_WAIT_MS,
    application_name: 'ferry',
    types,
  })
  // An idle connection that breaks leaves the pool; whoever needs one next makes a new one and hears the reason.
  pool.on('error', () => undefined)
  // The server has written a commit to disk before it answers.
  const nothing = async () => undefined
  return {
    flush: nothing,
    release: nothing,
    name: 'postgres',
    dialect: new PostgresDialect({ pool: guarded(pool) }),
    shown: withoutPassword(url),
    turn: inTurn(),
    grew: counting(),
  }
}

/** One for the transaction, the others for whoever only looks. */
const CONNECTIONS_MAX = 4
const CONNECT_WAIT_MS = 10_000
const LOCK_WAIT_MS = 5000
/** A process that stopped in the middle must not hold up the others for ever. */
const IDLE_TRANSACTION_MS_MAX = 60_000
/** The type's number in Postgres; text by default, because it may be larger than a number can be exactly. Nothing here is. */
const BIGINT = 20

export function withoutPassword(url: string): string {
  return url
    .replace(/^(\w+:\/\/[^:/@?]*):[^?]*@/, '$1@')
    .replace(/([?&])password=[^&]*&?/, '$1')
    .replace(/[?&]$/, '')
}

function guarded(pool: pg.Pool): PostgresPool {
  const prepared = new WeakSet<pg.PoolClient>()
  return {
    options: pool.options as PostgresPool['options'],
    connect: async () => {
      try {
        const client = await pool.connect()
        const guard = new GuardedClient(client)
        if (!prepared.has(client)) await guard.query(SESSION, [])
        prepared.add(client)
        return guard as unknown as PostgresPoolClient
      } catch (error) {
        throw storeError(error)
      }
    },
    end: () => pool.end(),
  }
}

/** Nearly all is looked up by key, in memory or on flash: a planner that thinks of turning disks reads whole tables instead. */
const SESSION = `
set lock_timeout = ${LOCK_WAIT_MS};
set idle_in_transaction_session_timeout = ${IDLE_TRANSACTION_MS_MAX};
set random_page_cost = 1.1;
set jit = off;
`

/**
 * One turn with a connection. Once its transaction has ended, or it was given back, a statement that a failed transaction left behind must not
 * run: it would be kept on its own, or in somebody else's transaction.
 */
class GuardedClient {
  readonly #client: pg.PoolClient
  #isOver = false

  constructor(client: pg.PoolClient) {
    this.#client = client
    client.on('error', ignore)
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<unknown> {
    if (sql === 'begin') this.#isOver = false
    if (this.#isOver) throw storeError(new Error('the transaction of this statement has ended'))
    if (sql === 'commit' || sql === 'rollback') this.#isOver = true
    try {
      const result =
        parameters.length === 0
          ? await this.#client.query(sql)
          : await this.#client.query(sql, parameters.map(storable))
      if (sql === 'commit' && result.command === 'ROLLBACK')
        throw new Error('a statement of this transaction had failed, nothing of it was kept')
      return result
    } catch (error) {
      throw storeError(error)
    }
  }

  release(isBroken: boolean): void {
    this.#isOver = true
    this.#client.off('error', ignore)
    this.#client.release(isBroken)
  }
}

/** The statement at hand, or the next one, fails with the same reason. */
function ignore(): void {}

/** Postgres has no zero character in texts. */
function storable(value: unknown): unknown {
  if (typeof value === 'string')
    return value.includes('\u0000') ? value.replaceAll('\u0000', '\ufffd') : value
  return Array.isArray(value) ? value.map(storable) : value
}

/** Transactions of one process do not wait for each other's rows, and so cannot lock each other out. */
function inTurn(): Access['turn'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

/**
 * Postgres plans by what it last counted, and counts by itself once a minute at most. A first run fills empty tables much faster, so they are
 * counted each time they have doubled.
 */
function counting(): Access['grew'] {
  const tables = new Map<string, { readonly rows: number; readonly counted: number }>()
  return async (db, table, added) => {
    const known = tables.get(table) ?? { rows: 0, counted: 0 }
    const rows = known.rows + added
    const isDue = rows >= Math.max(COUNTED_ROWS_MIN, known.counted * 2)
    tables.set(table, { rows, counted: isDue ? rows : known.counted })
    if (isDue) await sql`analyze (skip_locked) ${sql.table(table)}`.execute(db)
  }
}
const COUNTED_ROWS_MIN = 1000
