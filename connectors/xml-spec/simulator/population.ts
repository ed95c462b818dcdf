/** Fills the accounts with made-up people, translated into what this platform can hold. */
import { CUSTOM_FIELDS, GROUPS, type Person, type PersonField, people, TAGS } from '../../people.ts'
import {
  type Account,
  type Contact,
  type Field,
  NO_IDS,
  NO_VALUES,
  type Scalars,
} from './account.ts'
import type { Quirks } from './quirks.ts'
import type { World } from './world.ts'

/** `count` people into the own account; the shared accounts get what `sharedAccounts` says. */
export function populate(world: World, seed: number, count: number): void {
  fill(world, world.own, seed, count)
  for (const account of world.accounts) {
    if (account === world.own) continue
    fill(world, account, seed + account.number, world.quirks.sharedAccounts[account.number] ?? 0)
  }
}

/** A comma would split the option in two: this platform's customers write it without. */
function option(text: string): string {
  return text.replaceAll(', ', ' ').replaceAll(',', ' ')
}

function fill(world: World, account: Account, seed: number, count: number): void {
  const fields = addVocabulary(world, account)
  for (const person of people(seed, count)) {
    const email = person.emails[0]
    const told = email === undefined ? null : world.stampAt(earliest(world, email.consentSince))
    const isOut =
      email !== undefined && ['unsubscribed', 'complained', 'manual'].includes(email.consent)
    const groups = ids(account.groups.named, person.groups)
    const contact = world.create(account, {
      values: scalars(person, world.quirks),
      fields: customValues(person, fields),
      groups,
      tags: ids(account.tags.named, person.tags),
      secondaryCompanies: secondary(account, person),
      created: world.stampAt(earliest(world, person.createdAt)),
      updated: world.stampAt(earliest(world, person.updatedAt)),
      unsubscribed: isOut ? told : null,
      unsubscribedFrom: NO_VALUES,
      bounced: email?.consent === 'bounced' ? told : null,
      hasComplained: email?.consent === 'complained',
      membership: membership(person.number),
    })
    leaveGroup(world, contact, person.number)
  }
}

function earliest(world: World, ms: number): number {
  return Math.min(ms, world.now())
}

/** Group-level unsubscribes: the contact stays a member and stays subscribed to the account. */
function leaveGroup(world: World, contact: Contact, number: number): void {
  const [group] = contact.groups
  if (group === undefined || !isNth(number, world.quirks.groupUnsubscribes)) return
  world.change(contact, { unsubscribedFrom: new Map([[group, contact.updated]]) })
}

function addVocabulary(world: World, account: Account): ReadonlyMap<string, Field> {
  const updated = world.stampAt(Math.min(world.now(), Date.UTC(2015, 2, 1)))
  for (const name of GROUPS) {
    account.groups.add((id) => ({
      id,
      name,
      type: 'Private',
      fromName: 'Acme Widgets, LLC',
      fromEmail: 'office@acmewidgets.example',
      physicalAddress: '101 First Street, Naperville, IL 60565',
    }))
  }
  for (const tag of TAGS) {
    if (account.tags.named(tag.name) === undefined) {
      account.tags.add((id) => ({ id, name: tag.name }))
    }
  }
  const fields = new Map<string, Field>()
  const [firstGroup] = account.groups.byId.keys()
  for (const field of CUSTOM_FIELDS) {
    const make = (group: number) =>
      account.fields.add((id) => ({
        id,
        name: field.label,
        group,
        type: fieldType(field),
        possibleValues: field.options.map(option).join(','),
        editable: 'Visible',
        updated,
      }))
    fields.set(field.label, make(0))
    if (world.quirks.twinFields && field.type === 'choice') make(firstGroup ?? 0)
  }
  return fields
}

function fieldType(field: PersonField): string {
  switch (field.type) {
    case 'choice':
    case 'radio':
      return 'Select'
    case 'choices':
      return 'Checkbox'
    case 'longtext':
      return 'Text'
    case 'date':
      return 'Date'
    default:
      return 'ShortText'
  }
}

function scalars(person: Person, quirks: Quirks): Scalars {
  const address = person.addresses[0]
  const isMobile = (type: string) => type.toLowerCase() === 'mobile'
  const mobile = person.phones.find((phone) => isMobile(phone.type))
  const phone = person.phones.find((other) => !isMobile(other.type))
  const birthdate = isNth(person.number, quirks.impossibleBirthdate)
    ? '19720230'
    : person.birthday.replaceAll('-', '')
  return {
    Firstname: person.givenName,
    Lastname: person.familyName,
    Title: person.jobTitle,
    Company: person.company,
    Address1: address?.line1 ?? '',
    Address2: address?.line2 ?? '',
    City: address?.city ?? '',
    State: address?.region ?? '',
    Zip: address?.postalCode ?? '',
    Country: address?.country ?? '',
    Phone: phone === undefined ? '' : withExtension(phone),
    Mobile: mobile === undefined ? '' : withExtension(mobile),
    Fax: person.fax,
    Website: person.website,
    Email: person.emails[0]?.address ?? '',
    Birthdate: birthdate,
    Gender: person.gender,
    Hometown: person.number % 7 === 0 ? (address?.city ?? '') : '',
    Height: person.number % 11 === 0 ? String(60 + (person.number % 20)) : '',
    Weight: person.number % 11 === 0 ? String(120 + (person.number % 100)) : '',
    SkillsAndInterests: person.number % 13 === 0 ? 'Pinochle, Basket Weaving' : '',
    Bio: person.socials.linkedin,
    Notes: isNth(person.number, quirks.controlCharacters) ? `${person.notes}\u000B` : person.notes,
  }
}

function withExtension(phone: Person['phones'][number]): string {
  return phone.extension === '' ? phone.number : `${phone.number} x${phone.extension}`
}

function customValues(
  person: Person,
  fields: ReadonlyMap<string, Field>,
): ReadonlyMap<number, string> {
  const values = new Map<number, string>()
  for (const [label, value] of Object.entries(person.custom)) {
    const field = fields.get(label)
    if (field !== undefined && value !== '') values.set(field.id, customValue(field, value))
  }
  return values.size === 0 ? NO_VALUES : values
}

function customValue(field: Field, value: string): string {
  if (field.type === 'Date') return value.replaceAll('-', '')
  if (field.type === 'Checkbox') return value.split('\n').map(option).join(',')
  return field.type === 'Select' ? option(value) : value
}

function ids(
  named: (name: string) => { readonly id: number } | undefined,
  names: readonly string[],
): readonly number[] {
  if (names.length === 0) return NO_IDS
  return names
    .map(named)
    .filter((item) => item !== undefined)
    .map((item) => item.id)
}

/** Every company that a contact names exists as a record of its own; a few people have a second one. */
function secondary(account: Account, person: Person): readonly number[] {
  if (person.company === '') return NO_IDS
  const known = account.companies.named(person.company)
  const { id } = known ?? account.companies.add((number) => ({ id: number, name: person.company }))
  return person.number % 19 === 0 && id > 1 ? [id - 1] : NO_IDS
}

function membership(number: number): 'active' | 'prospect' | 'inactive' {
  if (number % 10 === 7) return 'prospect'
  return number % 10 === 9 ? 'inactive' : 'active'
}

function isNth(number: number, every: number): boolean {
  return every > 0 && number % every === 0
}
