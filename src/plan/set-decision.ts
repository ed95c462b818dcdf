/** Tags and groups, element by element: what was added or removed here or there since both last agreed, as deltas. */
import { otherSide, type Side } from '../model/id.ts'
import { elementHash } from './slot-hash.ts'
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

/**
 * What becomes of an element that would be written: as decided, not at all (it flaps), or as a person said whose side is right. `isHere`: the source has
 * it and the target lacks it, or the other way round.
 */
export type Gate = (element: HeldElement) => 'free' | 'held' | 'from' | 'to'
export interface HeldElement {
  readonly folded: string
  readonly isHere: boolean
}

export interface BothChanged {
  /** In the target's keys. */
  readonly to: SetChange
  /** For the source: the target's keys of what was added there, folded names of what was removed there. */
  readonly back: { readonly add: readonly string[]; readonly remove: ReadonlySet<string> }
  /** Folded names of all that changes on each side. */
  readonly names: { readonly to: readonly string[]; readonly from: readonly string[] }
  /** Not written, since it has changed too often. */
  readonly held: readonly HeldElement[]
}
const NOTHING: BothChanged = {
  to: EMPTY,
  back: { add: [], remove: new Set() },
  names: { to: [], from: [] },
  held: [],
}

/**
 * Two-way form: each element that one side has and the other lacks was added here or removed there, by what each side's own base remembers;
 * without bases both keep what they have and get the other's. A removal needs a base of the side that lost the element.
 */
export function decideBoth(
  facts: SetFacts & { readonly toBase: ReadonlySet<string> | null; readonly gate: Gate },
): BothChanged {
  const { key, wanted, present, fromBase, toBase, gate } = facts
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
  const held: HeldElement[] = []
  /** Who gives way: the target, or the source; null: nobody, for now. What may not be written as a person decided goes on waiting. */
  const giving = (element: HeldElement, free: Side, mayWrite: boolean): Side | null => {
    const word = gate(element)
    const side = word === 'free' ? free : word === 'held' ? null : otherSide(word)
    if (side !== null && (side === 'from' || mayWrite)) {
      names[side].push(element.folded)
      return side
    }
    held.push(element)
    return null
  }
  for (const [folded, element] of here) {
    if (there.has(folded)) continue
    const wasThere = was(toBase, folded)
    if (wasThere ? facts.isLeft(folded) : was(fromBase, folded) || !facts.mayAdd) continue
    const side = giving({ folded, isHere: true }, wasThere ? 'from' : 'to', facts.mayAdd)
    if (side === 'from') back.remove.add(folded)
    else if (side === 'to') result.add.push(element)
  }
  for (const [folded, element] of there) {
    if (here.has(folded) || facts.isLeft(folded)) continue
    const wasHere = was(fromBase, folded)
    if (wasHere ? !facts.mayRemove : was(toBase, folded)) continue
    const side = giving({ folded, isHere: false }, wasHere ? 'to' : 'from', facts.mayRemove)
    if (side === 'to') result.remove.push(element)
    else if (side === 'from') back.add.push(element)
  }
  const to = result.add.length + result.remove.length === 0 ? EMPTY : result
  return { to, back, names, held }
}
