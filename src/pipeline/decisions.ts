/** Turns decisions into the ops of a plan: numbered, counted, cut into batches, hashed, kept in one commit. */
import type { Capabilities } from '../connector/capabilities.ts'
import { digest } from '../model/hash.ts'
import type { PlanId, Side } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Decision } from '../plan/decide.ts'
import type { Draft } from '../plan/draft.ts'
import type { Op } from '../plan/op.ts'
import { updatesPerSlice } from '../plan/slice-size.ts'
import { countRecord, type Tallies } from '../plan/tallies.ts'
import { cut, type TallyContext, type Written } from '../plan/tally.ts'
import { removalBatch } from './apply/remove.ts'
import type { Job } from './env.ts'

/** How far a plan is made. */
export interface Drafted {
  readonly plan: PlanId
  readonly lastOp: number
  /** Hash over all ops so far. */
  readonly chain: string
  /** Counted up in place. */
  readonly tallies: Tallies
}

/** Starting over after a crash, what an earlier try kept behind `lastOp` is cut off first. */
export async function keepDecisions(
  job: Job,
  context: PlanContext,
  { plan, lastOp, chain, tallies }: Drafted,
  decisions: readonly Decision[],
): Promise<Pick<Drafted, 'lastOp' | 'chain'>> {
  const ops: Op[] = []
  const contexts = tallyContexts(context)
  let seq = lastOp
  for (const decision of decisions) {
    countRecord(tallies, contexts, decision)
    const isTwo = decision.length === 2
    for (const [place, draft] of decision.entries()) {
      seq += 1
      ops.push({ seq, ...(isTwo ? { partner: place === 0 ? seq + 1 : seq - 1 } : {}), ...draft })
      if (isWritten(draft.bucket))
        cut(
          tallies[draft.writes],
          draft.bucket,
          seq,
          sliceMax(context[draft.writes].capabilities, draft.bucket),
        )
    }
  }
  const hash = await job.commit(async (store) => {
    await store.plans.truncate(plan, lastOp)
    return ops.length === 0 ? null : store.plans.addOps(plan, ops)
  })
  return { lastOp: seq, chain: hash === null ? chain : digest(chain + hash) }
}

function isWritten(bucket: Draft['bucket']): bucket is Written {
  return bucket === 'create' || bucket === 'update' || bucket === 'delete'
}

/** How many records of a bucket one slice of a plan writes. */
export function sliceMax(capabilities: Capabilities, bucket: Written): number {
  if (bucket === 'delete') return removalBatch(capabilities)
  if (bucket === 'update') return updatesPerSlice(capabilities)
  return capabilities.create === false ? 1 : capabilities.create.batchMax
}

function tallyContexts(context: PlanContext): Readonly<Record<Side, TallyContext>> {
  const of = (one: PlanContext): TallyContext => ({
    optOutReversible: one.to.capabilities.consent.optOutReversible,
    elementName: (kind, key) => one.elements.plannedName(kind, key),
    growing: growingOf(one),
  })
  return { to: of(context), from: of(context.mirror ?? context) }
}

function growingOf({ mapping }: PlanContext): TallyContext['growing'] {
  return new Map(
    mapping.rules.flatMap(({ to, growth }) => (growth === null ? [] : [[to, growth] as const])),
  )
}
