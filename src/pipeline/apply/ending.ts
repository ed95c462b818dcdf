/** How an op ended, before it is put on record. */
import type { RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Outcome, StoredOp } from '../../state/plans.ts'

export type Ending =
  | {
      readonly kind: 'applied'
      readonly stored: StoredOp
      readonly id: RemoteId
      /** The record as the target showed it afterwards; null: it did not. */
      readonly echo: Sighting | null
      /** The last reading before the write; null for a create. */
      readonly current: Sighting | null
      /** A create that a contact took which was there already. */
      readonly wasThere?: true
    }
  | {
      readonly kind: 'drifted' | 'rejected' | 'held' | 'unknown'
      readonly stored: StoredOp
      readonly outcome: Outcome
    }
  /** Proven to have had no effect: it may be sent again. */
  | { readonly kind: 'planned'; readonly stored: StoredOp }
export type Applied = Extract<Ending, { kind: 'applied' }>
