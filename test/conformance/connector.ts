/** The contract suite of connectors: every probe, over a simulated account under one setting of its quirks after the other. */
import { describe, expect, it } from 'vitest'
import { PROBES, type Report, reportText, testSimulated } from '../../src/app/conformance.ts'
import type { SimulatedTest } from '../../src/app/conformance.ts'

export interface Setting {
  /** What kind of account it is, as a sentence goes on: "keeps its claims …". */
  readonly name: string
  readonly quirks?: SimulatedTest['quirks']
  readonly options?: SimulatedTest['options']
  /** Probes that must be skipped, beside those of the platform. */
  readonly skips?: readonly string[]
  /** Probes that must fail: this setting makes a claim untrue, and that has to show. */
  readonly breaks?: readonly string[]
}
export interface Subject {
  readonly platform: string
  /** Probes that cannot be asked of this platform at all. */
  readonly skips: readonly string[]
  readonly merge?: SimulatedTest['merge']
  readonly settings: readonly Setting[]
}

/** Several pages at every size that the probes read with. */
export const CONTACTS = 24
const SEED = 3

export function provesItsClaims({ platform, skips, merge, settings }: Subject): void {
  describe(`${platform} keeps its claims`, () => {
    it.each(settings)('$name', async ({ quirks = {}, options = {}, ...expected }) => {
      const report = await testSimulated(
        {
          platform,
          contacts: CONTACTS,
          seed: SEED,
          quirks,
          options,
          ...(merge === undefined ? {} : { merge }),
        },
        new AbortController().signal,
      )
      expect(report.lines).toHaveLength(PROBES.length)
      expect(named(report, 'differs'), reportText(report).join('\n')).toEqual(expected.breaks ?? [])
      expect(named(report, 'skipped')).toEqual(
        [...skips, ...(expected.skips ?? [])].toSorted(byPlace),
      )
      expect(report.left).toEqual([])
    })
  })
}

export function named(report: Report, kind: 'holds' | 'differs' | 'skipped'): readonly string[] {
  return report.lines.filter(({ verdict }) => verdict.kind === kind).map(({ probe }) => probe)
}

const PLACES = new Map(PROBES.map(({ name }, place) => [name, place]))
function byPlace(a: string, b: string): number {
  return (PLACES.get(a) ?? 0) - (PLACES.get(b) ?? 0)
}
