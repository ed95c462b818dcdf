/** Hand-made accounts of the three platforms, as their connectors describe them, for compiling mappings against. */
import type { Capabilities } from '../../src/connector/capabilities.ts'
import type { TargetRules } from '../../src/connector/connector.ts'
import type { MappingSide } from '../../src/mapping/side.ts'
import { STANDARD_FIELDS } from '../../src/model/field.ts'
import type { Catalog, FieldDefinition, Group, Owner, Tag } from '../../src/model/vocabulary.ts'

export function field(path: string, more: Partial<FieldDefinition> = {}): FieldDefinition {
  const standard = STANDARD_FIELDS[path]
  const native = path.replace(/^custom\./, '')
  return {
    path,
    native,
    label: standard?.label ?? native,
    type: standard?.type ?? 'text',
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
    ...more,
  }
}

export function options(...values: readonly string[]) {
  return values.map((value) => ({ value, label: value }))
}

export function tag(key: string, name: string, category: string | null = null): Tag {
  return { key, name, category, description: null }
}
export function group(key: string, name: string): Group {
  return { key, name, description: null, writable: true }
}
export function owner(key: string, name: string, email: string | null = null): Owner {
  return { key, name, email }
}

const CAPABILITIES: Capabilities = {
  streams: {
    contacts: { since: 'inclusive', paging: 'keyset', pageSizeMax: 100, hidesRemovals: true },
  },
  resolutionMs: 1000,
  visibilityLagMs: 0,
  find: ['email'],
  fetchMax: 100,
  findMax: 10,
  create: { batchMax: 10, onTakenEmail: 'doubles' },
  update: { batchMax: 10, conditional: false, clears: true },
  remove: 'delete',
  tags: { read: true, add: true, remove: true, create: true },
  groups: { read: true, write: 'bulk', remove: true, create: true },
  fields: { create: true },
  consent: {
    holder: 'contact',
    channels: ['email'],
    optOut: true,
    optOutReversible: true,
    optIn: false,
  },
  rate: { requestsPerSecond: 10, requestsPerDay: null, concurrency: 1 },
}

/** A platform that takes every value. */
export const EASY_RULES: TargetRules = {
  fit: (_, value) => ({ kind: 'ok', value }),
  fitTag: (name) => ({ kind: 'ok', value: name }),
  refuse: () => null,
}

export interface SideParts {
  readonly title?: string
  readonly tags?: readonly Tag[]
  readonly groups?: readonly Group[]
  readonly owners?: readonly Owner[]
  readonly capabilities?: Partial<Capabilities>
  readonly rules?: Partial<TargetRules>
}

export function side(fields: readonly FieldDefinition[], parts: SideParts = {}): MappingSide {
  const catalog: Catalog = {
    fields,
    tags: parts.tags ?? [],
    groups: parts.groups ?? [],
    owners: parts.owners ?? [],
  }
  return {
    catalog,
    capabilities: { ...CAPABILITIES, ...parts.capabilities },
    rules: { ...EASY_RULES, ...parts.rules },
    title: parts.title ?? 'There',
  }
}

const NAMES = ['givenName', 'familyName']
const MAIN_ADDRESS = ['line1', 'line2', 'city', 'region', 'postalCode', 'country'].map(
  (part) => `addresses.main.${part}`,
)
const PHONE_TYPES = ['main', 'mobile', 'work', 'home', 'other']

export function infusionsoft(
  more: readonly FieldDefinition[] = [],
  parts: SideParts = {},
): MappingSide {
  const natives: Readonly<Record<string, string>> = {
    givenName: 'FirstName',
    familyName: 'LastName',
    prefix: 'Title',
    'emails.1': 'Email',
    jobTitle: 'JobTitle',
  }
  const standard = [
    ...NAMES,
    ...['middleName', 'prefix', 'suffix', 'nickname', 'emails.1', 'emails.2', 'emails.3', 'fax'],
    ...['fax.2', 'company', 'jobTitle', 'website', 'birthday', 'anniversary', 'language'],
    ...['timeZone', 'notes', 'owner', ...MAIN_ADDRESS],
    ...MAIN_ADDRESS.map((path) => path.replace('main', 'shipping')),
    ...MAIN_ADDRESS.map((path) => path.replace('main', 'other')),
  ].map((path) => field(path, { native: natives[path] ?? path }))
  const phones = PHONE_TYPES.flatMap((type) => [
    field(`phones.${type}`, { native: `Phone ${type}` }),
    field(`phones.${type}.extension`, { native: `Phone ${type} Ext`, label: `${type} extension` }),
  ])
  const own = [
    ...['Address1Type', 'Address2Type', 'Address3Type', 'Fax1Type', 'Fax2Type', 'Username'],
    ...['SpouseName', 'Leadsource'],
  ].map((name) => field(`custom.${name}`))
  const created = field('createdAt', { native: 'DateCreated', writable: false })
  return side([...standard, ...phones, ...own, created, ...more], {
    title: 'Infusionsoft',
    capabilities: { groups: { read: false, write: false, remove: false, create: false } },
    ...parts,
  })
}

export function adaptix(more: readonly FieldDefinition[] = [], parts: SideParts = {}): MappingSide {
  const aliases: Readonly<Record<string, string>> = {
    prefix: 'title',
    givenName: 'firstname',
    familyName: 'lastname',
    company: 'company',
    jobTitle: 'position',
    'emails.1': 'email',
    'phones.main': 'phone',
    'phones.mobile': 'mobile',
    fax: 'fax',
    'addresses.main.line1': 'address1',
    'addresses.main.line2': 'address2',
    'addresses.main.city': 'city',
    'addresses.main.region': 'state',
    'addresses.main.postalCode': 'zipcode',
    'addresses.main.country': 'country',
    language: 'preferred_locale',
    timeZone: 'timezone',
    website: 'website',
    'socials.facebook': 'facebook',
    'socials.twitter': 'twitter',
    points: 'points',
    owner: 'owner',
  }
  const fields = Object.entries(aliases).map(([path, native]) =>
    field(path, { native, maxLength: STANDARD_FIELDS[path]?.type === 'text' ? 191 : null }),
  )
  const created = field('createdAt', { native: 'dateAdded', label: 'Date added', writable: false })
  return side([...fields, created, ...more], { title: 'Adaptix', ...parts })
}

export function xmlSpec(more: readonly FieldDefinition[] = [], parts: SideParts = {}): MappingSide {
  const fields = [
    ...NAMES,
    ...['jobTitle', 'company', 'phones.main', 'phones.mobile', 'fax', 'website', 'emails.1'],
    ...['birthday', 'gender', 'notes', ...MAIN_ADDRESS],
  ].map((path) => field(path, { native: path === 'jobTitle' ? 'Title' : path }))
  const own = ['Hometown', 'Height', 'Bio'].map((name) => field(`custom.${name}`))
  const created = field('createdAt', { native: 'CreatedDatetime', writable: false })
  return side([...fields, ...own, created, ...more], {
    title: 'GreenRope',
    capabilities: { tags: { read: true, add: true, remove: false, create: true } },
    ...parts,
  })
}
