/** A mapping meets both accounts: every name is resolved, every missing field drafted, every rule made ready to run. */
import { elementsOf } from './elements.ts'
import { fingerprint } from './fingerprint.ts'
import type { CompiledMapping, Mapping, MappingFinding } from './mapping.ts'
import { namesOf } from './names.ts'
import { ownerTable } from './owners.ts'
import { pair } from './pair.ts'
import { ruleOf } from './rule.ts'
import type { MappingSide } from './side.ts'

export interface CompileInput {
  readonly mapping: Mapping
  readonly from: MappingSide
  readonly to: MappingSide
  readonly direction: 'one-way' | 'two-way'
}

/** Pure, and the same for the same input. What is wrong stands in `warnings`, errors first; a rule with an error is left out. */
export function compile({ mapping, from, to, direction }: CompileInput): CompiledMapping {
  const pairs = pair(mapping, from, to)
  const owners = ownerTable(mapping.owners, from.catalog.owners, to.catalog.owners)
  const usesOwners = pairs.pairings.some(({ target }) => target.path === 'owner')
  const around = {
    from,
    to,
    direction,
    sources: namesOf(from.catalog.fields),
    owners,
    reversed: new Set<string>(),
  }
  const made = pairs.pairings.map((pairing) => ruleOf(pairing, around))
  const sound = made.filter(({ findings }) => !findings.some(({ level }) => level === 'error'))
  const { tags, groups } = from.catalog
  const elements = elementsOf({ mapping, tags, groups, target: to })
  const read = new Set(pairs.pairings.flatMap(({ sources }) => sources))
  return {
    name: mapping.name,
    fingerprint: fingerprint({
      mapping,
      direction,
      read: [...read],
      written: pairs.pairings.map(({ target }) => target),
      pairs: sound.map(({ rule }) => [rule.from, rule.to]),
      owners: usesOwners ? owners.values : null,
      shared: elements.shared,
    }),
    rules: sound.map(({ rule }) => rule),
    fieldDrafts: pairs.drafts,
    marker: pairs.marker?.definition ?? null,
    isMarkerDrafted: pairs.marker?.isDrafted ?? false,
    tagTarget: elements.tagTarget,
    groupTarget: elements.groupTarget,
    warnings: [
      ...pairs.findings,
      ...made.flatMap(({ findings }) => findings),
      ...(usesOwners ? owners.findings : []),
      ...elements.findings,
    ].toSorted(byLevel),
  }
}

/** Findings that forbid planning. */
export function errorsOf(compiled: CompiledMapping): readonly MappingFinding[] {
  return compiled.warnings.filter(({ level }) => level === 'error')
}

const LEVELS = ['error', 'warning', 'note']
export function byLevel(a: MappingFinding, b: MappingFinding): number {
  return LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)
}
