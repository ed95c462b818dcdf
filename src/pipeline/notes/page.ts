/** One page of the notes of a plan, as kept in a document of its run. */
import type { PlanId, RemoteId, RunId } from '../../model/id.ts'
import type { PlannedNote } from '../../plan/notes.ts'
import type { StateStore } from '../../state/store.ts'

/** One page of a plan. */
export interface NotesPage {
  readonly add: readonly PlannedNote[]
  /** Are written over; absent in plans of an older version. */
  readonly edit?: readonly PlannedNote[]
  /** Wait until their contact is there. */
  readonly left: readonly { readonly source: string; readonly contact: RemoteId }[]
}
export async function notesPage(
  store: StateStore,
  plan: { readonly id: PlanId; readonly run: RunId },
  page: number,
): Promise<NotesPage | null> {
  return (await store.runs.document(plan.run, pageName(plan.id, page))) as NotesPage | null
}

/** Documents of this name hold what people wrote. */
export function pageName(plan: PlanId, page: number): string {
  return `notes ${plan} ${page}`
}
