/** A state in memory that tells each of its commits at the moment it is done, and can be begun again from a copy. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { openAt } from '../../src/state/sql/open.ts'
import { sqlitePlace } from '../../src/state/sql/sqlite.ts'
import type { StateStore } from '../../src/state/store.ts'

export interface ObservedState {
  readonly store: StateStore
  /** Everything committed so far. */
  copy(): Uint8Array
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
  watch(database, (tables) => state.onCommit(tables))
  const store = await openAt(sqlitePlace(database, 'sqlite:(observed)'), { clock })
  return Object.assign(state, {
    store,
    copy: () => database.serialize(),
    close: () => store.close(),
  })
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
