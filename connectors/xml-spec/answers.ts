/** Parses every answer that is not a contact: results of requests and of the items of a batch, fields, groups, accounts, companies. Pure. */
import { ConnectorError } from '../../src/connector/error.ts'
import { childText, type Element, items } from './element.ts'
import { type CompanyRef, type GroupRef, readCompany, readGroup } from './schema.ts'

/** What became of one item of a batch. */
export interface ItemResult {
  readonly kind: 'success' | 'failure'
  readonly requestId: string | null
  readonly id: string | null
  readonly account: string | null
  readonly updated: string | null
  /** Of a failure; '' when none is told. */
  readonly code: string
  readonly text: string
}

/** Items that say what became of them; an empty `<Contact />` says nothing (quirk 15). */
export function readItemResults(root: Element): readonly ItemResult[] {
  return items(root, 'contacts', 'contact').flatMap((item) => {
    const result = failureOrSuccess(item)
    if (result === null) return []
    return [
      {
        kind: result.kind,
        requestId: item.attributes['request_id'] ?? childText(item, 'request_id') ?? null,
        id: childText(item, 'contact_id') || childText(item, 'id') || null,
        account: childText(item, 'accountnumber') || null,
        updated: childText(item, 'updatedtimestamp') || null,
        code: result.kind === 'failure' ? result.code : '',
        text: result.kind === 'failure' ? result.text : '',
      },
    ]
  })
}

export type Result =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure'; readonly code: string; readonly text: string }

/** What an element says about itself, as elements or, rarely, as attributes; null: nothing. */
export function failureOrSuccess(element: Element): Result | null {
  const word = childText(element, 'result') ?? element.attributes['result']
  const code = childText(element, 'errorcode') ?? ''
  const text =
    childText(element, 'errortext') ??
    childText(element, 'message') ??
    element.attributes['errortext'] ??
    element.attributes['message'] ??
    ''
  if (word === undefined || word === '') {
    return code === '' && text === '' ? null : { kind: 'failure', code, text }
  }
  if (word.trim().toLowerCase() === 'success') return { kind: 'success' }
  return { kind: 'failure', code, text: text === '' ? word.trim() : text }
}

/** A user-defined field, as `GetUserDefinedFields` tells it. */
export interface UserField {
  readonly id: string
  readonly name: string
  /** A group's id, or `All` (quirk 28). */
  readonly group: string
  /** `Select`, `Checkbox`, `Text`, `ShortText`; others occur (quirk 12). */
  readonly type: string
  readonly possibleValues: readonly string[]
  readonly editable: string
  readonly updated: string | null
}

export function readUserFields(root: Element): readonly UserField[] {
  return items(root, 'userdefinedfields', 'userdefinedfield')
    .map((field) => ({
      id: childText(field, 'userfieldid') ?? '',
      name: childText(field, 'fieldname') ?? '',
      group: childText(field, 'group') || 'All',
      type: childText(field, 'fieldtype') || 'Text',
      possibleValues: splitList(childText(field, 'possiblevalues') ?? ''),
      editable: childText(field, 'contacteditable') ?? '',
      updated: childText(field, 'updatedtimestamp') || null,
    }))
    .filter((field) => field.name !== '')
}

/** What Add and Edit answer about a field. */
export interface FieldResult {
  readonly id: string | null
  readonly account: string | null
  readonly updated: string | null
}

export function readFieldResult(root: Element): FieldResult {
  return {
    id: childText(root, 'userfieldid') || null,
    account: childText(root, 'accountnumber') || null,
    updated: childText(root, 'updatedtimestamp') || null,
  }
}

/** `ContactGroups` or `Groups`, whichever the operation has. */
export function readGroups(root: Element): readonly GroupRef[] {
  const listed = [
    ...items(root, 'contactgroups', 'contactgroup'),
    ...items(root, 'groups', 'group'),
  ]
  return listed.flatMap((group) => readGroup(group) ?? [])
}

export function readGroupId(root: Element): { readonly id: string } {
  const id = childText(root, 'group_id') || childText(root, 'id') || childText(root, 'groupid')
  if (id === undefined) {
    throw new ConnectorError('protocol', 'CreateGroup answered success without a Group_id')
  }
  return { id }
}

/** The numbers of the accounts that the login reaches, each once: the first entry is a default that stands there twice. */
export function readAccounts(root: Element): readonly string[] {
  const numbers = items(root, 'accounts', 'account').map(
    (account) => childText(account, 'accountnumber') ?? '',
  )
  return [...new Set(numbers.filter((number) => number !== ''))]
}

export function readCompanies(root: Element): readonly CompanyRef[] {
  return items(root, 'companies', 'company').flatMap((company) => readCompany(company) ?? [])
}

/** A list in one text, parted by commas with or without blanks (quirks 11, 29). */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
