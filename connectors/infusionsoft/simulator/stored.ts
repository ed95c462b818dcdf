/** What the server makes of a value that is written: its class fitted to the column, its text cut, refused or re-formatted. */
import type { Rpc } from './call.ts'
import { notesMax, PHONE_COLUMNS } from './contact-columns.ts'
import type { Cell } from './contact-row.ts'
import { Fault } from './fault.ts'
import type { Quirks } from './quirks.ts'
import { escapeText } from './reply.ts'
import type { Column } from './table.ts'
import { parseWall, stampText } from './wall.ts'

/** `keep`: the value is ignored and the column stays as it is. */
export type Stored =
  | { readonly kind: 'set'; readonly cell: Cell | undefined }
  | { readonly kind: 'keep' }

/** Throws fault 12 for a value that does not fit the column, 4 for text that the database refuses. */
export function stored<Row>(column: Column<Row>, value: Rpc, quirks: Quirks): Stored {
  switch (column.kind) {
    case 'text':
      return set(storedText(column, plainText(column, value), quirks))
    case 'id':
    case 'int':
    case 'flag':
      return storedInteger(column, value)
    case 'double':
      return storedDouble(column, value)
    case 'date':
    case 'stamp':
      return storedTime(column, value, quirks)
  }
}

function storedText<Row>(column: Column<Row>, text: string, quirks: Quirks): string {
  let kept = PHONE_COLUMNS.includes(column.name) ? formatPhone(text) : text
  if (/[\u{10000}-\u{10FFFF}]/u.test(kept)) {
    if (quirks.emoji === 'fault')
      throw new Fault(4, `Incorrect string value for column ${column.name}`)
    if (quirks.emoji === 'lost') kept = kept.replace(/[\u{10000}-\u{10FFFF}]/gu, '?')
  }
  if (quirks.htmlEntities) kept = escapeText(kept).replaceAll('"', '&quot;')
  if (kept.length <= column.maxLength) return kept
  if (quirks.overlong === 'cut' || column.maxLength === notesMax)
    return kept.slice(0, column.maxLength)
  throw new Fault(4, `Data too long for column ${column.name}`)
}

/** Ten plain digits come back as a North American number; everything else stays as it was typed. */
export function formatPhone(text: string): string {
  if (!/^[\d ().-]+$/.test(text)) return text
  const digits = text.replace(/\D/g, '')
  if (digits.length !== 10) return text
  return `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`
}

function set(cell: Cell | undefined): Stored {
  return { kind: 'set', cell }
}

function plainText<Row>(column: Column<Row>, value: Rpc): string {
  switch (value.kind) {
    case 'string':
      return value.value
    case 'int':
    case 'double':
      return String(value.value)
    case 'boolean':
      return value.value ? '1' : '0'
    case 'date': {
      const wall = parseWall(value.value)
      return wall === null ? value.value : stampText(wall)
    }
    default:
      throw unfit(column, value)
  }
}

function storedInteger<Row>(column: Column<Row>, value: Rpc): Stored {
  if (value.kind === 'int') return set(value.value)
  if (value.kind === 'boolean') return set(value.value ? 1 : 0)
  if (value.kind !== 'string') throw unfit(column, value)
  const text = value.value.trim()
  if (text === '') return set(column.kind === 'id' ? 0 : undefined)
  if (!/^-?\d{1,10}$/.test(text)) throw unfit(column, value)
  return set(Number(text))
}

function storedDouble<Row>(column: Column<Row>, value: Rpc): Stored {
  if (value.kind === 'int' || value.kind === 'double') return set(value.value)
  if (value.kind !== 'string') throw unfit(column, value)
  const text = value.value.trim()
  if (text === '') return set(undefined)
  if (!/^-?\d*\.?\d+$/.test(text)) throw unfit(column, value)
  return set(Number(text))
}

/** Empty text is ignored and "0" clears, unless the quirk says otherwise. */
function storedTime<Row>(column: Column<Row>, value: Rpc, quirks: Quirks): Stored {
  if (value.kind !== 'date' && value.kind !== 'string') throw unfit(column, value)
  const text = value.value.trim()
  if (text === '') return quirks.clearDates === 'empty' ? set(undefined) : { kind: 'keep' }
  if (text === '0') return quirks.clearDates === 'never' ? { kind: 'keep' } : set(undefined)
  const wall = parseWall(text)
  if (wall === null) throw unfit(column, value)
  return set(column.kind === 'date' ? wall - (((wall % 86_400) + 86_400) % 86_400) : wall)
}

function unfit<Row>(column: Column<Row>, value: Rpc): Fault {
  const shown = 'value' in value ? String(value.value) : value.kind
  return new Fault(12, `Invalid value for ${column.name}: ${shown}`)
}
