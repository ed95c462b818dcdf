/** Fills an account with segments, and with made-up people, their custom fields and tags. */
import { CUSTOM_FIELDS, GROUPS, type Person, type PersonField, people, TAGS } from '../../people.ts'
import { type Account, nextId, packMembership, PERSON, type Segment } from './account.ts'
import { companyNamed } from './companies.ts'
import { tagNamed } from './contact-input.ts'
import { type ContactRow, insertRow } from './contacts.ts'
import { freeAlias } from './field-rules.ts'
import { addField, type Field, type FieldType, fieldOf } from './field-set.ts'
import { isCountry, isLocale, isRegion, isTimeZone } from './places.ts'
import { since } from './quirks.ts'
import { cleanEmail, cleanText, cutTo, hasFourByteCharacter, isAddress, lengthOf } from './text.ts'

export function seedSegments(account: Account): void {
  for (const name of GROUPS) newSegment(account, { name: storable(account, name, 191) })
}

export function newSegment(
  account: Account,
  draft: Pick<Segment, 'name'> & Partial<Segment>,
): Segment {
  const id = nextId(account, 'segment')
  const segment: Segment = {
    publicName: draft.name,
    description: null,
    category: null,
    isPublished: true,
    isGlobal: true,
    isPreferenceCenter: false,
    filters: [],
    dateAdded: Math.floor(account.now / 1000) * 1000,
    dateModified: null,
    createdBy: PERSON.id,
    members: new Map(),
    ...draft,
    id,
    alias: freeSegmentAlias(account, draft.alias ?? draft.name),
  }
  account.segments.set(id, segment)
  return segment
}

/** Lower case, hyphens for everything else, a number behind when taken. */
function freeSegmentAlias(account: Account, wish: string): string {
  const plain =
    wish
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'segment'
  const taken = new Set([...account.segments.values()].map((segment) => segment.alias))
  let alias = plain
  for (let n = 1; taken.has(alias); n++) alias = `${plain}${n}`
  return alias
}

export function seedPeople(account: Account, seed: number, count: number): void {
  const customs = seedFields(account)
  for (const { name } of TAGS) tagNamed(account, storable(account, name, 191))
  seedAutomations(account)
  const segments = new Map(
    GROUPS.map((name, position) => [name, [...account.segments.values()][position]]),
  )
  for (const person of people(seed, count)) {
    const row = insertRow(account.contacts, person.createdAt, valuesOf(account, person, customs))
    fillRow(account, row, person)
    for (const name of person.groups) {
      const dateAdded = person.createdAt
      segments
        .get(name)
        ?.members.set(
          row.id,
          packMembership({ dateAdded, manuallyAdded: true, manuallyRemoved: false }),
        )
    }
    if (person.notes !== '') {
      const { createdAt } = person
      const text = storable(account, person.notes, 65_535)
      const note = { id: nextId(account, 'note'), text, type: 'general', dateTime: createdAt }
      account.notes.set(row.id, [{ ...note, dateAdded: createdAt }])
    }
  }
}

function seedAutomations(account: Account): void {
  const dateAdded = Math.floor(account.now / 1000) * 1000
  for (const name of ['Welcome series', 'Win back']) {
    const id = nextId(account, 'automation')
    account.automations.set(id, {
      id,
      name,
      description: null,
      isPublished: true,
      dateAdded,
      members: new Map(),
    })
  }
}

function fillRow(account: Account, row: ContactRow, person: Person): void {
  row.createdBy = PERSON.id
  row.dateIdentified = isIdentified(person) ? person.createdAt : null
  const isChanged = person.updatedAt > person.createdAt
  row.dateModified = isChanged
    ? person.updatedAt
    : since(account.quirks, '6.0')
      ? person.createdAt
      : null
  row.modifiedBy = isChanged ? PERSON.id : null
  row.lastActive = person.number % 3 === 0 ? person.updatedAt : null
  row.owner = person.number % 5 === 0 ? 3 : null
  row.points = person.points
  row.tags = [
    ...new Set(person.tags.map((name) => tagNamed(account, storable(account, name, 191)))),
  ]
  const reason = REASONS[person.emails[0]?.consent ?? 'none']
  if (reason !== undefined) {
    const dateAdded = person.emails[0]?.consentSince ?? person.createdAt
    const entry = { id: nextId(account, 'dnc'), channel: 'email', channelId: null, comments: '' }
    row.dnc = [{ ...entry, reason, dateAdded }]
  }
  const company = storable(account, person.company, 191)
  if (company !== '') {
    const { id } = companyNamed(account, company)
    row.companies = [id]
    row.primaryCompany = id
  }
}

const REASONS: Readonly<Record<string, number>> = {
  unsubscribed: 1,
  complained: 1,
  bounced: 2,
  manual: 3,
}

function isIdentified(person: Person): boolean {
  return [person.emails[0]?.address, person.givenName, person.familyName, person.company].some(
    (text) => (text ?? '') !== '',
  )
}

/** Custom fields of the crowd, and those a standard account lacks for what people have. */
const FURTHER: readonly (PersonField & { readonly read: (person: Person) => string })[] = [
  { label: 'Middle name', type: 'text', options: [], read: (person) => person.middleName },
  { label: 'Suffix', type: 'text', options: [], read: (person) => person.suffix },
  { label: 'Nickname', type: 'text', options: [], read: (person) => person.nickname },
  { label: 'Birthday', type: 'date', options: [], read: (person) => person.birthday },
  { label: 'Anniversary', type: 'date', options: [], read: (person) => person.anniversary },
  { label: 'Gender', type: 'text', options: [], read: (person) => person.gender },
]
const TYPES: Readonly<Record<PersonField['type'], FieldType>> = {
  text: 'text',
  longtext: 'textarea',
  number: 'number',
  decimal: 'number',
  currency: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  choice: 'select',
  radio: 'select',
  choices: 'multiselect',
  phone: 'tel',
  email: 'email',
  url: 'url',
  year: 'number',
}

type Reader = readonly [field: Field, read: (person: Person) => string]

function seedFields(account: Account): readonly Reader[] {
  const readers: Reader[] = []
  const add = (draft: PersonField, read: (person: Person) => string) => {
    const field = addField(account.fields, {
      object: 'lead',
      alias: freeAlias(account.fields, draft.label),
      label: draft.label,
      type: TYPES[draft.type],
      group: 'core',
      scale: draft.type === 'decimal' || draft.type === 'currency' ? 2 : 0,
      charLengthLimit: draft.type === 'text' ? 191 : null,
      options: draft.options.map((label) => ({ label, value: optionValue(label) })),
      dateAdded: Math.floor(account.now / 1000) * 1000,
    })
    readers.push([field, read])
  }
  for (const draft of FURTHER) add(draft, draft.read)
  for (const draft of CUSTOM_FIELDS) add(draft, (person) => person.custom[draft.label] ?? '')
  return readers
}

/** What a contact holds is the value, not the label: `Rock, Pop & Soul` is kept as `rock_pop_soul`. */
function optionValue(label: string): string {
  return label
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
}

function valuesOf(account: Account, person: Person, customs: readonly Reader[]): string[] {
  const cells: string[] = new Array<string>(account.fields.columns).fill('')
  const put = (alias: string, text: string) => {
    const column = fieldOf(account.fields, 'lead', alias)?.column ?? -1
    if (column >= 0) cells[column] = storable(account, text, 191)
  }
  const address = person.addresses[0]
  const email = cleanEmail(person.emails[0]?.address ?? '')
  put('title', person.prefix)
  put('firstname', person.givenName)
  put('lastname', person.familyName)
  put('company', person.company)
  put('position', person.jobTitle)
  put('email', isAddress(email) ? email : '')
  put('mobile', phone(person, true))
  put('phone', phone(person, false))
  put('fax', person.fax)
  put('website', person.website)
  put('facebook', person.socials.facebook)
  put('linkedin', person.socials.linkedin)
  put('twitter', person.socials.twitter)
  put('preferred_locale', isLocale(person.language) ? person.language : '')
  put('timezone', isTimeZone(person.timeZone) ? person.timeZone : '')
  if (address !== undefined) {
    put('address1', address.line1)
    put('address2', address.line2)
    put('city', address.city)
    put('state', isRegion(address.region) ? address.region : '')
    put('zipcode', address.postalCode)
    put('country', isCountry(address.country) ? address.country : '')
  }
  for (const [field, read] of customs) {
    cells[field.column] = customText(account, field, read(person))
  }
  return cells
}

function phone(person: Person, isMobile: boolean): string {
  const found = person.phones.find((one) => (one.type === 'Mobile') === isMobile)
  return found?.number ?? ''
}

/** The raw text of a made-up value as this platform's column holds it. */
function customText(account: Account, field: Field, text: string): string {
  if (text === '') return ''
  switch (field.type) {
    case 'boolean':
      return text === 'true' ? '1' : '0'
    case 'number':
      return String(Math.round(Number(text) * 10 ** field.scale) / 10 ** field.scale)
    case 'datetime':
      return text.replace('T', ' ').replace('Z', '')
    case 'select':
      return optionValue(text)
    case 'multiselect':
      return text.split('\n').map(optionValue).join('|')
    case 'email': {
      const clean = cleanEmail(text)
      return isAddress(clean) ? clean : ''
    }
    case 'textarea':
      return storable(account, text, 65_535)
    default:
      return storable(account, text, 191)
  }
}

function storable(account: Account, text: string, most: number): string {
  const clean = cleanText(text)
  const plain =
    account.quirks.utf8mb3 && hasFourByteCharacter(clean)
      ? clean.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '').trim()
      : clean
  return lengthOf(plain) <= most ? plain : cutTo(plain, most).trim()
}
