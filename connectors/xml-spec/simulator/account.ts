/** What one simulated account holds, in the platform's own words. */
import type { Lookup } from './lookup.ts'
import type { Order } from './order.ts'
import type { Stamp } from './stamp.ts'

/** Scalar elements of a contact that the API can write, in the order of the documents' first sample. */
export const SCALARS = [
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
export type Scalar = (typeof SCALARS)[number]
export type Scalars = Readonly<Record<Scalar, string>>

/** Shared by all who have nothing. */
export const EMPTY_SCALARS: Scalars = Object.freeze(
  Object.fromEntries(SCALARS.map((name) => [name, ''])) as Record<Scalar, string>,
)
export const NO_IDS: readonly number[] = Object.freeze([])
export const NO_VALUES: ReadonlyMap<number, string> = new Map()

export interface Contact {
  readonly account: number
  readonly id: number
  /** See `Sortable`. */
  key: string
  values: Scalars
  /** Values of user defined fields by UserFieldID; empty ones are absent. */
  fields: ReadonlyMap<number, string>
  groups: readonly number[]
  tags: readonly number[]
  secondaryCompanies: readonly number[]
  readonly created: Stamp
  updated: Stamp
  /** Account level; null: subscribed. */
  unsubscribed: Stamp | null
  /** Group level, by Group_id. */
  unsubscribedFrom: ReadonlyMap<number, Stamp>
  bounced: Stamp | null
  hasComplained: boolean
  readonly membership: 'active' | 'prospect' | 'inactive'
}

export interface Group {
  readonly id: number
  name: string
  readonly type: string
  readonly fromName: string
  readonly fromEmail: string
  readonly physicalAddress: string
}
export interface Field {
  readonly id: number
  readonly name: string
  /** Group_id, or 0 for all groups. */
  group: number
  type: string
  /** Comma list, as it was written. */
  possibleValues: string
  editable: string
  updated: Stamp
}
/** Tags, companies: a number and a name. */
export interface Named {
  readonly id: number
  readonly name: string
}

/** Things with a name and an id that counts up. */
export interface Register<T extends Named> {
  readonly byId: ReadonlyMap<number, T>
  /** Oldest thing of that very name. */
  named(name: string): T | undefined
  add(make: (id: number) => T): T
  remove(id: number): void
  rename(id: number, change: (item: T) => void): void
}

export interface Account {
  readonly number: number
  readonly contacts: ReadonlyMap<number, Contact>
  readonly order: Order<Contact>
  readonly byEmail: Lookup<Contact>
  readonly byNames: Lookup<Contact>
  readonly groups: Register<Group>
  readonly fields: Register<Field>
  readonly tags: Register<Named>
  readonly companies: Register<Named>
}

export function emailKey(email: string): string {
  return email.trim().toLowerCase()
}
/** Empty where one of the two is missing: half a name finds nobody. */
export function namesKey(values: Pick<Scalars, 'Firstname' | 'Lastname'>): string {
  const first = values.Firstname.trim().toLowerCase()
  const last = values.Lastname.trim().toLowerCase()
  return first === '' || last === '' ? '' : `${first}\n${last}`
}

export function register<T extends Named>(firstId: number): Register<T> {
  const byId = new Map<number, T>()
  let names: Map<string, T> | null = null
  let nextId = firstId
  return {
    byId,
    named(name) {
      if (names === null) {
        names = new Map()
        for (const item of byId.values()) if (!names.has(item.name)) names.set(item.name, item)
      }
      return names.get(name)
    },
    add(make) {
      const item = make(nextId++)
      byId.set(item.id, item)
      if (names !== null && !names.has(item.name)) names.set(item.name, item)
      return item
    },
    remove(id) {
      byId.delete(id)
      names = null
    },
    rename(id, change) {
      const item = byId.get(id)
      if (item !== undefined) change(item)
      names = null
    },
  }
}
