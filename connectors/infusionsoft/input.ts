/** Checks the input of a typed operation that comes from outside (`ferry call`), in words that say what to change. */
import { ConnectorError } from '../../src/connector/error.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { WireKind } from './custom-fields.ts'
import { IDS_MAX, type Operation, type ParameterType, ROWS_MAX } from './operations.ts'
import type { Cell, Cells, Filter, Input } from './schema.ts'
import { wireStamp } from './stamps.ts'
import { type ColumnType, tableOf } from './tables.ts'

export interface Typing {
  /** How a custom field of contacts (`_Name`) is written; null: not known. */
  customWire(column: string): WireKind | null
  readonly zone: string
}

/** Throws ConnectorError `invalid`, naming every fault at once. Dates may be written `YYYY-MM-DD` or with a time; instants end in Z. */
export function checkedInput(
  name: string,
  operation: Operation,
  from: { readonly input: unknown; readonly typing: Typing },
): Input {
  const given = from.input ?? {}
  if (!isRecord(given)) throw refused(name, ['the input must be an object of parameters'])
  const faults: string[] = []
  const known = { ...operation.parameters, ...operation.optional }
  for (const key of Object.keys(given))
    if (!Object.hasOwn(known, key))
      faults.push(`${key} is not a parameter; the parameters are ${list(Object.keys(known))}`)
  const optional = Object.keys(operation.optional)
  const chosen = optional.filter((key) => given[key] !== undefined)
  if (chosen.length > 0 && chosen.length < optional.length)
    faults.push(`${list(optional)} belong together: give all or none`)
  const wanted = chosen.length > 0 ? known : operation.parameters
  const table = tableNamed(operation, given)
  const checked: Record<string, unknown> = {}
  for (const [key, type] of Object.entries(wanted)) {
    const verdict = CHECKS[type](given[key], { table, typing: from.typing })
    if (typeof verdict === 'string') faults.push(`${key} ${verdict}`)
    else checked[key] = verdict.value
  }
  if (faults.length > 0) throw refused(name, faults)
  return checked
}

export function tableNamed(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): string | null {
  if (operation.table !== null) return operation.table
  const { table } = input
  return typeof table === 'string' ? table : null
}

interface Around {
  readonly table: string | null
  readonly typing: Typing
}
/** A sentence's end (`must be …`) or the value. */
type Verdict = string | { readonly value: unknown }

const CHECKS: Readonly<Record<ParameterType, (value: unknown, around: Around) => Verdict>> = {
  id: (value) => within(value, 1, ID_MAX),
  limit: (value) => within(value, 1, ROWS_MAX),
  page: (value) => within(value, 0, ID_MAX),
  text: (value) => (typeof value === 'string' ? { value } : 'must be a text'),
  flag: (value) => (typeof value === 'boolean' ? { value } : 'must be true or false'),
  ids: (value) =>
    Array.isArray(value) && value.every((id) => typeof within(id, 1, ID_MAX) !== 'string')
      ? { value }
      : 'must be a list of ids',
  columns: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
      ? { value }
      : 'must be a list of at least one column name',
  dupCheck: (value) =>
    DUP_CHECKS.includes(String(value)) ? { value } : `must be one of ${list(DUP_CHECKS)}`,
  filter: checkFilter,
  row: checkRow,
}

const ID_MAX = 0x7fff_ffff
const DUP_CHECKS = ['Email', 'EmailAndName', 'EmailAndNameAndCompany']

function within(value: unknown, min: number, max: number): Verdict {
  const isWithin =
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
  return isWithin ? { value } : `must be an integer from ${min} to ${max}`
}

function checkFilter(value: unknown): Verdict {
  if (!isRecord(value)) return 'must be an object of conditions ({} for all rows)'
  for (const [column, condition] of Object.entries(value)) {
    if (typeof condition === 'string') continue
    if (typeof condition === 'number' && typeof within(condition, -ID_MAX, ID_MAX) !== 'string')
      continue
    const isIds = Array.isArray(condition) && condition.every((id) => Number.isInteger(id))
    if (!isIds) return `: the condition on ${column} must be a text, an integer or a list of ids`
    if (condition.length > IDS_MAX) return `: ${column} lists more than ${IDS_MAX} ids`
  }
  return { value: value as Filter }
}

function checkRow(value: unknown, around: Around): Verdict {
  if (!isRecord(value)) return 'must be an object of columns and values'
  const cells: Record<string, Cell> = {}
  for (const [column, one] of Object.entries(value)) {
    const cell = cellOf(column, one, around)
    if (typeof cell === 'string') return `: ${column} ${cell}`
    cells[column] = cell
  }
  return { value: cells satisfies Cells }
}

/** By the column's own type; a column that nobody describes is typed by the kind of the value, never by the look of a text. */
function cellOf(column: string, value: unknown, around: Around): Cell | string {
  const { table, typing } = around
  const described = table === null ? null : tableOf(table)
  const known = described?.columns
  if (known !== undefined && Object.hasOwn(known, column)) {
    const { type, isWritable } = known[column] ?? { type: 'text', isWritable: false }
    if (!isWritable) return `cannot be written in ${table}`
    return BY_COLUMN[type](value, typing)
  }
  const wire =
    column.startsWith('_') && described?.hasCustomFields ? typing.customWire(column) : null
  if (wire !== null) return byWire(wire, value, typing)
  if (typeof value === 'boolean') return { as: 'flag', value }
  if (typeof value === 'string') return { as: 'text', value }
  if (typeof value !== 'number') return 'must be a text, a number or a boolean'
  return Number.isInteger(value)
    ? BY_COLUMN.int(value, typing)
    : { as: 'double', value: String(value) }
}

const BY_COLUMN: Readonly<Record<ColumnType, (value: unknown, typing: Typing) => Cell | string>> = {
  text: (value) =>
    typeof value === 'string' ? { as: 'text', value } : 'must be a text (put it in quotes)',
  int: (value) => {
    const verdict = within(value, -ID_MAX, ID_MAX)
    return typeof verdict === 'string' ? verdict : { as: 'int', value: value as number }
  },
  stamp: (value, typing) => {
    if (value === '') return { as: 'text', value: '' }
    const wire = typeof value === 'string' ? wireStamp(value, typing.zone) : null
    return wire === null
      ? 'must be a date (2026-02-03) or a date and time (2026-02-03T08:15:00)'
      : { as: 'stamp', value: wire }
  },
}

function byWire(wire: WireKind, value: unknown, typing: Typing): Cell | string {
  if (value === '') return { as: 'text', value }
  switch (wire) {
    case 'date':
    case 'stamp':
      return BY_COLUMN.stamp(value, typing)
    case 'bit':
      return typeof value === 'boolean'
        ? { as: 'int', value: value ? 1 : 0 }
        : BY_COLUMN.int(value, typing)
    case 'whole':
      return BY_COLUMN[typeof value === 'string' ? 'text' : 'int'](value, typing)
    case 'decimal': {
      const digits = String(value)
      return isWellFormed('number', digits)
        ? { as: 'double', value: digits }
        : 'must be a decimal number'
    }
    case 'text':
    case 'list':
      return BY_COLUMN.text(value, typing)
  }
}

function refused(name: string, faults: readonly string[]): ConnectorError {
  return new ConnectorError('invalid', `${name}: ${faults.join('; ')}`, {
    hint: 'Nothing was sent. The operations and their parameters stand in the README of the connector.',
  })
}

function list(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
