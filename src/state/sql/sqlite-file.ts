/**
 * Opens the file of an embedded state: only its owner may read it. A commit survives a killed process at once, and a power cut as soon as
 * `flush` has resolved: with `synchronous = normal` SQLite appends commits to the write-ahead log in order, and syncing that log makes all of them last.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeError } from './error.ts'
import { untilFree } from './sqlite.ts'

export const MEMORY = ':memory:'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** Bounds what the page cache may take; random index inserts of a large scan want more than SQLite's 2 MB. */
const CACHE_KIB = 12 * 1024
/** 40 MB of 4 KB pages: pages that many transactions touch go to the file once, not each time. */
const CHECKPOINT_PAGES = 10_000
const WAL_BYTES_KEPT_MAX = 64 * 1024 * 1024

/** `path`: a file, made with its folders when missing, or `:memory:`. */
export async function openFile(path: string): Promise<DatabaseSync> {
  let database: DatabaseSync | null = null
  try {
    if (path !== MEMORY) claim(path)
    const opened = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true })
    database = opened
    // Changing to WAL needs the file for itself for a moment, and SQLite's own waiting does not cover it.
    await untilFree(() => opened.exec('pragma journal_mode = wal'))
    await untilFree(() => opened.exec(PRAGMAS))
    return opened
  } catch (error) {
    database?.close()
    throw storeError(error)
  }
}

/** Makes everything committed so far last, without holding up the event loop. `close` before the database is closed. */
export function walFlusher(path: string): { flush(): Promise<void>; close(): Promise<void> } {
  if (path === MEMORY) return { flush: async () => {}, close: async () => {} }
  let log: Promise<FileHandle> | null = null
  return {
    async flush() {
      log ??= open(`${path}-wal`, 'r+')
      await (await log).datasync()
    },
    async close() {
      const opened = await log
      log = null
      await opened?.close()
    },
  }
}

const PRAGMAS = `
pragma synchronous = normal;
pragma foreign_keys = on;
pragma cache_size = -${CACHE_KIB};
pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
pragma journal_size_limit = ${WAL_BYTES_KEPT_MAX};
`

/** The database's side files inherit the mode of the file. */
function claim(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE })
  closeSync(openSync(path, 'a', FILE_MODE))
}
