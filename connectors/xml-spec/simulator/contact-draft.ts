/** Works out what an Add or Edit item would make of a contact, and refuses before anything is changed. */
import {
  type Account,
  type Contact,
  EMPTY_SCALARS,
  type Field,
  NO_IDS,
  NO_VALUES,
  SCALARS,
  type Scalar,
} from './account.ts'
import type { Call } from './call.ts'
import { child, children, childText, items, type Node } from './document.ts'
import { REFUSALS } from './refusal.ts'

export interface Draft {
  readonly values: Contact['values']
  readonly fields: Contact['fields']
  readonly groups: readonly number[]
  readonly tags: readonly number[]
  readonly secondaryCompanies: readonly number[]
  /** Whether it names scalars or user defined fields; groups, tags and further companies. */
  readonly hasData: boolean
  readonly hasMemberships: boolean
}

/** `before`: the contact it changes; null: a new one. Throws Refusal. New companies, groups and tags are made last. */
export function draft(call: Call, account: Account, change: Change): Draft {
  const { item, before } = change
  const scalars = draftScalars(call, account, change)
  const fields = draftFields(call, account, item, before)
  const groups = draftGroups(call, account, item, before)
  const tags = draftTags(call, account, item, before)
  const secondaryCompanies = draftCompanies(account, item, before)
  const company = scalars.values.Company
  if (company !== '' && account.companies.named(company) === undefined) {
    account.companies.add((id) => ({ id, name: company }))
  }
  const lists = ['Groups', 'RemoveGroups', 'Tags', 'SecondaryCompanies']
  return {
    values: scalars.values,
    fields,
    groups,
    tags,
    secondaryCompanies,
    hasData: scalars.isNamed || child(item, 'UserDefinedFields') !== undefined,
    hasMemberships: lists.some((name) => child(item, name) !== undefined),
  }
}
export interface Change {
  readonly item: Node
  readonly before: Contact | null
}

/** The plain elements alone; changes nothing. */
export function draftScalars(
  call: Call,
  account: Account,
  { item, before }: Change,
): { readonly values: Contact['values']; readonly isNamed: boolean } {
  const { quirks } = call.world
  const values: Record<Scalar, string> = { ...(before?.values ?? EMPTY_SCALARS) }
  let isNamed = false
  for (const node of item.children) {
    const name = node.name as Scalar
    if (!SCALARS.includes(name)) continue
    isNamed = true
    let text = quirks.trims ? node.text.trim() : node.text
    if (name === 'Email' && quirks.lowercasesEmail) text = text.toLowerCase()
    if (text !== '' || quirks.emptyClears) values[name] = text
  }
  const companyId = childText(item, 'CompanyID')
  if (companyId !== undefined) {
    const company = account.companies.byId.get(Number(companyId))
    if (company === undefined) throw REFUSALS.noCompany(companyId)
    values.Company = company.name
    isNamed = true
  }
  const email = values.Email.trim()
  if (quirks.refusesBadEmail && email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw REFUSALS.invalid(`Email ${email} is not valid`)
  }
  if (
    quirks.needsNameOrEmail &&
    [email, values.Firstname, values.Lastname].join('').trim() === ''
  ) {
    throw REFUSALS.invalid('A contact needs a name or an email')
  }
  return { values, isNamed }
}

function draftFields(
  call: Call,
  account: Account,
  item: Node,
  before: Contact | null,
): Contact['fields'] {
  const given = items(item, 'UserDefinedFields', 'UserDefinedField')
  if (given.length === 0) return before?.fields ?? NO_VALUES
  const values = new Map(before?.fields)
  for (const node of given) {
    const field = fieldOf(call, account, node, before)
    if (field === undefined) {
      if (call.world.quirks.unknownField === 'ignore') continue
      throw REFUSALS.noField(node.attributes['fieldnum'] ?? node.attributes['fieldname'] ?? '')
    }
    const text = fieldText(call, field, node.text)
    if (text !== '') values.set(field.id, text)
    else if (call.world.quirks.emptyClears) values.delete(field.id)
  }
  return values
}

/** Several fields may have one name: the one whose group the contact is in comes first, then the one for all groups. */
function fieldOf(
  call: Call,
  account: Account,
  node: Node,
  before: Contact | null,
): Field | undefined {
  const { fieldnum, fieldname } = node.attributes
  if (fieldnum !== undefined) {
    const shift = call.world.quirks.fieldnumIsFieldId ? 0 : fieldnumShift
    return account.fields.byId.get(Number(fieldnum) - shift)
  }
  const named = [...account.fields.byId.values()].filter((field) => field.name === fieldname)
  return (
    named.find((field) => before?.groups.includes(field.group)) ??
    named.find((field) => field.group === 0) ??
    named[0]
  )
}
/** The samples write `fieldnum` 123 and read 932, 571 and 93 for the same field. */
const fieldnumShift = 10_000

function fieldText(call: Call, field: Field, text: string): string {
  const { unlistedOption, shortTextMax } = call.world.quirks
  if (field.type === 'ShortText' && shortTextMax > 0)
    return [...text].slice(0, shortTextMax).join('')
  if (unlistedOption === 'accept' || field.possibleValues.trim() === '') return text
  if (field.type !== 'Select' && field.type !== 'Checkbox') return text
  const options = new Set(split(field.possibleValues))
  const chosen = field.type === 'Checkbox' ? split(text) : [text.trim()]
  const listed = chosen.filter((value) => options.has(value))
  if (unlistedOption === 'refuse' && listed.length < chosen.length && text.trim() !== '') {
    throw REFUSALS.invalid(`${text} is not a possible value of ${field.name}`)
  }
  return listed.join(',')
}

function split(list: string): readonly string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function draftGroups(
  call: Call,
  account: Account,
  item: Node,
  before: Contact | null,
): readonly number[] {
  const list = child(item, 'Groups')
  const had = before?.groups ?? NO_IDS
  const isReplaced = list?.attributes['replace'] === 'true'
  const wanted = new Set(isReplaced ? [] : had)
  for (const node of list === undefined ? [] : children(list, 'Group')) {
    const name = node.text.trim()
    if (name === '') continue
    const known = account.groups.named(name)
    if (known !== undefined) wanted.add(known.id)
    else if (call.world.quirks.unknownGroup === 'refuse') throw REFUSALS.noGroup(name)
    else if (call.world.quirks.unknownGroup === 'create') wanted.add(newGroup(account, name))
  }
  if (call.world.quirks.removeGroups) {
    for (const node of items(item, 'RemoveGroups', 'RemoveGroup')) {
      const known = account.groups.named(node.text.trim())
      if (known !== undefined) wanted.delete(known.id)
    }
  }
  return [...wanted]
}

function newGroup(account: Account, name: string): number {
  return account.groups.add((id) => ({
    id,
    name,
    type: 'Private',
    fromName: '',
    fromEmail: '',
    physicalAddress: '',
  })).id
}

/** Tags are only ever added: `replace` and `remove` are not in the documents and mean nothing here. */
function draftTags(
  call: Call,
  account: Account,
  item: Node,
  before: Contact | null,
): readonly number[] {
  const wanted = new Set(before?.tags)
  for (const node of items(item, 'Tags', 'Tag')) {
    const name = node.text.trim()
    if (name === '') continue
    const known = account.tags.named(name)
    if (known !== undefined) wanted.add(known.id)
    else if (call.world.quirks.unknownTag === 'refuse') throw REFUSALS.noTag(name)
    else if (call.world.quirks.unknownTag === 'create') {
      wanted.add(account.tags.add((id) => ({ id, name })).id)
    }
  }
  return [...wanted]
}

function draftCompanies(account: Account, item: Node, before: Contact | null): readonly number[] {
  const given = items(item, 'SecondaryCompanies', 'SecondaryCompany')
  const wanted = new Set(before?.secondaryCompanies)
  for (const node of given) {
    const isRemoved = node.attributes['remove'] === 'true'
    const id = companyId(account, node, isRemoved)
    if (id === null) continue
    if (isRemoved) wanted.delete(id)
    else wanted.add(id)
  }
  return [...wanted]
}

function companyId(account: Account, node: Node, isRemoved: boolean): number | null {
  const number = childText(node, 'CompanyID')
  if (number !== undefined) {
    if (!account.companies.byId.has(Number(number))) throw REFUSALS.noCompany(number)
    return Number(number)
  }
  const name = childText(node, 'CompanyName') ?? ''
  const known = account.companies.named(name)
  if (known !== undefined) return known.id
  if (isRemoved || name === '') return null
  return account.companies.add((id) => ({ id, name })).id
}
