/** The account: everything the simulated server remembers. */
import { type Contacts, newContacts } from './contacts.ts'
import { type FieldSet, newFieldSet } from './field-set.ts'
import type { Quirks } from './quirks.ts'

export interface Tag {
  readonly id: number
  name: string
  description: string | null
}
export interface Segment {
  readonly id: number
  name: string
  publicName: string
  alias: string
  description: string | null
  category: number | null
  isPublished: boolean
  isGlobal: boolean
  isPreferenceCenter: boolean
  filters: readonly Readonly<Record<string, unknown>>[]
  readonly dateAdded: number
  dateModified: number | null
  readonly createdBy: number
  /** Contact id to `packMembership`. Members by filter alone are not in here. */
  readonly members: Map<number, number>
}
export interface Automation {
  readonly id: number
  name: string
  description: string | null
  readonly isPublished: boolean
  readonly dateAdded: number
  /** Contact id to the second of joining. */
  readonly members: Map<number, number>
}
export interface Company {
  readonly id: number
  readonly values: Map<string, string>
  score: number
  owner: number | null
  readonly dateAdded: number
  dateModified: number | null
}
export interface Note {
  readonly id: number
  text: string
  type: string
  dateTime: number
  readonly dateAdded: number
}
export interface User {
  readonly id: number
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
}
export interface Stage {
  readonly id: number
  readonly name: string
  readonly weight: number
}
export interface Device {
  readonly id: number
  readonly userAgent: string
  readonly dateAdded: number
}
export interface Audited {
  readonly at: number
  readonly contact: number
  readonly action: 'create' | 'update' | 'delete' | 'merge'
  readonly user: number
}

export interface Account {
  readonly quirks: Quirks
  /** Moment of the request being answered, epoch milliseconds. */
  now: number
  /** Who sent it. */
  user: User
  /** Grows with every request that may have changed something. */
  epoch: number
  readonly fields: FieldSet
  readonly contacts: Contacts
  readonly tags: Map<number, Tag>
  /** Exact spelling to id: the lookup that contact writes use. */
  readonly tagIds: Map<string, number>
  readonly segments: Map<number, Segment>
  readonly automations: Map<number, Automation>
  readonly companies: Map<number, Company>
  /** By contact id. */
  readonly notes: Map<number, Note[]>
  readonly devices: Map<number, Device[]>
  readonly users: readonly User[]
  readonly stages: readonly Stage[]
  readonly hooks: Map<number, Record<string, unknown>>
  readonly audit: Audited[]
  /** See consent.ts. */
  readonly breaches: string[]
  /** Last id given per kind of thing. */
  readonly lastIds: Map<string, number>
}

/** The person at the screen: writes made with this login are not the engine's and never count as breaches of consent. */
export const PERSON: User = {
  id: 1,
  username: 'ada',
  firstName: 'Ada',
  lastName: 'Admin',
  email: 'ada@adaptix.example',
}
/** The login that `Simulator.auth` hands out. */
export const BOT: User = {
  id: 2,
  username: 'sync',
  firstName: 'Sync',
  lastName: 'Bot',
  email: 'sync@adaptix.example',
}
const SELLER: User = {
  id: 3,
  username: 'nils',
  firstName: 'Nils',
  lastName: 'Owner',
  email: 'nils@adaptix.example',
}

export function newAccount(quirks: Quirks, now: number): Account {
  return {
    quirks,
    now,
    user: BOT,
    epoch: 0,
    fields: newFieldSet(wholeSecond(now)),
    contacts: newContacts(),
    tags: new Map(),
    tagIds: new Map(),
    segments: new Map(),
    automations: new Map(),
    companies: new Map(),
    notes: new Map(),
    devices: new Map(),
    users: [PERSON, BOT, SELLER],
    stages: [
      { id: 1, name: 'Interested', weight: 10 },
      { id: 2, name: 'Customer', weight: 20 },
    ],
    hooks: new Map(),
    audit: [],
    breaches: [],
    lastIds: new Map(),
  }
}

export function nextId(account: Account, kind: string): number {
  const id = (account.lastIds.get(kind) ?? 0) + 1
  account.lastIds.set(kind, id)
  return id
}

/** The moment of the request as the database keeps it. */
export function moment(account: Account): number {
  return wholeSecond(account.now)
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

export function userName(account: Account, id: number | null): string | null {
  const user = account.users.find((one) => one.id === id)
  return user === undefined ? null : `${user.firstName} ${user.lastName}`
}

export interface Membership {
  /** Epoch milliseconds. */
  readonly dateAdded: number
  readonly manuallyAdded: boolean
  readonly manuallyRemoved: boolean
}

export function packMembership(membership: Membership): number {
  const flags = (membership.manuallyAdded ? 1 : 0) + (membership.manuallyRemoved ? 2 : 0)
  return (membership.dateAdded / 1000) * 4 + flags
}

export function unpackMembership(packed: number): Membership {
  const flags = packed % 4
  return {
    dateAdded: ((packed - flags) / 4) * 1000,
    manuallyAdded: flags % 2 === 1,
    manuallyRemoved: flags >= 2,
  }
}
