/** Undoing a run: makes the plan that takes back what it wrote, and lets people whom an undo removed be created again. */
import { type RemoteId, SIDES, type Side } from '../model/id.ts'
import { COMPANIES_BEFORE } from '../pipeline/apply/companies-edit.ts'
import { piecesBefore } from '../pipeline/apply/notes-edit.ts'
import type { PlanHeader } from '../plan/plan.ts'
import type { Runner } from '../runner/runner.ts'
import type { RunRecord } from '../state/runs.ts'
import type { App } from './app.ts'
import { work } from './run.ts'

/** The run cannot be undone: it does not exist, wrote nothing, or its values are not kept any more. Exit code 2. */
export class NotUndoable extends Error {
  override readonly name = 'NotUndoable'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** Reads the target and writes nothing. Throws NotUndoable, and what `work` throws. */
export async function planUndo(
  app: App,
  id: string,
  runner: Runner,
  signal: AbortSignal,
): Promise<PlanHeader> {
  const undone = await undoable(app, id)
  const run = await work(
    app,
    { sync: undone.sync, kind: 'undo', isFull: false, plan: null, undoes: undone.id },
    runner,
    signal,
  )
  const plan = run.plan === null ? null : await app.store.plans.header(run.plan)
  if (plan === null)
    throw new Error(`run ${run.id} ended without a plan: ${run.reason ?? run.status}`)
  return plan
}

/**
 * People whom this run, or its undo, kept from being created may be created again by the next plan: those whom the undo removed, and those whose
 * counterpart the run parted from. Answers how many there are.
 */
export async function releaseUndone(app: App, id: string): Promise<number> {
  const undone = await undoable(app, id)
  let released = 0
  for (let afterSeq = 0; ; ) {
    const page = await app.store.journal.page(undone.id, afterSeq, PAGE)
    const last = page.at(-1)
    if (last === undefined) break
    afterSeq = last.seq
    const ids: Record<Side, RemoteId[]> = { from: [], to: [] }
    for (const entry of page)
      if (entry.kind === 'create' && entry.record !== null) ids[entry.side].push(entry.record)
    for (const [plan, entries] of Map.groupBy(page, (entry) => entry.plan)) {
      const seqs = entries.map(({ seq }) => seq)
      for (const { op } of await app.store.plans.opsAt(plan, seqs)) {
        if (op.bucket === 'update' && op.ends === undefined) continue
        if (op.fromId !== null) ids.from.push(op.fromId)
        if (op.toId !== null) ids.to.push(op.toId)
      }
    }
    const lifted = { from: 0, to: 0 }
    for (const side of SIDES)
      lifted[side] = await app.store.tombstones.remove(undone.sync, side, ids[side])
    released += Math.max(lifted.from, lifted.to)
  }
  await app.store.audit.add({
    at: app.env.clock.now(),
    who: app.env.owner,
    what: 'undone people released',
    run: undone.id,
    data: { sync: undone.sync, released },
  })
  return released
}
const PAGE = 1_000

async function undoable(app: App, id: string): Promise<RunRecord> {
  const run = await app.store.runs.get(id as RunRecord['id'])
  if (run === null)
    throw new NotUndoable(`there is no run ${id}`, 'List them with "ferry runs list".')
  const { create, update, delete: removed } = await app.store.journal.counts(run.id)
  if (create + update + removed > 0) return run
  const notes = await app.store.notes.counts(run.id)
  if (notes.some(({ state }) => state === 'done')) return run
  if ((await piecesBefore(app.store, run.id)).length > 0) return run
  // They are not put back, and the plan names them.
  if ((await app.store.runs.documentNames(run.id, COMPANIES_BEFORE)).length > 0) return run
  throw new NotUndoable(
    `${id} wrote nothing, or its earlier values are not kept any more`,
    'Runs of the kinds apply, sync and migrate write; "ferry runs show RUN" tells how much.',
  )
}
