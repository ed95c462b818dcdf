/** What the planner is told before the first record: policies and both accounts' vocabulary, with nothing left to look up elsewhere. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { TargetRules } from '../connector/connector.ts'
import type { CompiledMapping, ConflictPolicy, Mapping } from '../mapping/mapping.ts'
import type { Catalog } from '../model/vocabulary.ts'
import type { ElementIndex } from './element.ts'

export interface PlanContext {
  /** Secret of this state store's hashes. */
  readonly key: string
  readonly direction: 'one-way' | 'two-way'
  /** What happens where both sides changed, or differ without a base, unless a rule says otherwise. */
  readonly conflicts: ConflictPolicy
  readonly policy: Mapping
  readonly mapping: CompiledMapping
  readonly elements: ElementIndex
  readonly from: AccountFacts
  readonly to: AccountFacts
}
export interface AccountFacts {
  /** The connection's name. */
  readonly name: string
  readonly catalog: Catalog
  readonly capabilities: Capabilities
  readonly rules: TargetRules
}
