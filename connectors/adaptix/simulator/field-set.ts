/** The fields of contacts and companies: definitions, where their values live, the rules for new ones. */

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
