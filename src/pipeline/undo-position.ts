/** How far the planning of an undo is, and of which run. */
import type { PlanId, RunId } from '../model/id.ts'
import type { Tally } from '../plan/tally.ts'

/** Kept with a run of kind `undo`: the run that it undoes. */
export interface UndoRunFacts {
  readonly undoes: RunId
}

export interface UndoPosition {
  readonly plan: PlanId
  /** Last journal entry that is decided. */
  readonly afterSeq: number
  readonly lastOp: number
  /** Records that the run wrote. */
  readonly written: number
  /** Hash over all ops so far. */
  readonly chain: string
  readonly tally: Tally
  /** Only for the batches of what goes back at the source. */
  readonly back: Tally
}
