/** A plan header as large and as hostile as one can be. */
import type { PlanId, RunId } from '../../src/model/id.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Guard, PlanHeader } from '../../src/plan/plan.ts'
import { emptyTally } from '../../src/plan/tally.ts'
import { definition } from '../plan/world.ts'

export const HOSTILE = '\u001b[2J\u202eAnna\nBauer <anna@example.com>\u0007'

const many = <T>(count: number, make: (place: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, place) => make(place))
const long = (place: number) =>
  `${HOSTILE} ${place} ${'a longer text than any line holds '.repeat(8)}`

export function guard(name: Guard['name'], ok: boolean): Guard {
  return { name, measured: 99, limit: 1, ok, message: long(1), hint: ok ? '' : long(2) }
}
export const GUARDS: readonly Guard['name'][] = [
  'mapping',
  'empty-source',
  'deletes',
  'delete-percent',
  'overwrite-percent',
  'all-changed',
  'irreversible-consent',
]

export function smallHeader(more: Partial<PlanHeader> = {}): PlanHeader {
  const { counts, risks } = emptyTally()
  return {
    id: 'plan-20261121072640-bugq-1' as PlanId,
    sync: 'move',
    run: 'run-20261121072640-bugq' as RunId,
    isFull: true,
    hash: 'abc',
    mapping: { name: 'by hand', fingerprint: 'f' },
    fingerprint: 'g',
    read: { from: 1_234, to: 5 },
    records: 1_234,
    second: 0,
    counts: { ...counts, create: 1_000, update: 200, unchanged: 34 },
    vocabulary: { fields: [], options: [], tags: [], groups: [] },
    losses: [],
    changes: [],
    rejects: [],
    holds: [],
    risks,
    consents: { optOuts: 0, irreversible: 0 },
    guards: GUARDS.map((name) => guard(name, true)),
    warnings: [],
    cost: { calls: [], requests: 1_234, minutes: 2.5, dailyShare: null },
    watermarks: [{ side: 'from', stream: 'contacts', high: null, isProven: true }],
    appliedBefore: null,
    createdAt: '2026-11-21T07:26:40Z',
    expiresAt: '2026-11-28T07:26:40Z',
    ...more,
  }
}

export function bigHeader(): PlanHeader {
  const causes = many(40, (place) => ({
    cause: long(place),
    count: 1_000_000 + place,
    sample: [HOSTILE, long(place)],
  }))
  return smallHeader({
    sync: 's'.repeat(80),
    vocabulary: {
      fields: many(90, (place) => ({
        side: 'to' as const,
        path: `custom.new:${place}`,
        definition: definition(`custom.new:${place}`),
        draft: { label: long(place), name: `f${place}`, type: 'text', options: null },
        count: place,
      })),
      options: [],
      tags: many(90, (place) => ({
        side: 'to' as const,
        key: `new:${place}`,
        name: long(place),
        category: null,
        count: 1,
      })),
      groups: many(90, (place) => ({
        side: 'to' as const,
        key: `new:${place}`,
        name: long(place),
        count: 1,
      })),
    },
    losses: many(40, (place) => ({
      field: long(place),
      cause: long(place),
      count: 10_000_000,
      sample: [{ record: remoteId('s1'), before: long(place), after: long(place) }],
    })),
    changes: many(40, (place) => ({
      path: `custom.${long(place)}`,
      count: 10_000_000,
      sample: [{ record: HOSTILE, before: long(place), after: null }],
    })),
    rejects: causes,
    holds: causes,
    sequences: many(20, (place) => ({
      from: { id: `${place}`, name: long(place) },
      to: { id: `${place}`, name: long(place) },
      start: 1_000_000,
      settled: 9,
      optedOut: 1_000_000,
      left: 1_000_000,
    })),
    consents: { optOuts: 99, irreversible: 1_234_567 },
    guards: GUARDS.map((name) => guard(name, false)),
    warnings: many(30, long),
    cost: { calls: [], requests: 99_999_999, minutes: 99_999.9, dailyShare: 123.4 },
  })
}
