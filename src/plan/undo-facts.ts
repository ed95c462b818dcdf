/** What deciding an undo works with: what a run wrote to one record, and what the record shows now. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Fit } from '../connector/connector.ts'
import type { Channel } from '../model/consent.ts'
import type { FieldPath, Fields, FieldValue, ValueType } from '../model/field.ts'
import type { RemoteId, RunId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Base } from './base.ts'
import type { Op, OpLoss } from './op.ts'

/** One write of a run, as its journal and its plan tell it. */
export interface Written {
  readonly kind: 'create' | 'update' | 'delete'
  readonly op: Op
  readonly before: {
    readonly fields: Fields
    /** null: the side did not tell. */
    readonly tags: readonly string[] | null
    readonly groups: readonly string[] | null
    readonly optedOut: readonly { readonly channel: Channel; readonly address: string | null }[]
  }
  readonly after: Fields
  /** Whether the plan knew all memberships of the record: it read the side whole. */
  readonly isFull: boolean
  /** A create that a contact took which was there already: what it held before is not known. */
  readonly wasThere: boolean
  /** Epoch milliseconds, by our clock. */
  readonly at: number
}

export type Now =
  | { readonly kind: 'found'; readonly sighting: Sighting }
  | { readonly kind: 'gone' }
  | { readonly kind: 'merged'; readonly into: RemoteId }
  | { readonly kind: 'inconclusive'; readonly message: string }
  /** A create that had no effect for certain. */
  | { readonly kind: 'never' }
  /** A create whose answer got lost, and nothing to look for. */
  | { readonly kind: 'lost' }

export interface UndoFacts {
  /** Its id on the written side; null: never known. */
  readonly id: RemoteId | null
  /** All writes of the run to this record, oldest first. */
  readonly writes: readonly [Written, ...Written[]]
  readonly now: Now
  /** Whom its live link names on the other side; null: none. */
  readonly partner: RemoteId | null
  /** What the written side showed when that run last agreed with it; null: not known, or a later run has looked since. */
  readonly base: Base | null
  /** When the run ended, epoch milliseconds by our clock. */
  readonly endedAt: number
}

export interface UndoContext {
  readonly run: RunId
  readonly side: Side
  /** Of the keyed hashes in bases. */
  readonly key: string
  readonly capabilities: Capabilities
  /** null: there is no such field any more. */
  typeOf(path: FieldPath): ValueType | null
  /** What the side would make of a value: it may show some that it does not take. */
  fit(path: FieldPath, value: FieldValue): Fit
  /** Key by which the side knows an element that was provisional in the plan; null: it is not there any more. */
  element(kind: 'tag' | 'group', key: string): string | null
}

/** What becomes of one record; null: nothing is left of what the run wrote. */
export type UndoDecision = Omit<Op, 'seq'> | null

export const EDITED = 'edited since the run; it stays'

/** An op of an undo, with nothing in it but what is given. */
export function undoOp(
  { side }: UndoContext,
  { id, writes, partner }: UndoFacts,
  given: Pick<Op, 'bucket' | 'cause'> & Partial<Op>,
): Omit<Op, 'seq'> {
  const { op } = writes[0]
  const other = partner ?? (side === 'to' ? op.fromId : op.toId)
  return {
    writes: side,
    fromId: side === 'to' ? other : id,
    toId: side === 'to' ? id : other,
    label: op.label,
    fields: [],
    tags: { add: [], remove: [] },
    groups: { add: [], remove: [] },
    consents: [],
    losses: [],
    held: [],
    risk: 'none',
    hint: '',
    candidates: [],
    marker: null,
    email: null,
    base: null,
    ...given,
  }
}

/** Something of a record that an undo leaves as it is. */
export function stays(field: string, cause: string, shown: string): OpLoss {
  return { field, cause, before: shown, after: null }
}
