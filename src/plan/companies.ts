/** What a plan tells of the source's companies; only where there are any that were not looked at before. */
import { type Company, COMPANY_PATHS } from '../model/company.ts'
import { type FieldPath, STANDARD_FIELDS } from '../model/field.ts'
import { norm } from '../model/norm.ts'
import { elementHash } from './slot-hash.ts'

export interface PlannedCompanies {
  /** Will be created, before contacts. */
  readonly create: number
  /** Made by an earlier run, and edited at the source since: these fields will be written over where the target still shows what was written. */
  readonly update?: number
  /** The target has one of that name, or an earlier run made it. */
  readonly settled: number
  /** Where the next reading goes on once these are created; null: at the beginning. */
  readonly high: string | null
}

/** A company as a plan holds it: fitted to the target. */
export interface PlannedCompany extends Omit<Company, 'id'> {
  /** Its name, folded: what tells companies apart. */
  readonly key: string
  /** Its id at the target, where an earlier run made it: `fields` are those that are written over. Absent: it is created. */
  readonly target?: string
}

/** What a company shows, as keyed hashes by path: no readable data. */
export type CompanyBase = Readonly<Record<FieldPath, string>>

export function companyBase(key: string, { fields }: Pick<Company, 'fields'>): CompanyBase {
  return Object.fromEntries(
    COMPANY_PATHS.flatMap((path) => {
      const value = fields[path]
      if (typeof value !== 'string' || value === '') return []
      const type = path.startsWith('phones.') ? 'phone' : (STANDARD_FIELDS[path]?.type ?? 'text')
      const text = norm(type, value)
      return [[path, elementHash(key, `${path} ${text}`)]]
    }),
  )
}
