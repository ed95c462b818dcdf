/** Everything the simulated account holds, and the few ways to find and change it that all services share. */
import { EMAIL_COLUMNS, slotOf } from './contact-columns.ts'
import { type ContactRow, readCell, type RowKind } from './contact-row.ts'
import type { Quirks } from './quirks.ts'
import { type SmallRow, seek } from './table.ts'
import { type Wall, wallOf } from './wall.ts'

/** EmailAddStatus: one row per address, whoever holds it. */
export interface StatusRow {
  readonly id: number
  /** As first seen. */
  readonly email: string
  type: string
  readonly created: Wall
  readonly lastSent: Wall | undefined
}

export interface Account {
  readonly quirks: Quirks
  readonly now: () => number
  readonly wall: () => Wall
  /** Contacts and companies in order of id; users are kept apart, but their ids come from the same count. */
  readonly contacts: ContactRow[]
  readonly users: ContactRow[]
  readonly tags: SmallRow[]
  readonly tagCategories: SmallRow[]
  readonly statuses: StatusRow[]
  readonly fields: SmallRow[]
  readonly fieldGroups: SmallRow[]
  readonly fieldTabs: SmallRow[]
  readonly sequences: SmallRow[]
  readonly sequenceSteps: SmallRow[]
  readonly campaignees: SmallRow[]
  readonly actionSets: SmallRow[]
  /** Notes, tasks and appointments. */
  readonly contactActions: SmallRow[]
  readonly leadSources: SmallRow[]
  readonly userGroups: SmallRow[]
  readonly userGroupMembers: SmallRow[]
  readonly links: { readonly a: number; readonly b: number; readonly type: number }[]
  /** Password hashes by user id. */
  readonly passwords: Map<number, { readonly md5: string; readonly isExpired: boolean }>
  /** Names that were ever used for custom fields, by form. */
  readonly usedFieldNames: Set<string>
  /** Changes with every change of data, so that kept query results are dropped. */
  version: number
  nextContactId: number
  nextStatusId: number
  /** Contacts by folded address, in whichever of the three columns. */
  readonly byEmail: Map<string, number | number[]>
  readonly statusByEmail: Map<string, StatusRow>
}

export function emptyAccount(quirks: Quirks, now: () => number): Account {
  return {
    quirks,
    now,
    wall: () => wallOf(now(), quirks.timeZoneOffset),
    contacts: [],
    users: [],
    tags: [],
    tagCategories: [],
    statuses: [],
    fields: [],
    fieldGroups: [],
    fieldTabs: [],
    sequences: [],
    sequenceSteps: [],
    campaignees: [],
    actionSets: [],
    contactActions: [],
    leadSources: [],
    userGroups: [],
    userGroupMembers: [],
    links: [],
    passwords: new Map(),
    usedFieldNames: new Set(),
    version: 0,
    nextContactId: 1,
    nextStatusId: 1,
    byEmail: new Map(),
    statusByEmail: new Map(),
  }
}

const idOf = (row: { readonly id: number }) => row.id
const smallIdOf = (row: SmallRow) => row.Id

/** A contact or company row; undefined for users and unknown ids. */
export function contactById(account: Account, id: number): ContactRow | undefined {
  const row = account.contacts[seek(account.contacts, idOf, id)]
  return row?.id === id ? row : undefined
}

export function smallById(rows: readonly SmallRow[], id: number): SmallRow | undefined {
  const row = rows[seek(rows, smallIdOf, id)]
  return row?.Id === id ? row : undefined
}

/** Appends a row with the next Id of its table. */
export function appendSmall(rows: SmallRow[], values: Readonly<Omit<SmallRow, 'Id'>>): SmallRow {
  const row: SmallRow = { ...values, Id: (rows.at(-1)?.Id ?? 0) + 1 }
  rows.push(row)
  return row
}

/** A new row of the shared id space; it is in no index yet. */
export function newRow(
  account: Account,
  kind: RowKind,
  stamps: { readonly created: Wall; readonly updated: Wall; readonly by: number },
): ContactRow {
  const row: ContactRow = {
    id: account.nextContactId++,
    kind,
    createdBy: stamps.by,
    created: stamps.created,
    updated: stamps.updated,
    updatedBy: stamps.by,
    owner: 0,
    company: 0,
    leadSource: 0,
    cells: [],
    tags: [],
  }
  if (kind === 'company') row.company = row.id
  ;(kind === 'user' ? account.users : account.contacts).push(row)
  return row
}

export function removeRow(account: Account, row: ContactRow): void {
  unindexEmails(account, row)
  account.contacts.splice(seek(account.contacts, idOf, row.id), 1)
}

const emailSlots = EMAIL_COLUMNS.map(slotOf)

export function emailsOf(row: ContactRow): readonly string[] {
  const found: string[] = []
  for (const slot of emailSlots) {
    const value = readCell(row, slot)
    if (typeof value === 'string' && value !== '') found.push(value)
  }
  return found
}

export function foldEmail(address: string): string {
  return address.trim().toLowerCase()
}

/** Ids of the contacts that hold the address, ascending. */
export function holdersOf(account: Account, address: string): readonly number[] {
  const held = account.byEmail.get(foldEmail(address))
  if (held === undefined) return []
  return typeof held === 'number' ? [held] : held
}

export function indexEmails(account: Account, row: ContactRow): void {
  for (const address of new Set(emailsOf(row).map(foldEmail))) {
    const held = holdersOf(account, address)
    const ids = [...held, row.id].sort((a, b) => a - b)
    account.byEmail.set(address, held.length === 0 ? row.id : ids)
  }
}

export function unindexEmails(account: Account, row: ContactRow): void {
  for (const address of new Set(emailsOf(row).map(foldEmail))) {
    const rest = holdersOf(account, address).filter((id) => id !== row.id)
    if (rest.length === 0) account.byEmail.delete(address)
    else account.byEmail.set(address, rest)
  }
}
