/** How a file is laid out: byte order mark, delimiter, line end, header row. Found at its beginning; of a new file, chosen. */
import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { ConnectorError } from '../../src/connector/error.ts'
import { parseRows } from './csv.ts'
import { type Column, columnsOf } from './header-names.ts'
import type { FileOptions } from './options.ts'
import { cutRecords } from './records.ts'

export interface Layout {
  /** Everything before the header row: byte order mark and Excel's `sep=` line. */
  readonly preamble: Buffer
  /** '' for NDJSON. */
  readonly delimiter: string
  readonly newline: string
  /** The header row as it stands; null: there is none. */
  readonly header: Buffer | null
  /** Empty for NDJSON. */
  readonly columns: readonly Column[]
  /** Position and line number of the first record after the header. */
  readonly dataStart: number
  readonly dataLine: number
}

export function newLayout(options: FileOptions): Layout {
  const isCsv = options.format === 'csv'
  return {
    preamble: isCsv && options.hasBom ? BOM : Buffer.alloc(0),
    delimiter: isCsv ? (options.delimiter ?? ',') : '',
    newline: isCsv ? '\r\n' : '\n',
    header: null,
    columns: [],
    dataStart: 0,
    dataLine: 1,
  }
}

/** Throws ConnectorError `scan` where the file is no text in UTF-8. */
export async function readLayout(
  handle: FileHandle,
  options: FileOptions,
  signal: AbortSignal,
): Promise<Layout> {
  const head = Buffer.alloc(HEAD_BYTES)
  const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0)
  const start = head.subarray(0, bytesRead)
  if (start.subarray(0, 2).equals(UTF16_LE) || start.subarray(0, 2).equals(UTF16_BE)) {
    throw notUtf8(options.path)
  }
  const hasBom = start.subarray(0, BOM.length).equals(BOM)
  const bomBytes = hasBom ? BOM.length : 0
  const base = { ...newLayout(options), preamble: start.subarray(0, bomBytes) }
  if (options.format === 'ndjson') return { ...base, dataStart: bomBytes }
  const separator = /^sep=(.)\r?\n/.exec(start.toString('latin1', bomBytes))
  const from = bomBytes + (separator?.[0].length ?? 0)
  const preamble = start.subarray(0, from)
  const line = separator === null ? 1 : 2
  const header = await firstRow(handle, { offset: from, line, delimiter: 0x2c }, signal)
  if (header === null) return { ...base, preamble, dataStart: from, dataLine: line }
  const delimiter = options.delimiter ?? separator?.[1] ?? detectDelimiter(header.bytes)
  const code = delimiter.charCodeAt(0)
  // Cut anew: where cells begin, and so which quotes open one, depends on the delimiter.
  const row = await firstRow(handle, { offset: from, line, delimiter: code }, signal)
  if (row === null || !isUtf8(row.bytes)) throw notUtf8(options.path)
  return {
    preamble,
    delimiter,
    newline: row.newline,
    header: row.bytes,
    columns: columnsOf(headersOf(row.bytes, delimiter)),
    dataStart: row.next,
    dataLine: line + row.lines,
  }
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_LE = Buffer.from([0xff, 0xfe])
const UTF16_BE = Buffer.from([0xfe, 0xff])
const HEAD_BYTES = 64

interface HeaderRow {
  readonly bytes: Buffer
  readonly next: number
  readonly lines: number
  readonly newline: string
}

async function firstRow(
  handle: FileHandle,
  from: { readonly offset: number; readonly line: number; readonly delimiter: number },
  signal: AbortSignal,
): Promise<HeaderRow | null> {
  for await (const [row] of cutRecords(handle, from, signal)) {
    if (row === undefined) continue
    const end = Buffer.alloc(2)
    const { bytesRead } = await handle.read(end, 0, 2, row.start + row.bytes.length)
    const lineEnd = end.toString(
      'latin1',
      0,
      Math.min(bytesRead, row.next - row.start - row.bytes.length),
    )
    const inside = row.bytes.toString('latin1').split('\n').length - 1
    return {
      bytes: row.bytes,
      next: row.next,
      lines: row.line - from.line + inside + 1,
      newline: lineEnd === '' ? '\r\n' : lineEnd,
    }
  }
  return null
}

/** The one that cuts the header into most cells; a comma where none does. */
function detectDelimiter(header: Buffer): string {
  let best = ','
  let cells = 1
  for (const delimiter of [',', ';', '\t', '|']) {
    const count = cellCount(header, delimiter)
    if (count > cells) [best, cells] = [delimiter, count]
  }
  return best
}

function cellCount(header: Buffer, delimiter: string): number {
  try {
    return headersOf(header, delimiter).length
  } catch {
    // Not well quoted under this delimiter, so it is another one.
    return 0
  }
}

function headersOf(row: Buffer, delimiter: string): readonly string[] {
  return parseRows(row, delimiter)[0] ?? []
}

function notUtf8(path: string): ConnectorError {
  return new ConnectorError('scan', `${path} is not a text in UTF-8`, {
    hint: 'Save it as "CSV UTF-8", in Excel one of the choices of Save As.',
  })
}
