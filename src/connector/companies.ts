/** Companies, where a platform keeps them as records of their own. */
import type { Company } from '../model/company.ts'
import type { FieldPath } from '../model/field.ts'
import type { BrokenRow } from './broken-row.ts'

export interface CompanyReader {
  /** One page of all companies, in an order in which new ones come last; `since` and `position` as for notes. */
  page(
    request: { readonly since: string | null; readonly position: string | null },
    signal: AbortSignal,
  ): Promise<CompanyPage>
  /** Those whose names are the same as one of these but for case and blanks, read now. */
  named(names: readonly string[], signal: AbortSignal): Promise<readonly Company[]>
  /** What of a company can be kept here. Pure. */
  fit(company: Company): FittedCompany
}
export interface CompanyPage {
  readonly companies: readonly Company[]
  readonly broken: readonly BrokenRow[]
  /** null: the end. */
  readonly next: string | null
  /** Where a later reading can go on; null: nothing was read yet. */
  readonly high: string | null
}
export interface FittedCompany {
  readonly company: Omit<Company, 'id'>
  readonly losses: readonly {
    readonly path: FieldPath
    readonly cause: string
    readonly before: string
  }[]
}

export interface CompanyWriter {
  /**
   * Creates up to `Capabilities.companies.batchMax`, of names that differ; sending them twice may make each twice. One outcome for each, in order.
   * Throws when the whole call failed, as `Writer.write` does.
   */
  create(
    companies: readonly Omit<Company, 'id'>[],
    signal: AbortSignal,
  ): Promise<readonly CompanyOutcome[]>
  /** Only where `capabilities.companies.update`. Writes over these fields and leaves the rest; doing it twice is doing it once. One that is not there throws `gone`. */
  update(id: string, fields: Company['fields'], signal: AbortSignal): Promise<void>
}
export type CompanyOutcome =
  | { readonly kind: 'done'; readonly id: string }
  /** It will be refused again. */
  | { readonly kind: 'rejected'; readonly message: string }
  /** May have been created, and may not. */
  | { readonly kind: 'unknown'; readonly message: string }
