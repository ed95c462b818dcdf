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
  /** How a record of each side is put together for its hash. */
  readonly records: { readonly from: RecordOrder; readonly to: RecordOrder }
  readonly from: AccountFacts
  readonly to: AccountFacts
  /** Slots of several choices that are merged choice by choice: where both sides may be written. */
  readonly choices: ReadonlySet<string>
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

/** The rules in the order of their names in a record. */
export interface RecordOrder {
  /** Each with what stands before its value. */
  readonly entries: readonly { readonly place: number; readonly name: string }[]
  /** Some have the same name: their values decide which comes first. */
  readonly hasTies: boolean
}

/** Completes what is known of a sync by what follows from it: what each tag and group becomes, and the way back. */
export function planContextOf(
  parts: Omit<PlanContext, 'elements' | 'records' | 'choices' | 'mirror'>,
): PlanContext {
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
  // Source paths, which outlive the creation of planned fields.
  const records = {
    from: recordOrder(mapping.rules.map((rule) => rule.from.join(','))),
    to: recordOrder(mapping.rules.map((rule) => rule.to)),
  }
  return { ...parts, elements, records, choices: mergedSlots(mapping), mirror }
}

function mergedSlots({ rules, mirror }: CompiledMapping): ReadonlySet<string> {
  if (mirror === null) return new Set()
  return new Set(
    rules.flatMap(({ to, definition, reverse }) =>
      definition.type === 'choices' && reverse?.definition.type === 'choices' ? [to] : [],
    ),
  )
}

function recordOrder(names: readonly string[]): RecordOrder {
  // The mark is less than whatever a name goes on with: texts that begin with names in order are in order.
  const entries = names
    .map((name, place) => ({ place, name: `${name}\u001e` }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name === b.name ? 0 : 1))
  return { entries, hasTies: new Set(names).size < names.length }
}

function opposite(policy: ConflictPolicy): ConflictPolicy {
  if (policy === 'from') return 'to'
  return policy === 'to' ? 'from' : policy
}
