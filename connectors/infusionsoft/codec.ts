/** The bilingual file: rows of the Contact table to sightings, canonical fields to cells. Pure. */
import { emptyFields, type FieldPath, type Fields, type FieldValue } from '../../src/model/field.ts'
import { remoteId, version } from '../../src/model/id.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import {
  type CustomField,
  choicesOf,
  choicesText,
  dataType,
  type WireKind,
} from './custom-fields.ts'
import {
  isPhone,
  PHONE_COLUMNS,
  type PhoneSlot,
  placePhones,
  readPhones,
  slotsOf,
  USUAL_PHONES,
} from './phones.ts'
import type { Cell, Cells, Row } from './schema.ts'
import { STANDARD_COLUMNS, type StandardKind } from './standard-fields.ts'
import { dateOf, instantOf, wireStamp, wireStampAt } from './stamps.ts'

/** Every column that is asked for when contacts are read, custom fields by name: they never come by themselves. */
export function contactColumns(custom: readonly FieldDefinition[]): readonly string[] {
  return [
    'Id',
    'CompanyID',
    'LastUpdated',
    ...STANDARD_COLUMNS.map(({ column }) => column),
    ...PHONE_COLUMNS,
    ...custom.filter(isCustomField).map(({ native }) => native),
  ]
}

/** A field of the account's own, as opposed to one of the standard columns. */
export function isCustomField(field: FieldDefinition): boolean {
  return field.path.startsWith('custom._')
}

export interface Reading {
  readonly zone: string
  /** The account keeps texts with HTML entities in them (quirk 23). */
  readonly isEscaped: boolean
  /** What was really asked for: one of these that is missing in a row is known to be empty. */
  readonly columns: readonly string[]
  readonly custom: readonly FieldDefinition[]
  note(text: string): void
}

/** Made once per page: what each column means is decided before the rows. `tags` and consents come in streams of their own. */
export function sightingReader(reading: Reading): (row: Row) => Sighting {
  const asked = new Set(reading.columns)
  const custom = new Map(reading.custom.filter(isCustomField).map((field) => [field.native, field]))
  const readers = new Map<string, ColumnReader>()
  const known = new Set<FieldPath>()
  for (const { column, path, kind } of STANDARD_COLUMNS) {
    if (!asked.has(column)) continue
    known.add(path)
    readers.set(column, { path, read: (value) => STANDARD_READERS[kind](value, reading) })
  }
  const hasPhones = PHONE_COLUMNS.every((column) => asked.has(column))
  if (hasPhones) for (const path of USUAL_PHONES) known.add(path)
  for (const column of asked) {
    const field = custom.get(column)
    if (field === undefined) continue
    known.add(field.path)
    readers.set(column, { path: field.path, read: customReader(field, reading) })
  }
  const blank = emptyFields([...known])
  return (row) => {
    const fields: Record<FieldPath, FieldValue> = { ...blank }
    for (const column in row) {
      const value = row[column]
      const reader = readers.get(column)
      if (reader === undefined || value === undefined || value === '') continue
      if (value === 'null') reading.note(`${column} holds the word null somewhere; it was kept.`)
      fields[reader.path] = reader.read(value)
    }
    if (hasPhones)
      readPhones(slotsOf(row), (path, value) => {
        fields[path] = plainText(value, reading)
      })
    return sighting(row, fields, reading.zone)
  }
}

export interface Writing {
  readonly zone: string
  /** The account's own field with that path; null: there is none. */
  custom(path: FieldPath): CustomField | null
  /** The layout of the record as it is now. */
  readonly slots: readonly PhoneSlot[]
}
export type Encoded =
  | {
      readonly kind: 'cells'
      readonly cells: Cells
      /** Columns to empty that an empty text does not empty for certain (quirk 14), with their paths. */
      readonly clears: Readonly<Record<string, FieldPath>>
    }
  | { readonly kind: 'problem'; readonly path: FieldPath; readonly message: string }

/** Canonical fields as cells of a Contact row. A value that cannot be written is a problem, never dropped. */
export function encodeContact(fields: Fields, writing: Writing): Encoded {
  const cells: Record<string, Cell> = {}
  const clears: Record<string, FieldPath> = {}
  for (const [path, value] of Object.entries(fields)) {
    if (isPhone(path)) continue
    const target = targetOf(path, writing)
    if (target === null)
      return { kind: 'problem', path, message: 'the account has no such field to write to' }
    const cell = target.encode(value)
    if (typeof cell === 'string') return { kind: 'problem', path, message: cell }
    if (cell === null) clears[target.column] = path
    else cells[target.column] = cell
  }
  const phones = placePhones(fields, writing.slots)
  if (phones.kind === 'problem') return phones
  return { kind: 'cells', cells: { ...cells, ...phones.cells }, clears }
}

interface ColumnReader {
  readonly path: FieldPath
  readonly read: (value: CellValue) => FieldValue
}
type CellValue = string | number | boolean

const STANDARD_READERS: Readonly<
  Record<StandardKind, (value: CellValue, reading: Reading) => FieldValue>
> = {
  text: (value, reading) => plainText(String(value), reading),
  date: (value) => dateOf(String(value)),
  owner: (value) => (Number(value) > 0 ? String(value) : null),
  instant: (value, { zone }) => instantOf(String(value), zone, 'earlier'),
}

function customReader(field: FieldDefinition, reading: Reading): (value: CellValue) => FieldValue {
  const options = field.options?.map(({ value }) => value) ?? []
  switch (field.type) {
    case 'boolean':
      return truth
    case 'date':
      return (value) => dateOf(String(value))
    case 'datetime':
      return (value) => instantOf(String(value), reading.zone, 'earlier')
    case 'choices':
      return (value) => {
        const choices = choicesOf(plainText(String(value), reading), options)
        return choices.length === 0 ? null : choices
      }
    default:
      return (value) => plainText(String(value), reading)
  }
}

function truth(value: CellValue): FieldValue {
  const word = String(value).trim().toLowerCase()
  if (['1', 'true', 'yes'].includes(word)) return 'true'
  return ['0', 'false', 'no'].includes(word) ? 'false' : String(value)
}

function sighting(row: Row, fields: Fields, zone: string): Sighting {
  const updated = row['LastUpdated']
  const created = row['DateCreated']
  return {
    id: remoteId(String(row['Id'])),
    version: updated === undefined ? null : version(String(updated)),
    createdAt: created === undefined ? null : wellFormed(String(created), zone),
    updatedAt: updated === undefined ? null : wellFormed(String(updated), zone),
    fields,
  }
}

function wellFormed(stamp: string, zone: string): string | null {
  const instant = instantOf(stamp, zone, 'earlier')
  return isWellFormed('datetime', instant) ? instant : null
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#039;': "'",
  '&apos;': "'",
  '&amp;': '&',
}
/** A text as people wrote it, where the account keeps entities in it. */
export function plainText(text: string, reading: Pick<Reading, 'isEscaped'>): string {
  if (!reading.isEscaped || !text.includes('&')) return text
  return text.replace(/&(?:lt|gt|quot|apos|amp|#0?39);/g, (entity) => ENTITIES[entity] ?? entity)
}

interface Target {
  readonly column: string
  /** A text says what is wrong with the value; null: the column must be emptied in its own way. */
  encode(value: FieldValue): Cell | string | null
}

const STANDARD_BY_PATH = new Map(STANDARD_COLUMNS.map((column) => [column.path, column]))

function targetOf(path: FieldPath, writing: Writing): Target | null {
  const standard = STANDARD_BY_PATH.get(path)
  if (standard !== undefined) {
    const { column, kind } = standard
    if (kind === 'instant') return null
    if (kind === 'text') return { column, encode: (value) => encodeText(value) }
    if (kind === 'date') return { column, encode: (value) => encodeDate(value) }
    return { column, encode: encodeOwner }
  }
  const field = writing.custom(path)
  if (field === null || !field.definition.writable) return null
  const { wire } = dataType(field.dataType)
  return {
    column: field.definition.native,
    encode: (value) => WIRES[wire](value, writing.zone),
  }
}

const WIRES: Readonly<Record<WireKind, (value: FieldValue, zone: string) => Cell | string | null>> =
  {
    text: encodeText,
    list: (value) =>
      Array.isArray(value) ? { as: 'text', value: choicesText(value) } : encodeText(value),
    whole: (value) => {
      if (isBlank(value)) return null
      const text = single(value)
      if (!/^[+-]?\d{1,9}$/.test(text)) return encodeText(text)
      return { as: 'int', value: Number(text) }
    },
    decimal: (value) => {
      if (isBlank(value)) return null
      const text = single(value).trim()
      return isWellFormed('number', text)
        ? { as: 'double', value: text }
        : `${JSON.stringify(text)} is not a number`
    },
    bit: (value) => {
      if (isBlank(value)) return null
      const word = truth(single(value))
      if (word !== 'true' && word !== 'false') return `${JSON.stringify(word)} is not yes or no`
      return { as: 'int', value: word === 'true' ? 1 : 0 }
    },
    date: encodeDate,
    stamp: (value, zone) => {
      if (isBlank(value)) return null
      const text = single(value)
      if (!isWellFormed('datetime', text)) return `${JSON.stringify(text)} is not a date and time`
      return { as: 'stamp', value: wireStampAt(Date.parse(text), zone) }
    },
  }

function encodeText(value: FieldValue): Cell {
  return { as: 'text', value: value === null ? '' : single(value) }
}

function encodeDate(value: FieldValue): Cell | string | null {
  if (isBlank(value)) return null
  const text = single(value)
  if (!isWellFormed('date', text)) return `${JSON.stringify(text)} is not a date`
  return { as: 'stamp', value: wireStamp(text, 'UTC') ?? text }
}

function encodeOwner(value: FieldValue): Cell | string {
  if (isBlank(value)) return { as: 'int', value: 0 }
  const text = single(value)
  return /^\d{1,9}$/.test(text)
    ? { as: 'int', value: Number(text) }
    : `${JSON.stringify(text)} is not the id of a user`
}

function isBlank(value: FieldValue): boolean {
  return value === null || value === '' || value.length === 0
}

function single(value: FieldValue): string {
  return typeof value === 'string' ? value : (value?.join(', ') ?? '')
}
