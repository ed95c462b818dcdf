/** Custom fields: what the numbers of DataFormField.DataType mean and how their values are kept. */
import { cellColumn, customSlots } from './contact-columns.ts'
import type { ContactRow } from './contact-row.ts'
import type { Quirks } from './quirks.ts'
import type { Column, ColumnKind, SmallRow } from './table.ts'

/** FormId of the forms whose fields the account may have. */
export const FORMS = {
  Contact: -1,
  Affiliate: -3,
  Opportunity: -4,
  ContactAction: -5,
  Company: -6,
  Job: -9,
  Order: -9,
  JobRecurring: -10,
  Subscription: -10,
} as const

/** Names that addCustomField takes, by number. Case-sensitive. */
export const DATA_TYPES = {
  Phone: 1,
  SSN: 2,
  Currency: 3,
  Percent: 4,
  State: 5,
  YesNo: 6,
  Year: 7,
  Month: 8,
  DayOfWeek: 9,
  Name: 10,
  NumberDecimal: 11,
  Number: 12,
  Date: 13,
  DateTime: 14,
  Text: 15,
  TextArea: 16,
  MultiSelect: 17,
  Website: 18,
  Email: 19,
  Radio: 20,
  Select: 21,
  User: 22,
  Drilldown: 23,
  UserListBox: 25,
} as const

const KINDS: Readonly<Record<number, ColumnKind>> = {
  [DATA_TYPES.Currency]: 'double',
  [DATA_TYPES.Percent]: 'double',
  [DATA_TYPES.YesNo]: 'flag',
  [DATA_TYPES.Year]: 'int',
  [DATA_TYPES.Month]: 'int',
  [DATA_TYPES.DayOfWeek]: 'int',
  [DATA_TYPES.NumberDecimal]: 'double',
  [DATA_TYPES.Number]: 'int',
  [DATA_TYPES.Date]: 'date',
  [DATA_TYPES.DateTime]: 'stamp',
  [DATA_TYPES.User]: 'int',
}
/** Types whose shape on the wire is not known for certain: quirk `numbersAsText`. */
const UNCERTAIN: readonly number[] = [
  DATA_TYPES.Currency,
  DATA_TYPES.Percent,
  DATA_TYPES.YesNo,
  DATA_TYPES.Year,
  DATA_TYPES.Month,
  DATA_TYPES.DayOfWeek,
]

/** The column `_Name` that a DataFormField row gives to contacts or companies. */
export function customColumn(field: SmallRow, quirks: Quirks): Column<ContactRow> {
  const type = Number(field['DataType'])
  const isText = quirks.numbersAsText && UNCERTAIN.includes(type)
  const maxLength = type === DATA_TYPES.TextArea || type === DATA_TYPES.MultiSelect ? 65_000 : 255
  return cellColumn(
    `_${field['Name']}`,
    isText ? 'text' : (KINDS[type] ?? 'text'),
    customSlots + field.Id,
    maxLength,
  )
}

/**
 * The database name of a new field: what is not a letter or digit is dropped, and a digit is appended when the name was ever used
 * before, deleted fields included.
 */
export function databaseName(label: string, isUsed: (name: string) => boolean): string {
  const base = label.replace(/[^A-Za-z0-9]/g, '') || 'Field'
  if (!isUsed(base)) return base
  let n = 0
  while (isUsed(`${base}${n}`)) n++
  return `${base}${n}`
}
