/** What planning notes works with, and how far it is. */
import type { NoteReader } from '../../connector/notes.ts'
import type { PlanId } from '../../model/id.ts'
import type { PlanContext } from '../../plan/context.ts'
import type { NoteContext, PlannedNotes } from '../../plan/notes.ts'
import type { LossCount } from '../../plan/plan.ts'
import type { Job } from '../env.ts'

export interface NotesPosition {
  /** `first`: are there any? `there`: what the target has already. `here`: the source. `waiting`: those whose contact was not there yet. */
  readonly phase: 'first' | 'there' | 'here' | 'waiting' | 'done'
  readonly position: string | null
  /** Pages kept so far. */
  readonly pages: number
  /** null: there are none at all. */
  readonly sums: PlannedNotes | null
  readonly losses: readonly LossCount[]
  /** Hash over all that will be added. */
  readonly chain: string
  readonly warnings: readonly string[]
}
export const NO_NOTES: NotesPosition = {
  phase: 'first',
  position: null,
  pages: 0,
  sums: null,
  losses: [],
  chain: '',
  warnings: [],
}

export const NONE: PlannedNotes = { add: 0, settled: 0, left: 0, high: null }

export interface Work {
  readonly job: Job
  readonly context: PlanContext
  readonly plan: PlanId
  readonly at: NotesPosition
  readonly reader: NoteReader
  readonly there: NoteReader
  readonly notes: NoteContext
  /** Notes up to here are known from an earlier run. */
  readonly since: string | null
}

/** Both sides of notes that travel as records; null: they do not. */
export function notesAsked(
  job: Job,
  context: PlanContext,
): Pick<Work, 'reader' | 'there' | 'notes'> | null {
  const accounts = job.env.accounts(job.run.sync)
  const [reader, there] = [accounts.reader('from').notes, accounts.reader('to').notes]
  const target = context.to.capabilities.notes
  const isAsked = context.policy.notes === 'records' && target?.add === true
  if (!isAsked || reader === undefined || there === undefined) return null
  const names = new Map(context.from.catalog.owners.map(({ key, name }) => [key, name]))
  return {
    reader,
    there,
    notes: {
      from: context.from.name,
      to: context.to.name,
      target,
      rules: context.to.rules,
      authorName: (key) => names.get(key) ?? null,
    },
  }
}

export const NOTES_STREAM = 'notes'
