/** Closes the books of a plan: every op has ended in one state, the sums are kept with the run, and what was read moves the cursors. */
import type { RunId } from '../../model/id.ts'
import type { Books } from '../../plan/books.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { OpState } from '../../state/store.ts'
import type { Job, Progressed } from '../env.ts'
import type { ScanResult } from '../pull.ts'

export async function keepBooks(job: Job, plan: PlanHeader): Promise<Progressed> {
  const books = await booksOf(job, plan)
  const scans = ((await job.env.store.runs.document(plan.run, 'scans')) ?? []) as ScanResult[]
  await job.commit(async (store) => {
    const run = await store.runs.lock(job.run.id)
    const before = (run?.facts['books'] ?? []) as readonly Books[]
    const all = [...before.filter((each) => each.plan !== books.plan), books]
    await store.runs.update(job.run.id, {
      facts: { ...run?.facts, books: all },
      updatedAt: job.env.clock.now(),
    })
    for (const scan of scans) {
      if (scan.high === null) continue
      await store.cursors.save({
        sync: job.run.sync,
        side: scan.side,
        stream: scan.stream,
        watermark: scan.high,
        fingerprint: scan.fingerprint,
        censusAt: scan.isFull && scan.isProven ? job.env.clock.now() : null,
        run: job.run.id as RunId,
        updatedAt: job.env.clock.now(),
      })
    }
  })
  return { kind: 'closed' }
}

export async function booksOf(job: Pick<Job, 'env'>, plan: PlanHeader): Promise<Books> {
  const rows = await job.env.store.plans.countStates(plan.id)
  const sum = (buckets: readonly string[], states: readonly OpState[] | null): number =>
    rows
      .filter(
        (row) => buckets.includes(row.bucket) && (states === null || states.includes(row.state)),
      )
      .reduce((total, row) => total + row.count, 0)
  const done = ['create', 'update', 'link', 'hold', 'reject', 'delete']
  const stored = sum(['unchanged'], null)
  const counted = {
    applied: sum(done, ['applied']),
    drifted: sum(done, ['drifted']),
    rejected: sum(done, ['rejected']),
    unknown: sum(done, ['unknown', 'sent', 'planned']),
    held: sum(done, ['held']),
    unchanged: plan.counts.unchanged,
    excluded: plan.counts.excluded + plan.counts.blocked,
  }
  const total = Object.values(counted).reduce((a, b) => a + b, 0)
  const isOpen = sum(done, ['sent', 'planned']) > 0
  return {
    plan: plan.id,
    read: plan.read.from,
    ...counted,
    balanced:
      !isOpen && total === plan.read.from + plan.counts.delete && stored <= plan.counts.unchanged,
  }
}
