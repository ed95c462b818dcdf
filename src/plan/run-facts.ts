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
  /** Only where they travel as records. */
  readonly notes?: VerifiedNotes
  readonly companies?: VerifiedCompanies
  /** What could not be compared, in words. */
  readonly uncompared?: readonly string[]
}
/** Notes of people who are at the target. */
export interface VerifiedNotes {
  readonly checked: number
  readonly equal: number
  /** Somebody at the target wrote over what was copied there; it is left so. */
  readonly edited: number
  /** Not what the source shows now. */
  readonly differing: number
  readonly missing: number
  /** More than one copy. */
  readonly doubled: number
  /** Copies of notes that the source has no more. */
  readonly extra: number
  /** Of people who are not there, refused there, or taken away by an undo. */
  readonly skipped: number
}
/** Companies of the source. */
export interface VerifiedCompanies {
  readonly checked: number
  readonly equal: number
  /** Made by the sync, and shows other values by now than it was made with; left so. */
  readonly edited: number
  /** Made by the sync; not what the source shows now. */
  readonly differing: number
  readonly missing: number
  /** Made by the sync, and there is another one of that name. */
  readonly doubled: number
}
/** A note or company, by its id at the source. */
export interface RecordDifference {
  readonly record: string
  /** Of a company; of a note, whose it is: the contact's id. */
  readonly label: string
  readonly what: 'differing' | 'missing' | 'doubled'
  readonly fields: readonly string[]
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
  /** Written over, since they were edited at the source; and left, since they were edited at the target, too, or are gone there. */
  readonly edited?: number
  readonly kept?: number
  /** Their contact is not there. */
  readonly waiting: number
  readonly checked: number
  readonly differing: number
  readonly missing: number
}
export interface RunFacts {
  readonly notes?: NoteSums
  readonly companies?: {
    readonly created: number
    /** Written over, since they were edited at the source; and left, since they were edited at the target, too, or are gone there. */
    readonly updated?: number
    readonly kept?: number
  }
  /** By an undo. */
  readonly notesUndone?: {
    readonly removed: number
    readonly edited: number
    /** Texts put back that the run had written over. */
    readonly restored?: number
  }
  readonly starts?: readonly StartSum[]
  readonly books?: readonly Books[]
  readonly verify?: Verified
  readonly differences?: readonly Difference[]
  readonly skipped?: number
  readonly noteDifferences?: readonly RecordDifference[]
  readonly companyDifferences?: readonly RecordDifference[]
}
