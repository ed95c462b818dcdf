/** Brings the tables up to date; safe when several processes start at once, and refuses a state that a newer ferry has changed. */
import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { StoreError } from '../store.ts'
import { type Access, transact } from './access.ts'
import { storeError } from './error.ts'
import { migrations } from './migrations.ts'

/** Throws `StoreError`. `place` is for the message. */
export async function migrate(access: Access, place: string): Promise<void> {
  const known = Object.keys(migrations(access.dialect))
  const isCurrent = async (at: Access) =>
    missing({ applied: await applied(at), known, place }) === 0
  if (await isCurrent(access)) return
  await transact(access, async (inner) => {
    if (inner.dialect === 'postgres')
      await sql`select pg_advisory_xact_lock(${LOCK_ID})`.execute(inner.db)
    if (!(await isCurrent(inner))) await migrateNow(inner)
  })
}

const TABLE = 'ferry_migration'
const LOCK_TABLE = 'ferry_migration_lock'
/** Any number that no other program on the same database uses: "ferry" in ASCII. */
const LOCK_ID = 0x6665727279

async function migrateNow(access: Access): Promise<void> {
  const schema = await currentSchema(access)
  const migrator = new Migrator({
    db: access.db as unknown as Kysely<unknown>,
    provider: { getMigrations: async () => migrations(access.dialect) },
    migrationTableName: TABLE,
    migrationLockTableName: LOCK_TABLE,
    ...(schema === null ? {} : { migrationTableSchema: schema }),
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw storeError(error)
}

/** How many steps are still to do. */
function missing(state: {
  readonly applied: readonly string[]
  readonly known: readonly string[]
  readonly place: string
}): number {
  const { applied, known, place } = state
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new StoreError(
      'newer',
      `The state at ${place} has version ${applied.at(-1)}; this ferry knows versions up to ${known.at(-1)}`,
      { hint: 'Update ferry to the version that made this state, or use another state.' },
    )
  return known.length - applied.length
}

/** Names of the steps this database has seen, ascending. */
async function applied(access: Access): Promise<string[]> {
  if (!(await hasTable(access))) return []
  const { rows } = await sql<{
    name: string
  }>`select name from ${sql.id(TABLE)} order by name`.execute(access.db)
  return rows.map((row) => row.name)
}

async function hasTable({ db, dialect }: Access): Promise<boolean> {
  const query =
    dialect === 'postgres'
      ? sql<{ found: number }>`select 1 as found where to_regclass(${TABLE}) is not null`
      : sql<{ found: number }>`select 1 as found from sqlite_schema where name = ${TABLE}`
  return (await query.execute(db)).rows.length > 0
}

async function currentSchema({ db, dialect }: Access): Promise<string | null> {
  if (dialect === 'sqlite') return null
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db)
  return rows[0]?.name ?? null
}
