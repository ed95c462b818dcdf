/** Tags and groups, element by element: what was added or removed here or there since both last agreed, as deltas. */
import { elementHash } from './base.ts'
import type { TargetElement } from './element.ts'
import type { SetChange } from './op.ts'
import type { SourceElement } from './shown.ts'

/** What a side and the mapping permit. */
export interface SetPermission {
  readonly mayAdd: boolean
  readonly mayRemove: boolean
}
export interface SetFacts extends SetPermission {
  readonly key: string
  /** null: the source does not tell. */
  readonly wanted: readonly SourceElement[] | null
  /** Target's keys with their folded names; null: not told or not there yet. */
  readonly present: readonly TargetElement[] | null
  /** All elements of the target's list: stands in for `present` when that is not told. */
  readonly listed: readonly TargetElement[]
  readonly fromBase: ReadonlySet<string> | null
  /** Whether the mapping leaves this folded name behind now. */
  isLeft(folded: string): boolean
}

/**
 * One-way form of `(base ∪ added here ∪ added there) − removed here − removed there`. What the source had before and the target lacks was
 * removed there and stays so; what was never ours, or is no longer, is not touched.
 */
export function decideSet(facts: SetFacts): SetChange {
  if (facts.wanted === null) return EMPTY
  const present = new Map((facts.present ?? []).map((element) => [element.folded, element.key]))
  const removable = facts.present ?? facts.listed
  const add: string[] = []
  if (facts.mayAdd) {
    for (const element of facts.wanted) {
      if (present.has(element.folded)) continue
      if (facts.fromBase?.has(elementHash(facts.key, element.folded))) continue
      add.push(element.key)
    }
  }
  const remove: string[] = []
  if (facts.mayRemove && facts.fromBase !== null) {
    const wanted = new Set(facts.wanted.map((element) => element.folded))
    for (const { folded, key } of removable) {
      if (wanted.has(folded) || !facts.fromBase.has(elementHash(facts.key, folded))) continue
      if (!facts.isLeft(folded)) remove.push(key)
    }
  }
  return add.length === 0 && remove.length === 0 ? EMPTY : { add, remove }
}

export const EMPTY: SetChange = { add: [], remove: [] }

export interface BothChanged {
  /** In the target's keys. */
  readonly to: SetChange
  /** For the source: the target's keys of what was added there, folded names of what was removed there. */
  readonly back: { readonly add: readonly string[]; readonly remove: ReadonlySet<string> }
  /** Folded names of all that changes on each side. */
  readonly names: { readonly to: readonly string[]; readonly from: readonly string[] }
}
const NOTHING: BothChanged = {
  to: EMPTY,
  back: { add: [], remove: new Set() },
  names: { to: [], from: [] },
}

/**
 * Two-way form: each element that one side has and the other lacks was added here or removed there, by what each side's own base remembers;
 * without bases both keep what they have and get the other's. A removal needs a base of the side that lost the element.
 */
export function decideBoth(
  facts: SetFacts & { readonly toBase: ReadonlySet<string> | null },
): BothChanged {
  const { key, wanted, present, fromBase, toBase } = facts
  if (wanted === null) return NOTHING
  if (present === null) {
    // Not told there: what is new here travels, what was removed here is taken back.
    const to = decideSet(facts)
    const named = new Map(facts.listed.map((element) => [element.key, element.folded]))
    const wantedNames = new Map(wanted.map((element) => [element.key, element.folded]))
    const names = [...to.add, ...to.remove].flatMap(
      (each) => wantedNames.get(each) ?? named.get(each) ?? [],
    )
    return { ...NOTHING, to, names: { to: names, from: [] } }
  }
  const here = new Map(wanted.map((element) => [element.folded, element.key]))
  const there = new Map(present.map((element) => [element.folded, element.key]))
  const was = (base: ReadonlySet<string> | null, folded: string) =>
    base?.has(elementHash(key, folded)) ?? false
  const result = { add: [] as string[], remove: [] as string[] }
  const back = { add: [] as string[], remove: new Set<string>() }
  const names = { to: [] as string[], from: [] as string[] }
  for (const [folded, element] of here) {
    if (there.has(folded)) continue
    if (was(toBase, folded)) {
      if (facts.isLeft(folded)) continue
      back.remove.add(folded)
      names.from.push(folded)
    } else if (!was(fromBase, folded) && facts.mayAdd) {
      result.add.push(element)
      names.to.push(folded)
    }
  }
  for (const [folded, element] of there) {
    if (here.has(folded) || facts.isLeft(folded)) continue
    if (was(fromBase, folded)) {
      if (!facts.mayRemove) continue
      result.remove.push(element)
      names.to.push(folded)
    } else if (!was(toBase, folded)) {
      back.add.push(element)
      names.from.push(folded)
    }
  }
  const to = result.add.length + result.remove.length === 0 ? EMPTY : result
  return { to, back, names }
}
