/** Closes what was open about records that a plan brought to a good end. A pair of which both sides are written has ended well when both have. */
import type { RemoteId } from '../../model/id.ts'
import type { Link } from '../../state/links.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'

interface Ended {
  readonly links: readonly Link[]
  /** By the source's id: whether the pair's other op has not ended well (yet), or asks. */
  readonly isOpen: (fromId: RemoteId, kind: 'hold' | 'reject' | 'retry') => boolean
  /** Records about which something is asked now. */
  readonly stillHeld: ReadonlySet<RemoteId>
  readonly isTwoWay: boolean
}

export async function closeCases(store: StateStore, { run }: Job, ended: Ended): Promise<void> {
  const { links, isOpen, stillHeld, isTwoWay } = ended
  for (const kind of ['hold', 'reject', 'retry'] as const) {
    const closable = links.filter(
      ({ fromId }) => !isOpen(fromId, kind) && (kind !== 'hold' || !stillHeld.has(fromId)),
    )
    if (closable.length === 0) continue
    const ids = closable.map(({ fromId }) => fromId)
    await store.cases.close(run.sync, kind, 'from', ids, 'applied')
    if (!isTwoWay) continue
    const there = closable.map(({ toId }) => toId)
    await store.cases.close(run.sync, kind, 'to', there, 'applied')
  }
}

export function openPairs(
  links: ReadonlyMap<number, Link>,
  partners: ReadonlyMap<number, StoredOp>,
  endings: readonly { readonly stored: StoredOp }[],
): Ended['isOpen'] {
  const open = new Set<RemoteId>()
  const asking = new Set<RemoteId>()
  for (const { stored } of endings) {
    const link = links.get(stored.op.seq)
    const partner = stored.op.partner === undefined ? undefined : partners.get(stored.op.partner)
    if (link === undefined || partner === undefined) continue
    if (partner.state !== 'applied') open.add(link.fromId)
    if (partner.op.held.length > 0) asking.add(link.fromId)
  }
  return (fromId, kind) => open.has(fromId) || (kind === 'hold' && asking.has(fromId))
}
