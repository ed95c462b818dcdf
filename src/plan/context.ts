/** What the planner is told before the first record: policies and both accounts' vocabulary, with nothing left to look up elsewhere. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { TargetRules } from '../connector/connector.ts'
import type { CompiledMapping, ConflictPolicy, Mapping } from '../mapping/mapping.ts'
import type { Catalog } from '../model/vocabulary.ts'
import { type ElementIndex, elementIndex } from './element.ts'

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
  /** The same sync seen from the target, where both sides may be written; null: one-way. */
  readonly mirror: PlanContext | null
}
export interface AccountFacts {
  /** The connection's name. */
  readonly name: string
  readonly catalog: Catalog
  readonly capabilities: Capabilities
  readonly rules: TargetRules
}

/** Completes what is known of a sync by what follows from it: what each tag and group becomes, and the way back. */
export function planContextOf(parts: Omit<PlanContext, 'elements' | 'mirror'>): PlanContext {
  const { mapping, from, to, policy } = parts
  const elements = elementIndex({
    mapping,
    from: from.catalog,
    to: to.catalog,
    rules: to.rules,
    canCreate: { tag: to.capabilities.tags.create, group: to.capabilities.groups.create },
  })
  const mirror =
    mapping.mirror === null
      ? null
      : planContextOf({
          ...parts,
          conflicts: opposite(parts.conflicts),
          policy: {
            ...policy,
            tags: { ...policy.tags, as: policy.groups.as === 'tags' ? 'groups' : 'tags' },
            groups: { ...policy.groups, as: policy.tags.as === 'groups' ? 'tags' : 'groups' },
          },
          mapping: mapping.mirror,
          from: to,
          to: from,
        })
  return { ...parts, elements, mirror }
}

function opposite(policy: ConflictPolicy): ConflictPolicy {
  if (policy === 'from') return 'to'
  return policy === 'to' ? 'from' : policy
}
