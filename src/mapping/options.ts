/** Fits values to the options of a field: by value, by label, by meaning (countries, yes and no), in the field's own spelling. */
import { countryCode } from '../model/country.ts'
import type { ValueType } from '../model/field.ts'
import type { FieldOption } from '../model/vocabulary.ts'
import { readBoolean } from './words.ts'

/** The option's value; null: no option fits. */
export type OptionMatch = (text: string) => string | null

export interface OptionParts {
  readonly options: readonly FieldOption[]
  readonly type: ValueType
  /** Of the source: a value's label may be what the target knows it by. */
  readonly from: { readonly type: ValueType; readonly options: readonly FieldOption[] | null }
}

export function optionMatch(parts: OptionParts): OptionMatch {
  const byText = new Map<string, string>()
  const add = (text: string, value: string): void => {
    if (!byText.has(text)) byText.set(text, value)
  }
  for (const { value } of parts.options) add(value, value)
  for (const { label, value } of parts.options) add(label, value)
  for (const { value } of parts.options) add(fold(value), value)
  for (const { label, value } of parts.options) add(fold(label), value)
  const labels = new Map(parts.from.options?.map(({ value, label }) => [value, label]) ?? [])
  const byMeaning = meanings(parts)
  return (text) => {
    const label = labels.get(text)
    return (
      byText.get(text) ??
      byText.get(fold(text)) ??
      (label === undefined ? undefined : byText.get(fold(label))) ??
      byMeaning?.(text) ??
      null
    )
  }
}

function meanings(parts: OptionParts): ((text: string) => string | undefined) | null {
  if (parts.type === 'country') return byCode(parts.options)
  return parts.from.type === 'boolean' ? byAnswer(parts.options) : null
}

function byCode(options: readonly FieldOption[]): (text: string) => string | undefined {
  let codes: Map<string, string> | undefined
  return (text) => {
    codes ??= new Map(
      options.flatMap(({ value, label }) => {
        const code = countryCode(value) ?? countryCode(label)
        return code === null ? [] : [[code, value] as const]
      }),
    )
    const code = countryCode(text)
    return code === null ? undefined : codes.get(code)
  }
}

function byAnswer(options: readonly FieldOption[]): (text: string) => string | undefined {
  return (text) => {
    const wanted = readBoolean(text)
    if (wanted === null) return undefined
    const found = options.find(({ value, label }) => {
      return (readBoolean(label) ?? readBoolean(value)) === wanted
    })
    return found?.value
  }
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
