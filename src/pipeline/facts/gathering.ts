/** What facts are gathered from, what comes of it, and who is linked to whom. */
import type { Reader } from '../../connector/connector.ts'
import type { RemoteId, Side } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { PlanContext } from '../../plan/context.ts'
import type { MatchFacts } from '../../plan/match.ts'
import type { Link } from '../../state/links.ts'
import type { KeptRuling } from '../../state/rulings.ts'
import type { RunRecord } from '../../state/runs.ts'
import type { StateStore } from '../../state/store.ts'
import type { SyncSettings } from '../env.ts'

export interface Gathering {
  readonly store: StateStore
  readonly run: RunRecord
  readonly settings: SyncSettings
  /** Whose contacts these are. */
  readonly side: Side
  readonly context: PlanContext
  /** The account of these contacts, and the other one. */
  readonly source: Reader
  readonly target: Reader
  /** Both sides were read whole: look-ups go to the staging tables, not to the platform. */
  readonly isFull: boolean
  readonly signal: AbortSignal
}
export interface Gathered {
  readonly source: Sighting
  readonly facts: MatchFacts
  /** Its own, or that of the contact that was merged into it. */
  readonly link: Link | null
  /** What people decided about it. */
  readonly rulings: readonly KeptRuling[]
  /** Readings of its twins, where the policy merges them. */
  readonly twins: readonly Sighting[]
}

/** By the id on that side. */
export async function linksOf(
  { store, run }: Gathering,
  side: Side,
  ids: readonly RemoteId[],
): Promise<ReadonlyMap<RemoteId, Link>> {
  const links =
    side === 'from'
      ? await store.links.byFrom(run.sync, ids)
      : await store.links.byTo(run.sync, ids)
  return new Map(links.map((link) => [side === 'from' ? link.fromId : link.toId, link]))
}

export function there(from: Gathering, link: Link): RemoteId {
  return from.side === 'from' ? link.toId : link.fromId
}

export function own(from: Gathering, link: Link): RemoteId {
  return from.side === 'from' ? link.fromId : link.toId
}
