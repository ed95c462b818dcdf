/** Conditions of a query: what a member of queryData asks of a column, with the operators hidden in its text. */
import type { Rpc } from './call.ts'
import type { Cell } from './contact-row.ts'
import { Fault } from './fault.ts'
import type { Column } from './table.ts'
import { columnText, parseWall } from './wall.ts'

export interface Condition<Row> {
  test(row: Row): boolean
  /** On a key column: rows outside need not be visited. */
  readonly range: { readonly low: number; readonly high: number } | null
  /** On the key column: only rows with these keys. */
  readonly ids: readonly number[] | null
  /** Exactly this text, in lower case: a table that has an index by the column may use it. */
  readonly exactly: { readonly column: string; readonly text: string } | null
  /** True: compares a key column by an operator (quirk `keyset`). */
  readonly isKeyset: boolean
}

/** Most ids that an IN list may hold. */
const idsMax = 1000
const OPERATORS = ['~>=~', '~<=~', '~<>~', '~>~', '~<~'] as const
type Operator = (typeof OPERATORS)[number]
const COMPARISONS: Readonly<Record<Operator, (cell: Cell, wanted: Cell) => boolean>> = {
  '~>=~': (cell, wanted) => cell >= wanted,
  '~<=~': (cell, wanted) => cell <= wanted,
  '~<>~': (cell, wanted) => cell !== wanted,
  '~>~': (cell, wanted) => cell > wanted,
  '~<~': (cell, wanted) => cell < wanted,
}

/** Throws fault 12 for values that the column cannot be compared with. */
export function condition<Row>(
  column: Column<Row>,
  value: Rpc,
  key: string | null,
): Condition<Row> {
  const isKey = column.name === key
  if (value.kind === 'array') return inList(column, value.items, isKey)
  const text = asText(column, value)
  const trimmed = text.trim()
  if (trimmed === '~null~') {
    return { ...plain, test: (row) => column.read(row) === undefined }
  }
  const operator = OPERATORS.find((one) => trimmed.startsWith(one))
  if (operator === undefined) return equals(column, text, isKey)
  const wanted = operand(column, trimmed.slice(operator.length).replace(/^ /, ''))
  const holds = COMPARISONS[operator]
  return {
    ...plain,
    isKeyset: isKey,
    range: isKey && typeof wanted === 'number' ? rangeOf(operator, wanted) : null,
    test(row) {
      const cell = column.read(row)
      return cell !== undefined && holds(foldCell(cell), wanted)
    },
  }
}

const plain = { range: null, ids: null, exactly: null, isKeyset: false } as const

function inList<Row>(column: Column<Row>, items: readonly Rpc[], isKey: boolean): Condition<Row> {
  if (column.kind !== 'id')
    throw new Fault(12, `a list of values is not permitted for ${column.name}`)
  if (items.length > idsMax) throw new Fault(12, `more than ${idsMax} values for ${column.name}`)
  const ids = [...new Set(items.map((item) => Number(operand(column, asText(column, item)))))].sort(
    (a, b) => a - b,
  )
  const set = new Set<Cell | undefined>(ids)
  return { ...plain, ids: isKey ? ids : null, test: (row) => set.has(column.read(row)) }
}

function equals<Row>(column: Column<Row>, text: string, isKey: boolean): Condition<Row> {
  if (text.includes('%')) {
    const pattern = like(text)
    return {
      ...plain,
      test(row) {
        const cell = column.read(row)
        return cell !== undefined && pattern.test(cellText(column, cell))
      },
    }
  }
  const wanted = operand(column, text)
  return {
    ...plain,
    ids: isKey && typeof wanted === 'number' ? [wanted] : null,
    exactly: typeof wanted === 'string' ? { column: column.name, text: wanted } : null,
    test(row) {
      const cell = column.read(row)
      return cell !== undefined && foldCell(cell) === wanted
    },
  }
}

/** Every condition arrives as text or as a scalar that reads the same as its text. */
function asText<Row>(column: Column<Row>, value: Rpc): string {
  switch (value.kind) {
    case 'string':
    case 'date':
      return value.value
    case 'int':
    case 'double':
      return String(value.value)
    case 'boolean':
      return value.value ? '1' : '0'
    default:
      throw new Fault(
        0,
        `Failed to invoke method query: unexpected ${value.kind} for ${column.name}`,
      )
  }
}

/** Empty text equals zero in a number column, as in the database behind. */
function operand<Row>(column: Column<Row>, text: string): Cell {
  if (column.kind === 'text') return text.toLowerCase()
  if (column.kind === 'date' || column.kind === 'stamp') {
    const wall = parseWall(text)
    if (wall === null) throw new Fault(12, `not a date for ${column.name}: ${text}`)
    return wall
  }
  const number = Number(text)
  if (!Number.isFinite(number)) throw new Fault(12, `not a number for ${column.name}: ${text}`)
  return number
}

function foldCell(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.toLowerCase() : cell
}

function cellText<Row>(column: Column<Row>, cell: Cell): string {
  const isTime = column.kind === 'date' || column.kind === 'stamp'
  return typeof cell === 'number' && isTime ? columnText(cell) : String(cell)
}

/** `%` any characters, `_` one; case never matters; nothing can be escaped. */
function like(pattern: string): RegExp {
  const body = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[^]*')
    .replaceAll('_', '[^]')
  return new RegExp(`^${body}$`, 'iu')
}

function rangeOf(operator: Operator, wanted: number): Condition<unknown>['range'] {
  switch (operator) {
    case '~>~':
    case '~>=~':
      return { low: wanted, high: Number.POSITIVE_INFINITY }
    case '~<~':
    case '~<=~':
      return { low: Number.NEGATIVE_INFINITY, high: wanted }
    case '~<>~':
      return null
  }
}
