/** The vocabulary of an account: the fields, tags, groups and owners that its contacts can refer to. */
import type { FieldPath, ValueType } from './field.ts'

export interface FieldDefinition {
  readonly path: FieldPath
  /** The platform's own name (`FirstName`, `firstname`, `_PlanLevel0`), accepted in mappings too. */
  readonly native: string
  readonly label: string
  readonly type: ValueType
  readonly readable: boolean
  readonly writable: boolean
  /** In characters; null: no limit known. */
  readonly maxLength: number | null
  /** For choice and choices; null: any text. */
  readonly options: readonly FieldOption[] | null
  readonly isUnique: boolean
  readonly isRequired: boolean
}
export interface FieldOption {
  /** What a contact's value holds. */
  readonly value: string
  readonly label: string
}
/** A field, tag or group that a plan would create. `key` is how the plan's changes refer to it until it exists. */
export interface FieldDraft {
  readonly label: string
  /** The key wished for; the platform may give another. */
  readonly name: string
  readonly type: ValueType
  readonly options: readonly FieldOption[] | null
}
export interface Tag {
  /** What `Sighting.tags` holds and `Writer` takes. */
  readonly key: string
  readonly name: string
  readonly category: string | null
  readonly description: string | null
}
export interface Group {
  readonly key: string
  readonly name: string
  readonly description: string | null
  /** False where the platform computes membership by itself. */
  readonly writable: boolean
}
export interface Owner {
  readonly key: string
  readonly name: string
  readonly email: string | null
}
export interface Catalog {
  readonly fields: readonly FieldDefinition[]
  readonly tags: readonly Tag[]
  readonly groups: readonly Group[]
  readonly owners: readonly Owner[]
}
