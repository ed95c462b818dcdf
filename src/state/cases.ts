/** Records that wait: for a person, for the target, or for the next run. */
import type { RemoteId, RunId, Side } from '../model/id.ts'
import type { HeldField } from '../plan/op.ts'
import type { Question } from '../plan/ruling.ts'

/**
 * Open cases: at most one per (sync, kind, side, record). `hold` waits for a person, `reject` was refused by the target, `retry` (drifted, or
 * unknown at the end of a run) is looked at again by the next run without anybody asking.
 */
export type CaseKind = 'hold' | 'reject' | 'retry'
export interface Case {
  readonly id: string
  readonly sync: string
  readonly kind: CaseKind
  readonly side: Side
  readonly record: RemoteId
  readonly label: string
  readonly cause: string
  readonly hint: string
  readonly fields: readonly string[]
  readonly candidates: readonly RemoteId[]
  /** Of a hold: what may be decided about the whole record. Absent: nothing. */
  readonly question?: Question | undefined
  /** Of a hold: both values of each field that waits. */
  readonly held?: readonly HeldField[] | undefined
  readonly run: RunId
  readonly openedAt: number
  readonly updatedAt: number
}
export interface Cases {
  /** Opens, or updates the open one of the same record (which keeps its id and openedAt). */
  open(cases: readonly Omit<Case, 'id'>[]): Promise<void>
  /** Closes the open cases of records that a run brought to a good end. */
  close(
    sync: string,
    kind: CaseKind,
    side: Side,
    records: readonly RemoteId[],
    why: string,
  ): Promise<void>
  list(filter: {
    readonly sync: string | null
    readonly kind: CaseKind
    readonly limit: number
  }): Promise<readonly Case[]>
  count(sync: string, kind: CaseKind): Promise<number>
  /** Records with an open case, the one that was looked at longest ago first. */
  waiting(filter: {
    readonly sync: string
    readonly kind: CaseKind
    readonly side: Side
    readonly limit: number
  }): Promise<readonly RemoteId[]>
  /** These records are looked at now: they go to the end of the line. */
  looked(sync: string, kind: CaseKind, side: Side, records: readonly RemoteId[]): Promise<void>
}
