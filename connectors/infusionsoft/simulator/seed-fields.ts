/** The custom fields of a new account: one of every data type, some with a digit from an earlier life, one on another form. */
import { CUSTOM_FIELDS, type Person, type PersonField } from '../../people.ts'
import { type Account, appendSmall } from './account.ts'
import { customSlots } from './contact-columns.ts'
import type { Cell, ContactRow } from './contact-row.ts'
import { DATA_TYPES, databaseName, FORMS } from './custom-column.ts'
import type { Tables } from './tables.ts'
import { parseWall, wallOf } from './wall.ts'

const NUMBERS: Readonly<Record<PersonField['type'], number>> = {
  text: DATA_TYPES.Text,
  longtext: DATA_TYPES.TextArea,
  number: DATA_TYPES.Number,
  decimal: DATA_TYPES.NumberDecimal,
  currency: DATA_TYPES.Currency,
  boolean: DATA_TYPES.YesNo,
  date: DATA_TYPES.Date,
  datetime: DATA_TYPES.DateTime,
  choice: DATA_TYPES.Select,
  radio: DATA_TYPES.Radio,
  choices: DATA_TYPES.MultiSelect,
  phone: DATA_TYPES.Phone,
  email: DATA_TYPES.Email,
  url: DATA_TYPES.Website,
  year: DATA_TYPES.Year,
}

/** Types that people know nothing of, with a value that some contacts have. */
const FURTHER = [
  { label: 'Tax number', type: DATA_TYPES.SSN, options: [], value: '***-**-1234' },
  { label: 'Discount', type: DATA_TYPES.Percent, options: [], value: 12.5 },
  { label: 'Licence state', type: DATA_TYPES.State, options: [], value: 'AZ' },
  { label: 'Best month', type: DATA_TYPES.Month, options: [], value: 3 },
  { label: 'Best day', type: DATA_TYPES.DayOfWeek, options: [], value: 0 },
  { label: 'Contact at home', type: DATA_TYPES.Name, options: [], value: 'Zoë "Z" Ångström' },
  { label: 'Account manager', type: DATA_TYPES.User, options: [], value: 1 },
  { label: 'Region', type: DATA_TYPES.Drilldown, options: ['EU', 'US'], value: 'EU' },
  { label: 'Team', type: DATA_TYPES.UserListBox, options: [], value: '1,2' },
] as const
/** Labels were typed with capital letters when the fields were made, and edited later: the name keeps the first spelling. */
function firstSpelling(label: string): string {
  return label.replace(
    /(^|[ -])([a-z])/g,
    (_, gap: string, letter: string) => gap + letter.toUpperCase(),
  )
}
/** Labels whose plain name was used by fields that were deleted since, and how often. */
const REUSED: Readonly<Record<string, number>> = { 'Plan level': 1, 'Next call': 2 }
const FORMS_WITH_TABS: readonly number[] = [
  FORMS.Contact,
  FORMS.Company,
  FORMS.Opportunity,
  FORMS.ContactAction,
]
const furtherEvery = 17

/** Every form has one tab with one header; a fresh account has no fields in them. */
export function seedFields(account: Account, tables: Tables): void {
  FORMS_WITH_TABS.forEach((form) => {
    const tab = appendSmall(account.fieldTabs, { FormId: form, TabName: 'Custom Fields' })
    appendSmall(account.fieldGroups, { TabId: tab.Id, Name: 'Custom Fields' })
  })
  if (account.quirks.emptyStart) return
  const add = (form: number, label: string, type: number, options: readonly string[]) => {
    tables.addCustomColumn(addField(account, { form, label, type, options }))
  }
  for (const field of CUSTOM_FIELDS) {
    add(FORMS.Contact, field.label, NUMBERS[field.type], field.options)
  }
  for (const field of FURTHER) add(FORMS.Contact, field.label, field.type, field.options)
  add(FORMS.Company, 'Customer number', DATA_TYPES.Text, [])
  add(FORMS.Opportunity, 'Customer number', DATA_TYPES.Text, [])
}

interface Draft {
  readonly form: number
  readonly label: string
  readonly type: number
  readonly options: readonly string[]
}

function addField(account: Account, { form, label, type, options }: Draft) {
  const isUsed = (name: string) => account.usedFieldNames.has(`${form}/${name}`)
  for (let i = 0; i < (REUSED[label] ?? 0); i++) {
    account.usedFieldNames.add(`${form}/${databaseName(firstSpelling(label), isUsed)}`)
  }
  const name = databaseName(firstSpelling(label), isUsed)
  account.usedFieldNames.add(`${form}/${name}`)
  const lead = type === DATA_TYPES.MultiSelect ? '' : '\n'
  return appendSmall(account.fields, {
    FormId: form,
    GroupId: FORMS_WITH_TABS.indexOf(form) + 1,
    DataType: type,
    Name: name,
    Label: label,
    DefaultValue: type === DATA_TYPES.Radio ? options[0] : undefined,
    Values: options.length === 0 ? undefined : `${lead}${options.join('\n')}`,
    ListRows: type === DATA_TYPES.MultiSelect ? 4 : undefined,
    UserGroup: 0,
  })
}

/** The fields were added in this order, so the first has Id 1. */
export function customCells(account: Account, person: Person, row: ContactRow): void {
  CUSTOM_FIELDS.forEach((field, i) => {
    const value = person.custom[field.label]
    if (value === undefined) return
    const cell = cellOf(account, field, value)
    if (cell !== undefined) row.cells.push(customSlots + i + 1, cell)
  })
  if (person.number % furtherEvery !== 0) return
  const isText = account.quirks.numbersAsText
  FURTHER.forEach((field, i) => {
    const isUncertain = typeof field.value === 'number' && field.type !== DATA_TYPES.User
    const cell = isText && isUncertain ? String(field.value) : field.value
    row.cells.push(customSlots + CUSTOM_FIELDS.length + i + 1, cell)
  })
}

function cellOf(account: Account, field: PersonField, value: string): Cell | undefined {
  const { numbersAsText, timeZoneOffset } = account.quirks
  switch (field.type) {
    case 'number':
    case 'decimal':
      return Number(value)
    case 'currency':
    case 'year':
      return numbersAsText ? value : Number(value)
    case 'boolean': {
      const flag = value === 'true' ? 1 : 0
      return numbersAsText ? String(flag) : flag
    }
    case 'date':
      return parseWall(value) ?? undefined
    case 'datetime':
      return wallOf(Date.parse(value), timeZoneOffset)
    case 'choices':
      return value.replaceAll('\n', ',')
    case 'longtext':
      return value
    default:
      return value.slice(0, 255)
  }
}
