/** Country names in any of the usual spellings, and the ISO 3166 code they stand for. */
import { createRequire } from 'node:module'
// Not the package's own entry, which reads all of its eighty languages.
import countries from 'i18n-iso-countries/index.js'

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'] as const
const KNOWN_MAX = 5_000
const known = new Map<string, string | null>()
let isLoaded = false

/** Alpha-2 code of a country given by code or name; null when it is none that ISO lists. */
export function countryCode(text: string): string | null {
  const key = text.normalize('NFC').trim().toLowerCase()
  const cached = known.get(key)
  if (cached !== undefined) return cached
  const code = find(key)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, code)
  return code
}

/** English name of an alpha-2 code; null when there is none. */
export function countryName(code: string): string | null {
  load()
  return countries.getName(code, 'en') ?? null
}

function find(key: string): string | null {
  if (key === '') return null
  load()
  const upper = key.toUpperCase()
  if (key.length === 2) return countries.isValid(upper) ? upper : (SHORT.get(key) ?? null)
  if (key.length === 3) return countries.alpha3ToAlpha2(upper) ?? SHORT.get(key) ?? null
  return NAMES.get(key) ?? SHORT.get(key) ?? null
}

/** Codes by name in small letters; of one name in two languages the first counts. */
const NAMES = new Map<string, string>()

/** A map, not an object: `constructor` is no country. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['uk', 'GB'],
  ['usa', 'US'],
  ['u.s.a.', 'US'],
  ['u.s.', 'US'],
  ['great britain', 'GB'],
  ['england', 'GB'],
  ['scotland', 'GB'],
  ['wales', 'GB'],
  ['holland', 'NL'],
  ['the netherlands', 'NL'],
])

function load(): void {
  if (isLoaded) return
  const require = createRequire(import.meta.url)
  for (const language of LANGUAGES) {
    countries.registerLocale(require(`i18n-iso-countries/langs/${language}.json`))
    for (const [code, names] of Object.entries(countries.getNames(language, { select: 'all' })))
      for (const name of [names].flat()) {
        const key = name.toLowerCase()
        if (!NAMES.has(key)) NAMES.set(key, code)
      }
  }
  isLoaded = true
}
