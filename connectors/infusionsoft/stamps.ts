/** Stamps of the wire and what they mean: wall times of the account's zone, calendar dates, bounds of a query. Pure. (Quirk 2.) */
import { isWellFormed } from '../../src/model/norm.ts'
import { toInstant, toLocal } from '../../src/model/zone.ts'

/** The zone that all of the platform's stamps are in, unless the connection says otherwise. */
export const PLATFORM_ZONE = 'America/New_York'

/** A calendar date `YYYY-MM-DD`, never shifted; what cannot be one stays the text it came as. */
export function dateOf(stamp: string): string {
  return split(stamp)?.date ?? stamp
}

/** An instant `YYYY-MM-DDTHH:MM:SSZ`; what cannot be one stays the text it came as. `prefer` decides in the hour that autumn repeats. */
export function instantOf(stamp: string, zone: string, prefer: 'earlier' | 'later'): string {
  const parts = split(stamp)
  if (parts === null) return stamp
  const local = `${parts.date}T${parts.time}`
  if (parts.offset === '') return toInstant(local, zone, prefer)
  const ms = Date.parse(local + parts.offset)
  return Number.isNaN(ms) ? stamp : `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** `YYYYMMDDTHH:MM:SS`, the form of the wire and of watermarks; null: not a stamp. */
export function wireStamp(stamp: string, zone: string): string | null {
  const parts = split(stamp)
  if (parts === null) return null
  if (parts.offset === '') return `${parts.date.replaceAll('-', '')}T${parts.time}`
  return wireStamp(toLocal(instantOf(stamp, zone, 'earlier'), zone), zone)
}

/** The wall time of an instant in the zone, in the form of the wire. */
export function wireStampAt(epochMs: number, zone: string): string {
  return basic(toLocal(new Date(epochMs).toISOString(), zone))
}

/** `YYYY-MM-DD HH:MM:SS`, the form inside of query operators. */
export function queryStamp(wire: string): string {
  const parts = split(wire)
  return parts === null ? wire : `${parts.date} ${parts.time}`
}

/**
 * The wall time from which a query must read so that nothing since `watermark` minus the overlap is missed. In and after the hour that autumn
 * repeats, later instants have smaller texts: a bound inside of it moves back by another hour.
 */
export function lowerBound(watermark: string, overlapMs: number, zone: string): string {
  const wire = wireStamp(watermark, zone)
  if (wire === null) return watermark
  const from = Date.parse(instantOf(wire, zone, 'earlier')) - overlapMs
  const local = toLocal(new Date(from).toISOString(), zone)
  const repeatedMs =
    Date.parse(toInstant(local, zone, 'later')) - Date.parse(toInstant(local, zone, 'earlier'))
  const bound = new Date(Date.parse(`${local}Z`) - repeatedMs).toISOString().slice(0, 19)
  return bound.replace('T', ' ')
}

interface Parts {
  readonly date: string
  readonly time: string
  readonly offset: string
}

const FORMS =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

const WIRE = /^\d{8}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

/** Only what can exist: a real day, a real time. A leap second counts as the last second. */
function split(stamp: string): Parts | null {
  // Nearly all are in the form of the wire, and cutting is cheaper than matching by groups.
  if (WIRE.test(stamp)) {
    const date = `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`
    if (isWellFormed('date', date)) return { date, time: stamp.slice(9), offset: '' }
  }
  const match = FORMS.exec(stamp.trim())
  if (match === null) return null
  const [, year, month, day, hour = '00', minute = '00', second = '00', offset = ''] = match
  const date = `${year}-${month}-${day}`
  if (!isWellFormed('date', date)) return null
  if (hour > '23' || minute > '59' || second > '60') return null
  const time = `${hour}:${minute}:${second === '60' ? '59' : second}`
  return { date, time, offset: offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2') }
}

function basic(local: string): string {
  return `${local.slice(0, 10).replaceAll('-', '')}${local.slice(10)}`
}
