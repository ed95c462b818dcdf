/** Closes the books of a plan: every op has ended in one state, the sums are kept with the run, and what was read moves the cursors. */
import type { PlanId, RunId } from '../../model/id.ts'
import type { Books } from '../../plan/books.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { OpState } from '../../state/plans.ts'
import type { StateStore } from '../../state/store.ts'
import { keepCensus } from '../census.ts'
import type { Job, Progressed } from '../env.ts'
import type { ScanResult } from '../scans.ts'

export async function keepBooks(job: Job, plan: PlanHeader): Promise<Progressed> {
  const earlier = (job.run.facts['books'] ?? []) as readonly Books[]
  const books = await booksOf(
    job,
    plan,
    earlier.filter((each) => each.plan !== plan.id).map((each) => each.plan as PlanId),
  )
  const scans = ((await job.env.store.runs.document(plan.run, 'scans')) ?? []) as ScanResult[]
  await job.commit(async (store) => {
    const run = await store.runs.lock(job.run.id)
    const before = (run?.facts['books'] ?? []) as readonly Books[]
    const all = [...before.filter((each) => each.plan !== books.plan), books]
    await store.runs.update(job.run.id, {
      facts: { ...run?.facts, books: all },
      updatedAt: job.env.clock.now(),
    })
    const applied: LastApplied = { run: job.run.id, plan: plan.id, at: job.env.clock.now() }
    await store.meta.set(appliedKey(job.run.sync), JSON.stringify(applied))
    // The sides differ again where the run had made them agree: only a full reading shows that.
    if (plan.undoes !== undefined) await store.cursors.clear(job.run.sync)
    await keepCensus(store, job.run.sync, { scans, now: job.env.clock.now() })
    for (const scan of scans) {
      if (scan.high === null) continue
      const { sync } = job.run
      const known = await store.cursors.get(sync, scan.side, scan.stream)
      await store.cursors.save({
        sync,
        side: scan.side,
        stream: scan.stream,
        watermark: scan.high,
        fingerprint: scan.fingerprint,
        censusAt: scan.isFull && scan.isProven ? job.env.clock.now() : (known?.censusAt ?? null),
        run: job.run.id as RunId,
        updatedAt: job.env.clock.now(),
      })
    }
  })
  return { kind: 'closed' }
}

/** Which plan was applied last: an older one does not know what that wrote, and could only double it. */
export interface LastApplied {
  readonly run: RunId
  readonly plan: PlanId
  /** Epoch milliseconds. */
  readonly at: number
}

export async function lastApplied(store: StateStore, sync: string): Promise<LastApplied | null> {
  const text = await store.meta.get(appliedKey(sync))
  return text === null ? null : (JSON.parse(text) as LastApplied)
}

function appliedKey(sync: string): string {
  return `applied ${sync}`
}

async function booksOf(job: Job, plan: PlanHeader, earlier: readonly PlanId[]): Promise<Books> {
  const rows = await job.env.store.plans.countStates(plan.id)
  const ended = endings(rows)
  const counted = { ...ended, unchanged: plan.counts.unchanged }
  const again = { applied: 0, drifted: 0, rejected: 0, unknown: 0, held: 0, excluded: 0 }
  for (const other of earlier) {
    const repeated = endings(await job.env.store.plans.repeated(plan.id, other))
    for (const [ending, count] of Object.entries(repeated))
      again[ending as keyof typeof again] += count
  }
  const total = Object.values(counted).reduce((a, b) => a + b, 0)
  const isOpen = rows.some(
    (row) => row.bucket !== 'unchanged' && (row.state === 'sent' || row.state === 'planned'),
  )
  return {
    plan: plan.id,
    read: plan.records,
    ...counted,
    again,
    balanced:
      !isOpen &&
      total === plan.records + plan.second + (plan.undoes === undefined ? plan.counts.delete : 0),
  }
}

type Ending = keyof Books['again']

/** Sums by how the ops ended; ops that only moved bases belong to `unchanged`. */
function endings(
  rows: readonly { readonly bucket: string; readonly state: OpState; readonly count: number }[],
): Record<Ending, number> {
  const sums: Record<Ending, number> = {
    applied: 0,
    drifted: 0,
    rejected: 0,
    unknown: 0,
    held: 0,
    excluded: 0,
  }
  for (const { bucket, state, count } of rows) {
    if (bucket !== 'unchanged') sums[ENDING_OF[state]] += count
  }
  return sums
}
const ENDING_OF: Readonly<Record<OpState, Ending>> = {
  planned: 'unknown',
  sent: 'unknown',
  unknown: 'unknown',
  applied: 'applied',
  drifted: 'drifted',
  rejected: 'rejected',
  held: 'held',
  skipped: 'excluded',
}
