/** The engine's memory. Losing a queue loses nothing; losing this loses the sync. */
import type { RunId } from '../model/id.ts'
import type { Absences } from './absences.ts'
import type { Cases } from './cases.ts'
import type { Companies } from './companies.ts'
import type { Copies } from './copies.ts'
import type { Cursors } from './cursors.ts'
import type { Directory } from './directory.ts'
import type { Joins } from './joins.ts'
import type { Journal } from './journal.ts'
import type { Fence, Leases } from './leases.ts'
import type { Links } from './links.ts'
import type { Notes } from './notes.ts'
import type { Plans } from './plans.ts'
import type { Retention } from './retention.ts'
import type { Rulings } from './rulings.ts'
import type { Runs } from './runs.ts'
import type { Slices } from './slices.ts'
import type { Staging } from './staging.ts'
import type { Starts } from './starts.ts'
import type { Tombstones } from './tombstones.ts'
import type { Turns } from './turns.ts'
import type { VocabularyMemory } from './vocabulary.ts'

/**
 * Throws `StoreError`: `busy` (another process holds the database too long), `full` (no space left; nothing of the transaction is kept),
 * `newer` (made by a newer version of ferry), `fenced` (the lease of this transaction was taken over; nothing of it is kept), `broken`.
 */
export interface StateStore {
  /**
   * All or nothing; it survives a killed process when it resolves, and a power cut after `flush`. With `fences`, it first checks in the same transaction that each lease still has its
   * epoch. Not reentrant; the callback must use the store it is given and only that.
   */
  transaction<T>(fences: readonly Fence[], work: (store: StateStore) => Promise<T>): Promise<T>
  readonly meta: Meta
  readonly runs: Runs
  readonly slices: Slices
  readonly leases: Leases
  readonly staging: Staging
  readonly links: Links
  readonly plans: Plans
  readonly joins: Joins
  readonly starts: Starts
  readonly notes: Notes
  readonly companies: Companies
  readonly copies: Copies
  readonly vocabulary: VocabularyMemory
  readonly journal: Journal
  readonly cases: Cases
  readonly rulings: Rulings
  readonly cursors: Cursors
  readonly absences: Absences
  readonly tombstones: Tombstones
  readonly turns: Turns
  readonly directory: Directory
  readonly audit: Audit
  readonly retention: Retention
  /** Where the state lies, for people; no password. */
  readonly place: string
  /** Everything committed so far survives a power cut when it resolves: before a byte leaves that must not be forgotten. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface Meta {
  /** The secret key of this store's hashes: made on first use. */
  hashKey(): Promise<string>
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<void>
}

export interface Audit {
  add(entry: {
    readonly at: number
    readonly who: string
    readonly what: string
    readonly run: RunId | null
    readonly data: unknown
  }): Promise<void>
  list(limit: number): Promise<
    readonly {
      readonly at: number
      readonly who: string
      readonly what: string
      readonly run: RunId | null
      readonly data: unknown
    }[]
  >
}

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: 'busy' | 'full' | 'newer' | 'fenced' | 'broken'
  readonly hint: string
  constructor(kind: StoreError['kind'], message: string, more: { hint: string; cause?: unknown }) {
    super(message, { cause: more.cause })
    this.kind = kind
    this.hint = more.hint
  }
}
