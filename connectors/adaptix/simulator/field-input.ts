/** What becomes of one value sent for one field: cleaned, dropped, blank or refused. */
import { Crash } from './answer.ts'
import { sqlDate, strtotime } from './dates.ts'
import type { Field } from './field-set.ts'
import { filterBoolean, isNumeric, isPhpArray, textOf, toFloat, toInt, valuesOf } from './php.ts'
import { isCountry, isLocale, isRegion, isTimeZone } from './places.ts'
import { type Quirks, since } from './quirks.ts'
import {
  cleanEmail,
  cleanHtml,
  cleanText,
  cutTo,
  hasFourByteCharacter,
  isAddress,
  lengthOf,
} from './text.ts'

/** `dropped`: as if the key had not been sent. `blank`: null or empty text. */
export type FieldInput =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'blank' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'bad'; readonly message: string }

export interface InputRules {
  readonly quirks: Quirks
  /** Epoch milliseconds. */
  readonly now: number
  /** PUT and company writes keep zeros; POST and PATCH of contacts drop them. */
  readonly keepsZero: boolean
}

export function readInput(field: Field, sent: unknown, rules: InputRules): FieldInput {
  if (field.type === 'multiselect') return readMultiselect(field, sent, rules)
  if (isPhpArray(sent)) return { kind: 'bad', message: NOT_VALID }
  if (field.type === 'boolean') return readBoolean(sent, rules)
  const text = textOf(sent)
  if (text === null || text === '') return BLANK
  if (DATE_TYPES.has(field.type)) return readDate(field, text, rules)
  if (!rules.keepsZero && isNumeric(text) && toInt(text) === 0) return DROPPED
  const clean = cleaned(field, text)
  if (clean === '') return BLANK
  const message = complaint(field, clean, rules.quirks)
  return message === null ? { kind: 'value', text: clean } : { kind: 'bad', message }
}

/** The value as it fits its column. Throws Crash where the database would refuse it. */
export function fitColumn(field: Field, text: string, quirks: Quirks): string {
  if (quirks.utf8mb3 && hasFourByteCharacter(text)) {
    throw new Crash(`Incorrect string value for column '${field.alias}'`)
  }
  const most = field.type === 'textarea' || isDescription(field) ? 65_535 : varcharOf(field, quirks)
  if (lengthOf(text) <= most) return text
  if (quirks.overlong === 'cut') return cutTo(text, most)
  throw new Crash(`Data too long for column '${field.alias}'`)
}

export function fitTag(name: string, quirks: Quirks): string {
  if (quirks.utf8mb3 && hasFourByteCharacter(name)) {
    throw new Crash("Incorrect string value for column 'tag'")
  }
  if (lengthOf(name) <= 191) return name
  if (quirks.overlong === 'cut') return cutTo(name, 191)
  throw new Crash("Data too long for column 'tag'")
}

const BLANK: FieldInput = { kind: 'blank' }
const DROPPED: FieldInput = { kind: 'dropped' }
const NOT_VALID = 'This value is not valid.'
const DATE_TYPES = new Set(['date', 'time', 'datetime'])

function readBoolean(sent: unknown, rules: InputRules): FieldInput {
  if (sent === null || sent === '') return BLANK
  const letter = (textOf(sent) ?? '').toLowerCase()
  const isTrue = filterBoolean(sent) || (since(rules.quirks, '5.1') && ['t', 'y'].includes(letter))
  return { kind: 'value', text: isTrue ? '1' : '0' }
}

function readMultiselect(field: Field, sent: unknown, rules: InputRules): FieldInput {
  const parts = isPhpArray(sent) ? valuesOf(sent).map(textOf) : (textOf(sent) ?? '').split('|')
  const values: string[] = []
  for (const part of parts) {
    if (part === null) return { kind: 'bad', message: NOT_VALID }
    const value = cleanText(part)
    if (value !== '') values.push(value)
  }
  if (values.length === 0) return BLANK
  const joined = values.join('|')
  if (!rules.keepsZero && isNumeric(joined) && toInt(joined) === 0) return DROPPED
  if (!values.every((value) => hasOption(field, value))) return { kind: 'bad', message: NOT_VALID }
  const most = since(rules.quirks, '4.4') ? 65_535 : 255
  return joined.length > most ? tooLong(most) : { kind: 'value', text: joined }
}

/** An integer cast of the bare text comes first, so what does not begin with a digit above zero is lost without a word. */
function readDate(field: Field, text: string, rules: InputRules): FieldInput {
  if (toInt(text.replaceAll(/[/\-\s]/g, '')) === 0) return DROPPED
  const at = strtotime(text, rules.now, rules.quirks.serverOffsetMinutes)
  if (at === null) return DROPPED
  const local = sqlDate(at + rules.quirks.serverOffsetMinutes * 60_000)
  if (field.type === 'date') return { kind: 'value', text: local.slice(0, 10) }
  if (field.type === 'time') return { kind: 'value', text: local.slice(11) }
  return { kind: 'value', text: `${sqlDate(at).slice(0, 16)}:00` }
}

function cleaned(field: Field, text: string): string {
  switch (field.type) {
    case 'email':
      return cleanEmail(text)
    case 'html':
      return cleanHtml(text)
    case 'number':
      return String(roundTo(toFloat(text), field.scale))
    default:
      return cleanText(text)
  }
}

/** What the form says about a clean value; null: nothing. */
function complaint(field: Field, text: string, quirks: Quirks): string | null {
  switch (field.type) {
    case 'email':
      return isAddress(text) ? null : NOT_VALID
    case 'select':
      return hasOption(field, text) ? null : NOT_VALID
    case 'country':
      return isCountry(text) ? null : NOT_VALID
    case 'region':
      return isRegion(text) ? null : NOT_VALID
    case 'timezone':
      return isTimeZone(text) ? null : NOT_VALID
    case 'locale':
      return isLocale(text) ? null : NOT_VALID
    case 'text':
    case 'lookup': {
      const limit = isDescription(field) ? 65_535 : 191
      const most = since(quirks, '5.1') ? Math.min(limit, field.charLengthLimit ?? limit) : limit
      return lengthOf(text) > most ? tooLongText(most) : null
    }
    default:
      return null
  }
}

function hasOption(field: Field, value: string): boolean {
  return field.options.some((option) => option.value === value)
}

function isDescription(field: Field): boolean {
  return field.type === 'html' || (field.isFixed && field.alias.includes('description'))
}

function varcharOf(field: Field, quirks: Quirks): number {
  if (field.type === 'multiselect') return since(quirks, '4.4') ? 65_535 : 255
  return field.charLengthLimit === null ? 191 : Math.min(191, Math.max(field.charLengthLimit, 1))
}

function tooLong(most: number): FieldInput {
  return { kind: 'bad', message: tooLongText(most) }
}

function tooLongText(most: number): string {
  return `This value is too long. It should have ${most} characters or less.`
}

function roundTo(value: number, scale: number): number {
  const factor = 10 ** scale
  const rounded = Math.round(value * factor) / factor
  return Number.isFinite(rounded) ? rounded : value
}
