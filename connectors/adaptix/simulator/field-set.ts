/** The fields of contacts and companies: definitions, where their values live, the rules for new ones. */
import { type Details, invalid, Refused } from './answer.ts'
import { isPhpArray, isTruthy, textOf, toInt, valuesOf } from './php.ts'

export const FIELD_TYPES = [
  'text',
  'textarea',
  'html',
  'number',
  'boolean',
  'select',
  'multiselect',
  'lookup',
  'date',
  'datetime',
  'time',
  'email',
  'tel',
  'url',
  'country',
  'region',
  'locale',
  'timezone',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]
export type FieldObject = 'lead' | 'company'

export interface FieldOption {
  readonly label: string
  readonly value: string
}
export interface Field {
  readonly id: number
  readonly object: FieldObject
  readonly alias: string
  readonly type: FieldType
  label: string
  group: string
  order: number
  defaultValue: string | null
  isPublished: boolean
  isRequired: boolean
  isUniqueIdentifier: boolean
  isListable: boolean
  isVisible: boolean
  isShortVisible: boolean
  isPubliclyUpdatable: boolean
  readonly isFixed: boolean
  /** In characters; null: only what the column holds. */
  charLengthLimit: number | null
  options: readonly FieldOption[]
  /** Labels of a boolean. */
  yes: string
  no: string
  /** Decimal places of a number. */
  scale: number
  readonly dateAdded: number
  dateModified: number | null
  /** While not null the column is still being built: published from this moment on. */
  publishAt: number | null
  /** Place of a contact's value in its packed row; -1 for points and last_active, which are columns of their own. */
  readonly column: number
}

export interface FieldSet {
  readonly all: Field[]
  lastId: number
  columns: number
  /** Grows with every change of a definition. */
  version: number
}

/** Groups of contact fields, in the order of the answer. */
export const GROUPS = ['core', 'social', 'personal', 'professional'] as const

export function newFieldSet(now: number): FieldSet {
  const set: FieldSet = { all: [], lastId: 0, columns: 0, version: 0 }
  for (const line of STANDARD) {
    const [object = '', alias = '', label = '', type = '', group = '', flags = ''] = line.split('|')
    addField(set, {
      object: object as FieldObject,
      alias,
      label,
      type: type as FieldType,
      group,
      isUniqueIdentifier: flags.includes('unique'),
      isFixed: true,
      scale: flags.includes('decimal') ? 2 : 0,
      dateAdded: now,
    })
  }
  return set
}

export type FieldDraft = Pick<Field, 'object' | 'alias' | 'label' | 'type' | 'dateAdded'> &
  Partial<Field>

export function addField(set: FieldSet, draft: FieldDraft): Field {
  const hasColumn = draft.object === 'lead' && !['points', 'last_active'].includes(draft.alias)
  const field: Field = {
    group: 'core',
    order: set.all.filter((other) => other.object === draft.object).length + 1,
    defaultValue: null,
    isPublished: true,
    isRequired: false,
    isUniqueIdentifier: false,
    isListable: true,
    isVisible: true,
    isShortVisible: false,
    isPubliclyUpdatable: false,
    isFixed: false,
    charLengthLimit: null,
    options: [],
    yes: 'Yes',
    no: 'No',
    scale: 0,
    dateModified: null,
    publishAt: null,
    ...draft,
    id: set.lastId + 1,
    column: hasColumn ? set.columns : -1,
  }
  set.lastId += 1
  if (hasColumn) set.columns += 1
  set.all.push(field)
  set.version += 1
  return field
}

export function fieldOf(set: FieldSet, object: FieldObject, alias: string): Field | null {
  return set.all.find((field) => field.object === object && field.alias === alias) ?? null
}

/** Contact fields that the API shows and takes right now, in order. */
export function publishedLead(set: FieldSet): readonly Field[] {
  const known = PUBLISHED.get(set)
  if (known !== undefined && known.version === set.version) return known.fields
  const fields = set.all.filter((field) => field.object === 'lead' && field.isPublished)
  PUBLISHED.set(set, { version: set.version, fields })
  return fields
}
const PUBLISHED = new WeakMap<FieldSet, { version: number; fields: readonly Field[] }>()

/** Publishes what the background job has finished by now. */
export function publishDue(set: FieldSet, now: number): void {
  for (const field of set.all) {
    if (field.publishAt === null || field.publishAt > now) continue
    field.publishAt = null
    field.isPublished = true
    set.version += 1
  }
}

/** Lower case, transliterated, anything else `_`, 25 characters, never a keyword, never taken. Throws Refused for reserved names. */
export function freeAlias(set: FieldSet, wish: string): string {
  const plain = wish
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 25)
  if (RESERVED.has(plain)) {
    throw refuse({ alias: [`"${plain}" is a reserved keyword and cannot be used as an alias.`] })
  }
  const safe = KEYWORDS.has(plain) || /^\d/.test(plain) ? `f_${plain}`.slice(0, 25) : plain
  const base = safe === '' ? `f_${set.lastId + 1}` : safe
  const isTaken = (alias: string) => set.all.some((field) => field.alias === alias)
  let alias = base
  for (let n = 1; isTaken(alias); n++) alias = `${base.slice(0, 25 - String(n).length)}${n}`
  return alias
}

/** What a body says about a field, checked. Keys that are absent stay out. Throws Refused (400). */
export function readFieldInput(
  body: Readonly<Record<string, unknown>>,
  type: FieldType,
  groups: readonly string[],
): Partial<Field> {
  const input: Partial<Field> = {}
  const label = textOf(body['label'])
  if (label !== null) input.label = checkedLabel(label)
  const group = textOf(body['group'])
  if (group !== null && group !== '') {
    if (!groups.includes(group)) throw refuse({ group: ['This value is not valid.'] })
    input.group = group
  }
  for (const flag of FLAGS) {
    if (body[flag] !== undefined) input[flag] = isTruthy(body[flag])
  }
  if (body['order'] !== undefined) input.order = toInt(body['order'])
  if (body['defaultValue'] !== undefined) input.defaultValue = textOf(body['defaultValue'])
  if (body['charLengthLimit'] !== undefined) input.charLengthLimit = toInt(body['charLengthLimit'])
  return { ...input, ...readProperties(body['properties'], type) }
}

/** Choices need a list of label and value, a boolean both labels. */
export function checkProperties(properties: unknown, type: FieldType): void {
  const bag = isPhpArray(properties) ? properties : {}
  if (type === 'select' || type === 'multiselect') {
    if (valuesOf(bag['list']).length === 0) {
      throw refuse({ properties: ['A list of options is required.'] })
    }
  }
  if (type === 'boolean' && (isBlank(bag['yes']) || isBlank(bag['no']))) {
    throw refuse({ properties: ['Labels for "yes" and "no" are required.'] })
  }
}

const FLAGS = [
  'isPublished',
  'isRequired',
  'isUniqueIdentifier',
  'isListable',
  'isVisible',
  'isShortVisible',
  'isPubliclyUpdatable',
] as const

function readProperties(properties: unknown, type: FieldType): Partial<Field> {
  if (!isPhpArray(properties)) return {}
  if (type === 'boolean') {
    const yes = textOf(properties['yes'])
    const no = textOf(properties['no'])
    return { ...(yes === null ? {} : { yes }), ...(no === null ? {} : { no }) }
  }
  if (type === 'number') {
    return properties['scale'] === undefined ? {} : { scale: toInt(properties['scale']) }
  }
  const list = properties['list']
  if (list === undefined) return {}
  if (!isPhpArray(list)) throw refuse({ properties: ['This value is not valid.'] })
  return { options: valuesOf(list).map(readOption) }
}

function readOption(item: unknown): FieldOption {
  const label = isPhpArray(item) ? textOf(item['label']) : textOf(item)
  const value = isPhpArray(item) ? textOf(item['value']) : textOf(item)
  if (label === null || value === null || value === '') {
    throw refuse({ properties: ['Every option needs a label and a value.'] })
  }
  return { label, value }
}

function checkedLabel(label: string): string {
  if (label.trim() === '') throw refuse({ label: ['A label is required.'] })
  if (label.length > 191) {
    throw refuse({ label: ['This value is too long. It should have 191 characters or less.'] })
  }
  return label.trim()
}

function isBlank(value: unknown): boolean {
  return (textOf(value) ?? '') === ''
}

function refuse(details: Details): Refused {
  const error = invalid(details)
  return new Refused(error.code, error.message, error.details)
}

const RESERVED = new Set([
  'contact_id',
  'company_id',
  'date_added',
  'date_identified',
  'date_modified',
  'last_active',
  'dnc_bounced',
  'dnc_unsubscribed',
  'leadlist',
  'lead_asset_download',
  'owner_id',
  'stage',
  'tags',
])
const KEYWORDS = new Set(
  (
    'add all alter and as asc between by case change column condition create cross database default delete desc describe distinct drop ' +
    'else exists false for foreign from function generated grant group groups having if in index inner insert int into is join key keys ' +
    'lead left like limit lines lock long match not null of on option or order out outer partition primary range rank read references ' +
    'release rename repeat replace right row rows schema select set show signal sql system table then to trigger true union unique ' +
    'unlock update usage use using values when where while window with write'
  ).split(' '),
)

/** object | alias | label | type | group | flags */
const STANDARD = [
  'lead|title|Title|lookup|core|',
  'lead|firstname|First Name|text|core|',
  'lead|lastname|Last Name|text|core|',
  'lead|company|Primary company|lookup|core|',
  'lead|position|Position|text|core|',
  'lead|email|Email|email|core|unique',
  'lead|mobile|Mobile|tel|core|',
  'lead|phone|Phone|tel|core|',
  'lead|points|Points|number|core|',
  'lead|fax|Fax|tel|core|',
  'lead|address1|Address Line 1|text|core|',
  'lead|address2|Address Line 2|text|core|',
  'lead|city|City|text|core|',
  'lead|state|State|region|core|',
  'lead|zipcode|Zip Code|text|core|',
  'lead|country|Country|country|core|',
  'lead|preferred_locale|Preferred Locale|locale|core|',
  'lead|timezone|Preferred Timezone|timezone|core|',
  'lead|last_active|Date Last Active|datetime|core|',
  'lead|attribution_date|Attribution Date|date|core|',
  'lead|attribution|Attribution|number|core|decimal',
  'lead|website|Website|url|core|',
  'lead|facebook|Facebook|text|social|',
  'lead|foursquare|Foursquare|text|social|',
  'lead|instagram|Instagram|text|social|',
  'lead|linkedin|LinkedIn|text|social|',
  'lead|skype|Skype|text|social|',
  'lead|twitter|Twitter|text|social|',
  'company|companyaddress1|Address 1|text|core|',
  'company|companyaddress2|Address 2|text|core|',
  'company|companyemail|Company Email|email|core|',
  'company|companyphone|Phone|tel|core|',
  'company|companycity|City|text|core|',
  'company|companystate|State|region|core|',
  'company|companyzipcode|Zip Code|text|core|',
  'company|companycountry|Country|country|core|',
  'company|companyname|Company Name|text|core|unique',
  'company|companywebsite|Website|url|core|',
  'company|companynumber_of_employees|Number of Employees|number|professional|',
  'company|companyfax|Fax|tel|professional|',
  'company|companyannual_revenue|Annual Revenue|number|professional|decimal',
  'company|companyindustry|Industry|select|professional|',
  'company|companydescription|Description|text|professional|',
] as const
