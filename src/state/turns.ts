/** Fields of pairs in which two values take turns. */
import type { RemoteId } from '../model/id.ts'
import type { Turn } from '../plan/turns.ts'

export interface NotedTurn extends Turn {
  readonly record: RemoteId
  /** When the last one was, epoch ms. */
  readonly at: number
}

/** By the source's id of a pair. What is remembered are hashes. */
export interface Turns {
  /** Without those whose last turn is out of the window. */
  among(sync: string, records: readonly RemoteId[], now: number): Promise<readonly NotedTurn[]>
  /** Counts one more turn of that pair of values; another pair, or one out of the window, begins with one. */
  note(
    sync: string,
    entries: readonly { readonly record: RemoteId; readonly slot: string; readonly pair: string }[],
    at: number,
  ): Promise<void>
  forget(
    sync: string,
    entries: readonly { readonly record: RemoteId; readonly slot: string }[],
  ): Promise<void>
}
