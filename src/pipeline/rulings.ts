/** What people decided about the records at hand: brought to the planner, and put on record once a plan that obeyed has been applied. */
import { normEmail } from '../model/email.ts'
import type { RemoteId, Side } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Match } from '../plan/match.ts'
import { primaryEmail } from '../plan/person.ts'
import type { Op } from '../plan/op.ts'
import type { PlanHeader } from '../plan/plan.ts'
import { matchRuled } from '../plan/ruled-match.ts'
import type { KeptRuling } from '../state/rulings.ts'
import type { RunRecord } from '../state/runs.ts'
import type { StateStore } from '../state/store.ts'
import type { TurnsOf } from '../plan/turns.ts'
import type { Job } from './env.ts'
import type { Gathered } from './facts/gathering.ts'

/** By record of that side. */
export type RulingsOf = ReadonlyMap<RemoteId, readonly KeptRuling[]>

export async function rulingsOf(
  { store, run }: { readonly store: StateStore; readonly run: Pick<RunRecord, 'sync'> },
  side: Side,
  records: readonly RemoteId[],
): Promise<RulingsOf> {
  return Map.groupBy(await store.rulings.among(run.sync, side, records), ({ record }) => record)
}

/** Fields of pairs in which two values take turns, by the source's id; none in a one-way sync, which does not write what was changed there. */
export async function turnsOf(
  { env, run }: Pick<Job, 'env' | 'run'>,
  context: PlanContext,
  fromIds: readonly RemoteId[],
): Promise<ReadonlyMap<RemoteId, TurnsOf>> {
  if (context.mirror === null) return new Map()
  const rows = await env.store.turns.among(run.sync, fromIds, env.clock.now())
  return new Map(
    [...Map.groupBy(rows, ({ record }) => record)].map(([record, of]) => [
      record,
      new Map(of.map((turn) => [turn.slot, turn])),
    ]),
  )
}

/** Of ops that are done. Part of the transaction that settles them. */
export async function noteTurns(
  store: StateStore,
  { env, run }: Pick<Job, 'env' | 'run'>,
  ops: readonly Op[],
): Promise<void> {
  const notes = ops.flatMap(({ fromId, turns = [] }) =>
    fromId === null ? [] : turns.map(({ slot, pair }) => ({ record: fromId, slot, pair })),
  )
  if (notes.length === 0) return
  const counted = notes.flatMap(({ record, slot, pair }) =>
    pair === null ? [] : [{ record, slot, pair }],
  )
  if (counted.length > 0) await store.turns.note(run.sync, counted, env.clock.now())
  const over = notes.filter(({ pair }) => pair === null)
  if (over.length > 0) await store.turns.forget(run.sync, over)
}

/** Who a gathered contact is, people's word included. */
export function matchOf(context: PlanContext, record: Gathered): Match {
  return matchRuled(context, record.facts, {
    email: normEmail(primaryEmail(record.source) ?? ''),
    ruling: record.rulings.find(({ field }) => field === null) ?? null,
  })
}

/** The link as it counts for deciding: one that a person had looked for anew is no agreement. */
export function basesOf({ link }: Gathered, match: Match) {
  const isAnew = match.kind === 'found' && link !== null
  return link === null || isAnew ? null : { from: link.fromBase, to: link.toBase }
}

/**
 * After ops have ended: rulings that made them what they are were obeyed; those that answered a question which is not asked any more, or is another one
 * now, are over. What was decided after the plan was made is left alone.
 */
export async function settleRulings(
  store: StateStore,
  { sync, id: run }: Pick<RunRecord, 'sync' | 'id'>,
  plan: PlanHeader,
  ops: readonly Op[],
): Promise<void> {
  const madeAt = Date.parse(plan.createdAt)
  const ended: string[] = []
  const obeyed: string[] = []
  for (const side of ['from', 'to'] as const) {
    const byRecord = Map.groupBy(ops, (op) => (side === 'from' ? op.fromId : op.toId) ?? '')
    byRecord.delete('')
    const records = [...byRecord.keys()] as RemoteId[]
    for (const ruling of await store.rulings.among(sync, side, records)) {
      const about = byRecord.get(ruling.record) ?? []
      const followed = about.flatMap(({ obeys = [] }) => obeys).find(({ id }) => id === ruling.id)
      const isAsked = about.some(
        ({ question, held }) =>
          question?.hash === ruling.question ||
          held.some((field) => field.question === ruling.question),
      )
      // The other op of a pair may be the one that follows it.
      const isAlone = about.every(({ partner }) => partner === undefined)
      const isOver = followed === undefined && isAlone && !isAsked && ruling.at < madeAt
      if (followed !== undefined) obeyed.push(ruling.id)
      if (followed?.stands === false || isOver) ended.push(ruling.id)
    }
  }
  if (obeyed.length > 0) await store.rulings.obeyed(obeyed, run)
  if (ended.length > 0) await store.rulings.end(ended, `settled by ${plan.id}`)
}
