/** The file itself, open for reading: its rows, decoded, in order from any position or one by one. */
import { isUtf8 } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import type { FieldPath } from '../../src/model/field.ts'
import { type CellRules, type Decoded, decodeCells, decodeLine } from './codec.ts'
import { parseRows } from './csv.ts'
import { type Layout, readLayout } from './layout.ts'
import type { FileOptions } from './options.ts'
import { cutRecords, type RawRecord, recordAt } from './records.ts'
import type { FileStamp } from './stamp.ts'

export interface BaseRow {
  readonly raw: RawRecord
  readonly decoded: Decoded
}
export interface Place {
  readonly offset: number
  readonly line: number
}

export interface Base {
  readonly stamp: FileStamp
  readonly layout: Layout
  readonly rules: CellRules
  readonly start: Place
  /** Some rows at a time. */
  rows(from: Place, signal: AbortSignal): AsyncGenerator<readonly BaseRow[]>
  /** null: nothing stands there. */
  rowAt(offset: number, signal: AbortSignal): Promise<BaseRow | null>
  close(): Promise<void>
}

/** `lists`: paths of fields that hold several items. */
export async function openBase(
  options: FileOptions,
  about: { readonly stamp: FileStamp; readonly lists: ReadonlySet<FieldPath> },
  signal: AbortSignal,
): Promise<Base> {
  const handle = await open(options.path, 'r')
  try {
    return baseOver(handle, options, {
      ...about,
      layout: await readLayout(handle, options, signal),
    })
  } catch (error) {
    await handle.close()
    throw error
  }
}

function baseOver(
  handle: FileHandle,
  options: FileOptions,
  about: {
    readonly stamp: FileStamp
    readonly lists: ReadonlySet<FieldPath>
    readonly layout: Layout
  },
): Base {
  const { layout, stamp, lists } = about
  const rules: CellRules = {
    columns: layout.columns,
    lists,
    separator: options.separator,
    hasGuard: options.hasGuard,
  }
  const delimiter = options.format === 'csv' ? layout.delimiter.charCodeAt(0) : null
  const decode = options.format === 'csv' ? csvDecoder(layout.delimiter, rules) : decodeLines
  return {
    stamp,
    layout,
    rules,
    start: { offset: layout.dataStart, line: layout.dataLine },
    async *rows(from, signal) {
      for await (const records of cutRecords(handle, { ...from, delimiter }, signal)) {
        for (let first = 0; first < records.length; first += ROWS_AT_ONCE) {
          yield decode(records.slice(first, first + ROWS_AT_ONCE))
        }
      }
    },
    async rowAt(offset, signal) {
      const record = await recordAt(handle, { offset, line: 0, delimiter }, signal)
      return record === null ? null : (decode([record])[0] ?? null)
    },
    close: () => handle.close(),
  }
}

/** A page that ends in the middle of a chunk has decoded at most this many rows in vain. */
const ROWS_AT_ONCE = 128

function decodeLines(records: readonly RawRecord[]): readonly BaseRow[] {
  return records.map((raw) => ({
    raw,
    decoded: isUtf8(raw.bytes) ? decodeLine(raw.bytes.toString()) : NOT_UTF8,
  }))
}

/** Parses many rows at once; where one of them is not well formed, each alone, so that only that one is broken. */
function csvDecoder(
  delimiter: string,
  rules: CellRules,
): (records: readonly RawRecord[]) => readonly BaseRow[] {
  const decodeOne = (raw: RawRecord): Decoded => {
    if (!isUtf8(raw.bytes)) return NOT_UTF8
    try {
      const [cells, ...more] = parseRows(raw.bytes, delimiter)
      if (cells === undefined || more.length > 0) return BAD_QUOTES
      return decodeCells(cells, rules)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return { ...BAD_QUOTES, message: error.message.replace(/ at line \d+/, '') }
    }
  }
  const together = (records: readonly RawRecord[]): string[][] | null => {
    const whole = Buffer.concat(records.flatMap(({ bytes }) => [bytes, LINE_END]))
    if (!isUtf8(whole)) return null
    try {
      const rows = parseRows(whole, delimiter)
      return rows.length === records.length ? rows : null
    } catch {
      // One of them is not well formed; each alone tells which.
      return null
    }
  }
  return (records) => {
    const rows = together(records)
    return records.map((raw, place) => {
      const cells = rows?.[place]
      return { raw, decoded: cells === undefined ? decodeOne(raw) : decodeCells(cells, rules) }
    })
  }
}

const LINE_END = Buffer.from('\n')
const NOT_UTF8: Decoded = {
  kind: 'broken',
  message: 'the row is not UTF-8',
  hint: 'Save the file as "CSV UTF-8", in Excel one of the choices of Save As.',
}
const BAD_QUOTES = {
  kind: 'broken',
  message: 'the quotes of the row do not fit',
  hint: 'A quote inside a cell is doubled, and the cell stands in quotes.',
} as const satisfies Decoded
