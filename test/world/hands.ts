/** What people do in an account by themselves, in its own words and past the engine: requests straight to the simulator, at once. */
import type { SimulatedContact, Simulator } from '../../src/connector/simulator.ts'
import { adaptixHands } from './hands/adaptix.ts'
import { infusionsoftHands } from './hands/infusionsoft.ts'
import { xmlSpecHands } from './hands/xml-spec.ts'

/** The fields that people edit here, in words that all platforms share. */
export const FIELDS = ['given', 'family', 'city', 'postalCode', 'jobTitle'] as const
export type Field = (typeof FIELDS)[number]
export interface Person {
  readonly given: string
  readonly family: string
  readonly email: string
}

export interface Hands {
  readonly simulator: Simulator
  /** What the platform calls each field in a snapshot. */
  readonly words: Readonly<Record<Field | 'email', string>>
  /** Null: the platform refused. */
  create(person: Person): string | null
  /** False: refused, or not there. Nothing of it was written then. */
  edit(id: string, values: Readonly<Partial<Record<Field | 'email', string>>>): boolean
  tag(id: string, name: string): boolean
  /** False: cannot be done on this platform, or it was not there. */
  untag(id: string, name: string): boolean
  /** Of the contact's primary address. */
  optOut(contact: SimulatedContact): boolean
  remove(id: string): boolean
  merge(winner: string, loser: string): boolean
  /** Saves without changing anything. */
  touch(contact: SimulatedContact): boolean
  /** Makes a text field of contacts; null: refused. */
  addField(label: string): string | null
  removeField(handle: string): boolean
  /** Fields of contacts in which one of a list is chosen. */
  lists(): readonly ListField[]
  /** Contacts keep what they hold. */
  renameOption(list: ListField, option: string, name: string): boolean
  choose(id: string, list: ListField, option: string): boolean
}

export interface ListField {
  /** How the platform's own calls name it. */
  readonly handle: string
  /** Its name in a snapshot. */
  readonly word: string
  /** What people read, in their order. */
  readonly options: readonly string[]
  /** What people read, by what contacts hold. */
  readonly labels: ReadonlyMap<string, string>
}

export function handsOf(simulator: Simulator, seed: number): Hands {
  switch (simulator.platform) {
    case 'infusionsoft':
      return infusionsoftHands(simulator)
    case 'adaptix':
      return adaptixHands(simulator, seed)
    case 'xml-spec':
      return xmlSpecHands(simulator)
    default:
      throw new Error(`nobody has hands at ${simulator.platform}`)
  }
}

export function fieldOf(hands: Hands, contact: SimulatedContact, field: Field): string {
  return contact.fields[hands.words[field]] ?? ''
}
