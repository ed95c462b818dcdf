/** Whether applying a plan would write anything: what `ferry plan --exit-code` tells. */
import type { PlanHeader } from './plan.ts'

export function hasChanges(
  plan: Pick<PlanHeader, 'counts' | 'companies' | 'notes' | 'sequences' | 'vocabulary'>,
): boolean {
  const { create, update, link, delete: removed } = plan.counts
  const companies = (plan.companies?.create ?? 0) + (plan.companies?.update ?? 0)
  const starts = (plan.sequences ?? []).reduce((sum, { start }) => sum + start, 0)
  const words = Object.values(plan.vocabulary).flat().length
  return (
    create + update + link + removed + companies + notesWritten(plan.notes) + starts + words > 0
  )
}

function notesWritten(notes: PlanHeader['notes']): number {
  if (notes === undefined) return 0
  if ('remove' in notes) return notes.remove + (notes.restore ?? 0)
  return notes.add + (notes.edit ?? 0)
}
