/**
 * Reads a table page by page without missing a row, however rows move meanwhile.
 *
 * Pages are cut by the key: rows above the last key seen, in its order, always the first page of them. That holds while rows come, go and
 * change, and it is checked on every page: rows at or below the bound, or out of order, mean that the server ignores it, and the read goes on
 * by offset, unproven. The end is an empty page, never a short one, so a server that gives fewer rows than asked for loses nothing.
 * A page that cannot be read is cut in halves until the one row that breaks it stands alone; that row is reported and the read goes on.
 * Where several rows share a key, the last key of a full page may be cut: its rows are left for the next page, and a key with
 * more rows than a page is read by itself.
 */
import type { BrokenRow } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Client } from './client.ts'
import { faultOf, isMissingField } from './faults.ts'
import { into, isolated, type Mark, pageAt, passed, shrunk } from './mark.ts'
import type { Filter, Row } from './schema.ts'
import type { TableName } from './tables.ts'

export interface TableRead {
  readonly client: Client
  readonly table: TableName
  /** An integer column. */
  readonly key: string
  /** null: the key is unique. Else the column that orders the rows of one key. */
  readonly within: string | null
  readonly columns: readonly string[]
  /** Conditions on other columns than the key. */
  readonly filter: Filter
  readonly pageSize: number
  /** After a fault about a field: which of `columns` to do without. None: the fault stands. */
  missing(error: ConnectorError, columns: readonly string[]): Promise<readonly string[]>
  note(text: string): void
  /** Told the server's own clock with every answer, epoch milliseconds. */
  readonly answered?: (serverMs: number) => void
}
export interface RowPage {
  readonly rows: readonly Row[]
  /** What was really asked for. */
  readonly columns: readonly string[]
  readonly broken: readonly BrokenRow[]
  /** null: the end. */
  readonly next: Mark | null
  /** On the last page: that no row alive throughout was missed. */
  readonly isProven: boolean
}

/** The next page. Throws ConnectorError. */
export async function readPage(read: TableRead, from: Mark, signal: AbortSignal): Promise<RowPage> {
  let mark = from
  for (;;) {
    const step = await stepOnce(read, mark, signal)
    if (step.kind === 'page') return step.page
    mark = step.mark
  }
}

/** All rows of a table that fits into memory, and what broke on the way. */
export async function readAll(
  read: TableRead,
  first: Mark,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Row[]; readonly broken: readonly BrokenRow[] }> {
  const rows: Row[] = []
  const broken: BrokenRow[] = []
  for (let mark: Mark | null = first; mark !== null; ) {
    const page: RowPage = await readPage(read, mark, signal)
    rows.push(...page.rows)
    broken.push(...page.broken)
    mark = page.next
  }
  return { rows, broken }
}

/** For tables whose columns are all known to exist: the columns that the fault names. */
export function namedColumns(error: ConnectorError, columns: readonly string[]): readonly string[] {
  const words = new Set((faultOf(error)?.message ?? '').match(/[\w.]+/g) ?? [])
  return columns.filter((column) =>
    [...words].some((word) => word === column || word.endsWith(`.${column}`)),
  )
}

type Step =
  | { readonly kind: 'again'; readonly mark: Mark }
  | { readonly kind: 'page'; readonly page: RowPage }

async function stepOnce(read: TableRead, mark: Mark, signal: AbortSignal): Promise<Step> {
  const columns = read.columns.filter((column) => !mark.gone.includes(column))
  const asked = askedFor(mark)
  let rows: readonly Row[]
  try {
    rows = await ask(read, mark, { ...asked, columns, signal })
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return await recover(read, mark, { error, columns, limit: asked.limit, signal })
  }
  const keys = rows.map((row) => keyOf(read, row))
  const page = { columns, broken: [], isProven: mark.mode === 'keyset' }
  if (mark.inside !== null) return insideStep(mark, { rows, page, limit: asked.limit })
  if (rows.length === 0) return { kind: 'page', page: { ...page, rows, next: null } }
  if (mark.mode === 'offset')
    return offsetStep(read, mark, { rows, keys, page, limit: asked.limit })
  if (!follows(mark.after, keys, read.within === null))
    return { kind: 'again', mark: byOffset(mark) }
  if (read.within === null) {
    const next = { ...passed(mark, rows.length), after: keys.at(-1) ?? mark.after }
    return { kind: 'page', page: { ...page, rows, next } }
  }
  return sharedStep(mark, { rows, keys, page, limit: asked.limit })
}

type PageBase = Pick<RowPage, 'columns' | 'broken' | 'isProven'>
interface Got {
  readonly rows: readonly Row[]
  readonly keys: readonly number[]
  readonly page: PageBase
  readonly limit: number
}

/** Several rows share a key: only rows of keys that are certainly whole are given out. */
function sharedStep(mark: Mark, got: Got): Step {
  const { rows, keys, page, limit } = got
  const last = keys.at(-1) ?? mark.after
  if (mark.shortAt !== null) {
    // More came behind a short page: the last key of that page may have been cut by a server that caps its pages.
    return { kind: 'again', mark: { ...into(mark, mark.shortAt), isCapped: true } }
  }
  if (rows.length < limit && !mark.isCapped) {
    const next = { ...passed(mark, rows.length), after: last, shortAt: last }
    return { kind: 'page', page: { ...page, rows, next } }
  }
  const whole = rows.filter((_, at) => keys[at] !== last)
  if (whole.length === 0) return { kind: 'again', mark: into(mark, last) }
  const next = { ...passed(mark, whole.length), after: keys[whole.length - 1] ?? mark.after }
  return { kind: 'page', page: { ...page, rows: whole, next } }
}

function insideStep(mark: Mark, got: Omit<Got, 'keys'>): Step {
  const { rows, page, limit } = got
  if (rows.length === 0) {
    const after = Math.max(mark.after, mark.inside ?? mark.after)
    return { kind: 'again', mark: { ...mark, after, inside: null } }
  }
  const next = {
    ...passed(mark, rows.length),
    insideOffset: mark.insideOffset + rows.length,
    insideLimit: Math.min(limit, rows.length),
  }
  return { kind: 'page', page: { ...page, rows, next } }
}

/** The page size only falls here: offsets are counted in pages, and a server that caps them counts in its own. */
function offsetStep(read: TableRead, mark: Mark, got: Got): Step {
  const { rows, page, limit } = got
  const isShort = rows.length < limit
  const firstRow = `${rows[0]?.[read.key]} ${read.within === null ? '' : rows[0]?.[read.within]}`
  const most = isShort ? rows.length : limit
  const isBisecting = mark.suspect > 0
  const ceiling = isBisecting ? mark.ceiling : Math.min(mark.ceiling, most)
  if (limit > 1 && mark.firstRow === firstRow) {
    if (isShort && mark.ceiling > most)
      return { kind: 'again', mark: { ...mark, ceiling: most, limit: most } }
    throw new ConnectorError('scan', 'the server answers every page with the same rows', {
      hint: 'This server ignores pages; nothing can be read from it without missing rows.',
    })
  }
  const next = { ...passed({ ...mark, ceiling }, rows.length), firstRow }
  return { kind: 'page', page: { ...page, rows, next } }
}

/** Rows above the bound, in order; equal keys side by side only where keys are shared. */
function follows(after: number, keys: readonly number[], isUnique: boolean): boolean {
  let before = after
  for (const [at, one] of keys.entries()) {
    if (one < before || (one === before && (isUnique || at === 0))) return false
    before = one
  }
  return true
}

function byOffset(mark: Mark): Mark {
  return { ...mark, mode: 'offset', inside: null, shortAt: null }
}

function askedFor(mark: Mark): { readonly page: number; readonly limit: number } {
  if (mark.inside !== null) return pageAt(mark.insideOffset, Math.min(mark.limit, mark.insideLimit))
  return mark.mode === 'offset' ? pageAt(mark.count, mark.limit) : { page: 0, limit: mark.limit }
}

function ask(
  read: TableRead,
  mark: Mark,
  asked: {
    readonly page: number
    readonly limit: number
    readonly columns: readonly string[]
    readonly signal: AbortSignal
  },
): Promise<readonly Row[]> {
  const bound: Filter =
    mark.inside !== null
      ? { [read.key]: mark.inside }
      : mark.mode === 'keyset'
        ? { [read.key]: `~>~ ${mark.after}` }
        : {}
  return read.client.call(
    'DataService.query',
    {
      table: read.table,
      limit: asked.limit,
      page: asked.page,
      queryData: { ...read.filter, ...bound },
      selectedFields: asked.columns,
      orderBy: mark.inside === null ? read.key : (read.within ?? read.key),
      ascending: true,
    },
    {
      signal: asked.signal,
      note: read.note,
      ...(read.answered === undefined ? {} : { answered: read.answered }),
    },
  )
}

interface Trouble {
  readonly error: ConnectorError
  readonly columns: readonly string[]
  readonly limit: number
  readonly signal: AbortSignal
}

async function recover(read: TableRead, mark: Mark, trouble: Trouble): Promise<Step> {
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

function keyOf(read: TableRead, row: Row): number {
  const value = row[read.key]
  if (typeof value === 'number') return value
  throw new ConnectorError('scan', `a row of ${read.table} has no ${read.key}`)
}
