/** A record of a plan: what is done about it, on which side, and why. Plain data, followed to the letter. */
import type { Consent } from '../model/consent.ts'
import type { FieldPath, FieldValue } from '../model/field.ts'
import type { RemoteId, Side } from '../model/id.ts'
import type { OpBase } from './base.ts'
import type { Obeyed, Question } from './ruling.ts'

/** Every record read ends in exactly one of these. */
export const BUCKETS = [
  'create',
  'update',
  'link',
  'unchanged',
  'excluded',
  'hold',
  'reject',
  'blocked',
] as const
export type Bucket = (typeof BUCKETS)[number]

/** From harmless to grave. */
export const RISKS = ['none', 'fill', 'overwrite', 'destructive', 'irreversible'] as const
export type Risk = (typeof RISKS)[number]

export function graver(a: Risk, b: Risk): Risk {
  return RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b
}

/** One field that would be written. */
export interface FieldChange {
  /** Path on the side that is written; provisional (`custom.new:…`) while the field is only planned. */
  readonly path: FieldPath
  /** What the written side holds now; undefined: it does not tell (a create, or a field that does not exist yet). */
  readonly before?: FieldValue
  readonly after: FieldValue
  readonly risk: Risk
  /** The rule that decided, for people. */
  readonly why: string
}

/** Elements of a set (tags, groups), by the written side's key, or `new:<name>` while the element is only planned. */
export interface SetChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** A record for which there is something to do or to say. */
export interface Op {
  /** Position in the plan, from 1; also the order in which it is applied. */
  readonly seq: number
  /** `unchanged`: nothing is written, only the bases move, because both sides came to agree by themselves. */
  readonly bucket: Bucket | 'delete'
  /** The side that is written, or would be. */
  readonly writes: Side
  /** The place of the op that writes the other side of the same pair; absent: there is none. */
  readonly partner?: number
  readonly fromId: RemoteId | null
  readonly toId: RemoteId | null
  /** A short name of the person for lists: name or e-mail. Personal data. */
  readonly label: string
  readonly fields: readonly FieldChange[]
  readonly tags: SetChange
  readonly groups: SetChange
  /** Opt-outs that travel with this record, already in the written side's shape. */
  readonly consents: readonly Consent[]
  /** Losses of this record: see `LossCount`. */
  readonly losses: readonly OpLoss[]
  /** Fields that wait for a decision while the rest travels. */
  readonly held: readonly HeldField[]
  readonly risk: Risk
  /** Why it is in this bucket, for people: `no counterpart`, `two people share anna@…`. */
  readonly cause: string
  /** What a person can do; empty where nothing is to be done. */
  readonly hint: string
  /** For holds: who else is involved. */
  readonly candidates: readonly RemoteId[]
  /** Text that finds this record again on the written side: the marker's value. null: no marker. */
  readonly marker: string | null
  /** Normal form of the e-mail that finds it, null without one. */
  readonly email: string | null
  /** What both sides showed: become the bases once this op is done. null: nothing is agreed. */
  readonly base: OpBase | null
  /** Of a hold: what a person may decide about the whole record. Absent: nothing, or only its fields wait. */
  readonly question?: Question
  /** What people decided, as far as it made this op what it is. */
  readonly obeys?: readonly Obeyed[]
  /** The source contact that was merged into this one: its link ends as this one's begins. Absent: nobody. */
  readonly takesOver?: RemoteId
  /** What the breaker counts once this op is done; absent: nothing. */
  readonly turns?: readonly TurnNote[]
  /** Why the link ends once this op is done: its source contact is no more. Absent: it goes on. */
  readonly ends?: string
}
export interface OpLoss {
  readonly field: FieldPath
  readonly cause: string
  readonly before: string
  readonly after: string | null
}
export interface HeldField {
  readonly path: FieldPath
  readonly from: FieldValue | undefined
  readonly to: FieldValue | undefined
  /** Hash of the question which of the two is right; absent: a decision would not help. */
  readonly question?: string
  /** Why an earlier decision about it does not count any more. */
  readonly lapsed?: string
  /** How often the two values have changed places: it is flapping, and not written any more. Absent: it is not. */
  readonly flaps?: number
}

/** What an op says about it once it is done. `pair` null: both sides agree, and what was counted is over. */
export interface TurnNote {
  readonly slot: string
  readonly pair: string | null
}
