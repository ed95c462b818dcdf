/** Notes of contacts, where a platform keeps them as records of their own. */
import type { Note, NoteDraft } from '../model/note.ts'
import type { RemoteId } from '../model/id.ts'
import type { BrokenRow } from './broken-row.ts'

export interface NoteReader {
  /**
   * One page of the notes of all contacts, in an order in which new ones come last. `since`: the `high` of an earlier reading, whose notes are left out;
   * null: all of them. `position: null` asks for the first page.
   */
  page(
    request: { readonly since: string | null; readonly position: string | null },
    signal: AbortSignal,
  ): Promise<NotePage>
  /** Every note of one contact, read now. Throws `gone` where there is no such contact. */
  of(contact: RemoteId, signal: AbortSignal): Promise<readonly Note[]>
}
export interface NotePage {
  readonly notes: readonly Note[]
  /** Rows that could not be read; the others are complete without them. */
  readonly broken: readonly BrokenRow[]
  /** null: the end. */
  readonly next: string | null
  /** Where a later reading can go on; null: nothing was read yet. */
  readonly high: string | null
}

export interface NoteWriter {
  /** Adds one; sending it twice makes two. Answers with its id. Throws `gone` where there is no such contact. */
  add(note: NoteDraft, signal: AbortSignal): Promise<string>
  /** Only where `capabilities.notes.edit`. Writes over title and text, and leaves the rest; doing it twice is doing it once. One that is not there throws `gone`. */
  edit(id: string, note: Pick<NoteDraft, 'title' | 'text'>, signal: AbortSignal): Promise<void>
  /** Only where `capabilities.notes.remove`. One that is gone already throws `gone`. */
  remove(id: string, signal: AbortSignal): Promise<void>
}
