/** Ends the links of contacts that were merged into others, right before those take them over. Part of the transaction that saves the new ones. */
import type { Op } from '../../plan/op.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'

export async function endMerged(
  store: StateStore,
  { run }: Job,
  ops: readonly Op[],
): Promise<void> {
  const heirs = new Map(
    ops.flatMap(({ takesOver, fromId, toId }) =>
      takesOver === undefined ? [] : [[takesOver, { fromId, toId }] as const],
    ),
  )
  if (heirs.size === 0) return
  const links = await store.links.byFrom(run.sync, [...heirs.keys()])
  for (const { fromId, toId } of links) {
    const heir = heirs.get(fromId)
    // It may have another counterpart by now.
    if (heir === undefined || heir.toId !== toId) continue
    const why = `merged into ${heir.fromId}`
    await store.links.end(run.sync, [fromId], why)
    for (const kind of ['hold', 'reject', 'retry'] as const)
      await store.cases.close(run.sync, kind, 'from', [fromId], why)
  }
}
