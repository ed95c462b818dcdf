/** Which notes of the source were added at the target, or wait for their contact. */
import type { RemoteId, RunId } from '../model/id.ts'

/**
 * Notes of the source, one row each, for good. `waiting`: its contact is not at the target yet. `sent` is committed before the request leaves. `refused`: not
 * taken there. `found`: it was there already, which its last line tells. `removed`: an undo took it away.
 */
export type NoteState = 'waiting' | 'sent' | 'done' | 'found' | 'refused' | 'removed'
export interface NoteRow {
  /** At the source: the note, and whose it is. */
  readonly source: string
  readonly contact: RemoteId
  /** At the target; null: not there, or not known yet. */
  readonly target: string | null
  readonly holder: RemoteId | null
  readonly state: NoteState
  /** Keyed, over the text as it was last written, or found; null: not written yet. */
  readonly hash: string | null
  /** Keyed, over what the source says and the copy is not to: somebody edited both, or an undo took the edit back. null: nothing. */
  readonly declined: string | null
  /** For people; null where there is nothing to say. */
  readonly why: string | null
  readonly run: RunId
  readonly at: number
}
export interface Notes {
  /** Inserts or replaces. */
  save(sync: string, rows: readonly NoteRow[]): Promise<void>
  /** The requests certainly had no effect. */
  forget(sync: string, sources: readonly string[]): Promise<void>
  among(sync: string, sources: readonly string[]): Promise<readonly NoteRow[]>
  /** In order of source, behind `after`. */
  waiting(sync: string, after: string, limit: number): Promise<readonly NoteRow[]>
  /** Those that a run added, the same way. */
  added(run: RunId, after: string, limit: number): Promise<readonly NoteRow[]>
  counts(run: RunId): Promise<readonly { readonly state: NoteState; readonly count: number }[]>
}
