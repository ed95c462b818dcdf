/**
 * Undoing one record of a run. What the run created is removed, what it changed goes back, and only where the present is still the run's
 * own work: what a person edited since stays and is named. An opt-out is never taken back.
 */
import type { Guard } from './plan.ts'
import type { Tally } from './tally.ts'
import {
  EDITED,
  type UndoContext,
  type UndoDecision,
  type UndoFacts,
  undoOp,
} from './undo-facts.ts'
import { undoCreate } from './undo-create.ts'
import { undoUpdate } from './undo-update.ts'

/** Every case of what can have become of a record that a run wrote. */
export function decideUndo(context: UndoContext, facts: UndoFacts): UndoDecision {
  const { now, writes, partner } = facts
  const isCreate = writes.some(({ kind }) => kind === 'create')
  if (writes.some(({ kind }) => kind === 'delete')) {
    return undoOp(context, facts, {
      bucket: 'reject',
      cause: 'cannot be undone: the contact was removed, and an id does not come back',
      hint: 'The plan of that run tells all that it showed ("ferry show"). Enter the person anew by hand: the next run pairs whoever is left.',
    })
  }
  switch (now.kind) {
    case 'found':
      return isCreate
        ? undoCreate(context, facts, now.sighting)
        : undoUpdate(context, facts, now.sighting)
    case 'never':
      return null
    case 'lost':
      return undoOp(context, facts, {
        bucket: 'reject',
        cause: 'cannot be undone: it is not known whether the run created this contact',
        hint: 'Its answer got lost, and nothing marks it. Look for this person by hand.',
      })
    case 'inconclusive':
      return undoOp(context, facts, {
        bucket: 'reject',
        cause: `cannot be undone: the contact could not be read (${now.message})`,
        hint: `Give "ferry undo ${context.run}" again when it can be read.`,
      })
    case 'merged':
      return undoOp(context, facts, {
        bucket: 'excluded',
        cause: EDITED,
        losses: [
          {
            field: 'contact',
            cause: 'merged into another since the run; it stays',
            before: now.into,
            after: null,
          },
        ],
      })
    case 'gone':
      if (isCreate && partner === null) return null
      return isCreate
        ? undoOp(context, facts, { bucket: 'delete', cause: 'gone already; its link ends' })
        : undoOp(context, facts, {
            bucket: 'excluded',
            cause: 'removed since the run by somebody else; nothing is left to restore',
          })
  }
}

/** An undo removes nothing that its run did not create. There is no limit to set: the run itself is the limit. */
export function undoGuards(tally: Tally, created: number): readonly Guard[] {
  const measured = tally.counts.delete
  return [
    {
      name: 'deletes',
      measured,
      limit: created,
      ok: measured <= created,
      message: `${measured} contacts would be removed; the run created ${created}`,
      hint: measured <= created ? '' : 'The journal of the run is damaged. Nothing was written.',
    },
  ]
}
