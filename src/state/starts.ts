/** Who was put into a sequence of the target, or never will be. */
import type { RemoteId, RunId } from '../model/id.ts'

/**
 * People whom a sync put into a sequence of its target, or will not: one row for a person and a sequence of the source, for good. `sent` is committed
 * before the request leaves. `unknown`: no answer, and no trace of it there; it is never sent again by itself. `refused`: opted out, or not taken there.
 */
export type StartState = 'sent' | 'done' | 'unknown' | 'refused'
export interface Start {
  /** At the source: the sequence, and who is in it. */
  readonly sequence: string
  readonly source: RemoteId
  /** At the target. */
  readonly target: string
  readonly contact: RemoteId
  readonly state: StartState
  /** For people; null where there is nothing to say. */
  readonly why: string | null
  readonly run: RunId
  readonly at: number
}
export interface Starts {
  /** Inserts or replaces. */
  save(sync: string, start: Start): Promise<void>
  /** The request certainly had no effect: it may be sent. */
  forget(sync: string, sequence: string, source: RemoteId): Promise<void>
  among(sync: string, sequence: string, sources: readonly RemoteId[]): Promise<readonly Start[]>
  /** In state `sent` or `unknown`, in order of sequence and person. */
  open(sync: string, limit: number): Promise<readonly Start[]>
  /** By sequence and state, of those that a run decided. */
  counts(run: RunId): Promise<readonly StartCount[]>
}
export interface StartCount {
  readonly sequence: string
  readonly target: string
  readonly state: StartState
  readonly count: number
}
