/** Ends links whose contact is no more, and keeps the dead from returning. Part of the transaction that settles the ops. */
import type { RemoteId, Side } from '../../model/id.ts'
import type { Op } from '../../plan/plan.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'

/** An op that is done, with what is to stand on the tombstones of both its contacts. */
export interface Departed {
  readonly op: Op
  readonly why: string
  /** Sides whose contact of this op may not be made anew by itself. */
  readonly sides: readonly Side[]
}

export async function bury(
  store: StateStore,
  job: Job,
  departed: readonly Departed[],
  endedWhy: string,
): Promise<void> {
  if (departed.length === 0) return
  await endLinks(
    store,
    job,
    departed.map(({ op }) => op),
    endedWhy,
  )
  const at = job.env.clock.now()
  await store.tombstones.add(
    job.run.sync,
    departed.flatMap(({ op, why, sides }) =>
      sides.flatMap((side) => {
        const id = idAt(op, side)
        return id === null ? [] : [{ side, id, why, at }]
      }),
    ),
  )
}

async function endLinks(
  store: StateStore,
  job: Job,
  gone: readonly Op[],
  why: string,
): Promise<void> {
  const { sync } = job.run
  const pairs = new Map(
    gone.flatMap(({ fromId, toId }) => (fromId === null ? [] : [[fromId, toId]])),
  )
  const links = await store.links.byFrom(sync, [...pairs.keys()])
  // The source contact may have another counterpart by now.
  const ended = links.filter(({ fromId, toId }) => pairs.get(fromId) === toId)
  const ids = ended.map(({ fromId }) => fromId)
  if (ids.length === 0) return
  await store.links.end(sync, ids, why)
  for (const kind of ['hold', 'reject', 'retry'] as const)
    await store.cases.close(sync, kind, 'from', ids, why)
}

function idAt(op: Op, side: Side): RemoteId | null {
  return side === 'from' ? op.fromId : op.toId
}
