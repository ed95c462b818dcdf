/** The named transforms: pure functions over one value, made once per rule. */
import { createRequire } from 'node:module'
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/min'
import { countryCode, countryName } from '../model/country.ts'
import type { Fields, FieldPath, FieldValue } from '../model/field.ts'
import type { Text } from './convert.ts'
import type { Transform } from './mapping.ts'

/** One step of a rule. null: nothing is left. Never throws. */
export type Change = (value: Text | null, source: Fields) => Text | null

export interface TransformContext {
  /** Whether the field that is written holds dates: then `date` reads its format, else it writes it. */
  readonly writesDate: boolean
  /** Where the source keeps the contact's country, for numbers without a region; null: nowhere. */
  readonly countryPath: FieldPath | null
  /** The path of a field named in a template; null: the source has none. */
  resolve(name: string): FieldPath | null
}

export function changeOf(transform: Transform, context: TransformContext): Change {
  switch (transform.name) {
    case 'trim':
      return parts((text) => text.trim())
    case 'lower':
      return parts((text) => text.toLowerCase())
    case 'title':
      return parts(titleCase)
    case 'country-iso':
      return parts((text) => countryCode(text) ?? text)
    case 'country-name':
      return parts((text) => {
        const code = countryCode(text)
        return (code === null ? null : countryName(code)) ?? text
      })
    case 'e164':
      return phones(transform.region, context.countryPath)
    case 'date':
      return parts(context.writesDate ? readDate(transform.format) : writeDate(transform.format))
    case 'split':
      return splitBy(transform.by)
    case 'join':
      return (value) =>
        value === null || typeof value === 'string' ? value : value.join(transform.by)
    case 'default':
      return (value) => value ?? transform.text
    case 'template':
      return template(transform.text, context)
    case 'truncate':
      return parts((text) => cut(text, transform.length))
  }
}

/** The way back; null: there is none. */
export function inverseOf(transform: Transform): Transform | 'same' | null {
  switch (transform.name) {
    case 'trim':
    case 'lower':
    case 'title':
    case 'e164':
    case 'date':
      return transform.name === 'date' ? transform : 'same'
    case 'country-iso':
      return { name: 'country-name' }
    case 'country-name':
      return 'same'
    case 'split':
      return { name: 'join', by: transform.by }
    case 'join':
      return { name: 'split', by: transform.by }
    case 'default':
    case 'template':
    case 'truncate':
      return null
  }
}

/** Names in braces, in order of appearance, each once. */
export function templateNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? ''))]
}

/** By characters as people count them; never half of an emoji. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const points = [...text]
  return points.length <= length ? text : points.slice(0, length).join('')
}

function parts(change: (text: string) => string): Change {
  return (value) => {
    if (value === null) return null
    if (typeof value !== 'string') return filled(value.map(change))
    const changed = change(value)
    return changed === '' ? null : changed
  }
}

function filled(values: readonly string[]): readonly string[] | null {
  const kept = values.filter((value) => value !== '')
  return kept.length === 0 ? null : kept
}

function splitBy(by: string): Change {
  return (value) => {
    if (value === null || typeof value !== 'string') return value
    return filled(value.split(by).map((part) => part.trim()))
  }
}

/** Words in capitals or small letters get one capital; `McDonald` and `van der Berg` typed with care stay as they are. */
function titleCase(text: string): string {
  const isMixed = text !== text.toLowerCase() && text !== text.toUpperCase()
  if (isMixed) return text
  return text
    .toLowerCase()
    .replace(/(^|[\s\-'’.(/])(\p{L})/gu, (_, before: string, letter: string) => {
      return `${before}${letter.toUpperCase()}`
    })
    .replace(/(?<=\p{L})['’](S)(?!\p{L})/gu, (match) => match.toLowerCase())
}

/** A number that is none, or whose country cannot be told, stays as it is. */
function phones(region: string | null, countryPath: FieldPath | null): Change {
  return (value, source) => {
    if (value === null) return null
    const home = region ?? regionOf(countryPath === null ? null : source[countryPath])
    const change = (text: string): string => e164(text, home)
    return typeof value === 'string' ? change(value) : value.map(change)
  }
}

function regionOf(country: FieldValue | undefined): string | null {
  return typeof country === 'string' ? countryCode(country) : null
}

type PhoneModule = {
  parsePhoneNumberFromString(text: string, region?: CountryCode): PhoneNumber | undefined
}
let phoneModule: PhoneModule | undefined

function e164(text: string, region: string | null): string {
  phoneModule ??= createRequire(import.meta.url)('libphonenumber-js/min') as PhoneModule
  const number = phoneModule.parsePhoneNumberFromString(
    text,
    region === null ? undefined : (region as CountryCode),
  )
  if (number === undefined || !number.isPossible()) return text
  return number.ext === undefined ? number.number : `${number.number} x${number.ext}`
}

const TOKENS = /YYYY|YY|MM|DD|HH|mm|ss/g

/** Dates and instants in their own form become a text of the format; anything else stays. */
function writeDate(format: string): (text: string) => string {
  return (text) => {
    const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?/.exec(text)
    if (match === null) return text
    const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = match
    const values: Readonly<Record<string, string>> = {
      YYYY: year,
      YY: year.slice(2),
      MM: month,
      DD: day,
      HH: hour,
      mm: minute,
      ss: second,
    }
    return format.replace(TOKENS, (token) => values[token] ?? token)
  }
}

/** Texts of the format become a date, or an instant where the format tells the time (taken as UTC); anything else stays. */
function readDate(format: string): (text: string) => string {
  const names = format.match(TOKENS) ?? []
  const source = format
    .split(TOKENS)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .reduce((pattern, text, index) => {
      const width = names[index - 1] === 'YYYY' ? '(\\d{4})' : '(\\d{1,2})'
      return index === 0 ? text : `${pattern}${width}${text}`
    }, '')
  const pattern = new RegExp(`^${source}$`)
  return (text) => {
    const match = pattern.exec(text.trim())
    if (match === null) return text
    const found = new Map(
      names.map((name, index) => [name, (match[index + 1] ?? '').padStart(2, '0')]),
    )
    const short = Number(found.get('YY') ?? 0)
    const year = found.get('YYYY') ?? String(short < 50 ? 2000 + short : 1900 + short)
    const day = `${year}-${found.get('MM') ?? '01'}-${found.get('DD') ?? '01'}`
    if (!found.has('HH')) return day
    return `${day}T${found.get('HH')}:${found.get('mm') ?? '00'}:${found.get('ss') ?? '00'}Z`
  }
}

/**
 * `{path}` stands for a field of the source and `{value}` for the rule's own value. A part in square brackets that holds a field goes
 * away with it: `{givenName}[ {middleName}] {familyName}`. Nothing is written where every field is empty.
 */
function template(text: string, context: TransformContext): Change {
  const pieces = text
    .split(/(\[[^[\]]*\{[^{}]+\}[^[\]]*\])/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const isOptional = /^\[.*\{[^{}]+\}.*\]$/s.test(piece)
      return { isOptional, parts: holes(isOptional ? piece.slice(1, -1) : piece, context) }
    })
  return (value, source) => {
    let isFilled = false
    let result = ''
    for (const piece of pieces) {
      let written = ''
      let isComplete = true
      for (const part of piece.parts) {
        if (part.kind === 'text') {
          written += part.text
          continue
        }
        const found = part.kind === 'value' ? value : textOf(part.path, source)
        if (found === null || found === '') isComplete = false
        else {
          isFilled = true
          written += typeof found === 'string' ? found : found.join(', ')
        }
      }
      if (isComplete || !piece.isOptional) result += written
    }
    return isFilled && result.trim() !== '' ? result.trim() : null
  }
}

type Hole =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value' }
  | { readonly kind: 'field'; readonly path: FieldPath | null }

function holes(text: string, context: TransformContext): readonly Hole[] {
  return text.split(/(\{[^{}]+\})/).flatMap((part): readonly Hole[] => {
    if (part === '') return []
    if (!/^\{[^{}]+\}$/.test(part)) return [{ kind: 'text', text: part }]
    const name = part.slice(1, -1).trim()
    return name === 'value' ? [{ kind: 'value' }] : [{ kind: 'field', path: context.resolve(name) }]
  })
}

function textOf(path: FieldPath | null, source: Fields): Text | null {
  return path === null ? null : (source[path] ?? null)
}
