/** What a run keeps of its steps' results, by key of `RunRecord.facts`. */
import type { Books } from './books.ts'

/** Result of comparing: the outside contract of `verify --json`. */
export interface Verified {
  readonly checked: number
  readonly equal: number
  /** The target rewrote a value when both last agreed and shows it so since. */
  readonly normalised: number
  readonly differing: number
  readonly missing: number
  /** Target contacts that are nobody's counterpart. */
  readonly extra: number
  readonly ok: boolean
}
export interface Difference {
  readonly record: string
  readonly label: string
  readonly what: 'differing' | 'missing'
  readonly fields: readonly string[]
}
/** People who were put into a sequence, or will not be. */
export interface StartSum {
  readonly sequence: string
  readonly target: string
  readonly state: 'sent' | 'done' | 'unknown' | 'refused'
  readonly count: number
}
/** Notes that were added, and what a look at some of them showed. */
export interface NoteSums {
  readonly added: number
  readonly refused: number
  /** Their contact is not there. */
  readonly waiting: number
  readonly checked: number
  readonly differing: number
  readonly missing: number
}
export interface RunFacts {
  readonly notes?: NoteSums
  readonly companies?: { readonly created: number }
  /** By an undo. */
  readonly notesUndone?: { readonly removed: number; readonly edited: number }
  readonly starts?: readonly StartSum[]
  readonly books?: readonly Books[]
  readonly verify?: Verified
  readonly differences?: readonly Difference[]
  readonly skipped?: number
}
