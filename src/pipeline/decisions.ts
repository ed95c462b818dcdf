/** Turns decisions into the ops of a plan: numbered, counted, cut into batches, hashed, kept in one commit. */
import { digest } from '../model/hash.ts'
import type { PlanId } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Decision } from '../plan/decide.ts'
import type { Op } from '../plan/plan.ts'
import { count, cut, type Tally, type Written } from '../plan/tally.ts'
import { removalBatch } from './apply/remove.ts'
import type { Job } from './env.ts'

/** How far a plan is made. */
export interface Drafted {
  readonly plan: PlanId
  readonly lastOp: number
  /** Hash over all ops so far. */
  readonly chain: string
  /** Counted up in place. */
  readonly tally: Tally
}

/** Starting over after a crash, what an earlier try kept behind `lastOp` is cut off first. */
export async function keepDecisions(
  job: Job,
  context: PlanContext,
  { plan, lastOp, chain, tally }: Drafted,
  decisions: readonly Decision[],
): Promise<Pick<Drafted, 'lastOp' | 'chain'>> {
  const ops: Op[] = []
  let seq = lastOp
  for (const decision of decisions) {
    count(tally, tallyContext(context), decision)
    if (decision === null) continue
    seq += 1
    ops.push({ seq, ...decision })
    if (isWritten(decision.bucket))
      cut(tally, decision.bucket, seq, batchMax(context, decision.bucket))
  }
  await job.commit(async (store) => {
    await store.plans.truncate(plan, lastOp)
    if (ops.length > 0) await store.plans.addOps(plan, ops)
  })
  return { lastOp: seq, chain: ops.length === 0 ? chain : digest(chain + JSON.stringify(ops)) }
}

function isWritten(bucket: Op['bucket']): bucket is Written {
  return bucket === 'create' || bucket === 'update' || bucket === 'delete'
}

function batchMax({ to: { capabilities } }: PlanContext, bucket: Written): number {
  if (bucket === 'delete') return removalBatch(capabilities)
  const capability = capabilities[bucket]
  return capability === false ? 1 : capability.batchMax
}

function tallyContext(context: PlanContext): Parameters<typeof count>[1] {
  return {
    optOutReversible: context.to.capabilities.consent.optOutReversible,
    elementName: (kind, key) => context.elements.plannedName(kind, key),
  }
}
