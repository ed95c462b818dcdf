/** What is different from world to world beside people and faults: what the sync was told, and how rough the way is. */
import { draws } from './streams.ts'

export interface Deal {
  /** Rows a page; null: the platform's own. */
  readonly pageSize: number | null
  readonly hasMarker: boolean
  readonly deletes: 'ignore' | 'unsubscribe' | 'tag' | 'delete'
  /** Deletions and the like that one run may do while nobody has confirmed more. */
  readonly maxDeletes: number
  /** People come who share an address, or have none. */
  readonly isCrowded: boolean
  /** Share of writes whose answer gets lost, beside all other faults. */
  readonly lossRate: number
  /** Share of runs that only plan. */
  readonly planRate: number
  /** A server that gives fewer rows than it is asked for, where there is one; null: it gives all. */
  readonly pageCap: number | null
  /** People edit on both sides, and both are written. */
  readonly isTwoWay: boolean
  /** What an ordinary seed ends with: a run, and its undoing. */
  readonly endsWithUndo: boolean
}

/** What every world was before there were deals; seeds that failed then are played so. */
export const PLAIN: Omit<Deal, 'pageSize'> = {
  hasMarker: true,
  deletes: 'ignore',
  maxDeletes: 20,
  isCrowded: false,
  lossRate: 0,
  planRate: 0,
  pageCap: null,
  endsWithUndo: false,
  isTwoWay: false,
}

const POLICIES = ['unsubscribe', 'tag', 'delete', 'delete'] as const

export function dealOf(seed: number): Omit<Deal, 'pageSize'> {
  const deal = oneWay(seed)
  if (!draws(seed, 'scheduling', -2).chance(TWO_WAY_RATE)) return deal
  // What becomes of pairs of whom one is gone, and an undo of both sides, have scenes of their own.
  return { ...deal, isTwoWay: true, deletes: 'ignore', endsWithUndo: false }
}
const TWO_WAY_RATE = 0.2

/** As all worlds were before some went both ways. */
export function oneWay(seed: number): Omit<Deal, 'pageSize'> {
  const draw = draws(seed, 'scheduling', -1)
  return {
    isTwoWay: false,
    hasMarker: !draw.chance(0.4),
    deletes: draw.chance(0.4) ? (draw.pick(POLICIES) ?? 'delete') : 'ignore',
    maxDeletes: 2,
    isCrowded: draw.chance(0.5),
    lossRate: draw.chance(0.35) ? 0.3 : 0,
    endsWithUndo: draw.chance(0.25),
    planRate: draw.chance(0.5) ? 0.3 : 0,
    pageCap: draw.chance(0.3) ? 3 : null,
  }
}
