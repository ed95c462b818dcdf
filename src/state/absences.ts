/** Linked contacts that a whole reading did not show. */
import type { RemoteId, RunId, Side } from '../model/id.ts'
import type { Link } from './links.ts'

/** Linked contacts that a proven full scan did not show: nothing is concluded before a second one does not show them either. */
export interface Absences {
  /** Live links, in order of their id there, whose contact of this side is not among what the run staged. */
  unseen(
    sync: string,
    run: RunId,
    side: Side,
    after: RemoteId | null,
    limit: number,
  ): Promise<readonly Link[]>
  /** The first run that did not see them stays on record. */
  note(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
    first: { readonly run: RunId; readonly at: number },
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
  ): Promise<readonly { readonly id: RemoteId; readonly run: RunId; readonly at: number }[]>
  /** They were found after all: the next time counts as the first. */
  forget(sync: string, side: Side, ids: readonly RemoteId[]): Promise<void>
  /** Forgets those that the run staged. */
  clearSeen(sync: string, run: RunId, side: Side): Promise<void>
}
