/** Normal forms: two values that a careful person would call the same have the same one. For comparing only, never for writing. */
import { countryCode } from './country.ts'
import { normEmail } from './email.ts'
import type { FieldValue, ValueType } from './field.ts'

/** Part of every stored hash's key: a change of any rule below raises it, and bases made under an older one count as unknown. */
export const NORM_VERSION = 1

/** Between the items of a multi-valued field; cannot occur in a value, see `clean`. */
export const ITEM_SEPARATOR = '\u001f'

/** '' for empty. Idempotent. Values that are not what their type says are compared as text. */
export function norm(type: ValueType, value: FieldValue): string {
  if (value === null) return ''
  if (typeof value !== 'string') return items(value)
  return NORMS[type](value)
}

/** Whether a text is a possible value of its type: a date that exists, a number, an address with an @. */
export function isWellFormed(type: ValueType, text: string): boolean {
  const test = SHAPES[type]
  return test === undefined || test(text)
}

const NORMS: Readonly<Record<ValueType, (text: string) => string>> = {
  text: clean,
  longtext: clean,
  html: clean,
  number: normNumber,
  boolean: normBoolean,
  date: normDate,
  datetime: normInstant,
  time: normTime,
  choice: clean,
  choices: (text) => items(text.split(ITEM_SEPARATOR)),
  email: normEmail,
  phone: normPhone,
  url: clean,
  country: (text) => countryCode(text) ?? clean(text),
  region: clean,
  language: (text) => folded(text).replaceAll('_', '-'),
  timezone: clean,
}

const SHAPES: Readonly<Partial<Record<ValueType, (text: string) => boolean>>> = {
  number: (text) => DECIMAL.test(text.trim()),
  boolean: (text) => /^(?:true|false)$/.test(text),
  date: isDate,
  datetime: (text) => INSTANT.test(text) && isDate(text.slice(0, 10)),
  time: (text) => /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(text),
  email: (text) => text.includes('@'),
}

/** Nothing in it composes or is folded, and no line ends with a carriage return: most values by far. */
const PLAIN = /^[\n\x20-\x7e]*$/
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/
const BARE_FRACTION = /^([+-]?)\.(\d+)$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/
/** Its own normal form. */
const NORMAL_INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const OFFSET_INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

function clean(text: string): string {
  if (PLAIN.test(text)) return text.trim()
  const form = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  return form.normalize('NFC').trim()
}

/** Small letters can compose where their capitals did not: a caron on a J. */
function folded(text: string): string {
  return clean(clean(text).toLowerCase())
}

function items(values: readonly string[]): string {
  const known = new Set<string>()
  for (const value of values) {
    const text = clean(value).replaceAll(ITEM_SEPARATOR, ' ').trim()
    if (text !== '') known.add(text)
  }
  return [...known].sort().join(ITEM_SEPARATOR)
}

function normNumber(text: string): string {
  const short = clean(text)
  const match = DECIMAL.exec(short.replace(BARE_FRACTION, '$10.$2'))
  if (match === null) return short
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '')
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  const digits = fraction === '' ? whole : `${whole}.${fraction}`
  return match[1] === '-' && digits !== '0' ? `-${digits}` : digits
}

function normBoolean(text: string): string {
  const short = folded(text)
  if (short === 'true' || short === '1' || short === 'yes') return 'true'
  if (short === 'false' || short === '0' || short === 'no') return 'false'
  return short
}

function normDate(text: string): string {
  const short = clean(text)
  const match = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?$/.exec(short)
  return match === null ? short : `${match[1]}-${match[2]}-${match[3]}`
}

function normInstant(text: string): string {
  const short = clean(text)
  // Date.parse makes 1 March of 30 February: two moments that are not the same would be.
  if (!OFFSET_INSTANT.test(short) || !isDate(short.slice(0, 10))) return short
  if (NORMAL_INSTANT.test(short)) return short
  const ms = Date.parse(short.replace(' ', 'T'))
  const instant = Number.isNaN(ms) ? '' : `${new Date(ms).toISOString().slice(0, 19)}Z`
  return INSTANT.test(instant) ? instant : short
}

function normTime(text: string): string {
  const short = clean(text)
  return /^\d\d:\d\d:00$/.test(short) ? short.slice(0, 5) : short
}

/** E.164 where the number carries its country, else its digits; `(0)` of European spellings and the letters of an extension go. */
function normPhone(text: string): string {
  const short = clean(text)
  const [number = '', extension = ''] = short.toLowerCase().split(/\s*(?:x|ext\.?|#)\s*(?=\d+$)/)
  const digits = number.replace(/\(0\)/, '').replace(/\D/g, '')
  if (digits === '') return short
  const start = number.trimStart()
  const plain = start.startsWith('+') ? `+${digits}` : digits.replace(/^00(?=[1-9])/, '+')
  return extension === '' ? plain : `${plain}x${extension}`
}

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8))
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (DAYS_OF_MONTHS[month - 1] ?? 0)
  return day >= 1 && day <= days
}
