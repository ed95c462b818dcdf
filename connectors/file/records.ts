/** Cuts a file into records by byte position, so that a scan can resume at one: a line of NDJSON, or a row of CSV with its quoted line ends. */
import type { FileHandle } from 'node:fs/promises'
import { ConnectorError } from '../../src/connector/error.ts'

export interface RawRecord {
  /** Byte position of its first byte, and of the first byte of the next record. */
  readonly start: number
  readonly next: number
  /** 1-based number of its first line. */
  readonly line: number
  /** Without its line end. */
  readonly bytes: Buffer
}
export interface CutFrom {
  readonly offset: number
  readonly line: number
  /** Byte between the cells of a CSV; null: lines. */
  readonly delimiter: number | null
}

const CHUNK_BYTES = 256 * 1024
/** A record beyond this is a quote that nobody closed. */
const RECORD_BYTES_MAX = 16 * 1024 * 1024

/** All records from a position on, some at a time, in one buffer each; empty lines are left out. Throws ConnectorError `scan` at a quote that is never closed. */
export async function* cutRecords(
  handle: FileHandle,
  from: CutFrom,
  signal: AbortSignal,
): AsyncGenerator<readonly RawRecord[]> {
  let { offset, line } = from
  let rest: Buffer = Buffer.alloc(0)
  let wanted = CHUNK_BYTES
  for (let isLast = false; !isLast; ) {
    signal.throwIfAborted()
    const chunk = Buffer.allocUnsafe(wanted)
    const { bytesRead } = await handle.read(chunk, 0, wanted, offset + rest.length)
    isLast = bytesRead === 0
    const buffer = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    const cut = cutBuffer(buffer, { offset, line, delimiter: from.delimiter }, isLast)
    if (cut.records.length > 0) yield cut.records
    rest = buffer.subarray(cut.used)
    offset += cut.used
    line = cut.line
    if (rest.length > RECORD_BYTES_MAX) throw unclosed(line)
    wanted = Math.max(CHUNK_BYTES, rest.length)
  }
}

/** The one record that starts at a position; null: there is none. */
export async function recordAt(
  handle: FileHandle,
  from: CutFrom,
  signal: AbortSignal,
): Promise<RawRecord | null> {
  for (let wanted = RECORD_BYTES_USUAL; ; wanted *= 4) {
    signal.throwIfAborted()
    const chunk = Buffer.allocUnsafe(wanted)
    const { bytesRead } = await handle.read(chunk, 0, wanted, from.offset)
    const isLast = bytesRead < wanted
    const end = endOf(chunk.subarray(0, bytesRead), 0, from.delimiter, isLast)
    if (end === null && wanted <= RECORD_BYTES_MAX && !isLast) continue
    if (end === null) throw unclosed(from.line)
    if (bytesRead === 0) return null
    const { offset: start, line } = from
    return { start, next: start + end.next, line, bytes: chunk.subarray(0, end.end) }
  }
}
const RECORD_BYTES_USUAL = 4 * 1024

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22]

interface Cut {
  readonly records: readonly RawRecord[]
  readonly used: number
  readonly line: number
}

function cutBuffer(buffer: Buffer, from: CutFrom, isLast: boolean): Cut {
  const records: RawRecord[] = []
  let { line } = from
  let at = 0
  while (at < buffer.length) {
    const end = endOf(buffer, at, from.delimiter, isLast)
    if (end === null) {
      if (isLast) throw unclosed(line)
      break
    }
    if (end.end > at) {
      const start = from.offset + at
      records.push({
        start,
        next: from.offset + end.next,
        line,
        bytes: buffer.subarray(at, end.end),
      })
    }
    line += end.lines
    at = end.next
  }
  return { records, used: at, line }
}

interface End {
  readonly end: number
  readonly next: number
  readonly lines: number
}

/** null: it is not in the buffer. Quotes open a cell only at its beginning; whether a cell is well quoted is for the parser to say. */
function endOf(
  buffer: Buffer,
  start: number,
  delimiter: number | null,
  isLast: boolean,
): End | null {
  if (delimiter === null) return endOfLine(buffer, start, isLast)
  let at = start
  let lines = 1
  let opensCell = true
  while (at < buffer.length) {
    const byte = buffer[at]
    if (byte === QUOTE && opensCell) {
      const close = closingQuote(buffer, at + 1, isLast)
      if (close === null) return null
      lines += countLines(buffer, at, close)
      at = close
      opensCell = false
    } else if (byte === LF) return { end: at, next: at + 1, lines }
    else if (byte === CR) {
      if (at + 1 === buffer.length && !isLast) return null
      return { end: at, next: buffer[at + 1] === LF ? at + 2 : at + 1, lines }
    } else opensCell = byte === delimiter
    at += 1
  }
  return isLast ? { end: at, next: at, lines } : null
}

/** Two quotes in a row are one inside the cell. */
function closingQuote(buffer: Buffer, from: number, isLast: boolean): number | null {
  for (let at = buffer.indexOf(QUOTE, from); at >= 0; at = buffer.indexOf(QUOTE, at + 2)) {
    if (at + 1 === buffer.length && !isLast) return null
    if (buffer[at + 1] !== QUOTE) return at
  }
  return null
}

function countLines(buffer: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = buffer.indexOf(LF, from); at >= 0 && at < to; at = buffer.indexOf(LF, at + 1)) {
    lines += 1
  }
  return lines
}

function endOfLine(buffer: Buffer, start: number, isLast: boolean): End | null {
  const at = buffer.indexOf(LF, start)
  if (at < 0) return isLast ? { end: buffer.length, next: buffer.length, lines: 0 } : null
  const isPair = at > start && buffer[at - 1] === CR
  return { end: isPair ? at - 1 : at, next: at + 1, lines: 1 }
}

function unclosed(line: number): ConnectorError {
  return new ConnectorError(
    'scan',
    `a quote that is opened in the row of line ${line} is never closed`,
    {
      hint: 'Close it, or double it if it belongs to the text. Nothing was read, since every row after it would be in doubt.',
    },
  )
}
