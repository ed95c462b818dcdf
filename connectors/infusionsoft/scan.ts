/** The streams of an account, a page at a time: contacts, tag assignments, opt states. */
import { z } from 'zod'

import type { Page, Row as StreamRow, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { readPosition } from '../../src/connector/position.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Client } from './client.ts'
import { contactColumns, isCustomField, sightingReader } from './codec.ts'
import { firstMark, MARK_SCHEMA, type Mark } from './mark.ts'
import type { Filter, Row } from './schema.ts'
import { lowerBound, wireStamp, wireStampAt } from './stamps.ts'
import { scanOptStates } from './opt-states.ts'
import { namedColumns } from './page-recovery.ts'
import type { RowPage, TableRead } from './table-query.ts'
import { readPage } from './table-reader.ts'

export interface Scanner {
  readonly client: Client
  readonly zone: string
  readonly pageSize: number
  readonly isEscaped: boolean
  /** Names of the custom columns that exist now, asked anew. */
  customColumns(signal: AbortSignal): Promise<ReadonlySet<string>>
}

/** One page of a stream. Throws ConnectorError. */
export async function scanPage(
  scanner: Scanner,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  const notes = new Set<string>()
  if (request.stream === 'consents') {
    const { client, pageSize } = scanner
    const note = (text: string) => notes.add(text)
    return {
      ...(await scanOptStates({ client, pageSize, request, signal, note })),
      notes: [...notes],
    }
  }
  const position = readPosition(POSITION, request.position) ?? {
    mark: firstMark(scanner.pageSize),
    high: null,
    start: null,
  }
  let firstAnswerMs: number | null = null
  const go: Go = {
    scanner,
    request,
    position,
    signal,
    note: (text) => notes.add(text),
    answered: (serverMs) => {
      firstAnswerMs ??= serverMs
    },
    firstAnswerMs: () => firstAnswerMs,
  }
  switch (request.stream) {
    case 'contacts':
      return { ...(await contacts(go)), notes: [...notes] }
    case 'taggings':
      return { ...(await taggings(go)), notes: [...notes] }
    case 'groupings':
      throw new ConnectorError('unsupported', 'Infusionsoft has tags and no groups of contacts')
  }
}

const POSITION = z.strictObject({
  mark: MARK_SCHEMA,
  /** Highest stamp seen, as a wall time of the wire. */
  high: z.string().nullable(),
  /** The server's clock at the first page. */
  start: z.string().nullable(),
})
type Position = Readonly<z.infer<typeof POSITION>>

interface Go {
  readonly scanner: Scanner
  readonly request: ScanRequest
  readonly position: Position
  readonly signal: AbortSignal
  readonly note: (text: string) => void
  readonly answered: (serverMs: number) => void
  /** The server's clock in the first answer to this request. */
  readonly firstAnswerMs: () => number | null
}
type Unnoted = Omit<Page, 'notes'>

async function contacts(go: Go): Promise<Unnoted> {
  const { scanner, request, signal } = go
  const read = readOf(go, {
    table: 'Contact',
    key: 'Id',
    within: null,
    columns: contactColumns(request.fields),
    filter: since(go, 'LastUpdated'),
    missing: async (error, columns) => {
      const exist = await scanner.customColumns(signal)
      // None at all: the list of fields is kept from us, which says nothing about any of them.
      const isToldByList = (column: string) => exist.size > 0 && !exist.has(column)
      const vanished = columns.filter((column) => column.startsWith('_') && isToldByList(column))
      const named = namedColumns(error, columns).filter((column) => !NEEDED.includes(column))
      return [...new Set([...vanished, ...named])]
    },
  })
  const page = await readPage(read, go.position.mark, signal)
  const toSighting = sightingReader({
    zone: scanner.zone,
    isEscaped: scanner.isEscaped,
    columns: page.columns,
    custom: request.fields.filter(isCustomField),
    note: go.note,
  })
  const rows = page.rows
    .filter((row) => !isCompany(row))
    .map((row): StreamRow => ({ kind: 'contact', sighting: toSighting(row) }))
  return finished(go, page, { rows, stampColumn: 'LastUpdated' })
}

/** Company records lie in the same table; their own id stands in CompanyID (quirk 5). */
export function isCompany(row: Row): boolean {
  return row['Id'] === row['CompanyID']
}

/** Without these a row cannot be told from a company, or its state cannot be dated. */
const NEEDED: readonly string[] = ['Id', 'CompanyID', 'LastUpdated']

async function taggings(go: Go): Promise<Unnoted> {
  const read = readOf(go, {
    table: 'ContactGroupAssign',
    key: 'ContactId',
    within: 'GroupId',
    columns: ['ContactId', 'GroupId', 'DateCreated'],
    filter: since(go, 'DateCreated'),
    missing: () => Promise.resolve([]),
  })
  const page = await readPage(read, go.position.mark, go.signal)
  const rows = page.rows
    .filter((row) => row['GroupId'] !== undefined)
    .map(
      (row): StreamRow => ({
        kind: 'tagging',
        contact: remoteId(String(row['ContactId'])),
        tag: String(row['GroupId']),
      }),
    )
  return finished(go, page, { rows, stampColumn: 'DateCreated' })
}

function readOf(
  go: Go,
  what: Pick<TableRead, 'table' | 'key' | 'within' | 'columns' | 'filter' | 'missing'>,
): TableRead {
  const { client, pageSize } = go.scanner
  return { ...what, client, pageSize, countsEnd: true, note: go.note, answered: go.answered }
}

function since(go: Go, column: string): Filter {
  const { request, scanner } = go
  if (request.since === null) return {}
  return { [column]: `~>=~ ${lowerBound(request.since, request.overlapMs, scanner.zone)}` }
}

/**
 * The next position, or the end with the watermark: the highest stamp seen, but not past the server's clock at the first page, since what
 * changed behind our back during the scan lies after that; and never below where the scan began.
 */
function finished(
  go: Go,
  page: RowPage,
  more: { readonly rows: readonly StreamRow[]; readonly stampColumn: string | null },
): Unnoted {
  const { scanner, request, position } = go
  const { zone } = scanner
  const startMs = go.firstAnswerMs()
  const { stampColumn } = more
  let { high, start } = position
  if (stampColumn !== null) {
    for (const row of page.rows) high = later(high, stampOf(row[stampColumn], zone))
    start ??= startMs === null ? high : wireStampAt(startMs, zone)
  }
  const { broken, next, isProven } = page
  const end = earlier(high, start) ?? null
  return {
    rows: more.rows,
    broken,
    next: next === null ? null : text({ mark: next, high, start }),
    isProven,
    high: stampColumn === null ? null : later(request.since, end),
    total: null,
  }
}

function stampOf(value: Row[string] | undefined, zone: string): string | null {
  return value === undefined ? null : wireStamp(String(value), zone)
}

/** Wall times of one form compare as texts; what that makes of the repeated hour errs to the safe side, see `lowerBound`. */
function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a >= b ? a : b
}
function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null
  return a <= b ? a : b
}

function text(position: { mark: Mark; high: string | null; start: string | null }): string {
  return JSON.stringify(position)
}
