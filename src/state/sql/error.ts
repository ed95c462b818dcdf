/** Says what a caller can do about an error of either database. */
import { StoreError } from '../store.ts'

export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const kind = kindOf(cause)
  return new StoreError(kind, `${MESSAGES[kind]} (${cause.message})`, { hint: HINTS[kind], cause })
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_BUSY || sqliteCode(error) === SQLITE_LOCKED
}

type Kind = 'busy' | 'full' | 'broken'

const MESSAGES: Readonly<Record<Kind, string>> = {
  busy: 'Another process holds the state database',
  full: 'There is no space left for the state database; nothing of this transaction was kept',
  broken: 'The state database does not work',
}
const HINTS: Readonly<Record<Kind, string>> = {
  busy: 'Wait for the other process to end, then run the command again; it goes on where it was.',
  full: 'Free some space or raise the quota (if there is enough, look at the disk), then run the command again; it goes on where it was.',
  broken:
    'Check that the place of the state is right, that it may be written and that its server runs. If the file is damaged, restore it from a backup.',
}

/** Primary result codes: https://sqlite.org/rescode.html. */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_FULL = 13
/** Extended: a write that the system did not take. A full disk is SQLITE_FULL; a quota or a limit of the file size comes as this. */
const SQLITE_IOERR_WRITE = 778

/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html. 23505 is left only where two wrote the same row at once. */
const POSTGRES_KINDS: Readonly<Record<string, Kind>> = {
  '53100': 'full',
  '23505': 'busy',
  '40001': 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  '53300': 'busy',
  '57014': 'busy',
}

function kindOf(error: Error): Kind {
  if (isBusy(error)) return 'busy'
  if (sqliteCode(error) === SQLITE_FULL || extendedCode(error) === SQLITE_IOERR_WRITE) return 'full'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (FULL_CODES.has(code)) return 'full'
  return POSTGRES_KINDS[code] ?? 'broken'
}

const FULL_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

function sqliteCode(error: unknown): number | null {
  const code = extendedCode(error)
  return code === null ? null : code & 0xff
}

function extendedCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode : null
}
