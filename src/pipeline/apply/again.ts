/** What helps with a record that moved since the plan was made. */
import type { PlanHeader } from '../../plan/plan.ts'

/** A sync looks at it again by itself; what a person asked to take back is only asked for by a person. */
export function again({ undoes }: Pick<PlanHeader, 'undoes'>): string {
  return undoes === undefined
    ? 'The next run decides anew.'
    : `No run takes it up by itself. Look at the record, then make the plan anew: ferry undo ${undoes.run}`
}
