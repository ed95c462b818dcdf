import type { Channel } from '../model/consent.ts'
import type { NoteKind } from '../model/note.ts'

/** The streams an account can be read in. A stream that is missing from `Capabilities.streams` does not exist there. */
export const STREAMS = ['contacts', 'taggings', 'groupings', 'consents'] as const
export type StreamName = (typeof STREAMS)[number]

export interface StreamCapability {
  /**
   * How a lower bound on the updated time behaves; `none`: every scan is a full one. `moved`: nothing tells when a row changed, so a scan with a bound
   * shows the part of the stream that seems to have moved, and what it does not show is not known. Consents only.
   */
  readonly since: 'none' | 'inclusive' | 'exclusive' | 'moved'
  /** With `moved`: how long after a full scan the next one must come at the latest, since a change may have moved nothing. */
  readonly wholeEveryMs?: number
  /** What makes a scan of this stream provably complete while rows move. */
  readonly paging: 'keyset' | 'two-passes' | 'offset' | 'single'
  readonly pageSizeMax: number
  /** True: an incremental scan misses rows that vanished; only a full one (a census) shows that they are gone. */
  readonly hidesRemovals: boolean
}

/**
 * What a platform can do, said once, as data. Anything unsaid is "cannot". The conformance kit proves each line and
 * the table in the connector's README is generated from it.
 */
export interface Capabilities {
  readonly streams: Readonly<Partial<Record<StreamName, StreamCapability>>>
  /** Resolution of the server's stamps. */
  readonly resolutionMs: number
  /** How long after a write it may take until lists and look-ups show it. */
  readonly visibilityLagMs: number
  /** How far apart two looks are that prove "not there"; 0 where one look is proof. */
  readonly find: readonly ('email' | 'marker' | 'phone')[]
  readonly fetchMax: number
  readonly findMax: number
  readonly create:
    | {
        readonly batchMax: number
        /** `merges`: creating a taken e-mail changes the contact that has it. `refuses`: says which id has it. `doubles`: makes a twin. */
        readonly onTakenEmail: 'merges' | 'refuses' | 'doubles'
      }
    | false
  readonly update:
    | {
        readonly batchMax: number
        /** True: a write may carry the version it expects and is refused when the record has moved. */
        readonly conditional: boolean
        /** Whether an empty value can be written. */
        readonly clears: boolean
      }
    | false
  /** How a contact can be made to disappear. */
  readonly remove: 'delete' | 'archive' | false
  readonly tags: {
    readonly read: boolean
    readonly add: boolean
    readonly remove: boolean
    readonly create: boolean
  }
  readonly groups: {
    readonly read: boolean
    /** `inline`: travels with the contact write. `bulk`: many ids per call afterwards (`Writer.join`). */
    readonly write: 'inline' | 'bulk' | false
    readonly remove: boolean
    readonly create: boolean
  }
  readonly fields: {
    readonly create: boolean
    /** Options can be added to the list of a field that is there; those it has stay as they are, in their order. Unsaid: they cannot. */
    readonly options?: boolean
  }
  readonly consent: {
    /** The address keeps its state (`address`) or the person does (`contact`). */
    readonly holder: 'address' | 'contact'
    readonly channels: readonly Channel[]
    readonly optOut: boolean
    /** False: an opt-out cannot be taken back through the API, so writing one is irreversible. */
    readonly optOutReversible: boolean
    readonly optIn: boolean
    /** False: an address that is new there is not mailed until its owner agrees. Unsaid: it may be. */
    readonly mailsNew?: false
  }
  /** Flows that people are put into and that act on them over time: follow-up sequences, automations. Unsaid: there are none to reach. */
  readonly sequences?: {
    /** Says which there are and who is in them (`Reader.sequences`). */
    readonly read: boolean
    /** People can be put into them (`Writer.start`). */
    readonly start: boolean
    /** Starting somebody who is in it already may begin it anew, mails and all. */
    readonly restarts: boolean
  }
  /** Notes of contacts as records of their own (`Reader.notes`, `Writer.noteWriter`). Unsaid: there are none. */
  readonly notes?: {
    readonly read: boolean
    readonly add: boolean
    /** Whether a text can be written over. */
    readonly edit: boolean
    readonly remove: boolean
    /** What a note keeps beside its text; the rest stands in its first line. */
    readonly keeps: { readonly date: boolean; readonly title: boolean }
    /** Kinds of notes that it can tell apart. */
    readonly kinds: readonly NoteKind[]
    /** In characters. */
    readonly textMax: number
  }
  /** Companies as records of their own (`Reader.companies`, `Writer.companyWriter`). Unsaid: a contact holds a name and nothing else. */
  readonly companies?: {
    readonly read: boolean
    readonly create: boolean
    /** Whether fields of one can be written over. */
    readonly update: boolean
    /** Companies to a call that creates them. */
    readonly batchMax: number
    /** What links a contact: the `company` that it is written with (`name`), or the record's id beside it (`ContactWrite.company`). */
    readonly link: 'name' | 'id'
  }
  readonly rate: {
    /** What the platform permits; the pacer keeps below it. */
    readonly requestsPerSecond: number
    readonly requestsPerDay: number | null
    readonly concurrency: number
  }
}
