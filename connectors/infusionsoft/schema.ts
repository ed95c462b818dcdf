/** Parses whatever crosses the border: input of typed operations on its way out, results and rows on their way in. */
import { ConnectorError } from '../../src/connector/error.ts'
import { emptyTable } from '../../src/model/field.ts'
import type { Operation, ParameterType, ResultType } from './operations.ts'
import { tableOf } from './tables.ts'
import {
  array,
  double,
  flag,
  int,
  type Markup,
  stamp,
  struct,
  text,
  type WireStruct,
  type WireValue,
} from './xml-rpc.ts'

/** A value to write, typed: the server sorts its argument classes strictly and nothing is ever guessed from a text (quirk 3). */
export type Cell =
  | { readonly as: 'text'; readonly value: string }
  | { readonly as: 'int'; readonly value: number }
  /** Decimal digits. */
  | { readonly as: 'double'; readonly value: string }
  | { readonly as: 'flag'; readonly value: boolean }
  /** `YYYYMMDDTHH:MM:SS`, wall time of the account. */
  | { readonly as: 'stamp'; readonly value: string }
export type Cells = Readonly<Record<string, Cell>>
/** Conditions, all of which must hold. A list of ids means one of them. */
export type Filter = Readonly<Record<string, string | number | readonly number[]>>
/** A row as read: members that were null are missing. */
export type Row = Readonly<Record<string, string | number | boolean>>
export interface ActionStep {
  readonly action: string
  readonly message: string
  readonly isError: boolean
}

export interface InputTypes {
  id: number
  limit: number
  page: number
  text: string
  flag: boolean
  ids: readonly number[]
  columns: readonly string[]
  row: Cells
  filter: Filter
  dupCheck: 'Email' | 'EmailAndName' | 'EmailAndNameAndCompany'
}
export interface ResultTypes {
  id: number
  count: number
  flag: boolean
  changed: boolean | number
  text: string
  row: Row
  rows: readonly Row[]
  steps: readonly ActionStep[]
  any: WireValue
}
/** What a checked input is before it is typed by the operation. */
export type Input = Readonly<Record<string, unknown>>

/** The parameters of a call in wire order, without the key. `input` has been typed by the compiler or by `checkedInput`. */
export function encodeInput(operation: Operation, input: Input): Markup[] {
  const wanted = Object.entries(operation.parameters)
  const optional = Object.entries(operation.optional)
  const given = optional.filter(([name]) => input[name] !== undefined)
  const all = given.length > 0 ? [...wanted, ...optional] : wanted
  return all.map(([name, type]) => encodeParameter(type, input[name]))
}

/** The result of a call, typed. Throws ConnectorError `protocol` where it is of another kind. */
export function readResult(
  name: string,
  operation: Operation,
  answer: { readonly value: WireValue; readonly table: string | null },
): ResultTypes[ResultType] {
  const { value } = answer
  switch (operation.result) {
    case 'id':
      return integer(name, value)
    case 'count':
      // An update of a record that is gone may answer nothing instead of a fault.
      return value === null || value === '' ? 0 : integer(name, value)
    case 'flag':
      return boolean(name, value)
    case 'changed':
      return typeof value === 'number' ? value : boolean(name, value)
    case 'text':
      if (value === null) return ''
      if (typeof value === 'object') throw strange(name, 'a text', value)
      return String(value)
    case 'row':
      return readRow(name, answer.table, value)
    case 'rows':
      if (!Array.isArray(value)) throw strange(name, 'a list', value)
      return value.map((row: WireValue) => readRow(name, answer.table, row))
    case 'steps':
      if (!Array.isArray(value)) throw strange(name, 'a list', value)
      return value.map((step: WireValue) => readStep(name, step))
    case 'any':
      return value
  }
}

/** A row of a table: ints are numbers, texts and stamps are texts, whatever the wire made of them; unknown columns stay as they came. */
function readRow(name: string, table: string | null, value: WireValue): Row {
  const known = table === null ? null : (tableOf(table)?.columns ?? null)
  const row = emptyTable<string | number | boolean>()
  const cells = asStruct(name, value)
  for (const column in cells) {
    const cell = cells[column]
    if (cell === null || cell === undefined) continue
    if (typeof cell === 'object') throw strange(`${name}: ${column}`, 'one value', cell)
    const type = known !== null && Object.hasOwn(known, column) ? known[column]?.type : undefined
    if (type === undefined) row[column] = cell
    else if (type !== 'int') row[column] = typeof cell === 'string' ? cell : String(cell)
    else if (typeof cell === 'number') row[column] = cell
    else if (cell !== '') row[column] = integer(`${name}: ${column}`, cell)
  }
  return row
}

function readStep(name: string, value: WireValue): ActionStep {
  const { Action, Message, IsError } = asStruct(name, value)
  const words = (part: WireValue | undefined) => (typeof part === 'string' ? part.trim() : '')
  return {
    action: words(Action),
    message: words(Message),
    isError: boolean(name, IsError ?? false),
  }
}

function asStruct(name: string, value: WireValue): WireStruct {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw strange(name, 'a struct', value)
  return value as WireStruct
}

function integer(name: string, value: WireValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'boolean') return number ? 1 : 0
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw strange(name, 'an integer', value)
  return number
}

/** Servers and documents differ on whether "done" is a boolean or a number. */
function boolean(name: string, value: WireValue): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'string' && /^\s*(?:0|1|true|false)\s*$/i.test(value))
    return /1|true/i.test(value)
  throw strange(name, 'a boolean', value)
}

function strange(name: string, wanted: string, found: WireValue): ConnectorError {
  const kind = found === null ? 'nothing' : Array.isArray(found) ? 'a list' : `a ${typeof found}`
  return new ConnectorError('protocol', `${name} answered ${kind} where ${wanted} belongs`)
}

function encodeParameter(type: ParameterType, value: unknown): Markup {
  switch (type) {
    case 'id':
    case 'limit':
    case 'page':
      return int(value as number)
    case 'text':
    case 'dupCheck':
      return text(value as string)
    case 'flag':
      return flag(value as boolean)
    case 'ids':
      return array((value as readonly number[]).map(int))
    case 'columns':
      return array((value as readonly string[]).map(text))
    case 'row':
      return struct(Object.entries(value as Cells).map(([name, cell]) => [name, encodeCell(cell)]))
    case 'filter':
      return struct(
        Object.entries(value as Filter).map(([name, condition]) => [
          name,
          encodeCondition(condition),
        ]),
      )
  }
}

function encodeCondition(condition: string | number | readonly number[]): Markup {
  if (typeof condition === 'string') return text(condition)
  return typeof condition === 'number' ? int(condition) : array(condition.map(int))
}

function encodeCell(cell: Cell): Markup {
  switch (cell.as) {
    case 'text':
      return text(cell.value)
    case 'int':
      return int(cell.value)
    case 'double':
      return double(cell.value)
    case 'flag':
      return flag(cell.value)
    case 'stamp':
      return stamp(cell.value)
  }
}
