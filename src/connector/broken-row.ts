/** A row that a platform handed over and that nobody can read: told, not travelled. */
import type { RemoteId } from '../model/id.ts'

export interface BrokenRow {
  readonly id: RemoteId | null
  readonly message: string
  readonly hint: string
}
