/** What a mapping is told about one account: its fields, what the platform can do, and what it would do to values. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { TargetRules } from '../connector/connector.ts'
import type { Catalog } from '../model/vocabulary.ts'

export interface MappingSide {
  readonly catalog: Catalog
  readonly capabilities: Capabilities
  readonly rules: TargetRules
  /** The platform's or connection's name for people: stands in labels and messages. */
  readonly title: string
}
