/** Companies as records of their own: a name, and how to reach them. */
import type { FieldPath, Fields } from './field.ts'

export interface Company {
  readonly id: string
  readonly name: string
  /** By `COMPANY_PATHS`; only what is filled. */
  readonly fields: Fields
}

export const COMPANY_PATHS: readonly FieldPath[] = [
  'phones.main',
  'website',
  'addresses.main.line1',
  'addresses.main.line2',
  'addresses.main.city',
  'addresses.main.region',
  'addresses.main.postalCode',
  'addresses.main.country',
]

/** Two companies of one name are one: case and blanks do not tell them apart. */
export function foldCompany(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
}
