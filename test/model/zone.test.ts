import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isZone, toInstant, toLocal } from '../../src/model/zone.ts'

describe('a wall time as an instant', () => {
  it.each([
    // New York, 10 March 2024: 02:00 becomes 03:00.
    ['America/New_York', '2024-03-10T01:59:59', '2024-03-10T06:59:59Z', '2024-03-10T06:59:59Z'],
    ['America/New_York', '2024-03-10T02:00:00', '2024-03-10T07:00:00Z', '2024-03-10T07:00:00Z'],
    ['America/New_York', '2024-03-10T02:30:00', '2024-03-10T07:30:00Z', '2024-03-10T07:30:00Z'],
    ['America/New_York', '2024-03-10T03:00:00', '2024-03-10T07:00:00Z', '2024-03-10T07:00:00Z'],
    // New York, 3 November 2024: 02:00 becomes 01:00.
    ['America/New_York', '2024-11-03T00:59:59', '2024-11-03T04:59:59Z', '2024-11-03T04:59:59Z'],
    ['America/New_York', '2024-11-03T01:00:00', '2024-11-03T05:00:00Z', '2024-11-03T06:00:00Z'],
    ['America/New_York', '2024-11-03T01:59:59', '2024-11-03T05:59:59Z', '2024-11-03T06:59:59Z'],
    ['America/New_York', '2024-11-03T02:00:00', '2024-11-03T07:00:00Z', '2024-11-03T07:00:00Z'],
    // Lord Howe moves by half an hour: 6 October 2024 forward, 7 April 2024 back.
    ['Australia/Lord_Howe', '2024-10-06T02:15:00', '2024-10-05T15:45:00Z', '2024-10-05T15:45:00Z'],
    ['Australia/Lord_Howe', '2024-10-06T02:30:00', '2024-10-05T15:30:00Z', '2024-10-05T15:30:00Z'],
    ['Australia/Lord_Howe', '2024-04-07T01:29:59', '2024-04-06T14:29:59Z', '2024-04-06T14:29:59Z'],
    ['Australia/Lord_Howe', '2024-04-07T01:45:00', '2024-04-06T14:45:00Z', '2024-04-06T15:15:00Z'],
    ['Australia/Lord_Howe', '2024-04-07T02:00:00', '2024-04-06T15:30:00Z', '2024-04-06T15:30:00Z'],
    // Samoa had no 30 December 2011.
    ['Pacific/Apia', '2011-12-29T23:59:59', '2011-12-30T09:59:59Z', '2011-12-30T09:59:59Z'],
    ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00Z', '2011-12-30T22:00:00Z'],
    ['Pacific/Apia', '2011-12-31T00:00:00', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['Asia/Kathmandu', '2024-06-01T12:00:00', '2024-06-01T06:15:00Z', '2024-06-01T06:15:00Z'],
    ['UTC', '2024-02-29T23:59:59', '2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
  ])('%s %s', (zone, local, earlier, later) => {
    expect(toInstant(local, zone, 'earlier')).toBe(earlier)
    expect(toInstant(local, zone, 'later')).toBe(later)
  })

  it.each([
    '2024-02-30T10:00:00',
    '2023-02-29T00:00:00',
    '2024-13-01T00:00:00',
    'soon',
    '2024-01-01',
    '',
  ])('is refused where there is no such time: %s', (local) => {
    expect(() => toInstant(local, 'America/New_York', 'earlier')).toThrow(RangeError)
  })

  it('is refused for a zone that nobody knows', () => {
    expect(() => toInstant('2024-01-01T00:00:00', 'Mars/Olympus', 'earlier')).toThrow(RangeError)
    expect(() => toLocal('2024-01-01T00:00:00Z', 'Mars/Olympus')).toThrow(RangeError)
    expect(() => toLocal('soon', 'UTC')).toThrow(RangeError)
    expect([isZone('Mars/Olympus'), isZone('Europe/Berlin')]).toEqual([false, true])
  })
})

const ZONES = [
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Pacific/Chatham',
  'UTC',
]
const zone = fc.constantFrom(...ZONES)
/** Whole seconds from 1975 to 2037. */
const instant = fc
  .integer({ min: 157_766_400, max: 2_114_380_800 })
  .map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`)

describe('there and back', () => {
  it('leads to the same instant, or to its twin in the hour that repeats', () => {
    fc.assert(
      fc.property(instant, zone, (moment, where) => {
        const local = toLocal(moment, where)
        expect([toInstant(local, where, 'earlier'), toInstant(local, where, 'later')]).toContain(
          moment,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('agrees with the zone database at every moment around a change', () => {
    for (const where of ZONES) {
      for (let ms = Date.UTC(2024, 0, 1); ms < Date.UTC(2025, 0, 1); ms += 6_300_000) {
        const moment = new Date(ms).toISOString()
        expect(toLocal(moment, where), `${where} ${moment}`).toBe(wallTime(ms, where))
      }
    }
  })

  it('keeps the order of later and earlier', () => {
    fc.assert(
      fc.property(instant, zone, (moment, where) => {
        const local = toLocal(moment, where)
        expect(toInstant(local, where, 'earlier') <= toInstant(local, where, 'later')).toBe(true)
      }),
    )
  })
})

const formatters = new Map<string, Intl.DateTimeFormat>()
function wallTime(ms: number, where: string): string {
  const format =
    formatters.get(where) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: where, dateStyle: 'short', timeStyle: 'medium' })
  formatters.set(where, format)
  return format.format(ms).replace(' ', 'T')
}
