/** A copy of an embedded state as it was at one moment, also while others work on it. */
import { closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store.ts'
import { storeError } from './error.ts'

/** Throws `StoreError`; then there is no copy. */
export function backUp(file: string, copy: string): void {
  try {
    // SQLite fills an empty file; made here, only its owner may read it.
    closeSync(openSync(copy, 'wx', 0o600))
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new StoreError(
      'broken',
      isThere ? `${copy} exists already` : `${copy} cannot be written`,
      { hint: 'Give another path, in a folder that exists. Nothing was copied.', cause: error },
    )
  }
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS })
    try {
      database.prepare('vacuum into ?').run(copy)
    } finally {
      database.close()
    }
  } catch (error) {
    rmSync(copy, { force: true })
    throw storeError(error)
  }
}

const BUSY_MS = 10_000
