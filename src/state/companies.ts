/** Companies of the target, by their folded names. */
import type { CompanyBase } from '../plan/companies.ts'
import type { RunId } from '../model/id.ts'

/**
 * Companies of the target, by folded name. `there`: it had one of that name. `planned`: a plan would create it; that of an older run counts for nothing.
 * `sent` is committed before the request leaves.
 */
export type CompanyState = 'there' | 'planned' | 'sent' | 'done'
export interface CompanyRow {
  readonly name: string
  /** Which one of the source it is made for; null: none. */
  readonly source: string | null
  /** Its id; null: not there, or not known yet. */
  readonly target: string | null
  readonly state: CompanyState
  /** What it was made with; null: not made by the sync, or by an older version. */
  readonly base: CompanyBase | null
  readonly run: RunId
  readonly at: number
}
export interface Companies {
  /** Inserts or replaces. */
  save(sync: string, rows: readonly CompanyRow[]): Promise<void>
  among(sync: string, names: readonly string[]): Promise<readonly CompanyRow[]>
  /** How many a run made, and the names of the first of them. */
  created(
    run: RunId,
    limit: number,
  ): Promise<{ readonly count: number; readonly names: readonly string[] }>
}
