/**
 * The platform's four ways to write a date, one function each (README, quirk 13): stamps `YYYY-MM-DD HH:mm:ss` without a zone, days
 * `YYYYMMDD` in elements and attributes, days `YYYY/MM/DD` in search rules. Pure.
 */
import { isWellFormed } from '../../src/model/norm.ts'
import { toInstant, toLocal } from '../../src/model/zone.ts'

/** No document names the zone; the vendor sits on the US west coast (fact sheet, incremental sync: a guess). */
export const DEFAULT_ZONE = 'America/Los_Angeles'

/** An instant `YYYY-MM-DDTHH:MM:SSZ`; null: not a stamp. In the hour that autumn repeats, the earlier one. */
export function instantOf(stamp: string, zone: string): string | null {
  const local = localOf(stamp)
  return local === null ? null : toInstant(local, zone, 'earlier')
}

/** The stamp the server would write at that moment. */
export function stampAt(epochMs: number, zone: string): string {
  return toLocal(new Date(epochMs).toISOString(), zone).replace('T', ' ')
}

/** `YYYY-MM-DD` of a `YYYYMMDD` text; anything else, impossible days included, stays as it is (quirk 5). */
export function dateOf(text: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(text.trim())
  if (match === null) return text
  const date = `${match[1]}-${match[2]}-${match[3]}`
  return isWellFormed('date', date) ? date : text
}

/** `YYYYMMDD` of a `YYYY-MM-DD` text; null: no day that exists. */
export function wireDate(date: string): string | null {
  return isWellFormed('date', date) ? date.replaceAll('-', '') : null
}

/** `YYYYMMDD` of a stamp, moved by days: for the filters that know whole days. */
export function wireDay(stamp: string, days: number): string {
  const ms = Date.parse(`${stamp.slice(0, 10)}T00:00:00Z`) + days * DAY_MS
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')
}

/** `YYYY/MM/DD` of a `YYYY-MM-DD` text. */
export function ruleDate(date: string): string {
  return date.replaceAll('-', '/')
}

/**
 * The stamp from which to read so that nothing since `watermark` minus the overlap is missed. A second more is taken off, because "after"
 * may or may not include the second itself; and in and after the hour that autumn repeats later moments have smaller texts, so a bound inside of it
 * moves back by another hour. null: not a stamp of this platform.
 */
export function lowerBound(watermark: string, overlapMs: number, zone: string): string | null {
  const instant = instantOf(watermark, zone)
  if (instant === null) return null
  const from = new Date(Date.parse(instant) - overlapMs - SECOND_MS).toISOString()
  const local = toLocal(from, zone)
  const repeatedMs =
    Date.parse(toInstant(local, zone, 'later')) - Date.parse(toInstant(local, zone, 'earlier'))
  return new Date(Date.parse(`${local}Z`) - repeatedMs).toISOString().slice(0, 19).replace('T', ' ')
}

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

const SHAPE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/
/** Every month has the days up to it. */
const SAFE_DAY = '28'

function localOf(stamp: string): string | null {
  const text = stamp.trim()
  if (!SHAPE.test(text)) return null
  const date = text.slice(0, 10)
  if (date.slice(8) > SAFE_DAY && !isWellFormed('date', date)) return null
  return `${date}T${text.slice(11)}`
}
