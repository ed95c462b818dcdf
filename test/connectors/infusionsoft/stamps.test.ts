import { describe, expect, it } from 'vitest'
import {
  dateOf,
  instantOf,
  lowerBound,
  queryStamp,
  wireStamp,
  wireStampAt,
} from '../../../connectors/infusionsoft/stamps.ts'

const NY = 'America/New_York'
const MINUTE = 60_000

describe('stamps of the wire', () => {
  it.each([
    ['20260203T08:15:07', '2026-02-03T13:15:07Z'],
    ['20260703T08:15:07', '2026-07-03T12:15:07Z'],
    ['2026-02-03T08:15:07', '2026-02-03T13:15:07Z'],
    ['2026-02-03 08:15:07', '2026-02-03T13:15:07Z'],
    ['20260203T081507', '2026-02-03T13:15:07Z'],
    ['20260203T08:15', '2026-02-03T13:15:00Z'],
    ['20260203', '2026-02-03T05:00:00Z'],
    ['20260203T08:15:07.250', '2026-02-03T13:15:07Z'],
    ['20260203T08:15:07Z', '2026-02-03T08:15:07Z'],
    ['2026-02-03T08:15:07+0100', '2026-02-03T07:15:07Z'],
    ['20260203T08:15:60', '2026-02-03T13:15:59Z'],
    ['20260230T08:15:07', '20260230T08:15:07'],
    ['20260203T24:15:07', '20260203T24:15:07'],
    ['00000000T00:00:00', '00000000T00:00:00'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (stamp, instant) => {
    expect(instantOf(stamp, NY, 'earlier')).toBe(instant)
  })

  it('are ambiguous in the hour that autumn repeats', () => {
    expect(instantOf('20261101T01:30:00', NY, 'earlier')).toBe('2026-11-01T05:30:00Z')
    expect(instantOf('20261101T01:30:00', NY, 'later')).toBe('2026-11-01T06:30:00Z')
  })

  it('become dates without a zone, query texts, and wire texts', () => {
    expect(dateOf('19720229T00:00:00')).toBe('1972-02-29')
    expect(dateOf('19720230T00:00:00')).toBe('19720230T00:00:00')
    expect(queryStamp('20260203T08:15:07')).toBe('2026-02-03 08:15:07')
    expect(wireStamp('2026-02-03', NY)).toBe('20260203T00:00:00')
    expect(wireStamp('2026-02-03T13:15:07Z', NY)).toBe('20260203T08:15:07')
    expect(wireStamp('nonsense', NY)).toBeNull()
    expect(wireStampAt(Date.parse('2026-07-03T12:15:07Z'), NY)).toBe('20260703T08:15:07')
  })
})

describe('the lower bound of a query', () => {
  it.each([
    ['20260203T08:15:00', 10, '2026-02-03 08:05:00'],
    ['20260203T00:05:00', 10, '2026-02-02 23:55:00'],
    // Spring: 02:00 is 03:00.
    ['20260308T03:05:00', 10, '2026-03-08 01:55:00'],
    // Autumn: 01:55 of the second hour may be followed by nothing smaller, 01:55 of the first by 01:00.
    ['20261101T01:50:00', 10, '2026-11-01 00:40:00'],
    ['20261101T02:05:00', 10, '2026-11-01 00:55:00'],
    ['20261101T00:50:00', 10, '2026-11-01 00:40:00'],
    ['20261101T03:50:00', 10, '2026-11-01 03:40:00'],
    ['what the server said', 10, 'what the server said'],
  ])('of %s minus %i minutes is %s', (watermark, minutes, bound) => {
    expect(lowerBound(watermark, minutes * MINUTE, NY)).toBe(bound)
  })

  it('lies below every stamp that can follow it, through the repeated hour', () => {
    const from = Date.parse('2026-11-01T04:00:00Z')
    for (let at = from; at < from + 4 * 3_600_000; at += 7 * MINUTE) {
      const bound = lowerBound(wireStampAt(at, NY), 10 * MINUTE, NY)
      for (let later = at; later < from + 6 * 3_600_000; later += 11 * MINUTE)
        expect(queryStamp(wireStampAt(later, NY)) >= bound, `${at} ${later}`).toBe(true)
    }
  })
})
