/**
 * Step three: do what the plan says, to the letter. Vocabulary first; then batches of removals, updates and creates, the first ones small
 * and each checked before the next, until the configuration is tried; then memberships of groups; then notes; then sequences, which may mail; then the books.
 *
 *   check → vocabulary → companies → records without a write (links, holds, rejects) → delete:0 … → update:0 … → create:0 → create:1 …
 *   → groups → notes → sequences → books
 *
 * A batch: find out what became of ops that were sent before · re-read what would be updated · write the intents down · send · settle
 * each item · what is unknown is looked up before it is sent again, in halves, down to the record that breaks it.
 */
import type { PlanHeader } from '../plan/plan.ts'
import type { Tally } from '../plan/tally.ts'
import { keepBooks, lastApplied } from './apply/books.ts'
import { createCompanies } from './apply/companies.ts'
import { writeGroups } from './apply/groups.ts'
import { addNotes } from './apply/notes.ts'
import { settleQuiet } from './apply/quiet.ts'
import { allRanges, firstRanges, sliceOf, type WriteRange } from './apply/range.ts'
import { removeSlice } from './apply/remove.ts'
import { startSequences } from './apply/starts.ts'
import { isTried } from './apply/tried.ts'
import { createVocabulary } from './apply/vocabulary.ts'
import { writeSlice } from './apply/write.ts'
import type { Job, Progressed, Step } from './env.ts'

export const applyStep: Step = {
  async open() {
    return [{ name: 'check', position: null }]
  },
  closing: ['groups', 'notes', 'sequences', 'books'],
  async work(job) {
    const plan = await planOf(job)
    switch (job.slice) {
      case 'check':
        return check(job, plan)
      case 'vocabulary':
        return createVocabulary(job, plan)
      case 'companies':
        return createCompanies(job, plan)
      case 'quiet':
        return settleQuiet(job, plan, await firstSlices(job, plan))
      case 'groups':
        return writeGroups(job, plan)
      case 'notes':
        return addNotes(job, plan)
      case 'sequences':
        return startSequences(job, plan)
      case 'books':
        return keepBooks(job, plan)
      default:
        return (job.position as WriteRange).bucket === 'delete'
          ? removeSlice(job, plan)
          : writeSlice(job, plan)
    }
  },
}

async function planOf(job: Job): Promise<PlanHeader> {
  const id = job.run.plan
  const plan = id === null ? null : await job.env.store.plans.header(id)
  if (plan === null) throw new Error(`run ${job.run.id} has no plan to apply`)
  return plan
}

/** The last look before anything is written: is the plan still the one that was approved? */
async function check(job: Job, plan: PlanHeader): Promise<Progressed> {
  const settings = job.env.settings(job.run.sync)
  const states = await job.env.store.plans.countStates(plan.id)
  const isBegun = states.some(({ state }) => state !== 'planned')
  if (!isBegun && plan.fingerprint !== settings.fingerprint) {
    return stale('the configuration or the mapping changed since the plan was made')
  }
  if (!isBegun && Date.parse(plan.expiresAt) < job.env.clock.now())
    return stale(`the plan expired at ${plan.expiresAt}`)
  const last = await lastApplied(job.env.store, job.run.sync)
  if (!isBegun && last !== null && last.plan !== plan.id && last.plan !== plan.appliedBefore) {
    return stale(`${last.run} has written since the plan was made`)
  }
  return { kind: 'closed', opens: [{ name: 'vocabulary', position: null }] }
}

function stale(reason: string): Progressed {
  return { kind: 'stop', stop: { status: 'failed', reason: `${STALE}: ${reason}` } }
}
/** How a run that ended for this reason is recognised (exit code 7). */
export const STALE = 'stale plan'

async function firstSlices(
  job: Job,
  plan: PlanHeader,
): Promise<readonly { name: string; position: WriteRange }[]> {
  const { cuts, back } = (await job.env.store.runs.document(plan.run, `cuts ${plan.id}`)) as {
    // Plans of an earlier version remove nothing and have no cuts for it.
    readonly cuts: Partial<Tally['cuts']>
    readonly back?: Partial<Tally['cuts']>
  }
  const slices: { name: string; position: WriteRange }[] = []
  for (const bucket of BUCKETS) {
    for (const [side, { ends }] of [
      ['to', cuts[bucket] ?? NO_CUTS],
      ['from', back?.[bucket] ?? NO_CUTS],
    ] as const) {
      const ranges = (await isTried(job.env.store, plan, { bucket, side }))
        ? allRanges
        : firstRanges
      slices.push(...ranges({ bucket, side }, ends).map(sliceOf))
    }
  }
  return slices
}
const NO_CUTS = { ends: [] }
const BUCKETS = ['delete', 'update', 'create'] as const
