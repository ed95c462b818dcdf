/** Custom fields of contacts: what each of the server's data types is called, holds on the wire, and becomes. Pure. */
import type { ValueType } from '../../src/model/field.ts'
import type { FieldDefinition, FieldDraft } from '../../src/model/vocabulary.ts'

/** A row of DataFormField, read. */
export interface CustomField {
  /** DataFormField.Id. */
  readonly id: number
  readonly dataType: number
  readonly definition: FieldDefinition
}

/** How a value is typed when it is written. `decimal` is a double; `whole` an int where the text is one, else a text. */
export type WireKind = 'text' | 'whole' | 'decimal' | 'bit' | 'date' | 'stamp' | 'list'

export interface DataType {
  /** The word that `DataService.addCustomField` takes; case matters and it can never be changed later. */
  readonly name: string
  readonly type: ValueType
  readonly wire: WireKind
  readonly hasOptions: boolean
  readonly isWritable: boolean
  readonly maxLength: number | null
}

export const TEXT_LENGTH_MAX = 255
const TEXT_AREA_LENGTH_MAX = 65_000

/** By DataFormField.DataType. */
const DATA_TYPES: ReadonlyMap<number, DataType> = new Map([
  [1, plain('Phone', 'phone')],
  [2, plain('SSN', 'text')],
  [3, plain('Currency', 'number', 'decimal')],
  [4, plain('Percent', 'number', 'decimal')],
  [5, plain('State', 'region')],
  [6, plain('YesNo', 'boolean', 'bit')],
  [7, plain('Year', 'number', 'whole')],
  [8, plain('Month', 'number', 'whole')],
  [9, plain('DayOfWeek', 'number', 'whole')],
  [10, plain('Name', 'text')],
  [11, plain('NumberDecimal', 'number', 'decimal')],
  [12, plain('Number', 'number', 'whole')],
  [13, plain('Date', 'date', 'date')],
  [14, plain('DateTime', 'datetime', 'stamp')],
  [15, { ...plain('Text', 'text'), maxLength: TEXT_LENGTH_MAX }],
  [16, { ...plain('TextArea', 'longtext'), maxLength: TEXT_AREA_LENGTH_MAX }],
  [17, { ...plain('MultiSelect', 'choices', 'list'), hasOptions: true }],
  [18, plain('Website', 'url')],
  [19, plain('Email', 'email')],
  [20, { ...plain('Radio', 'choice'), hasOptions: true }],
  [21, { ...plain('Select', 'choice'), hasOptions: true }],
  // Options of the next three are users or a tree of their own: their values are shown, not written.
  [22, { ...plain('User', 'text', 'whole'), isWritable: false }],
  [23, { ...plain('Drilldown', 'text'), isWritable: false }],
  [25, { ...plain('UserListBox', 'text'), isWritable: false }],
])
const OPAQUE: DataType = plain('Text', 'text')

export function dataType(number: number): DataType {
  return DATA_TYPES.get(number) ?? OPAQUE
}

/** The data type that a field of this kind is created with. */
export function dataTypeFor(type: ValueType): { readonly number: number; readonly is: DataType } {
  const number = NUMBERS[type]
  return { number, is: dataType(number) }
}

/** `name` as it appears in rows, with the underscore. */
export function customField(row: {
  readonly id: number
  readonly name: string
  readonly label: string
  readonly dataType: number
  readonly values: string
}): CustomField {
  const is = dataType(row.dataType)
  const native = `_${row.name}`
  return {
    id: row.id,
    dataType: row.dataType,
    definition: {
      path: `custom.${native}`,
      native,
      label: row.label === '' ? row.name : row.label,
      type: is.type,
      readable: true,
      writable: is.isWritable,
      maxLength: is.maxLength,
      options: is.hasOptions
        ? optionsOf(row.values).map((option) => ({ value: option, label: option }))
        : null,
      isUnique: false,
      isRequired: false,
    },
  }
}

/** `DataFormField.Values` is one option a line, often with an empty first line. */
export function optionsOf(values: string): readonly string[] {
  const options = values
    .split(/\r\n|\r|\n/)
    .map((option) => option.trim())
    .filter((option) => option !== '')
  return [...new Set(options)]
}

/** The text for `DataFormField.Values`; the empty first line is how the product itself writes it. */
export function valuesText(options: readonly string[]): string {
  return options.map((option) => `\n${option}`).join('')
}

/** Whether a field that exists serves a draft: same label but for case and blanks, same type. */
export function serves(field: FieldDefinition, draft: FieldDraft): boolean {
  const sameLabel = fold(field.label) === fold(draft.label)
  return sameLabel && field.type === dataTypeFor(draft.type).is.type
}

/**
 * The chosen options in a list box value. The text is comma-separated and options may hold commas themselves, so it is matched against
 * the options, longest first; what matches none is split at the comma (quirk 15). Pipes separate only where no comma does.
 */
export function choicesOf(text: string, options: readonly string[]): readonly string[] {
  const longestFirst = [...options].sort((a, b) => b.length - a.length)
  const separator = text.includes(',') || !text.includes('|') ? ',' : '|'
  const chosen: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const option = longestFirst.find((one) => startsWithItem(rest, one, separator))
    const end = option === undefined ? rest.indexOf(separator) : option.length
    const item = end === -1 ? rest : rest.slice(0, end)
    if (item.trim() !== '') chosen.push(item.trim())
    rest = end === -1 ? '' : rest.slice(end).trimStart().replace(separator, '').trimStart()
  }
  return [...new Set(chosen)]
}

export function choicesText(choices: readonly string[]): string {
  return choices.join(',')
}

/** Whether a list of choices survives being written as one text and read back. */
export function canListChoices(choices: readonly string[], options: readonly string[]): boolean {
  const back = choicesOf(choicesText(choices), options)
  return back.length === choices.length && back.every((choice, at) => choice === choices[at])
}

const NUMBERS: Readonly<Record<ValueType, number>> = {
  text: 15,
  longtext: 16,
  html: 16,
  number: 11,
  boolean: 6,
  date: 13,
  datetime: 14,
  time: 15,
  choice: 21,
  choices: 17,
  email: 19,
  phone: 1,
  url: 18,
  country: 15,
  region: 15,
  language: 15,
  timezone: 15,
}

function startsWithItem(rest: string, option: string, separator: string): boolean {
  if (!rest.startsWith(option)) return false
  const behind = rest.slice(option.length).trimStart()
  return behind === '' || behind.startsWith(separator)
}

function fold(label: string): string {
  return label.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
}

function plain(name: string, type: ValueType, wire: WireKind = 'text'): DataType {
  return { name, type, wire, hasOptions: false, isWritable: true, maxLength: null }
}
