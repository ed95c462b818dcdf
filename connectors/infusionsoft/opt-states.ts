/**
 * The stream of opt states (EmailAddStatus). No stamp tells when one changed (quirk 19), so a scan without a bound reads the whole table and
 * counts the rows it saw by state. These counts are the watermark. The next scan has the server count the same states, a constant number of
 * requests, and reads the rows of those that moved, and the rows above the highest id seen. Two addresses that change places within one state
 * between two scans move no count: the whole table shows them, which is read at least as often as the capability says.
 */
import { z } from 'zod'
import type { Page, Row as StreamRow, ScanRequest } from '../../src/connector/connector.ts'
import { readPosition } from '../../src/connector/position.ts'
import type { Client } from './client.ts'
import { consentOf, fold, isKnownState, isMailable, KNOWN_STATES } from './consents.ts'
import { countOf } from './inventory.ts'
import { firstMark, MARK_SCHEMA, type Mark } from './mark.ts'
import type { Filter, Row } from './schema.ts'
import type { RowPage, TableRead } from './table-query.ts'
import { readPage } from './table-reader.ts'

export interface OptStates {
  readonly client: Client
  readonly pageSize: number
  readonly request: ScanRequest
  readonly signal: AbortSignal
  note(text: string): void
}

/** One page. Throws ConnectorError. */
export async function scanOptStates(from: OptStates): Promise<Omit<Page, 'notes'>> {
  const position =
    readPosition(POSITION, from.request.position) ?? (await begin(from, from.request.since))
  const part = position.parts[0] ?? WHOLE
  const page = await readPage(readOf(from, filterOf(part)), position.mark, from.signal)
  const seen = { ...position.seen }
  let { last } = position
  for (const row of page.rows) {
    last = Math.max(last, Number(row['Id']))
    if (part !== ABOVE) count(seen, String(row['Type'] ?? ''))
  }
  const isProven = position.isProven && (page.next !== null || page.isProven)
  const next = following(from, { ...position, seen, last, isProven }, page)
  return {
    rows: rowsOf(from, page.rows),
    broken: page.broken,
    next: next === null ? null : JSON.stringify(next),
    isProven,
    high: next === null && isProven ? watermark({ ...position, seen, last }) : null,
    total: null,
  }
}

/** All rows, or those above the highest id that was seen before; anything else is a state. */
const WHOLE = '*'
const ABOVE = '+'

/** By state, folded. */
const COUNTS = z.record(z.string(), z.number().int().nonnegative())
const WATERMARK = z.strictObject({
  counts: COUNTS,
  /** Highest id. */
  last: z.number().int().nonnegative(),
})
const POSITION = z.strictObject({
  mark: MARK_SCHEMA,
  /** What is still to be read. */
  parts: z.array(z.string()).readonly(),
  /** What the server counted; empty for a whole reading. */
  counted: COUNTS,
  /** What was read, of the states that were read. */
  seen: COUNTS,
  /** Where reading what is above began. */
  above: z.number().int().nonnegative(),
  last: z.number().int().nonnegative(),
  isProven: z.boolean(),
})
type Position = Readonly<z.infer<typeof POSITION>>
type Counts = Readonly<Record<string, number>>

async function begin(from: OptStates, since: string | null): Promise<Position> {
  const whole = {
    mark: firstMark(from.pageSize),
    parts: [WHOLE],
    counted: {},
    seen: {},
    above: 0,
    last: 0,
    isProven: true,
  }
  const before = readPosition(WATERMARK.nullable().catch(null), since)
  if (before === null || isSmall(before.counts, from.pageSize)) return whole
  const counted = await countedNow(from, before.counts)
  if (counted === null) return whole
  const moved = Object.keys(counted).filter(
    (state) => !isMailable(state) && counted[state] !== (before.counts[state] ?? 0),
  )
  const { last } = before
  const parts = [...moved, ABOVE]
  const seen = Object.fromEntries(moved.map((state) => [state, 0]))
  return { ...whole, mark: markOf(from, parts[0], last), parts, counted, seen, above: last, last }
}

/** Reading all of it costs no more than counting. */
function isSmall(counts: Counts, pageSize: number): boolean {
  return sum(counts) <= pageSize * KNOWN_STATES.length
}

/**
 * How many rows have each state now. null: the server cannot say, says what cannot be, knows words that nobody counted, or has no row at all where
 * there were some; the whole table tells then. A state without a row that had some is asked for twice: one wrong answer is not the truth.
 */
async function countedNow(from: OptStates, before: Counts): Promise<Counts | null> {
  const states = new Map(KNOWN_STATES.map((state) => [fold(state), state]))
  for (const state of Object.keys(before)) if (!states.has(state)) states.set(state, state)
  // The server would take them for conditions (quirk 17).
  if ([...states.keys()].some((state) => state === '' || /[%_~]/.test(state))) return null
  const ask = async (queryData: Filter, known: number) => {
    const what = { table: TABLE, queryData }
    const first = await countOf(from.client, what, from.signal)
    return first === 0 && known > 0 ? countOf(from.client, what, from.signal) : first
  }
  for (let tries = 0; tries < COUNTINGS_MAX; tries += 1) {
    const [all, ...answers] = await Promise.all([
      ask({}, sum(before)),
      ...[...states].map(([folded, Type]) => ask({ Type }, before[folded] ?? 0)),
    ])
    if (all === null || all === undefined || all === 0 || answers.includes(null)) return null
    const counts = Object.fromEntries(
      [...states.keys()].map((folded, place) => [folded, answers[place] ?? 0]),
    )
    // A row that changes its state between two of the questions is counted twice or never.
    if (sum(counts) === all) return counts
  }
  return null
}
const COUNTINGS_MAX = 2
const TABLE = 'EmailAddStatus'

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, each) => total + each, 0)
}

function count(seen: Record<string, number>, type: string): void {
  const state = fold(type)
  seen[state] = (seen[state] ?? 0) + 1
}

/** Where the page after this one begins; null: all parts are read. */
function following(from: OptStates, position: Position, page: RowPage): Position | null {
  if (page.next !== null) return { ...position, mark: page.next }
  const [, ...parts] = position.parts
  const [part] = parts
  return part === undefined
    ? null
    : { ...position, parts, mark: markOf(from, part, position.above) }
}

function markOf(from: OptStates, part: string | undefined, above: number): Mark {
  const mark = firstMark(from.pageSize)
  return part === ABOVE ? { ...mark, after: above } : mark
}

/** Of what was read, the rows that were seen count, not those that were promised: what is missing is read again next time. */
function watermark({ counted, seen, last }: Position): string {
  const all = Object.entries({ ...counted, ...seen }).filter(([, rows]) => rows > 0)
  const counts = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)))
  return JSON.stringify({ counts, last } satisfies z.infer<typeof WATERMARK>)
}

function filterOf(part: string): Filter {
  if (part === WHOLE || part === ABOVE) return {}
  return { Type: KNOWN_STATES.find((state) => fold(state) === part) ?? part }
}

function readOf(from: OptStates, filter: Filter): TableRead {
  return {
    client: from.client,
    table: TABLE,
    key: 'Id',
    within: null,
    columns: ['Id', 'Email', 'Type'],
    filter,
    pageSize: from.pageSize,
    missing: () => Promise.resolve([]),
    note: (text) => from.note(text),
  }
}

function rowsOf(from: OptStates, read: readonly Row[]): readonly StreamRow[] {
  const rows: StreamRow[] = []
  for (const row of read) {
    const [email, type] = [String(row['Email'] ?? ''), String(row['Type'] ?? '')]
    if (email === '') continue
    if (!isKnownState(type))
      from.note(`The opt state ${JSON.stringify(type)} is not known; it counts as never consented.`)
    rows.push({ kind: 'consent', contact: null, consent: consentOf(email, type) })
  }
  return rows
}
