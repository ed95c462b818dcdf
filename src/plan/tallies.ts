/** What a plan adds up to where both sides may be written: each side's ops by themselves, and both together with every record once. */
import type { Side } from '../model/id.ts'
import { type Bucket, BUCKETS } from './op.ts'
import { LOSS_SAMPLES_MAX } from './plan.ts'
import type { Draft } from './draft.ts'
import { count, emptyTally, type Tally, type TallyContext } from './tally.ts'

export interface Tallies {
  readonly to: Tally
  readonly from: Tally
  /** Buckets of ops that stand beside a graver one of the same pair: they are no records of their own. */
  readonly second: Partial<Record<Bucket | 'delete', number>>
}

export function emptyTallies(): Tallies {
  return { to: emptyTally(), from: emptyTally(), second: {} }
}

/** Counts one record in, with an op for each side of it that is written; none: unchanged. */
export function countRecord(
  tallies: Tallies,
  contexts: Readonly<Record<Side, TallyContext>>,
  ops: readonly Draft[],
): void {
  if (ops.length === 0) count(tallies.to, contexts.to, null)
  for (const op of ops) count(tallies[op.writes], contexts[op.writes], op)
  const [a, b] = ops
  if (a === undefined || b === undefined) return
  const lesser = GRAVITY.indexOf(a.bucket) <= GRAVITY.indexOf(b.bucket) ? b : a
  tallies.second[lesser.bucket] = (tallies.second[lesser.bucket] ?? 0) + 1
}

/** The gravest first. */
const GRAVITY: readonly (Bucket | 'delete')[] = [
  'reject',
  'hold',
  'delete',
  'create',
  'update',
  ...BUCKETS.filter((bucket) => !['reject', 'hold', 'create', 'update'].includes(bucket)),
]

export function secondOps({ second }: Tallies): number {
  return Object.values(second).reduce((sum, each) => sum + each, 0)
}

/** Every record once. Batches and vocabulary stay with their sides. */
export function together(tallies: Tallies): Tally {
  const { to, from, second } = tallies
  const counts = { ...to.counts }
  for (const bucket of Object.keys(counts) as (Bucket | 'delete')[])
    counts[bucket] += from.counts[bucket] - (second[bucket] ?? 0)
  const risks = { ...to.risks }
  for (const risk of Object.keys(risks) as (keyof typeof risks)[]) risks[risk] += from.risks[risk]
  const pairs = to.pairs + from.pairs - secondOps(tallies)
  return {
    ...to,
    counts,
    risks,
    losses: joined(to.losses, from.losses),
    changes: joined(to.changes, from.changes),
    rejects: joined(to.rejects, from.rejects),
    holds: joined(to.holds, from.holds),
    optOuts: to.optOuts + from.optOuts,
    irreversibleConsents: to.irreversibleConsents + from.irreversibleConsents,
    pairs,
    overwrites: to.overwrites + from.overwrites,
    updatedPairs: Math.min(pairs, to.updatedPairs + from.updatedPairs),
    departures: to.departures + from.departures,
    joins: to.joins + from.joins,
    tagWrites: to.tagWrites + from.tagWrites,
  }
}

function joined<T extends { readonly count: number; readonly sample: readonly unknown[] }>(
  one: Readonly<Record<string, T>>,
  two: Readonly<Record<string, T>>,
): Record<string, T> {
  const all = { ...one }
  for (const [key, more] of Object.entries(two)) {
    const known = all[key]
    all[key] =
      known === undefined
        ? more
        : {
            ...known,
            count: known.count + more.count,
            sample: [...known.sample, ...more.sample].slice(0, LOSS_SAMPLES_MAX),
          }
  }
  return all
}
