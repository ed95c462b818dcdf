/** What a plan is: every change of a run, decided before anything is written. Plain data, hashed, shown, stored, then followed to the letter. */
import type { FieldPath } from '../model/field.ts'
import type { PlanId, RemoteId, RunId, Side } from '../model/id.ts'
import type { FieldDefinition, FieldDraft } from '../model/vocabulary.ts'
import type { PlannedCompanies } from './companies.ts'
import type { PlannedNotes, UndoneNotes } from './notes.ts'
import type { Bucket, Risk } from './op.ts'
import type { PlannedSequence } from './starts.ts'

/** What has to exist before contacts are written. */
export interface PlannedVocabulary {
  readonly fields: readonly PlannedField[]
  /** Added to lists that are there already, or that are created with the fields above. */
  readonly options: readonly PlannedOptions[]
  readonly tags: readonly {
    readonly side: Side
    readonly key: string
    readonly name: string
    readonly category: string | null
    readonly count: number
  }[]
  readonly groups: readonly {
    readonly side: Side
    readonly key: string
    readonly name: string
    readonly count: number
  }[]
}
export interface PlannedOptions {
  /** Whose list it is. */
  readonly side: Side
  /** Of the field; provisional while the field is only planned. */
  readonly path: FieldPath
  /** What the field is called, for people. */
  readonly label: string
  readonly options: readonly {
    readonly value: string
    readonly label: string
    /** How many records would have it. */
    readonly count: number
  }[]
}
/** More than this is no list that people choose from: such a plan is stopped. */
export const NEW_OPTIONS_MAX = 500
export interface PlannedField {
  /** Where it is created. */
  readonly side: Side
  /** The provisional path that ops use. */
  readonly path: FieldPath
  readonly definition: FieldDefinition
  readonly draft: FieldDraft
  /** How many records have a value for it. */
  readonly count: number
}

export interface LossCount {
  readonly field: FieldPath
  readonly cause: string
  readonly count: number
  /** Up to `LOSS_SAMPLES_MAX`: what is there and what would travel. */
  readonly sample: readonly {
    readonly record: RemoteId
    readonly before: string
    readonly after: string | null
  }[]
}
export const LOSS_SAMPLES_MAX = 3

export interface Guard {
  readonly name:
    | 'empty-source'
    | 'deletes'
    | 'delete-percent'
    | 'overwrite-percent'
    | 'all-changed'
    | 'irreversible-consent'
    | 'mapping'
  readonly measured: number
  /** null: cannot be overridden by a number. */
  readonly limit: number | null
  readonly ok: boolean
  readonly message: string
  readonly hint: string
}

export interface Cost {
  readonly calls: readonly { readonly operation: string; readonly count: number }[]
  readonly requests: number
  /** Minutes at the permitted rate. */
  readonly minutes: number
  /** 0…1 of what the platform permits a day; null where it states no daily limit. */
  readonly dailyShare: number | null
}

export interface FieldChangeCount {
  readonly path: FieldPath
  readonly count: number
  readonly sample: readonly {
    readonly record: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

/** Everything about a plan but its ops. */
export interface PlanHeader {
  readonly id: PlanId
  readonly sync: string
  readonly run: RunId
  readonly isFull: boolean
  /** Over header facts and every op, in order: what was approved is what is applied. */
  readonly hash: string
  readonly mapping: { readonly name: string; readonly fingerprint: string }
  /** Of the configuration that decides: connections (no secrets), mapping, policies. */
  readonly fingerprint: string
  readonly read: { readonly from: number; readonly to: number }
  /** Records decided: all that were read at the source and, where both sides may be written, those that only the target has. */
  readonly records: number
  /** Ops beyond one for each of them: pairs of which both sides are written. */
  readonly second: number
  readonly counts: Readonly<Record<Bucket | 'delete', number>>
  readonly vocabulary: PlannedVocabulary
  readonly losses: readonly LossCount[]
  readonly changes: readonly FieldChangeCount[]
  readonly rejects: readonly {
    readonly cause: string
    readonly count: number
    readonly sample: readonly string[]
  }[]
  readonly holds: readonly {
    readonly cause: string
    readonly count: number
    readonly sample: readonly string[]
  }[]
  readonly risks: Readonly<Record<Risk, number>>
  readonly consents: { readonly optOuts: number; readonly irreversible: number }
  /** Only where the mapping lists sequences. */
  readonly sequences?: readonly PlannedSequence[]
  /** Only where the source has notes, or where an undo takes some away. */
  readonly notes?: PlannedNotes | UndoneNotes
  /** Only where the source has companies that were not looked at before. */
  readonly companies?: PlannedCompanies
  readonly guards: readonly Guard[]
  readonly warnings: readonly string[]
  readonly cost: Cost
  readonly watermarks: readonly {
    readonly side: Side
    readonly stream: string
    readonly high: string | null
    readonly isProven: boolean
  }[]
  /** The plan that had been applied last when this one was made: once another is, this one does not know what is there. */
  readonly appliedBefore: PlanId | null
  /** Of a plan that undoes a run: which one, how many records that wrote, and what it created that stays. */
  readonly undoes?: Undone
  /** Instants. */
  readonly createdAt: string
  readonly expiresAt: string
}
export interface Undone {
  readonly run: RunId
  readonly written: number
  /** Names of fields, tags and groups that the run created. Others may use them by now. */
  readonly left: {
    readonly fields: readonly string[]
    readonly tags: readonly string[]
    readonly groups: readonly string[]
    /** `Plan level: Gold, Silver`. */
    readonly options: readonly string[]
  }
}

export function mayApply(plan: PlanHeader): boolean {
  return plan.guards.every((guard) => guard.ok)
}
