/** How each contact stands in the new file: rows that nobody wrote to byte by byte, the others anew. */
import type { Sighting } from '../../src/model/sighting.ts'
import { addedColumns } from './added-columns.ts'
import type { View } from './client.ts'
import { type CellRules, encodeCells, encodeLine } from './codec.ts'
import { formatRow, parseRows } from './csv.ts'
import { listPaths } from './declarations.ts'
import type { RawRecord } from './records.ts'
import type { Item } from './walk.ts'

export interface ItemWriter {
  /** What stands before the first contact. */
  readonly head: Buffer
  bytesOf(item: Item): Buffer
}

export function itemWriter(view: View): ItemWriter {
  return view.options.format === 'csv' ? csvWriter(view) : lineWriter(view)
}

const NOTHING = Buffer.alloc(0)

function lineWriter({ layout }: View): ItemWriter {
  const end = Buffer.from('\n')
  return {
    head: layout.preamble,
    bytesOf(item) {
      switch (item.kind) {
        case 'written':
          return Buffer.concat([Buffer.from(encodeLine(item.sighting)), end])
        case 'kept':
          return Buffer.concat([withId(item.row.raw, item), end])
        case 'broken':
          return Buffer.concat([item.row.raw.bytes, end])
        case 'removed':
          return NOTHING
      }
    },
  }
}

/** A line whose id was derived states it from now on. */
function withId(raw: RawRecord, { row, sighting }: Extract<Item, { kind: 'kept' }>): Buffer {
  if (row.decoded.kind === 'contact' && row.decoded.id !== null) return raw.bytes
  const text = raw.bytes.toString().trimEnd()
  const body = text.slice(0, -1).trimEnd()
  const comma = body === '{' ? '' : ','
  return Buffer.from(`${body}${comma}"id":${JSON.stringify(sighting.id)}}`)
}

function csvWriter(view: View): ItemWriter {
  const { layout, options, declarations } = view
  const added = addedColumns(view)
  const columns = [...layout.columns, ...added]
  const rules: CellRules = {
    columns,
    lists: listPaths(declarations),
    separator: options.separator,
    hasGuard: options.hasGuard,
  }
  const row = (cells: readonly string[]): Buffer => formatRow(cells, layout)
  const end = Buffer.from(layout.newline)
  const join = Buffer.from(layout.delimiter)
  /** A row as it stands, with cells for the new columns behind it. */
  const extended = (raw: RawRecord, cells: readonly string[]): Buffer =>
    added.length === 0
      ? Buffer.concat([raw.bytes, end])
      : Buffer.concat([raw.bytes, join, row(cells)])
  const addedCells = (sighting: Sighting) => encodeCells(sighting, { ...rules, columns: added })
  const headers = added.map(({ header }) => header)
  const header =
    layout.header === null
      ? row(headers)
      : extended({ start: 0, next: 0, line: 0, bytes: layout.header }, headers)
  return {
    head: Buffer.concat([layout.preamble, header]),
    bytesOf(item) {
      switch (item.kind) {
        case 'written':
          return row(encodeCells(item.sighting, rules))
        case 'kept':
          return extended(item.row.raw, addedCells(item.sighting))
        case 'broken': {
          const { raw, decoded } = item.row
          if (decoded.kind === 'contact')
            return extended(
              raw,
              added.map(() => ''),
            )
          const fits = cellCount(raw, layout.delimiter) === columns.length
          return Buffer.concat(added.length > 0 && fits ? [raw.bytes, join, end] : [raw.bytes, end])
        }
        case 'removed':
          return NOTHING
      }
    },
  }
}

/** So that a row of too many cells does not fit by accident once there are more columns. */
function cellCount(raw: RawRecord, delimiter: string): number | null {
  try {
    return parseRows(raw.bytes, delimiter)[0]?.length ?? null
  } catch {
    // Not well quoted, whatever the header is.
    return null
  }
}
