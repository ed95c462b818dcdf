/** How far a run is, as the store tells it: for whoever watches from another process. */
import type { RunId } from '../model/id.ts'
import type { RunRecord } from '../state/runs.ts'
import type { App } from './app.ts'

export interface RunProgress {
  readonly run: string
  readonly sync: string
  readonly kind: string
  readonly status: string
  readonly reason: string | null
  /** The step it is at; null: over. */
  readonly step: string | null
  /** Steps done, and how many there are. */
  readonly stages: { readonly done: number; readonly of: number }
  readonly plan: string | null
  /** Contacts read in this run and not yet dealt with; both 0 once it is over. */
  readonly read: { readonly from: number; readonly to: number }
  /** Records of the plan by state, and how many have come to an end. */
  readonly states: Readonly<Record<string, number>>
  readonly ended: number
  readonly total: number
  readonly updatedAt: string
  readonly isOver: boolean
}

export async function progressOf(app: App, run: RunRecord): Promise<RunProgress> {
  const isOver = run.status !== 'open'
  const { store } = app
  const counts = run.plan === null ? [] : await store.plans.countStates(run.plan)
  const states: Record<string, number> = {}
  for (const { state, count } of counts) states[state] = (states[state] ?? 0) + count
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const waiting = (states['planned'] ?? 0) + (states['sent'] ?? 0)
  return {
    run: run.id,
    sync: run.sync,
    kind: run.kind,
    status: run.status,
    reason: run.reason,
    step: isOver ? null : (run.program[run.stage] ?? null),
    stages: {
      done: run.status === 'done' ? run.program.length : run.stage,
      of: run.program.length,
    },
    plan: run.plan,
    read: isOver
      ? { from: 0, to: 0 }
      : {
          from: await store.staging.count(run.id, 'from'),
          to: await store.staging.count(run.id, 'to'),
        },
    states,
    ended: total - waiting,
    total,
    updatedAt: new Date(run.updatedAt).toISOString(),
    isOver,
  }
}

const LOOK_MS = 1_000

/** Each time something changed, until the run is over or nobody watches any more. */
export async function* watchRun(
  app: App,
  id: RunId,
  signal: AbortSignal,
): AsyncGenerator<RunProgress> {
  for (let before = ''; ; ) {
    const run = await app.store.runs.get(id)
    if (run === null) return
    const progress = await progressOf(app, run)
    const text = JSON.stringify(progress)
    if (text !== before) yield progress
    before = text
    if (progress.isOver) return
    await app.env.clock.sleep(LOOK_MS, signal)
  }
}
