/** What an operation is given, and the pieces that operations share: accounts, criteria of one contact, batches. */
import { type Account, type Contact, emailKey, namesKey } from './account.ts'
import type { ConsentWatch } from './consent-watch.ts'
import { items, type Node } from './document.ts'
import type { Element } from './element.ts'
import { failure, REFUSALS, Refusal } from './refusal.ts'
import type { World } from './world.ts'

export interface Call {
  readonly world: World
  readonly root: Node
  readonly isJson: boolean
  readonly permission: 'owner' | 'power' | 'member'
  /** Groups that a `member` may see, by name; empty: the first group of the account. */
  readonly grantedGroups: readonly string[]
  readonly watch: ConsentWatch
  /** Numbers of the workflows that were started, with the contact's id: mail may have gone out. */
  readonly workflows: string[]
}

/** The server gives up before it answers in its own language. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads an attribute; exact spelling unless `attributeCase` is `any`. */
export function attribute(call: Call, node: Node, name: string): string | undefined {
  const exact = node.attributes[name]
  if (exact !== undefined || call.world.quirks.attributeCase === 'exact') return exact
  const lower = name.toLowerCase()
  const found = Object.entries(node.attributes).find(([key]) => key.toLowerCase() === lower)
  return found?.[1]
}

/** The account that `account_id` names; the own one when it is not sent. */
export function accountOf(call: Call, node: Node): Account {
  const number = attribute(call, node, 'account_id')
  if (number === undefined) return call.world.own
  const account = call.world.account(Number(number))
  if (account === undefined) throw REFUSALS.permission(number)
  return account
}

export const CRITERIA = ['contact_id', 'firstname', 'lastname', 'email'] as const
export type Criterion = (typeof CRITERIA)[number]

export function criteriaOf(call: Call, node: Node): Partial<Record<Criterion, string>> {
  const criteria: Partial<Record<Criterion, string>> = {}
  for (const name of CRITERIA) {
    const value = attribute(call, node, name)
    if (value !== undefined) criteria[name] = value
  }
  return criteria
}

/** Contacts of one account that meet all the criteria, by the shortest way there is; no criteria: nobody. */
export function matching(
  call: Call,
  account: Account,
  criteria: Partial<Record<Criterion, string>>,
): readonly Contact[] {
  if (Object.keys(criteria).length === 0) return []
  return candidates(call, account, criteria).filter((contact) => meets(call, contact, criteria))
}

export function meets(
  call: Call,
  contact: Contact,
  criteria: Partial<Record<Criterion, string>>,
): boolean {
  const { contact_id, firstname, lastname, email } = criteria
  if (contact_id !== undefined && String(contact.id) !== contact_id.trim()) return false
  const isPartial = call.world.quirks.fieldSearch === 'partial'
  return (
    fits(contact.values.Email, email, isPartial) &&
    fits(contact.values.Lastname, lastname, isPartial) &&
    fits(contact.values.Firstname, firstname, isPartial)
  )
}

/** Exactly one contact, or a refusal of the item. Without `account_id` another account of the caller may answer. */
export function singleContact(call: Call, node: Node): Contact {
  const criteria = criteriaOf(call, node)
  if (Object.keys(criteria).length === 0) throw REFUSALS.parameter('No search criteria')
  let found = matching(call, accountOf(call, node), criteria)
  const isAnywhere = attribute(call, node, 'account_id') === undefined
  if (found.length === 0 && isAnywhere && call.world.quirks.otherAccountsAnswer) {
    found = call.world.accounts.flatMap((account) => matching(call, account, criteria))
  }
  const visible = found.filter((contact) => mayTouch(call, contact))
  const [first, second] = visible
  if (first === undefined) throw REFUSALS.notFound()
  if (second !== undefined) throw REFUSALS.notUnique()
  return first
}

/** Who is not the owner touches contacts in granted groups (`member`) or any (`power`). */
export function mayTouch(call: Call, contact: Contact): boolean {
  return call.permission !== 'member' || isGranted(call, contact)
}

function isGranted(call: Call, contact: Contact): boolean {
  return contact.groups.some((group) => grantedIds(call, contact.account).has(group))
}

export function grantedIds(call: Call, number: number): ReadonlySet<number> {
  const groups = call.world.account(number)?.groups.byId
  const [first] = groups?.keys() ?? []
  const ids = [...(groups?.values() ?? [])]
    .filter((group) => call.grantedGroups.includes(group.name))
    .map((group) => group.id)
  if (call.grantedGroups.length > 0) return new Set(ids)
  return new Set(first === undefined ? [] : [first])
}

/** Works off `Contacts` > `Contact` one by one: no transaction, each item with its own result and its own time. */
export function batch(call: Call, work: (item: Node) => Element[]): Element[] {
  const contacts = items(call.root, 'Contacts', 'Contact')
  const { batchMax, itemSeconds } = call.world.quirks
  if (batchMax > 0 && contacts.length > batchMax) {
    throw new Interruption(413, 'Request Entity Too Large')
  }
  const answers: Element[] = []
  for (const item of contacts) {
    answers.push(answer(call, item, work))
    call.world.spend(itemSeconds * 1000)
  }
  return [{ name: 'Contacts', children: answers }]
}

function answer(call: Call, item: Node, work: (item: Node) => Element[]): Element {
  const requestId = attribute(call, item, 'request_id')
  const attributes = requestId === undefined ? {} : { attributes: { request_id: requestId } }
  try {
    return { name: 'Contact', ...attributes, children: work(item) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (call.world.quirks.emptyItems) return { name: 'Contact', attributes: {}, ...attributes }
    return { name: 'Contact', ...attributes, children: failure(error) }
  }
}

function candidates(
  call: Call,
  account: Account,
  criteria: Partial<Record<Criterion, string>>,
): readonly Contact[] {
  const { contact_id, firstname, lastname, email } = criteria
  if (contact_id !== undefined) {
    const contact = account.contacts.get(Number(contact_id))
    return contact === undefined ? [] : [contact]
  }
  if (call.world.quirks.fieldSearch === 'partial') return account.order.all()
  if (email !== undefined && email.trim() !== '') return account.byEmail.find(emailKey(email))
  const names = namesKey({ Firstname: firstname ?? '', Lastname: lastname ?? '' })
  return names === '' ? account.order.all() : account.byNames.find(names)
}

function fits(value: string, wanted: string | undefined, isPartial: boolean): boolean {
  if (wanted === undefined) return true
  const have = value.trim().toLowerCase()
  const want = wanted.trim().toLowerCase()
  return isPartial ? have.includes(want) : have === want
}
