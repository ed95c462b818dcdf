/** Transforms as they are written (`e164:DE`, `{ e164: DE }`) to what they mean. */
import type { Transform } from './mapping.ts'
import { didYouMean } from './nearest.ts'
import type { WrittenTransform } from './schema.ts'

export type ReadTransform =
  | { readonly transform: Transform }
  | { readonly message: string; readonly hint: string }

export function readTransform(written: WrittenTransform): ReadTransform {
  if (typeof written === 'string') {
    const colon = written.indexOf(':')
    return colon < 0
      ? build(written.trim(), null)
      : build(written.slice(0, colon).trim(), written.slice(colon + 1))
  }
  const entries = Object.entries(written)
  const [first] = entries
  if (first === undefined || entries.length > 1) {
    const names = entries.map(([name]) => name).join(', ')
    return {
      message: `a transform has one key, not ${entries.length === 0 ? 'none' : names}`,
      hint: 'write several transforms as a list, in the order they apply',
    }
  }
  const [name, value] = first
  return build(name, value === null || value === true || value === undefined ? null : String(value))
}

/** The short form again, for titles: `e164:DE`. */
export function transformText(transform: Transform): string {
  switch (transform.name) {
    case 'e164':
      return transform.region === null ? 'e164' : `e164:${transform.region}`
    case 'date':
      return `date:${transform.format}`
    case 'split':
    case 'join':
      return `${transform.name}:${transform.by}`
    case 'default':
    case 'template':
      return `${transform.name}:${transform.text}`
    case 'truncate':
      return `truncate:${transform.length}`
    case 'trim':
    case 'lower':
    case 'title':
    case 'country-iso':
    case 'country-name':
      return transform.name
  }
}

type Builder = (argument: string | null) => Transform | string

const BUILDERS: Readonly<Record<Transform['name'], Builder>> = {
  trim: (argument) => plain('trim', argument),
  lower: (argument) => plain('lower', argument),
  title: (argument) => plain('title', argument),
  'country-iso': (argument) => plain('country-iso', argument),
  'country-name': (argument) => plain('country-name', argument),
  e164: (argument) => {
    if (argument === null) return { name: 'e164', region: null }
    const region = argument.trim().toUpperCase()
    return /^[A-Z]{2}$/.test(region)
      ? { name: 'e164', region }
      : 'takes a country of two letters: e164:DE'
  },
  date: (argument) =>
    argument !== null && /YYYY|YY/.test(argument)
      ? { name: 'date', format: argument.trim() }
      : 'takes a format made of YYYY, MM, DD, HH, mm, ss: date:DD.MM.YYYY',
  split: (argument) => between('split', argument),
  join: (argument) => between('join', argument),
  default: (argument) => withText('default', argument),
  template: (argument) => withText('template', argument),
  truncate: (argument) => {
    const length = Number(argument)
    return argument !== null && Number.isInteger(length) && length > 0
      ? { name: 'truncate', length }
      : 'takes a length in characters: truncate:80'
  },
}

export const TRANSFORM_NAMES = Object.keys(BUILDERS)

function build(name: string, argument: string | null): ReadTransform {
  if (!isName(name)) {
    return { message: `unknown transform "${name}"`, hint: didYouMean(name, TRANSFORM_NAMES) }
  }
  const built = BUILDERS[name](argument)
  return typeof built === 'string'
    ? { message: `transform "${name}" ${built}`, hint: '' }
    : { transform: built }
}

function isName(name: string): name is Transform['name'] {
  return Object.hasOwn(BUILDERS, name)
}

function plain(
  name: 'trim' | 'lower' | 'title' | 'country-iso' | 'country-name',
  argument: string | null,
): Transform | string {
  return argument === null || argument === '' ? { name } : 'takes nothing after the colon'
}

function between(name: 'split' | 'join', argument: string | null): Transform | string {
  return argument !== null && argument !== ''
    ? { name, by: argument }
    : `takes the text between the parts: "${name}:;"`
}

function withText(name: 'default' | 'template', argument: string | null): Transform | string {
  const example = name === 'default' ? 'default:Unknown' : 'template:{givenName} {familyName}'
  return argument !== null && argument !== ''
    ? { name, text: argument }
    : `takes a text: ${example}`
}
