/** The last look before an update: the fields that would be touched must still be what the plan saw. */
import type { RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Op } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { StoredOp } from '../../state/plans.ts'
import { again } from './again.ts'
import { compare } from './compare.ts'
import { said } from './quiet.ts'
import type { Ending } from './ending.ts'
import type { Looks } from './looks.ts'
import { type Terms, writtenId } from './terms.ts'

/** An op about to be sent, or what is left of it. */
export interface Item {
  readonly stored: StoredOp
  readonly left: Op
  /** null: a create. */
  readonly id: RemoteId | null
  readonly current: Sighting | null
}
export interface Rechecked {
  readonly items: readonly Item[]
  readonly endings: readonly Ending[]
}

interface Looking {
  readonly plan: PlanHeader
  readonly terms: Terms
  readonly looks: Looks
}

/** `next`: ops that are written after these, and looked at with them. */
export async function recheck(
  { plan, terms, looks }: Looking,
  ops: readonly StoredOp[],
  next: readonly StoredOp[],
): Promise<Rechecked> {
  const readings = await looks.at(idsOf(ops), idsOf(next))
  const items: Item[] = []
  const endings: Ending[] = []
  for (const stored of ops) {
    const { op } = stored
    const id = writtenId(op)
    if (id === null) {
      items.push({ stored, left: op, id: null, current: null })
      continue
    }
    const reading = readings.get(id)
    if (reading?.kind !== 'found') {
      endings.push({
        kind: 'drifted',
        stored,
        outcome: said(wordsOf(terms)[reading?.kind ?? 'inconclusive'], again(plan)),
      })
      continue
    }
    const comparison = compare(terms, op, reading.sighting)
    if (comparison.kind === 'done') {
      endings.push({
        kind: 'applied',
        stored,
        id,
        echo: reading.sighting,
        current: reading.sighting,
      })
    } else if (comparison.kind === 'drifted') {
      endings.push({
        kind: 'drifted',
        stored,
        outcome: {
          ...said(
            `the field changed at ${terms.place} since the plan was made; nothing was written`,
            again(plan),
          ),
          path: comparison.path,
        },
      })
    } else items.push({ stored, left: comparison.op, id, current: reading.sighting })
  }
  return { items, endings }
}

function idsOf(ops: readonly StoredOp[]): readonly RemoteId[] {
  return ops.flatMap(({ op }) => writtenId(op) ?? [])
}

function wordsOf({ place }: Terms) {
  return {
    gone: `the record was deleted at ${place} since the plan was made`,
    merged: `the record was merged into another at ${place} since the plan was made`,
    inconclusive: 'the record could not be read before the update; nothing was written',
  } as const
}
