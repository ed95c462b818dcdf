/** Tags and groups, element by element: what was added or removed here or there since both last agreed, as deltas. */
import { elementHash } from './base.ts'
import type { TargetElement } from './element.ts'
import type { SetChange } from './plan.ts'
import type { SourceElement } from './shown.ts'

export interface SetFacts {
  readonly key: string
  /** null: the source does not tell. */
  readonly wanted: readonly SourceElement[] | null
  /** Target's keys with their folded names; null: not told or not there yet. */
  readonly present: readonly TargetElement[] | null
  /** All elements of the target's list: stands in for `present` when that is not told. */
  readonly listed: readonly TargetElement[]
  readonly fromBase: ReadonlySet<string> | null
  readonly mayAdd: boolean
  readonly mayRemove: boolean
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
