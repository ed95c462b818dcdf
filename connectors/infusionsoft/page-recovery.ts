/** What to do when a page cannot be read: do without a column, without the bound, with a smaller page, or without the row that breaks it. */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { remoteId } from '../../src/model/id.ts'
import { faultOf, isMissingField } from './faults.ts'
import { byOffset, isolated, type Mark, shrunk } from './mark.ts'
import { ask, askedFor, keyOf, type RowPage, type Step, type TableRead } from './table-query.ts'

export interface Trouble {
  readonly error: ConnectorError
  readonly columns: readonly string[]
  readonly limit: number
  readonly signal: AbortSignal
}

/** Throws the error itself where nothing helps. */
export async function recover(read: TableRead, mark: Mark, trouble: Trouble): Promise<Step> {
  const { error, columns, limit, signal } = trouble
  if (isMissingField(error)) {
    const gone = (await read.missing(error, columns)).filter((column) => column !== read.key)
    if (gone.length === 0) throw error
    read.note(`Fields that are not there (any more) were left out: ${gone.join(', ')}.`)
    return { kind: 'again', mark: { ...mark, gone: [...mark.gone, ...gone] } }
  }
  const isFirst = mark.mode === 'keyset' && mark.count === 0 && mark.inside === null
  if (isFirst && refusesBound(error)) return { kind: 'again', mark: byOffset(mark) }
  if (!isPageTrouble(error)) throw error
  if (limit > 1 && mark.suspect > 0)
    return { kind: 'again', mark: shrunk(mark, limit, causeOf(error)) }
  // One small question tells a page that cannot be read from a server that cannot answer.
  const key = await firstKey(read, mark, signal)
  if (key === null && isFirst && isDatabaseError(error))
    return { kind: 'again', mark: byOffset(mark) }
  if (key === null) throw error
  if (limit > 1) return { kind: 'again', mark: shrunk(mark, limit, causeOf(error)) }
  return { kind: 'page', page: withoutRow(read, mark, { key, columns, error }) }
}

/** The row that breaks its page is left out, and with it the rest of its key where keys are shared. */
function withoutRow(
  read: TableRead,
  mark: Mark,
  row: {
    readonly key: number
    readonly columns: readonly string[]
    readonly error: ConnectorError
  },
): RowPage {
  const { key, columns, error } = row
  const broken: BrokenRow = {
    id: remoteId(String(key)),
    message: `a row of ${read.table} cannot be read: ${error.message}`,
    hint: `Look at the record with ${read.key} ${key} in the account: a field of it holds what the server cannot send.`,
  }
  const next = { ...isolated(mark, read.pageSize), after: key, inside: null }
  return { rows: [], columns, broken: [broken], next, isProven: false }
}

/** The key of the first row of the page in question; null: even that is not answered. */
async function firstKey(read: TableRead, mark: Mark, signal: AbortSignal): Promise<number | null> {
  const { page, limit } = askedFor(mark)
  const small = { page: page * limit, limit: 1, columns: [read.key], signal }
  try {
    const [row] = await ask(read, mark, small)
    return row === undefined ? null : keyOf(read, row)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ConnectorError)) throw error
    return null
  }
}

function causeOf(error: ConnectorError): 'broken' | 'slow' {
  return error.kind === 'unknown' ? 'slow' : 'broken'
}

function isPageTrouble(error: ConnectorError): boolean {
  return error.kind === 'protocol' || error.kind === 'unknown' || isDatabaseError(error)
}

function isDatabaseError(error: ConnectorError): boolean {
  const fault = faultOf(error)
  return fault !== null && (fault.label === 'DatabaseError' || fault.code === 4)
}

/** A condition on the key that the server does not take: not a fault about the table, the login or the quota. */
function refusesBound(error: ConnectorError): boolean {
  const fault = faultOf(error)
  return fault !== null && [0, 12].includes(fault.code) && error.kind !== 'throttled'
}

/** For tables whose columns are all known to exist: the columns that the fault names. */
export function namedColumns(error: ConnectorError, columns: readonly string[]): readonly string[] {
  const words = new Set((faultOf(error)?.message ?? '').match(/[\w.]+/g) ?? [])
  return columns.filter((column) =>
    [...words].some((word) => word === column || word.endsWith(`.${column}`)),
  )
}
