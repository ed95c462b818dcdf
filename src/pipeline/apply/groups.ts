/** Memberships of groups, in bulk, after the contacts exist. Repeating one changes nothing, so a lost answer is simply sent again. */
import { type PlanId, SIDES, type Side } from '../../model/id.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import { JOINS_PER_CALL } from '../../plan/cost.ts'
import type { Job, Progressed } from '../env.ts'
import { repeated } from './repeat.ts'
import { termsOf } from './terms.ts'

export async function writeGroups(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { env, run, signal } = job
  for (const side of SIDES) {
    const name = joinsOf(plan.id, side)
    const [group] = await env.store.joins.pendingGroups(name)
    if (group === undefined) continue
    const terms = await termsOf(job, side)
    const writer = env.accounts(run.sync).writer(side)
    const rows = await env.store.joins.next(name, group, JOINS_PER_CALL)
    const ids = (op: 'add' | 'remove') =>
      rows.filter((row) => row.op === op).map((row) => row.contact)
    await repeated(job, side, () =>
      writer.join(terms.group(group), { add: ids('add'), remove: ids('remove') }, signal),
    )
    await job.commit((store) => store.joins.done(name, rows))
    env.progress({
      run: run.id,
      step: 'apply',
      text: `adding to ${terms.group(group).name}`,
      done: rows.length,
      total: null,
    })
    return { kind: 'more', position: null }
  }
  return { kind: 'closed' }
}

/** Under which name a plan's memberships of a side are kept. */
export function joinsOf(plan: PlanId, side: Side): PlanId {
  return side === 'to' ? plan : (`${plan} ${side}` as PlanId)
}
