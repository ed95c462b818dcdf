/** The bound from which a scan reads on: what happened since the watermark less the overlap is never below it, in the hour that autumn repeats either. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as rpc from '../../connectors/infusionsoft/stamps.ts'
import * as xml from '../../connectors/xml-spec/stamps.ts'
import { toLocal } from '../../src/model/zone.ts'

const ZONES = [
  'America/New_York',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'UTC',
]
const HOUR_MS = 3_600_000

/** Any moment, and more often one around a change of the clocks. */
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
  fc
    .tuple(
      fc.constantFrom(
        Date.UTC(2026, 10, 1, 6),
        Date.UTC(2026, 10, 1, 9),
        Date.UTC(2026, 9, 25, 1),
        Date.UTC(2026, 2, 8, 7),
        Date.UTC(2026, 3, 4, 15),
      ),
      fc.integer({ min: -2 * HOUR_MS, max: 2 * HOUR_MS }),
    )
    .map(([at, shift]) => at + shift),
)
const seconds = (ms: number) => Math.floor(ms / 1_000) * 1_000
const scans = fc.record({
  zone: fc.constantFrom(...ZONES),
  watermark: moment,
  overlapMs: fc.constantFrom(0, 60_000, 10 * 60_000, 70 * 60_000),
  later: fc.integer({ min: 0, max: 3 * HOUR_MS }),
})

describe.each([
  [
    'XML-RPC',
    (at: number, zone: string) => rpc.queryStamp(rpc.wireStampAt(at, zone)),
    (mark: string, overlapMs: number, zone: string) => rpc.lowerBound(mark, overlapMs, zone),
  ],
  [
    'the XML API',
    (at: number, zone: string) => xml.stampAt(at, zone),
    (mark: string, overlapMs: number, zone: string) => xml.lowerBound(mark, overlapMs, zone) ?? '',
  ],
] as const)('%s', (_, stampOf, lowerBound) => {
  it('the bound lies at or before the stamp of all that happened since', () => {
    fc.assert(
      fc.property(scans, ({ zone, watermark, overlapMs, later }) => {
        const mark = seconds(watermark)
        const bound = lowerBound(stampOf(mark, zone), overlapMs, zone)
        const stamp = stampOf(seconds(mark - overlapMs + later), zone)
        expect(bound <= stamp, `${zone}: ${stamp} is below ${bound}`).toBe(true)
      }),
    )
  })

  it('and not further back than two hours and the overlap', () => {
    fc.assert(
      fc.property(scans, ({ zone, watermark, overlapMs }) => {
        const mark = seconds(watermark)
        const bound = lowerBound(stampOf(mark, zone), overlapMs, zone)
        const far = toLocal(new Date(mark - overlapMs - 3 * HOUR_MS).toISOString(), zone).replace(
          'T',
          ' ',
        )
        expect(bound >= far).toBe(true)
      }),
    )
  })
})
