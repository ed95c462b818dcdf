/** What happens to a value between source and target once it was read: translated, converted, fitted. One step each. */
import type { TargetRules } from '../connector/connector.ts'
import type { FieldPath, Fields, ValueType } from '../model/field.ts'
import type { FieldDefinition, FieldOption } from '../model/vocabulary.ts'
import { type Conversion, Refused, type Text } from './convert.ts'
import { widened } from './growth.ts'
import type { FieldRule, Growth, Loss, Projection } from './mapping.ts'
import { optionMatch } from './options.ts'
import { cut } from './transform.ts'
import { readBoolean } from './words.ts'

/** null: nothing is left, and `trace` says why. */
export type Step = (value: Text, trace: Trace, source: Fields) => Text | null

/** What a projection has to tell beside its value. */
export interface Trace {
  readonly path: FieldPath
  losses: Loss[] | null
  /** Set where the record, or this field of it, cannot go on. */
  stop: Projection | null
}

function lose(trace: Trace, cause: string, before: Text, after: Text | null): Text | null {
  const loss = {
    path: trace.path,
    cause,
    before: show(before),
    after: after === null ? null : show(after),
  }
  trace.losses ??= []
  trace.losses.push(loss)
  return after
}

type Otherwise = FieldRule['otherwise']

/** Value translation. Keys are compared as written, then without case and blanks; for a boolean source, by yes and no. */
export function translate(
  values: Readonly<Record<string, string>>,
  rule: { readonly otherwise: Otherwise; readonly from: ValueType; readonly what: string },
): Step {
  const exact = new Map(Object.entries(values))
  const folded = new Map<string, string>()
  for (const [key, value] of exact) {
    folded.set(fold(key), value)
    const answer = rule.from === 'boolean' ? readBoolean(key) : null
    if (answer !== null) folded.set(String(answer), value)
  }
  const one: OneStep = (text, trace) =>
    exact.get(text) ?? folded.get(fold(text)) ?? unlisted(text, rule.otherwise, rule.what, trace)
  return elementwise(one)
}

function unlisted(text: string, otherwise: Otherwise, what: string, trace: Trace): string | null {
  switch (otherwise) {
    case 'keep':
      return text
    case 'skip':
      lose(trace, what, text, null)
      return null
    case 'reject':
    case 'hold': {
      const hint = 'add the value to `values` of this rule, or choose another `otherwise`'
      trace.stop = { kind: otherwise, cause: `${trace.path}: ${what}: "${text}"`, hint }
      return null
    }
  }
}

export function convert(conversion: Conversion): Step | null {
  const { apply } = conversion
  if (apply === null) return null
  return (value, trace) => {
    const result = apply(value)
    if (!(result instanceof Refused)) return result
    return lose(trace, result.cause, value, result.rest)
  }
}

export interface OptionFit {
  readonly from: { readonly type: ValueType; readonly options: readonly FieldOption[] | null }
  readonly otherwise: Otherwise
  readonly growth: Growth | null
  readonly rules: TargetRules
}

/** Only for a target with options. */
export function fitOptions(
  target: FieldDefinition & { readonly options: readonly FieldOption[] },
  { from, otherwise, growth, rules }: OptionFit,
): Step {
  const match = optionMatch({ options: target.options, type: target.type, from })
  const strict = otherwise === 'keep' ? 'skip' : otherwise
  const strange: OneStep = (text, trace) => {
    const option = growth?.optionFor(text) ?? null
    if (option === null) return unlisted(text, strict, NO_OPTION, trace)
    const refusal = rules.fitOption?.(target, option.value) ?? null
    if (refusal === null) return option.value
    lose(trace, refusal, text, null)
    return null
  }
  const one: OneStep = (text, trace) => match(text) ?? strange(text, trace)
  const many = elementwise(one)
  if (target.type !== 'choices') return many
  return (value, trace, source) => {
    if (typeof value !== 'string') return many(value, trace, source)
    const whole = match(value)
    if (whole !== null) return [whole]
    const parts = split(value)
    // One choice of the source is one option, commas and all, unless its parts are options already.
    const isOne =
      growth !== null && from.type === 'choice' && !parts.every((part) => match(part) !== null)
    return many(isOne ? [value] : parts, trace, source)
  }
}
const NO_OPTION = 'not an option of the target'

/** Several choices without a list of options: a text is taken apart, one choice is a list of one. */
export function listed(from: ValueType): Step {
  return (value) => {
    if (typeof value !== 'string') return value
    return from === 'choice' || from === 'boolean' ? [value] : split(value)
  }
}

/** Text is cut; what makes no sense in part (an address, a number to call) does not travel. */
export function fitLength(type: ValueType, length: number): Step {
  const isIndivisible = type === 'email' || type === 'url' || type === 'phone' || type === 'choice'
  const cause = isIndivisible
    ? `longer than the ${length} characters the target holds`
    : `cut to ${length} characters`
  const one: OneStep = (text, trace) => {
    if (text.length <= length) return text
    const short = cut(text, length)
    if (short.length === text.length) return text
    lose(trace, cause, text, isIndivisible ? null : short)
    return isIndivisible ? null : short
  }
  return elementwise(one)
}

/** The target's own traps come last, on the value as it would be written. */
export function fitRules(
  rules: TargetRules,
  definition: FieldDefinition,
  growth: Growth | null = null,
): Step {
  return (value, trace) => {
    const fit = rules.fit(growth === null ? definition : widened(definition, value, growth), value)
    switch (fit.kind) {
      case 'ok':
        return fit.value
      case 'loss':
        return lose(trace, fit.cause, value, fit.value ?? null)
      case 'reject':
        trace.stop = { kind: 'reject', cause: fit.cause, hint: fit.hint }
        return null
    }
  }
}

/** The way back of a number that carries its extension. */
export const withoutExtension: Step = (value) =>
  typeof value === 'string' ? value.replace(/(?<=\S)\s+x\d+$/, '') : value
export const onlyExtension: Step = (value) =>
  typeof value === 'string' ? (/\S\s+x(\d+)$/.exec(value)?.[1] ?? null) : null

type OneStep = (text: string, trace: Trace) => string | null

function elementwise(one: OneStep): Step {
  return (value, trace) => {
    if (typeof value === 'string') return one(value, trace)
    const kept = new Set<string>()
    for (const text of value) {
      const result = one(text, trace)
      if (result !== null) kept.add(result)
    }
    return kept.size === 0 ? null : [...kept]
  }
}

/** By commas only where nothing surer parts it: names hold commas. A text of separators alone is not taken apart: nothing vanishes unseen. */
function split(text: string): readonly string[] {
  const parts = text
    .split(CERTAIN.test(text) ? CERTAIN : ',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.length === 0 ? [text] : parts
}
const CERTAIN = /[\n;|]/

function show(value: Text): string {
  return typeof value === 'string' ? value : value.join(', ')
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
