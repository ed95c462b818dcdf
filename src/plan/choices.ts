/** Several choices in one field, edited on both sides: `(base ∪ added here ∪ added there) − removed here − removed there`. Pure. */
import { norm } from '../model/norm.ts'
import type { Base } from './base.ts'
import { elementHash } from './slot-hash.ts'

export interface ChoiceFacts {
  readonly key: string
  readonly slot: string
  /** In the target's words, as each side spells them. */
  readonly here: readonly string[]
  readonly there: readonly string[]
  readonly fromBase: Base | null
  readonly toBase: Base | null
}

/** null: what was chosen when both last agreed is not known, one by one. */
export function mergeChoices(facts: ChoiceFacts): readonly string[] | null {
  const { key, slot } = facts
  const was = { from: remembered(facts.fromBase, slot), to: remembered(facts.toBase, slot) }
  if (was.from === null || was.to === null) return null
  const [here, there] = [byForm(facts.here), byForm(facts.there)]
  const merged: string[] = []
  // Whoever remembers it and does not show it has taken it off.
  for (const [form, text] of here)
    if (there.has(form) || !was.to.has(elementHash(key, form))) merged.push(text)
  for (const [form, text] of there)
    if (!here.has(form) && !was.from.has(elementHash(key, form))) merged.push(text)
  return merged
}

/** Without a base nothing was taken off; a base of an earlier version does not tell its choices apart. */
function remembered(base: Base | null, slot: string): ReadonlySet<string> | null {
  if (base === null || base.fields[slot] === undefined) return new Set()
  return base.choices[slot] ?? null
}

function byForm(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(texts.flatMap((text) => (form(text) === '' ? [] : [[form(text), text] as const])))
}

function form(text: string): string {
  return norm('choices', [text])
}
