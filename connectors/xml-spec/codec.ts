/** The bilingual file: contacts of this platform to sightings, canonical fields to the parts of a contact to write. Pure. */
import type { Consent } from '../../src/model/consent.ts'
import type { FieldPath, Fields, FieldValue } from '../../src/model/field.ts'
import { type RemoteId, remoteId, version } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { ContactParts } from './contact-parts.ts'
import type { Contact, TextName } from './schema.ts'
import { dateOf, instantOf, wireDate } from './stamps.ts'
import {
  ACTIVITY_SCORE,
  CREATED,
  DEMOGRAPHIC_SCORE,
  SECONDARY_COMPANIES,
  TEXT_FIELDS,
} from './standard-fields.ts'
import { readValue, type UserFields, writeValue } from './user-fields.ts'

/**
 * `<AccountNumber>/<Contact_id>`: ids are counted per account, so a number alone may be two people (fact sheet, identity).
 */
export function contactId(account: string, id: string): RemoteId {
  return remoteId(`${account}/${id}`)
}
/** null: not an id of ours. */
export function partsOfId(id: RemoteId): { readonly account: string; readonly id: string } | null {
  const match = /^([^/]+)\/([^/]+)$/.exec(id)
  return match === null ? null : { account: match[1] ?? '', id: match[2] ?? '' }
}

export interface Reading {
  readonly zone: string
  /** Of the connection; for answers that name none. */
  readonly account: string | null
  readonly userFields: UserFields
  note(text: string): void
}

export type Decoded =
  | { readonly kind: 'sighting'; readonly sighting: Sighting }
  | { readonly kind: 'broken'; readonly message: string; readonly hint: string }

/** An element that is missing is not known; an empty one is empty. A user-defined field that the list leaves out has no value. */
export function decodeContact(contact: Contact, reading: Reading): Decoded {
  const account = contact.account ?? reading.account
  if (contact.id === null) return { kind: 'broken', ...NO_ID }
  if (account === null) return { kind: 'broken', ...NO_ACCOUNT }
  const fields: Record<FieldPath, FieldValue> = {}
  for (const { element, path } of TEXT_FIELDS) {
    const text = contact.texts[element]
    if (text === undefined) continue
    fields[path] = isBlank(text) ? null : element === 'Birthdate' ? dateOf(text) : text
  }
  readUserFields(contact, reading, fields)
  if (contact.secondaryCompanies !== null) {
    const names = contact.secondaryCompanies.flatMap(({ name }) => (name === '' ? [] : [name]))
    fields[SECONDARY_COMPANIES] = names.length === 0 ? null : names
  }
  if (contact.demographicLeadScore !== null)
    fields[DEMOGRAPHIC_SCORE] = contact.demographicLeadScore
  if (contact.activityLeadScore !== null) fields[ACTIVITY_SCORE] = contact.activityLeadScore
  const createdAt = contact.created === null ? null : instantOf(contact.created, reading.zone)
  if (createdAt !== null) fields[CREATED] = createdAt
  return {
    kind: 'sighting',
    sighting: {
      id: contactId(account, contact.id),
      version: contact.updated === null ? null : version(contact.updated),
      createdAt,
      updatedAt: contact.updated === null ? null : instantOf(contact.updated, reading.zone),
      fields,
      ...(contact.tags === null ? {} : { tags: sorted(contact.tags.map(({ name }) => name)) }),
      ...(contact.groups === null
        ? {}
        : { groups: sorted(contact.groups.flatMap(({ id }) => (id === '' ? [] : [id]))) }),
      ...(contact.unsubscribed === null
        ? {}
        : { consents: contact.unsubscribed ? [UNSUBSCRIBED] : [] }),
    },
  }
}

/** One state per contact; when or why it came about is not told. */
export const UNSUBSCRIBED: Consent = {
  channel: 'email',
  address: null,
  state: 'refused',
  reason: 'Unsubscribed',
  scope: null,
  since: null,
}
export const BOUNCED: Consent = { ...UNSUBSCRIBED, state: 'undeliverable', reason: 'Bounced' }

export type Encoded =
  | { readonly kind: 'parts'; readonly parts: ContactParts }
  | { readonly kind: 'problem'; readonly path: FieldPath; readonly message: string }

export interface Writing {
  readonly userFields: UserFields
  /** New contacts have nothing to empty. */
  readonly op: 'create' | 'update'
  /** The last reading, which tells what secondary companies there are to take away. */
  readonly current: Sighting | null
}

/** Canonical fields as parts of a contact to write. A value that cannot be written as it is meant is a problem, never dropped. */
export function encodeContact(fields: Fields, writing: Writing): Encoded {
  const texts: Partial<Record<TextName, string>> = {}
  const userFields: { fieldnum?: string; fieldname?: string; value: string }[] = []
  let secondaryCompanies: ContactParts['SecondaryCompanies']
  for (const [path, value] of Object.entries(fields)) {
    if (value === null && writing.op === 'create') continue
    const element = ELEMENT_OF.get(path)
    if (element !== undefined) {
      const text = plainText(element, value)
      if (text === null) return problem(path, 'is not a day that exists')
      texts[element] = text
      continue
    }
    if (path === SECONDARY_COMPANIES) {
      secondaryCompanies = companyChanges(value, writing.current)
      continue
    }
    const known = writing.userFields.byPath(path)
    if (known === null) return problem(path, 'is no field of this account that can be written')
    const written = writeValue(known.definition.type, value)
    if (written.kind === 'problem') return problem(path, written.message)
    const { field, goesByName } = known
    const name = goesByName ? { fieldname: field.name } : { fieldnum: field.id }
    userFields.push({ ...name, value: written.text })
  }
  return {
    kind: 'parts',
    parts: {
      ...texts,
      ...(userFields.length === 0 ? {} : { UserDefinedFields: userFields }),
      ...(secondaryCompanies === undefined || secondaryCompanies.length === 0
        ? {}
        : { SecondaryCompanies: secondaryCompanies }),
    },
  }
}

const ELEMENT_OF: ReadonlyMap<FieldPath, TextName> = new Map(
  TEXT_FIELDS.map(({ path, element }) => [path, element]),
)

const NO_ID = {
  message: 'a contact came without its Contact_id',
  hint: 'It cannot be addressed. Open it in the account, save it anew, and run again.',
} as const
const NO_ACCOUNT = {
  message: 'a contact came without its AccountNumber',
  hint: 'Write the account number into `account` of the connection.',
} as const

function readUserFields(
  contact: Contact,
  reading: Reading,
  fields: Record<FieldPath, FieldValue>,
): void {
  if (contact.userFields === null) return
  for (const { definition } of reading.userFields.all) fields[definition.path] = null
  for (const value of contact.userFields) {
    const known = reading.userFields.of(value)
    if (known === null) {
      reading.note(
        `The value of a field "${value.name}" (${value.id}) was left out: the list of fields does not tell which field that is.`,
      )
      continue
    }
    fields[known.definition.path] = readValue(known, value.value)
  }
}

/** null: no day that exists. */
function plainText(element: TextName, value: FieldValue): string | null {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : value.join(', ')
  return element === 'Birthdate' ? wireDate(text) : text
}

/** Companies are added and taken away one by one; they go by name, since a name is what we read. */
function companyChanges(
  value: FieldValue,
  current: Sighting | null,
): ContactParts['SecondaryCompanies'] {
  const wanted = new Set(namesIn(value))
  const present = new Set(namesIn(current?.fields[SECONDARY_COMPANIES] ?? null))
  return [
    ...[...present]
      .filter((name) => !wanted.has(name))
      .map((CompanyName) => ({ CompanyName, remove: true })),
    ...[...wanted].filter((name) => !present.has(name)).map((CompanyName) => ({ CompanyName })),
  ]
}

function namesIn(value: FieldValue): readonly string[] {
  if (value === null) return []
  return (typeof value === 'string' ? [value] : value).filter((name) => !isBlank(name))
}

function problem(path: FieldPath, message: string): Encoded {
  return { kind: 'problem', path, message }
}
function isBlank(text: string): boolean {
  return text.length === 0 || text.trim() === ''
}
function sorted(keys: string[]): readonly string[] {
  return keys.length < 2 ? keys : [...new Set(keys)].sort()
}
