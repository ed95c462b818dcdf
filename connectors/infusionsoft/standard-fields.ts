/** The columns of a contact that mean a canonical field, and those that have no canonical path but say something about a person. Data only. */
import { type FieldPath, STANDARD_FIELDS, type ValueType } from '../../src/model/field.ts'
import { TEXT_LENGTH_MAX } from './custom-fields.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'

/** `owner`: an id where 0 means nobody. `instant`: a stamp that the server sets. */
export type StandardKind = 'text' | 'date' | 'owner' | 'instant'

export interface StandardColumn {
  readonly column: string
  readonly path: FieldPath
  readonly kind: StandardKind
}

/** Without a canonical path: `custom.<column>`. */
const OWN: ReadonlyMap<string, { readonly label: string; readonly type: ValueType }> = new Map([
  ['SpouseName', { label: 'Spouse name', type: 'text' }],
  ['AssistantName', { label: 'Assistant name', type: 'text' }],
  ['AssistantPhone', { label: 'Assistant phone', type: 'phone' }],
  ['ContactType', { label: 'Person type', type: 'text' }],
  ['ReferralCode', { label: 'Referral code', type: 'text' }],
  ['Leadsource', { label: 'Lead source', type: 'text' }],
  ['Username', { label: 'User name', type: 'text' }],
  ['BillingInformation', { label: 'Billing information', type: 'text' }],
  ['ZipFour1', { label: 'Zip four', type: 'text' }],
  ['ZipFour2', { label: 'Shipping zip four', type: 'text' }],
  ['ZipFour3', { label: 'Other zip four', type: 'text' }],
  ['Address1Type', { label: 'Address type', type: 'text' }],
  ['Address2Type', { label: 'Shipping address type', type: 'text' }],
  ['Address3Type', { label: 'Other address type', type: 'text' }],
  ['Fax1Type', { label: 'Fax type', type: 'text' }],
  ['Fax2Type', { label: 'Fax 2 type', type: 'text' }],
])

export const STANDARD_COLUMNS: readonly StandardColumn[] = [
  ...texts({
    Title: 'prefix',
    FirstName: 'givenName',
    MiddleName: 'middleName',
    LastName: 'familyName',
    Suffix: 'suffix',
    Nickname: 'nickname',
    Email: 'emails.1',
    EmailAddress2: 'emails.2',
    EmailAddress3: 'emails.3',
    Fax1: 'fax',
    Fax2: 'fax.2',
    Company: 'company',
    JobTitle: 'jobTitle',
    Website: 'website',
    Language: 'language',
    TimeZone: 'timeZone',
    ContactNotes: 'notes',
    StreetAddress1: 'addresses.main.line1',
    StreetAddress2: 'addresses.main.line2',
    City: 'addresses.main.city',
    State: 'addresses.main.region',
    PostalCode: 'addresses.main.postalCode',
    Country: 'addresses.main.country',
    Address2Street1: 'addresses.shipping.line1',
    Address2Street2: 'addresses.shipping.line2',
    City2: 'addresses.shipping.city',
    State2: 'addresses.shipping.region',
    PostalCode2: 'addresses.shipping.postalCode',
    Country2: 'addresses.shipping.country',
    Address3Street1: 'addresses.other.line1',
    Address3Street2: 'addresses.other.line2',
    City3: 'addresses.other.city',
    State3: 'addresses.other.region',
    PostalCode3: 'addresses.other.postalCode',
    Country3: 'addresses.other.country',
  }),
  { column: 'Birthday', path: 'birthday', kind: 'date' },
  { column: 'Anniversary', path: 'anniversary', kind: 'date' },
  { column: 'OwnerID', path: 'owner', kind: 'owner' },
  { column: 'DateCreated', path: 'createdAt', kind: 'instant' },
  ...texts(Object.fromEntries([...OWN.keys()].map((column) => [column, `custom.${column}`]))),
]

/** Cut there by the server. */
const NOTES_LENGTH_MAX = 10_000

export const STANDARD_DEFINITIONS: readonly FieldDefinition[] = STANDARD_COLUMNS.map(
  ({ column, path, kind }) => ({
    path,
    native: column,
    label: STANDARD_FIELDS[path]?.label ?? OWN.get(column)?.label ?? column,
    type: STANDARD_FIELDS[path]?.type ?? OWN.get(column)?.type ?? 'text',
    readable: true,
    writable: kind !== 'instant',
    maxLength: lengthMax(path, kind),
    options: null,
    isUnique: false,
    isRequired: false,
  }),
)

function lengthMax(path: FieldPath, kind: StandardKind): number | null {
  if (path === 'notes') return NOTES_LENGTH_MAX
  return kind === 'text' ? TEXT_LENGTH_MAX : null
}

function texts(paths: Readonly<Record<string, FieldPath>>): StandardColumn[] {
  return Object.entries(paths).map(([column, path]) => ({ column, path, kind: 'text' }))
}
