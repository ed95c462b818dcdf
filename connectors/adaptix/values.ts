/** One value of one field, between the server's spelling and ours, by the field's type (README, "values"). */
import type { FieldValue, ValueType } from '../../src/model/field.ts'
import { toLocal } from '../../src/model/zone.ts'
import type { Scalar } from './schema.ts'

const TYPES: Readonly<Record<string, ValueType>> = {
  text: 'text',
  lookup: 'text',
  textarea: 'longtext',
  html: 'html',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  select: 'choice',
  multiselect: 'choices',
  email: 'email',
  tel: 'phone',
  url: 'url',
  country: 'country',
  region: 'region',
  locale: 'language',
  timezone: 'timezone',
}

/** Unknown types of future versions are text. */
export function valueTypeOf(fieldType: string | null): ValueType {
  return TYPES[fieldType ?? 'text'] ?? 'text'
}

/** The field type that holds a value type best, for fields we create. */
export function fieldTypeOf(type: ValueType): string {
  return FIELD_TYPES[type]
}
const FIELD_TYPES: Readonly<Record<ValueType, string>> = {
  text: 'text',
  longtext: 'textarea',
  html: 'html',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  choice: 'select',
  choices: 'multiselect',
  email: 'email',
  phone: 'tel',
  url: 'url',
  country: 'country',
  region: 'region',
  language: 'locale',
  timezone: 'timezone',
}

/** Reads in every spelling: lists give text, single answers numbers, echoes booleans. null and '' both mean empty. */
export function decodeValue(type: ValueType, value: Scalar | readonly Scalar[]): FieldValue {
  if (value === null || value === '') return null
  if (isList(value)) {
    const items = value.map(plain).filter((item) => item !== '')
    return items.length === 0 ? null : type === 'choices' ? items : items.join('|')
  }
  const text = plain(value)
  switch (type) {
    case 'boolean':
      return decodeBoolean(text)
    case 'choices':
      return text.split('|').filter((item) => item !== '')
    case 'date':
      return decodeDate(text)
    case 'datetime':
      return decodeDatetime(text)
    default:
      return text
  }
}

/**
 * What to send for a value that is not empty. `zone`: in which the server reads datetimes, UTC unless the connection says otherwise; the
 * server ignores what it cannot read, so an ill-formed date goes as it is and shows up as not applied.
 */
export function encodeValue(
  type: ValueType,
  value: string | readonly string[],
  zone: string,
): Scalar | string[] {
  if (typeof value !== 'string') return type === 'choices' ? [...value] : value.join(', ')
  switch (type) {
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value
    case 'choices':
      return [value]
    case 'datetime':
      return encodeDatetime(value, zone)
    case 'time':
      return /^\d\d:\d\d$/.test(value) ? `${value}:00` : value
    case 'language':
      return value.replaceAll('-', '_')
    default:
      return value
  }
}

/** In UTC, and on a day that is there every year. */
const UTC_STAMP =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|\+00:00)?$/

/** Timestamps of the record itself: ISO with an offset, which is not always UTC. null: unreadable. */
export function instantOf(stamp: string | null): string | null {
  if (stamp === null) return null
  // Nearly all are in UTC, and only have to be cut.
  if (UTC_STAMP.test(stamp)) return `${stamp.slice(0, 10)}T${stamp.slice(11, 19)}Z`
  const ms = Date.parse(hasZone(stamp) ? stamp : `${stamp.replace(' ', 'T')}Z`)
  return Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** `2026-03-01T09:15:00Z` to `2026-03-01 09:15:00`, the only form of a date that conditions take on every database. */
export function columnTime(instant: string): string {
  return new Date(Date.parse(instant)).toISOString().slice(0, 19).replace('T', ' ')
}

function isList(value: Scalar | readonly Scalar[]): value is readonly Scalar[] {
  return Array.isArray(value)
}

function plain(value: Scalar): string {
  return value === null ? '' : String(value)
}

function decodeBoolean(text: string): string {
  if (['1', 'true', 'yes', 'on'].includes(text.toLowerCase())) return 'true'
  return ['0', 'false', 'no', 'off'].includes(text.toLowerCase()) ? 'false' : text
}

function decodeDate(text: string): string | null {
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00)?.*)?$/.exec(text)?.[1] ?? text
  return date === '0000-00-00' ? null : date
}

/** Custom datetimes are UTC without a zone. */
function decodeDatetime(text: string): string | null {
  if (text.startsWith('0000-00-00')) return null
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return text
  return instantOf(text) ?? text
}

/** Wall time without a zone and never ISO: with a `T` or an offset the outcome depends on the version. */
function encodeDatetime(value: string, zone: string): string {
  if (Number.isNaN(Date.parse(value)) || !hasZone(value)) return value
  const instant = instantOf(value) ?? value
  const local = zone === 'UTC' ? instant.slice(0, 19) : toLocal(instant, zone)
  return local.replace('T', ' ')
}

function hasZone(stamp: string): boolean {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(stamp)
}
