/** Memberships of groups, in bulk, after the contacts exist. Repeating one changes nothing, so a lost answer is simply sent again. */
import type { PlanHeader } from '../../plan/plan.ts'
import { JOINS_PER_CALL } from '../../plan/cost.ts'
import type { Job, Progressed } from '../env.ts'
import { repeated } from './repeat.ts'
import { termsOf } from './terms.ts'

export async function writeGroups(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { env, run, signal } = job
  const [group] = await env.store.joins.pendingGroups(plan.id)
  if (group === undefined) return { kind: 'closed' }
  const terms = await termsOf(job)
  const writer = env.accounts(run.sync).writer('to')
  const rows = await env.store.joins.next(plan.id, group, JOINS_PER_CALL)
  const ids = (op: 'add' | 'remove') =>
    rows.filter((row) => row.op === op).map((row) => row.contact)
  await repeated(job, () =>
    writer.join(terms.group(group), { add: ids('add'), remove: ids('remove') }, signal),
  )
  await job.commit((store) => store.joins.done(plan.id, rows))
  env.progress({
    run: run.id,
    step: 'apply',
    text: `adding to ${terms.group(group).name}`,
    done: rows.length,
    total: null,
  })
  return { kind: 'more', position: null }
}
