/** What a plan tells of the source's companies; only where there are any that were not looked at before. */
import type { Company } from '../model/company.ts'

export interface PlannedCompanies {
  /** Will be created, before contacts. */
  readonly create: number
  /** The target has one of that name, or an earlier run made it. */
  readonly settled: number
  /** Where the next reading goes on once these are created; null: at the beginning. */
  readonly high: string | null
}

/** A company as a plan holds it: fitted to the target. */
export interface PlannedCompany extends Omit<Company, 'id'> {
  /** Its name, folded: what tells companies apart. */
  readonly key: string
}
