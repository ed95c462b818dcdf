/** After each of the first, small batches: read back what was written. When it is not there, the run stops before it does more harm. */
import type { PlanHeader } from '../../plan/plan.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { Job } from '../env.ts'
import { compare } from './compare.ts'
import type { WriteRange } from './range.ts'
import { termsOf } from './terms.ts'

/** Fewer than this many fields equal, of all written, is no rewriting by the target any more. */
const EQUAL_SHARE_MIN = 0.5
/** Of fewer values nothing is told: a number that the target rounds may be all that a first batch writes. The next, larger batch is looked at as well. */
const TELLING_MIN = 5
/** A batch of at least this size that is refused whole stops the run. */
const REFUSED_MIN = 5

export interface CheckedCanary {
  /** null: all is well. */
  readonly trouble: string | null
  readonly written: number
}

export async function checkCanary(
  job: Job,
  plan: PlanHeader,
  range: WriteRange,
): Promise<CheckedCanary> {
  const { env } = job
  const inRange = await env.store.plans.ops(plan.id, {
    afterSeq: range.afterSeq,
    untilSeq: range.untilSeq,
    limit: CANARY_MAX,
    states: null,
    buckets: [range.bucket],
  })
  const ops = inRange.filter(({ op }) => op.writes === range.side)
  const rejected = ops.filter((stored) => stored.state === 'rejected')
  if (rejected.length >= REFUSED_MIN && rejected.length === ops.length) {
    const last = rejected.at(-1)?.outcome?.message ?? 'not told'
    const trouble = `${WORD_OF[range.side]} refused all of the first ${ops.length} records; the last reason: ${last}`
    return { trouble, written: 0 }
  }
  const written = ops.filter((stored) => stored.state === 'applied' && stored.outcome?.id != null)
  return { trouble: await missing(job, range, written), written: written.length }
}

/** What is not there when it is read back; null: enough is. */
async function missing(
  job: Job,
  range: WriteRange,
  written: readonly StoredOp[],
): Promise<string | null> {
  if (written.length === 0) return null
  const { env, run, signal } = job
  const terms = await termsOf(job, range.side)
  const reader = env.accounts(run.sync).reader(range.side)
  const ids = written.flatMap((stored) => stored.outcome?.id ?? [])
  const size = Math.max(1, reader.capabilities.fetchMax)
  let fields = 0
  let left = 0
  for (let start = 0; start < ids.length; start += size) {
    for (const entry of await reader.fetch(ids.slice(start, start + size), signal)) {
      const stored = written.find((each) => each.outcome?.id === entry.id)
      if (stored === undefined) continue
      if (entry.kind === 'gone')
        return `contact ${entry.id} was written and acknowledged, but is not there when read back`
      if (entry.kind !== 'found') continue
      const comparison = compare(terms, { ...stored.op, bucket: 'create' }, entry.sighting)
      fields += stored.op.fields.length
      left += comparison.kind === 'left' ? comparison.op.fields.length : 0
    }
  }
  if (fields < TELLING_MIN || (fields - left) / fields >= EQUAL_SHARE_MIN) return null
  return `of ${fields} values written to the first contacts, ${left} are not there when read back`
}
const CANARY_MAX = 1_000
const WORD_OF = { from: 'the source', to: 'the target' } as const
