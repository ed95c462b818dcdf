/** Ends links whose contact is no more, and keeps the dead from returning. Part of the transaction that settles the ops. */
import { type RemoteId, SIDES, type Side } from '../../model/id.ts'
import type { Op } from '../../plan/op.ts'
import type { StateStore } from '../../state/store.ts'
import type { TombstoneKind } from '../../state/tombstones.ts'
import type { Job } from '../env.ts'

/** An op that is done, with what is to stand on the tombstones of both its contacts. */
export interface Departed {
  readonly op: Op
  readonly why: string
  /** What is to stand on the tombstone of each side's contact, so that nobody is made anew by itself. */
  readonly stones: Readonly<Record<Side, TombstoneKind>>
}

export const BOTH_REMOVED: Departed['stones'] = { from: 'removed', to: 'removed' }

/** The contact that the op writes a last time stays. */
export function partedFrom({ writes }: Op): Departed['stones'] {
  return { ...BOTH_REMOVED, [writes]: 'parted' }
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
    departed.flatMap(({ op, why, stones }) =>
      SIDES.flatMap((side) => {
        const id = idAt(op, side)
        return id === null ? [] : [{ side, id, why, at, kind: stones[side] }]
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
    for (const side of SIDES)
      await store.cases.close(
        sync,
        kind,
        side,
        ended.map((link) => (side === 'from' ? link.fromId : link.toId)),
        why,
      )
}

function idAt(op: Op, side: Side): RemoteId | null {
  return side === 'from' ? op.fromId : op.toId
}
