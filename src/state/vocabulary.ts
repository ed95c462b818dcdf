/** Fields, options, tags and groups that a sync made or found. */
import type { Side } from '../model/id.ts'

/** What a sync created on a side, or found to be its counterpart: survives renaming of labels by people. */
export interface VocabularyEntry {
  readonly side: Side
  /** `option`: options that were added to a list; `real` is the field's path, `document` the field with them. */
  readonly kind: 'field' | 'option' | 'tag' | 'group'
  /** The other side's path or key. */
  readonly source: string
  /** What plans call it until it exists (`custom.new:plan_level`, `new:VIP`). */
  readonly provisional: string
  /** Path or key on `side`. */
  readonly real: string
  readonly document: unknown
}
export interface VocabularyMemory {
  save(sync: string, entries: readonly VocabularyEntry[]): Promise<void>
  list(sync: string): Promise<readonly VocabularyEntry[]>
}
