/** Puts the intent and the end of removals on record: state, journal, ended links and tombstones, each in one transaction. */
import { isOptedOut } from '../../model/consent.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { Case } from '../../state/cases.ts'
import type { JournalEntry } from '../../state/journal.ts'
import type { Outcome, StoredOp } from '../../state/plans.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'
import { BOTH_REMOVED, bury } from './bury.ts'
import { settleRulings } from '../rulings.ts'
import { caseOf, openCases, said } from './quiet.ts'

export interface Removable {
  readonly stored: StoredOp
  readonly id: RemoteId
  readonly current: Sighting
}
export interface Removed {
  readonly stored: StoredOp
  /** `applied`: it is not there any more. */
  readonly state: 'applied' | 'drifted' | 'rejected' | 'unknown'
  readonly outcome: Outcome
}

/** All that the contact shows is kept before the request leaves. */
export async function intendRemovals(
  job: Job,
  plan: PlanHeader,
  items: readonly Removable[],
): Promise<void> {
  const at = job.env.clock.now()
  const entries = items.map(
    ({ stored: { op }, id, current }): JournalEntry => ({
      run: job.run.id,
      plan: plan.id,
      seq: op.seq,
      side: op.writes,
      record: id,
      kind: 'delete',
      before: {
        fields: current.fields,
        tags: current.tags ?? null,
        groups: current.groups ?? null,
        optedOut: (current.consents ?? [])
          .filter(({ state }) => isOptedOut(state))
          .map(({ channel, address }) => ({ channel, address })),
      },
      at,
    }),
  )
  await job.commit(async (store) => {
    await store.plans.intend(
      plan.id,
      items.map(({ stored }) => stored.op.seq),
    )
    await store.journal.add(entries)
  })
  await job.env.store.flush()
}

export async function settleRemovals(
  job: Job,
  plan: PlanHeader,
  endings: readonly Removed[],
): Promise<void> {
  if (endings.length === 0) return
  await job.commit((store) => record(store, job, plan, endings))
}

async function record(
  store: StateStore,
  job: Job,
  plan: PlanHeader,
  endings: readonly Removed[],
): Promise<void> {
  await store.plans.settle(
    plan.id,
    endings.map(({ stored, state, outcome }) => ({ seq: stored.op.seq, state, outcome })),
  )
  const gone = endings.flatMap(({ stored, state }) => (state === 'applied' ? [stored.op] : []))
  const why = plan.undoes === undefined ? null : `undo of ${plan.undoes.run}`
  // The dead stay dead, and their counterparts do not have them made anew.
  await bury(
    store,
    job,
    gone.map((op) => ({ op, why: why ?? op.cause, stones: BOTH_REMOVED })),
    why ?? 'removed',
  )
  const opened = endings.flatMap(({ stored, state, outcome }): Omit<Case, 'id'>[] =>
    state === 'applied'
      ? []
      : [
          caseOf(job, stored.op, state === 'rejected' ? 'reject' : 'retry', {
            cause: outcome.message ?? state,
            hint: outcome.hint ?? '',
          }),
        ],
  )
  if (opened.length > 0) await openCases(store, job, opened)
  await settleRulings(store, job.run, plan, gone)
}

export function removed(id: RemoteId): Outcome {
  return { ...said(null), id }
}
