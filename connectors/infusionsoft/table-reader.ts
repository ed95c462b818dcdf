/**
 * Reads a table page by page without missing a row, however rows move meanwhile.
 *
 * Pages are cut by the key: rows above the last key seen, in its order, always the first page of them. That holds while rows come, go and
 * change, and it is checked on every page: rows at or below the bound, or out of order, mean that the server ignores it, and the read goes on
 * by offset, unproven. The end is an empty page, never a short one, so a server that gives fewer rows than asked for loses nothing. Where it
 * matters, the server's own count of the same query must agree (`countsEnd`): a short page is the end when it holds all that are counted, and an
 * empty one is asked for again when rows are counted; if none are shown even then, the read has failed.
 * A page that cannot be read is cut in halves until the one row that breaks it stands alone; that row is reported and the read goes on.
 * Where several rows share a key, the last key of a full page may be cut: its rows are left for the next page, and a key with
 * more rows than a page is read by itself.
 */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { byOffset, into, type Mark, passed } from './mark.ts'
import { recover } from './page-recovery.ts'
import type { Row } from './schema.ts'
import {
  ask,
  askedFor,
  countAt,
  keyOf,
  type RowPage,
  type Step,
  type TableRead,
} from './table-query.ts'

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

async function stepOnce(read: TableRead, mark: Mark, signal: AbortSignal): Promise<Step> {
  const columns = read.columns.filter((column) => !mark.gone.includes(column))
  const asked = askedFor(mark)
  let rows: readonly Row[]
  try {
    rows = await ask(read, mark, { ...asked, columns, signal })
    // A whole table without a row is asked for twice: taken for the truth, one wrong answer would opt nobody out.
    if (rows.length === 0 && isWholeTable(read, mark))
      rows = await ask(read, mark, { ...asked, columns, signal })
    for (let tries = 1; rows.length === 0 && (await hasMore(read, mark, signal)); tries += 1) {
      if (tries > ASKED_AGAIN_MAX) throw withheld(read, mark)
      rows = await ask(read, mark, { ...asked, columns, signal })
    }
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind === 'scan') throw error
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
  const isShort = rows.length < asked.limit && !mark.isCapped && mark.shortAt === null
  const mayEnd = isShort && read.countsEnd === true
  if (mayEnd && (await countAt(read, mark, signal)) <= rows.length)
    return { kind: 'page', page: { ...page, rows, next: null } }
  if (read.within === null) {
    const after = keys.at(-1) ?? mark.after
    // What is short and not the end says nothing about later pages either: from here on the end is an empty one.
    const next = { ...passed(mark, rows.length), after, isCapped: mark.isCapped || mayEnd }
    return { kind: 'page', page: { ...page, rows, next } }
  }
  return sharedStep(mark, { rows, keys, page, limit: asked.limit })
}

/** Rows of a page that showed none. By offset the scan is unproven anyway, and rows of one key are looked at again from above it. */
async function hasMore(read: TableRead, mark: Mark, signal: AbortSignal): Promise<boolean> {
  if (read.countsEnd !== true || mark.mode === 'offset' || mark.inside !== null) return false
  return (await countAt(read, mark, signal)) > 0
}
/** How often an empty page is asked for again while the server counts rows that belong on it. */
const ASKED_AGAIN_MAX = 3

function withheld(read: TableRead, mark: Mark): ConnectorError {
  return new ConnectorError(
    'scan',
    `the server counts rows of ${read.table} above ${read.key} ${mark.after} and shows none of them`,
    { hint: 'Nothing was lost: run the same command again, it reads this table anew.' },
  )
}

function isWholeTable({ filter }: TableRead, { after, count, inside }: Mark): boolean {
  return Object.keys(filter).length === 0 && after === 0 && count === 0 && inside === null
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
