/** What people decided, and which run obeyed. */
import type { RemoteId, RunId, Side } from '../model/id.ts'
import type { Ruling } from '../plan/ruling.ts'

/** What people decided about holds. At most one lives per (sync, side, record, field). */
export interface KeptRuling extends Ruling {
  readonly sync: string
  /** The run that obeyed it first; null: none yet. */
  readonly obeyedBy: RunId | null
}
export interface Rulings {
  /** A newer one ends the one before it. */
  keep(sync: string, rulings: readonly Omit<Ruling, 'id'>[]): Promise<void>
  /** Those that live. */
  among(sync: string, side: Side, records: readonly RemoteId[]): Promise<readonly KeptRuling[]>
  /** Those that live, oldest first. */
  list(filter: {
    readonly sync: string | null
    readonly limit: number
  }): Promise<readonly KeptRuling[]>
  /** A run did as they say; the first one stays on record. */
  obeyed(ids: readonly string[], run: RunId): Promise<void>
  end(ids: readonly string[], why: string): Promise<void>
}
