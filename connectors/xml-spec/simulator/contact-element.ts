/** A contact as `GetContacts` shows it, in one of the two forms that the documents' sample mixes. */
import { type Account, type Contact, SCALARS } from './account.ts'
import { branch, type Element, leaf } from './element.ts'
import type { Quirks } from './quirks.ts'

/** Odd ids look like the first contact of the sample, even ids like the second (where the quirks allow it). */
export function contactElement(
  contact: Contact,
  account: Account,
  show: { readonly quirks: Quirks; readonly withScores: boolean },
): Element {
  const { quirks } = show
  const isSecond = contact.id % 2 === 0
  const stamps = [
    leaf('CreatedDatetime', contact.created),
    leaf('UpdatedTimeStamp', contact.updated),
  ]
  const isLate = isSecond && quirks.mixedOrder
  const scores = show.withScores ? leadScores(contact) : []
  const areInside = scores.length > 0 && quirks.scoresInGroups && !isSecond
  const hidesId = quirks.missingContactId > 0 && contact.id % quirks.missingContactId === 0
  const shown: Element[] = hidesId ? [] : [leaf('Contact_id', contact.id)]
  for (const name of SCALARS) {
    if (name === 'Birthdate') {
      shown.push(leaf('Unsubscribed', contact.unsubscribed === null ? 0 : 1))
      if (!isLate) shown.push(...stamps)
    }
    shown.push(leaf(name, contact.values[name]))
  }
  if (isLate) shown.push(...stamps)
  shown.push(leaf('AccountNumber', contact.account))
  shown.push(branch('UserDefinedFields', fieldElements(contact, account, quirks)))
  shown.push(
    branch('Groups', [...groupElements(contact, account, quirks), ...(areInside ? scores : [])]),
  )
  const tags = branch('Tags', tagElements(contact, account, quirks))
  const companies = branch('SecondaryCompanies', companyElements(contact, account))
  shown.push(tags)
  if (!areInside) shown.push(...scores)
  shown.push(companies)
  return branch('Contact', shown)
}

function fieldElements(contact: Contact, account: Account, quirks: Quirks): Element[] {
  const shift = quirks.fieldIdClash && contact.id % 2 === 0 ? fieldIdShift : 0
  const shown: Element[] = []
  const ids = quirks.emptyFields === 'omit' ? contact.fields.keys() : account.fields.byId.keys()
  for (const id of ids) {
    const field = account.fields.byId.get(id)
    if (field === undefined) continue
    const value = contact.fields.get(id) ?? ''
    const parts = [leaf('UserFieldID', id + shift), leaf('FieldName', field.name)]
    if (value !== '' || quirks.emptyFields === 'empty-value') parts.push(leaf('FieldValue', value))
    shown.push(branch('UserDefinedField', parts))
  }
  return shown
}
/** The sample shows 932 and 571 for one field: any other number serves. */
const fieldIdShift = 361

function groupElements(contact: Contact, account: Account, quirks: Quirks): Element[] {
  const isShort = quirks.groupForm === 'mixed' ? contact.id % 2 === 0 : quirks.groupForm === 'ID'
  const [idName, nameName] = isShort ? ['ID', 'Name'] : ['Group_id', 'GroupName']
  const isTorn = quirks.unclosedGroup > 0 && contact.id % quirks.unclosedGroup === 0
  const shown: Element[] = []
  for (const id of contact.groups) {
    const group = account.groups.byId.get(id)
    if (group === undefined) continue
    const children = [leaf(idName, id), leaf(nameName, group.name)]
    const isUnclosed = isTorn && shown.length > 0
    shown.push({ name: 'Group', children, ...(isUnclosed ? { isUnclosed } : {}) })
  }
  return shown
}

function tagElements(contact: Contact, account: Account, quirks: Quirks): Element[] {
  const shown: Element[] = []
  for (const id of contact.tags) {
    const tag = account.tags.byId.get(id)
    if (tag === undefined) continue
    const shownId = quirks.tagIdClash ? id - (id % 2) : id
    shown.push(
      branch('Tag', [
        leaf('TagID', shownId),
        leaf('TagName', tag.name),
        leaf('Abbreviation', abbreviation(tag.name)),
      ]),
    )
  }
  return shown
}

/** Chief Operating Officer: COO. One word: its first two letters. */
function abbreviation(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  const letters =
    words.length > 1
      ? words.map((word) => [...word][0] ?? '').join('')
      : [...(words[0] ?? '')].slice(0, 2).join('')
  return letters.toUpperCase()
}

function companyElements(contact: Contact, account: Account): Element[] {
  return contact.secondaryCompanies.map((id) =>
    branch('SecondaryCompany', [
      leaf('CompanyID', id),
      leaf('CompanyName', account.companies.byId.get(id)?.name ?? ''),
    ]),
  )
}

/** The first is a whole number in the samples, the second has one decimal. */
function leadScores(contact: Contact): Element[] {
  return [
    leaf('DemographicLeadScore', (contact.id * 7) % 100),
    leaf('ActivityLeadScore', `${(contact.id * 37) % 500}.${contact.id % 10}`),
  ]
}
