/** Values to write to a field and read back, by its type: ordinary ones, and those that platforms like to rewrite. */
import type { FieldValue, ValueType } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'

/** The first value that fits a field; null: none is known. */
export function sampleOf(field: FieldDefinition): FieldValue {
  return samplesOf(field)[0] ?? null
}

export function samplesOf(field: FieldDefinition): readonly FieldValue[] {
  const { type, options, maxLength } = field
  if (type === 'choice') return (options ?? []).slice(0, OPTIONS_MAX).map(({ value }) => value)
  if (type === 'choices') {
    const values = (options ?? []).map(({ value }) => value)
    return values.length === 0 ? [] : [values.slice(0, 1), values.slice(0, 2)]
  }
  return SAMPLES[type].filter((text) => maxLength === null || [...text].length <= maxLength)
}

const OPTIONS_MAX = 5
const TEXTS = [
  'Plain words',
  "O'Brien & Söhne",
  'Ünïcödé Łódź 東京',
  'say "hi"',
  'a < b > c',
  'back\\slash; semi, comma',
  '100 % _ *',
  '~>~ 5',
  'emoji 🎉',
  '<b>bold</b>',
  '&amp; &uuml;',
  '007',
  'null',
  'true',
] as const

const SAMPLES: Readonly<Record<Exclude<ValueType, 'choice' | 'choices'>, readonly string[]>> = {
  text: TEXTS,
  longtext: [...TEXTS, 'first line\nsecond line\n\nfourth'],
  html: ['<p>Hello <b>you</b></p>', 'plain'],
  number: ['42', '12.5', '-3', '0', '1000000'],
  boolean: ['true', 'false'],
  date: ['1972-02-29', '2001-12-31', '1899-05-04'],
  datetime: ['2024-07-01T12:30:00Z', '2024-01-15T23:05:00Z', '2023-11-05T06:30:00Z'],
  time: ['08:30', '23:59', '00:15'],
  email: ['second.address+x@example.com'],
  phone: ['+49 30 1234567', '(555) 010-9999', '+1 555 010 9999'],
  url: ['https://example.com/a?b=c&d=e'],
  country: ['DE', 'US', 'CZ', 'GB'],
  region: ['Bavaria', 'California'],
  language: ['en', 'de'],
  timezone: ['Europe/Berlin', 'America/New_York'],
}
