/** Values before each write. */
import type { Channel } from '../model/consent.ts'
import type { Fields } from '../model/field.ts'
import type { PlanId, RemoteId, RunId, Side } from '../model/id.ts'

/** Values before each write, committed with the intent. */
export interface JournalEntry {
  readonly run: RunId
  readonly plan: PlanId
  readonly seq: number
  readonly side: Side
  /** null while a create has no id yet. */
  readonly record: RemoteId | null
  readonly kind: 'create' | 'update' | 'delete'
  /** Values of the touched fields, tags, groups and consents; what they became stands in the op. */
  readonly before: JournalValues
  readonly at: number
}
export interface JournalValues {
  readonly fields: Fields
  readonly tags: readonly string[] | null
  readonly groups: readonly string[] | null
  readonly optedOut: readonly { readonly channel: Channel; readonly address: string | null }[]
}
export interface Journal {
  /** Same (plan, seq) again replaces, but for the values before and the time: those of the first time stay. */
  add(entries: readonly JournalEntry[]): Promise<void>
  setRecord(
    plan: PlanId,
    ids: readonly { readonly seq: number; readonly record: RemoteId }[],
  ): Promise<void>
  page(run: RunId, afterSeq: number, limit: number): Promise<readonly JournalEntry[]>
  /** Everything a run wrote to these records of a side, in the order in which it was planned. */
  ofRecords(run: RunId, side: Side, records: readonly RemoteId[]): Promise<readonly JournalEntry[]>
  counts(run: RunId): Promise<Readonly<Record<JournalEntry['kind'], number>>>
}
