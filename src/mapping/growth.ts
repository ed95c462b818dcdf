/** Lists of options that may grow: which values a list lacks, and how a new option is spelled. */
import { isCustom, type ValueType } from '../model/field.ts'
import type { FieldDefinition, FieldOption } from '../model/vocabulary.ts'
import type { FieldRule, Growth } from './mapping.ts'
import type { MappingSide } from './side.ts'

export interface GrowthParts {
  readonly target: FieldDefinition
  readonly from: { readonly type: ValueType; readonly options: readonly FieldOption[] | null }
  readonly rule: Pick<FieldRule, 'values' | 'otherwise'>
  readonly side: MappingSide
  readonly addsOptions: boolean
}

/**
 * null: the list stays as it is. Only a list that somebody chose from at the source makes options: a free text would make one for every
 * contact. A rule with `values` says by itself which options it means.
 */
export function growthOf({ target, from, rule, side, addsOptions }: GrowthParts): Growth | null {
  if (!addsOptions || side.capabilities.fields.options !== true) return null
  if (!isCustom(target.path) || !target.writable || target.options === null) return null
  if (!isList(target.type) || !isList(from.type)) return null
  if (rule.values !== null || rule.otherwise !== 'keep') return null
  const known = new Set(target.options.map(({ value }) => value))
  // Where options are known by nothing but their text, that text is what people read at the source.
  const isPlain = target.options.every(({ value, label }) => value === label)
  const own = new Map(
    (from.options ?? []).map(({ value, label }) => [
      fold(value),
      isPlain ? { value: label, label } : { value, label },
    ]),
  )
  return {
    knows: (value) => known.has(value),
    optionFor(text) {
      const value = text.normalize('NFC').trim()
      if (value === '') return null
      return own.get(fold(value)) ?? { value, label: value }
    },
  }
}

/** The definition as it will be once this value's new options are in it. */
export function widened(
  field: FieldDefinition,
  value: string | readonly string[],
  growth: Growth,
): FieldDefinition {
  const values = typeof value === 'string' ? [value] : value
  const fresh = values.filter((one) => !growth.knows(one))
  if (fresh.length === 0) return field
  const added = fresh.map((one) => ({ value: one, label: one }))
  return { ...field, options: [...(field.options ?? []), ...added] }
}

function isList(type: ValueType): boolean {
  return type === 'choice' || type === 'choices'
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
