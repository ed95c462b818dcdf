/** Plans, intents and outcomes: an op of a plan is also the intent to write it. */
import type { FieldPath } from '../model/field.ts'
import type { PlanId, RemoteId, Side } from '../model/id.ts'
import type { Op } from '../plan/op.ts'
import type { PlanHeader } from '../plan/plan.ts'

/**
 * planned → sent (intent: committed before its first byte leaves) → one of the final states. `unknown` is final only when the run ends with it;
 * a `sent` op found by a successor counts as unknown and is looked up before anything is repeated.
 */
export const OP_STATES = [
  'planned',
  'sent',
  'applied',
  'drifted',
  'rejected',
  'held',
  'unknown',
  'skipped',
] as const
export type OpState = (typeof OP_STATES)[number]
export interface StoredOp {
  readonly op: Op
  readonly state: OpState
  /** How often it was sent. */
  readonly attempts: number
  readonly outcome: Outcome | null
}
export interface Outcome {
  /** The record on the written side, once known. */
  readonly id: RemoteId | null
  /** Drifted, rejected, unknown, held: why, for people. */
  readonly message: string | null
  readonly hint: string | null
  readonly path: FieldPath | null
  /** A create that a contact took which was there already. */
  readonly wasThere?: true
}
export interface OpFilter {
  readonly afterSeq: number
  readonly untilSeq: number | null
  readonly limit: number
  readonly states: readonly OpState[] | null
  readonly buckets: readonly string[] | null
}
export interface Plans {
  /** Answers a hash over these ops and their order: equal ops have equal ones, in every store. */
  addOps(plan: PlanId, ops: readonly Op[]): Promise<string>
  /** Removes ops with a higher seq: a planning slice that starts over. */
  truncate(plan: PlanId, afterSeq: number): Promise<void>
  /** The plan becomes visible. */
  publish(header: PlanHeader): Promise<void>
  header(plan: PlanId): Promise<PlanHeader | null>
  /** Newest first. */
  list(sync: string | null, limit: number): Promise<readonly PlanHeader[]>
  ops(plan: PlanId, filter: OpFilter): Promise<readonly StoredOp[]>
  /** By seq, in that order; what is not there is left out. */
  opsAt(plan: PlanId, seqs: readonly number[]): Promise<readonly StoredOp[]>
  /** As `opsAt`, inside a transaction, and nobody else settles any of them until it ends. */
  lockedAt(plan: PlanId, seqs: readonly number[]): Promise<readonly StoredOp[]>
  /** Every op of one record, in any plan, newest plan first. */
  opsOfRecord(
    sync: string,
    side: Side,
    id: RemoteId,
    limit: number,
  ): Promise<readonly { readonly plan: PlanId; readonly op: StoredOp }[]>
  /** Which of these records of a side ops of the plan up to that seq are about: behind it may lie what a killed try has left. */
  recordsAmong(
    plan: PlanId,
    about: { readonly side: Side; readonly ids: readonly RemoteId[]; readonly untilSeq: number },
  ): Promise<readonly RemoteId[]>
  /** Where the ops of these records stand in a plan, published or not; a record without one is left out. */
  standings(
    plan: PlanId,
    fromIds: readonly RemoteId[],
  ): Promise<
    readonly { readonly fromId: RemoteId; readonly bucket: Op['bucket']; readonly state: OpState }[]
  >
  /** Intent: sets `sent` and raises `attempts`. */
  intend(plan: PlanId, seqs: readonly number[]): Promise<void>
  settle(
    plan: PlanId,
    outcomes: readonly {
      readonly seq: number
      readonly state: OpState
      readonly outcome: Outcome
    }[],
  ): Promise<void>
  /** Of the records that have an op in both plans: how their op of the earlier one ended. */
  repeated(
    plan: PlanId,
    earlier: PlanId,
  ): Promise<
    readonly { readonly bucket: string; readonly state: OpState; readonly count: number }[]
  >
  countStates(
    plan: PlanId,
  ): Promise<
    readonly { readonly bucket: string; readonly state: OpState; readonly count: number }[]
  >
}
