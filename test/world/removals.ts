/** I6 and I7: who was removed at the target was gone at the source, twice looked for and asked for by id; and no run removes more than it may. */
import type { RunRecord } from '../../src/state/runs.ts'
import { bare } from './oracle.ts'
import type { World } from './world.ts'

const SYNC = 'move'

/** Why this contact should not have been removed; null: it was rightly. */
export async function unlicensed(world: World, id: string): Promise<string | null> {
  if (world.deal.deletes !== 'delete') return 'nobody told the sync to delete'
  for (const run of await world.store.runs.list({ sync: SYNC, limit: 50 })) {
    const deleted = (await opsOf(world, run)).find(
      ({ op }) => op.bucket === 'delete' && op.toId !== null && bare(op.toId) === id,
    )
    if (deleted === undefined) continue
    const source = bare(deleted.op.fromId ?? '')
    if (world.sides.from.simulator.snapshot().some((one) => one.id === source))
      return `${source} is still at the source`
    const noted = [...(world.watch.missed.get(source) ?? [])].filter((other) => other !== run.id)
    if (noted.length === 0) return `${source} was missed by no earlier reading`
    if (!world.watch.askedFor.has(source)) return `nobody asked the source for ${source}`
    return null
  }
  return 'no plan says so'
}

/** Nobody has confirmed more than the sync may do of itself. */
export async function checkCaps(world: World, { run }: { readonly run: RunRecord }): Promise<void> {
  if (world.isConfirmed || run.kind !== 'sync') return
  const parted = (await opsOf(world, run)).filter(
    ({ op, state }) => state === 'applied' && (op.bucket === 'delete' || op.ends !== undefined),
  )
  const { maxDeletes } = world.deal
  if (parted.length > maxDeletes)
    world.watch.say('I7', `${run.id} parted from ${parted.length} people, ${maxDeletes} allowed`)
}

async function opsOf(world: World, run: RunRecord) {
  if (run.plan === null || world.deal.deletes === 'ignore') return []
  return world.store.plans.ops(run.plan, {
    afterSeq: 0,
    untilSeq: null,
    limit: 1_000,
    states: null,
    buckets: ['delete', 'update'],
  })
}
