/** Which column means what: canonical paths, the usual names of exports, everything else as a custom field. Pure. */
import type { Channel } from '../../src/model/consent.ts'
import {
  ADDRESS_KINDS,
  ADDRESS_PARTS,
  type FieldPath,
  STANDARD_FIELDS,
} from '../../src/model/field.ts'
import { guard, unguard } from './cells.ts'

export type ColumnRole =
  | { readonly kind: 'id' | 'tags' | 'groups' | 'consents' | 'updatedAt' }
  | { readonly kind: 'consent'; readonly channel: Channel }
  | { readonly kind: 'field'; readonly path: FieldPath }
export interface Column {
  /** As it stands in the file, without quotes. */
  readonly header: string
  readonly role: ColumnRole
}

/** Roles of a header row. No two columns have one role: a second one is a custom field under its own name. */
export function columnsOf(headers: readonly string[]): readonly Column[] {
  const taken = new Set<string>()
  return headers.map((header, place) => {
    const role = freeRole(header, place, taken)
    taken.add(keyOf(role))
    return { header, role }
  })
}

/** Header of a new column, such that reading it gives the same role again. */
export function headerOf(role: ColumnRole): string {
  switch (role.kind) {
    case 'id':
      return 'id'
    case 'tags':
    case 'groups':
    case 'consents':
    case 'updatedAt':
      return role.kind
    case 'consent':
      return `consent.${role.channel}`
    case 'field':
      return headerOfPath(role.path)
  }
}

/** Path of a custom field of that label. */
export function customPath(label: string): FieldPath {
  return `custom.${label}`
}

/** A path that a contact may have: fixed, open or custom. */
export function isPath(path: string): boolean {
  return Object.hasOwn(STANDARD_FIELDS, path) || OPEN_PATH.test(path) || CUSTOM.test(path)
}

export function keyOf(role: ColumnRole): string {
  if (role.kind === 'field') return `field ${role.path}`
  return role.kind === 'consent' ? `consent ${role.channel}` : role.kind
}

const CUSTOM = /^custom\../s
const OPEN_PATH = new RegExp(
  [
    '^emails\\.[1-9]$',
    '^phones\\.[^.\\s]+(?:\\.[2-9])?(?:\\.extension)?$',
    '^socials\\.[^.\\s]+$',
    `^addresses\\.(?:${ADDRESS_KINDS.join('|')})\\.(?:${ADDRESS_PARTS.join('|')})$`,
  ].join('|'),
)

function headerOfPath(path: FieldPath): string {
  if (!CUSTOM.test(path)) return path
  const bare = guard(path.slice('custom.'.length))
  const role = roleOf(bare)
  return role.kind === 'field' && role.path === path && !isBlank(bare) ? bare : path
}

function roleOf(header: string): ColumnRole {
  const name = unguard(header)
  if (/^custom\../is.test(name)) return { kind: 'field', path: customPath(name.slice(7)) }
  const known = KNOWN.get(name.trim().toLowerCase())
  if (known !== undefined) return known
  if (OPEN_PATH.test(name.trim().toLowerCase())) {
    return { kind: 'field', path: name.trim().toLowerCase() }
  }
  const usual = USUAL.get(fold(name))
  return usual ?? { kind: 'field', path: customPath(name) }
}

function freeRole(header: string, place: number, taken: ReadonlySet<string>): ColumnRole {
  const first = roleOf(header)
  if (!isBlank(header) && !taken.has(keyOf(first))) return first
  for (const role of others(header, place)) if (!taken.has(keyOf(role))) return role
  throw new RangeError(`no name is left for column ${place + 1}`)
}

function isBlank(header: string): boolean {
  return unguard(header).trim() === ''
}

function* others(header: string, place: number): Generator<ColumnRole> {
  const name = unguard(header)
  const label = isBlank(header) ? `Column ${place + 1}` : name
  yield { kind: 'field', path: customPath(label) }
  for (let number = 2; number <= COLUMNS_MAX; number += 1) {
    yield { kind: 'field', path: customPath(`${label} (${number})`) }
  }
}
/** As many as a spreadsheet can have. */
const COLUMNS_MAX = 16_384

/** Without case, accents, blanks and punctuation. */
function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Exact names, in lower case. */
const KNOWN: ReadonlyMap<string, ColumnRole> = new Map([
  ...Object.keys(STANDARD_FIELDS).map(
    (path) => [path.toLowerCase(), { kind: 'field', path }] as [string, ColumnRole],
  ),
  ...(['tags', 'groups', 'consents', 'id'] as const).map(
    (kind) => [kind, { kind }] as [string, ColumnRole],
  ),
  ['updatedat', { kind: 'updatedAt' }],
  ['ferry_id', { kind: 'id' }],
  ...(['email', 'sms', 'phone', 'post'] as const).map(
    (channel) => [`consent.${channel}`, { kind: 'consent', channel }] as [string, ColumnRole],
  ),
])

/** Parts of an address, for the main one alone, for the others behind `Shipping` and `Other`. */
const ADDRESS_NAMES: Readonly<Record<string, readonly string[]>> = {
  line1: [
    'Address',
    'Address 1',
    'Address line 1',
    'Street',
    'Street address',
    'Street address 1',
    'Adresse',
    'Straße',
  ],
  line2: ['Address 2', 'Address line 2', 'Street address 2', 'Adresszusatz'],
  city: ['City', 'Town', 'Ort', 'Stadt'],
  region: [
    'State',
    'Region',
    'Province',
    'State/Province',
    'State/Region',
    'State or region',
    'Bundesland',
  ],
  postalCode: [
    'Zip',
    'Zip code',
    'Postal code',
    'Postcode',
    'Zip/Postal code',
    'PLZ',
    'Postleitzahl',
  ],
  country: ['Country', 'Country/Region', 'Land'],
}

/** Names that exports of address books, mailing tools and CRMs give their columns. */
const FIELD_NAMES: Readonly<Record<FieldPath, readonly string[]>> = {
  givenName: ['First name', 'Given name', 'Forename', 'Vorname', 'Prénom'],
  middleName: ['Middle name', 'Additional name', 'Zweiter Vorname'],
  familyName: ['Last name', 'Surname', 'Family name', 'Nachname', 'Familienname'],
  prefix: ['Prefix', 'Name prefix', 'Salutation', 'Anrede'],
  suffix: ['Suffix', 'Name suffix'],
  nickname: ['Nickname', 'Spitzname'],
  'emails.1': [
    'Email',
    'E-Mail',
    'Email address',
    'E-Mail-Adresse',
    'Email 1',
    'Email address 1',
    'Primary email',
  ],
  'emails.2': ['Email 2', 'Email address 2', 'E-mail 2 address', 'Secondary email'],
  'emails.3': ['Email 3', 'Email address 3', 'E-mail 3 address'],
  'phones.main': [
    'Phone',
    'Phone number',
    'Phone 1',
    'Primary phone',
    'Telephone',
    'Telefon',
    'Tel.',
  ],
  'phones.mobile': [
    'Mobile',
    'Mobile phone',
    'Mobile number',
    'Mobile phone number',
    'Cell',
    'Cell phone',
    'Handy',
    'Mobil',
    'Mobiltelefon',
  ],
  'phones.work': ['Work phone', 'Business phone', 'Office phone', 'Telefon geschäftlich'],
  'phones.home': ['Home phone', 'Telefon privat'],
  'phones.other': ['Other phone'],
  fax: ['Fax', 'Fax number', 'Faxnummer'],
  company: ['Company', 'Company name', 'Organization', 'Organisation', 'Firma', 'Unternehmen'],
  jobTitle: ['Job title', 'Position', 'Role', 'Berufsbezeichnung'],
  website: ['Website', 'Web site', 'Web page', 'Website URL', 'Homepage', 'URL'],
  birthday: ['Birthday', 'Birth date', 'Date of birth', 'DOB', 'Geburtstag', 'Geburtsdatum'],
  anniversary: ['Anniversary'],
  gender: ['Gender', 'Geschlecht'],
  language: ['Language', 'Preferred language', 'Preferred locale', 'Sprache'],
  timeZone: ['Time zone', 'Zeitzone'],
  notes: ['Notes', 'Notizen'],
  owner: ['Owner', 'Contact owner'],
  points: ['Points', 'Score', 'Lead score'],
  createdAt: ['Created', 'Created at', 'Created on', 'Date created', 'Create date'],
}

const USUAL: ReadonlyMap<string, ColumnRole> = new Map([
  ...Object.entries(STANDARD_FIELDS).map(([path, { label }]) => named(label, path)),
  ...Object.entries(ADDRESS_NAMES).flatMap(([part, names]) =>
    ADDRESS_KINDS.flatMap((kind) =>
      names.map((name) =>
        named(kind === 'main' ? name : `${kind} ${name}`, `addresses.${kind}.${part}`),
      ),
    ),
  ),
  ...Object.entries(FIELD_NAMES).flatMap(([path, names]) => names.map((name) => named(name, path))),
  ...['Contact id', 'Kontakt-ID'].map((name): [string, ColumnRole] => [fold(name), { kind: 'id' }]),
  ...['Tag', 'Schlagworte'].map((name): [string, ColumnRole] => [fold(name), { kind: 'tags' }]),
  ...['Group', 'Segments', 'Gruppen'].map((name): [string, ColumnRole] => [
    fold(name),
    { kind: 'groups' },
  ]),
])

function named(name: string, path: FieldPath): [string, ColumnRole] {
  return [fold(name), { kind: 'field', path }]
}
