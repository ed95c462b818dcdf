/** Parses contacts as they arrive: elements become texts, lists and references. Nothing unparsed goes further. Pure. */
import { child, childText, type Element, items } from './element.ts'

/** A contact as `GetContacts` shows it, in the platform's own words. A list that is null was not told. */
export interface Contact {
  /** null: the answer does not say (README, quirk 4). */
  readonly id: string | null
  readonly account: string | null
  /** Plain elements by their documented name, as they came. One that is missing was not told; '' was told to be empty. */
  readonly texts: Readonly<Partial<Record<TextName, string>>>
  readonly unsubscribed: boolean | null
  readonly created: string | null
  readonly updated: string | null
  readonly userFields: readonly UserFieldValue[] | null
  readonly groups: readonly GroupRef[] | null
  readonly tags: readonly TagRef[] | null
  readonly secondaryCompanies: readonly CompanyRef[] | null
  readonly demographicLeadScore: string | null
  readonly activityLeadScore: string | null
}
export interface UserFieldValue {
  readonly id: string
  readonly name: string
  /** '' for none: `FieldValue` may be missing. */
  readonly value: string
}
export interface GroupRef {
  readonly id: string
  readonly name: string
}
export interface TagRef {
  readonly id: string
  readonly name: string
  readonly abbreviation: string
}
export interface CompanyRef {
  readonly id: string
  readonly name: string
}

/** The plain elements of a contact, in the order of the documents. Any may be empty, none has a type of its own (quirks 25, 26). */
export const TEXT_NAMES = [
  'Firstname',
  'Lastname',
  'Title',
  'Company',
  'Address1',
  'Address2',
  'City',
  'State',
  'Zip',
  'Country',
  'Phone',
  'Mobile',
  'Fax',
  'Website',
  'Email',
  'Birthdate',
  'Gender',
  'Hometown',
  'Height',
  'Weight',
  'SkillsAndInterests',
  'Bio',
  'Notes',
] as const
export type TextName = (typeof TEXT_NAMES)[number]

const TEXT_BY_KEY: ReadonlyMap<string, TextName> = new Map(
  TEXT_NAMES.map((name) => [name.toLowerCase(), name]),
)

/** Reads in any order, each part under every name that the documents or clients show for it (quirks 2, 3, 6, 18). */
function readContact(element: Element): Contact {
  const texts: Partial<Record<TextName, string>> = {}
  let id: string | null = null
  let account: string | null = null
  let unsubscribed: boolean | null = null
  let created: string | null = null
  let updated: string | null = null
  let userFields: readonly UserFieldValue[] | null = null
  let groups: readonly GroupRef[] | null = null
  let tags: readonly TagRef[] | null = null
  let secondaryCompanies: readonly CompanyRef[] | null = null
  let demographicLeadScore: string | null = null
  let activityLeadScore: string | null = null
  for (const part of element.children) {
    const text = TEXT_BY_KEY.get(part.name)
    if (text !== undefined) {
      texts[text] = part.text
      continue
    }
    switch (part.name) {
      case 'contact_id':
      case 'id':
        id = filled(part)
        break
      case 'accountnumber':
        account = filled(part)
        break
      case 'unsubscribed':
        unsubscribed = truth(part)
        break
      case 'createddatetime':
        created = filled(part)
        break
      case 'updatedtimestamp':
        updated = filled(part)
        break
      case 'userdefinedfields':
        userFields = listOf(part, 'userdefinedfield', userFieldOf)
        break
      case 'groups':
        groups = listOf(part, 'group', readGroup)
        demographicLeadScore ??= scoreIn(part, 'demographicleadscore')
        activityLeadScore ??= scoreIn(part, 'activityleadscore')
        break
      case 'tags':
        tags = listOf(part, 'tag', tagOf)
        break
      case 'secondarycompanies':
        secondaryCompanies = listOf(part, 'secondarycompany', readCompany)
        break
      case 'demographicleadscore':
        demographicLeadScore = filled(part)
        break
      case 'activityleadscore':
        activityLeadScore = filled(part)
        break
    }
  }
  return {
    id,
    account,
    texts,
    unsubscribed,
    created,
    updated,
    userFields,
    groups,
    tags,
    secondaryCompanies,
    demographicLeadScore,
    activityLeadScore,
  }
}

export interface ContactList {
  readonly contacts: readonly Contact[]
  /** `TotalMatchingContacts`: of the set or of the page, which nobody says; null when it is not told. */
  readonly total: number | null
}

/** `Contacts` and the total, which stands before or behind them (quirk 19). */
export function readContactList(root: Element): ContactList {
  const total = Number(childText(root, 'totalmatchingcontacts') ?? 'none')
  return {
    contacts: items(root, 'contacts', 'contact').map(readContact),
    total: Number.isSafeInteger(total) && total >= 0 ? total : null,
  }
}

function listOf<T>(parent: Element, name: string, read: (item: Element) => T | null): readonly T[] {
  const list: T[] = []
  for (const item of parent.children) {
    if (item.name !== name) continue
    const made = read(item)
    if (made !== null) list.push(made)
  }
  return list
}

function userFieldOf(item: Element): UserFieldValue | null {
  let id = ''
  let name = ''
  let value = ''
  for (const part of item.children) {
    if (part.name === 'userfieldid') id = part.text.trim()
    else if (part.name === 'fieldname') name = part.text.trim()
    else if (part.name === 'fieldvalue') value = part.text
  }
  return name === '' && id === '' ? null : { id, name, value }
}

export function readGroup(item: Element): GroupRef | null {
  let id = ''
  let name = ''
  for (const part of item.children) {
    if (part.name === 'group_id' || part.name === 'id') id = part.text.trim()
    else if (part.name === 'groupname' || part.name === 'name') name = part.text.trim()
  }
  return id === '' && name === '' ? null : { id, name }
}

function tagOf(item: Element): TagRef | null {
  let id = ''
  let name = ''
  let abbreviation = ''
  for (const part of item.children) {
    if (part.name === 'tagid') id = part.text.trim()
    else if (part.name === 'tagname') name = part.text.trim()
    else if (part.name === 'abbreviation') abbreviation = part.text.trim()
  }
  return name === '' ? null : { id, name, abbreviation }
}

export function readCompany(item: Element): CompanyRef | null {
  const id = childText(item, 'companyid') ?? ''
  const name = childText(item, 'companyname') ?? childText(item, 'name') ?? ''
  return id === '' && name === '' ? null : { id, name }
}

function scoreIn(groups: Element, name: string): string | null {
  const score = child(groups, name)
  return score === undefined ? null : filled(score)
}

function filled(part: Element): string | null {
  const text = part.text.trim()
  return text === '' ? null : text
}

function truth(part: Element): boolean | null {
  const word = part.text.trim().toLowerCase()
  if (word === '') return null
  return word === '1' || word === 'true' || word === 'yes' || word === 'y'
}
