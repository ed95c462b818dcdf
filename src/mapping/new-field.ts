/** The shape of a field that is made for values of a source field: wide enough for all of them. */
import type { ValueType } from '../model/field.ts'
import type { FieldDefinition, FieldOption } from '../model/vocabulary.ts'
import type { FieldRule } from './mapping.ts'

/** A new field holds any value of the source: types that a platform checks against its own lists become text. */
export function shapeOf(
  type: ValueType,
  options: readonly FieldOption[] | null,
): { readonly type: ValueType; readonly options: readonly FieldOption[] | null } {
  const isChoice = type === 'choice' || type === 'choices'
  if (isChoice) {
    const isListed = options !== null && options.length > 0
    if (isListed) return { type, options }
    return { type: type === 'choice' ? 'text' : 'longtext', options: null }
  }
  return { type: CHECKED_TYPES.has(type) ? 'text' : type, options: null }
}
const CHECKED_TYPES: ReadonlySet<ValueType> = new Set(['country', 'region', 'language', 'timezone'])

/** Options of a new field: what the translation yields, and what it lets pass. */
export function draftOptions(
  rule: FieldRule,
  source: FieldDefinition | undefined,
): readonly FieldOption[] | null {
  const own = source?.options ?? null
  if (rule.values === null) return own
  const made = [...new Set(Object.values(rule.values))].map((value) => ({ value, label: value }))
  const isWhole = own === null || rule.otherwise !== 'keep'
  const kept = isWhole ? [] : own.filter(({ value }) => !Object.hasOwn(rule.values ?? {}, value))
  return [...made, ...kept]
}
