/** Memberships of groups that wait to be written. */
import type { PlanId, RemoteId } from '../model/id.ts'

/** Memberships of groups that are written in bulk after the contacts. */
export interface JoinRow {
  readonly group: string
  readonly contact: RemoteId
  readonly op: 'add' | 'remove'
}
export interface Joins {
  add(plan: PlanId, rows: readonly JoinRow[]): Promise<void>
  pendingGroups(plan: PlanId): Promise<readonly string[]>
  next(plan: PlanId, group: string, limit: number): Promise<readonly JoinRow[]>
  done(plan: PlanId, rows: readonly JoinRow[]): Promise<void>
}
