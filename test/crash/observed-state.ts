/** A state in memory that tells each of its commits at the moment it is done, and can be begun again from a copy. */
import { hash } from 'node:crypto'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { openAt } from '../../src/state/sql/open.ts'
import { sqlitePlace } from '../../src/state/sql/sqlite.ts'
import type { StateStore } from '../../src/state/store.ts'

export interface ObservedState {
  readonly store: StateStore
  /** Everything committed so far. */
  copy(): Uint8Array
  /** The same of two states in which the same was committed, whoever did it. */
  likeness(): string
  /** The tables that each commit changed, told at once; a commit that changed nothing is not told. */
  onCommit: (tables: ReadonlySet<string>) => void
  close(): Promise<void>
}

export async function observedState(
  from: Uint8Array | null,
  clock: { now(): number },
): Promise<ObservedState> {
  const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true })
  if (from !== null) database.deserialize(from)
  const state: { onCommit: ObservedState['onCommit'] } = { onCommit: () => {} }
  const likeness = likenessOf(database)
  watch(database, (tables) => {
    likeness.changed(tables)
    state.onCommit(tables)
  })
  const store = await openAt(sqlitePlace(database, 'sqlite:(observed)'), { clock })
  return Object.assign(state, {
    store,
    copy: () => database.serialize(),
    likeness: likeness.now,
    close: () => store.close(),
  })
}

/** Who holds what, and who did what when: another engine's name makes no other state. */
const APART = /^(leases|audit|ferry_|sqlite_)/
/** Nor do the requests that each engine counted. */
const COUNTED = /^requests /
/** Nor the milliseconds of a moment. */
const MOMENT = /\b(1[78]\d{8})\d{3}\b/g

/** A table is read anew only after a commit changed it. */
function likenessOf(database: DatabaseSync): {
  changed(tables: ReadonlySet<string>): void
  now(): string
} {
  const known = new Map<string, string>()
  const rowsOf = (table: string) => database.prepare(`select * from "${table}"`)
  const digest = (reader: StatementSync) => {
    const rows = reader.all().filter(({ name }) => !COUNTED.test(String(name)))
    return hash('sha1', JSON.stringify(rows).replaceAll(MOMENT, '$1'))
  }
  let readers: ReadonlyMap<string, StatementSync> | null = null
  const open = () => {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all()
    const names = tables.map(({ name }) => String(name)).filter((name) => !APART.test(name))
    return new Map(names.map((name) => [name, rowsOf(name)]))
  }
  return {
    changed(tables) {
      for (const table of tables) known.delete(table)
    },
    now() {
      readers ??= open()
      for (const [table, reader] of readers) if (!known.has(table)) known.set(table, digest(reader))
      return hash('sha1', [...known].sort().join())
    },
  }
}

/** What changes rows, and of which table. */
const CHANGES = /^\s*(?:insert(?: or \w+)? into|update|delete from)\s+"?(\w+)/i

function watch(database: DatabaseSync, tell: (tables: ReadonlySet<string>) => void): void {
  let touched = new Set<string>()
  const flush = () => {
    const tables = touched
    touched = new Set()
    if (tables.size > 0) tell(tables)
  }
  const { exec, prepare } = {
    exec: database.exec.bind(database),
    prepare: database.prepare.bind(database),
  }
  database.exec = (sql) => {
    exec(sql)
    if (sql === 'commit') flush()
    if (sql === 'rollback') touched = new Set()
  }
  database.prepare = (sql) => {
    const statement = prepare(sql)
    const table = CHANGES.exec(sql)?.[1]
    if (table === undefined) return statement
    const changed = () => {
      touched.add(table)
      if (!database.isTransaction) flush()
    }
    return observed(statement, changed)
  }
}

function observed(statement: StatementSync, changed: () => void): StatementSync {
  const run = statement.run.bind(statement)
  const all = statement.all.bind(statement)
  return Object.assign(statement, {
    run: (...values: SQLInputValue[]) => {
      const result = run(...values)
      changed()
      return result
    },
    all: (...values: SQLInputValue[]) => {
      const rows = all(...values)
      changed()
      return rows
    },
  })
}
