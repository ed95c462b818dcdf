/** The whole engine, one ticket at a time: does a piece of one slice and answers with the tickets that follow. Both runners call only this. */
import type { Fence } from '../state/leases.ts'
import type { RunRecord } from '../state/runs.ts'
import type { StateStore } from '../state/store.ts'
import { applyStep } from './apply.ts'
import type { RunId } from '../model/id.ts'
import type { Env, Progressed, RequestCounts, Step, Ticket } from './env.ts'
import { compareStep } from './compare.ts'
import { hold } from './holding.ts'
import { planStep } from './plan.ts'
import { pullStep } from './pull.ts'
import { undoStep } from './undo.ts'
import { verifyStep } from './verify.ts'

/** One entry per step name, or it does not compile. */
const STEPS = {
  pull: pullStep,
  plan: planStep,
  apply: applyStep,
  verify: verifyStep,
  compare: compareStep,
  undo: undoStep,
} as const satisfies Readonly<Record<string, Step>>
export type StepName = keyof typeof STEPS

/** What each kind of run goes through. */
export const PROGRAMS = {
  plan: ['pull', 'plan'],
  apply: ['apply', 'verify'],
  sync: ['pull', 'plan', 'apply', 'verify'],
  migrate: ['pull', 'plan', 'apply', 'pull', 'plan', 'apply', 'verify'],
  verify: ['pull', 'compare'],
  undo: ['undo'],
} as const satisfies Readonly<Record<RunRecord['kind'], readonly StepName[]>>

export type Advanced =
  | { readonly kind: 'on'; readonly tickets: readonly Ticket[] }
  /** Another worker holds this slice; its tickets come from there. */
  | { readonly kind: 'busy'; readonly holder: string; readonly until: number }
  /** Nothing left to do for this ticket (delivered twice, or late). */
  | { readonly kind: 'nothing' }

/**
 * Works a ticket. Errors: whatever the connectors and the store throw; the slice is then as it was at its last commit, and the same ticket may
 * be given again. An aborted signal rejects with its reason.
 */
export async function advance(env: Env, ticket: Ticket, signal: AbortSignal): Promise<Advanced> {
  signal.throwIfAborted()
  const run = await env.store.runs.get(ticket.run)
  if (run === null || run.status !== 'open' || run.stage !== ticket.stage)
    return { kind: 'nothing' }
  const slice = await env.store.slices.get(run.id, ticket.stage, ticket.slice)
  if (slice === null || !slice.isOpen) return { kind: 'nothing' }
  const lease = await env.store.leases.acquire({
    scope: `slice ${run.id} ${ticket.stage} ${ticket.slice}`,
    owner: `${env.owner}:${env.nonce()}`,
    now: env.clock.now(),
    expiresAt: env.clock.now() + env.limits.leaseMs,
    mayTakeOver: env.mayTakeOver,
  })
  if (lease.kind === 'busy') return { kind: 'busy', holder: lease.holder, until: lease.expiresAt }
  const holding = hold(env, lease.fence, signal)
  try {
    return { kind: 'on', tickets: await work(env, ticket, lease.fence, holding.signal) }
  } catch (error) {
    await env.store.leases.release(lease.fence)
    throw error
  } finally {
    await holding.end()
  }
}

/** Requests of a run, over all processes that worked on it. */
export async function requestsOfRun(store: StateStore, run: RunId): Promise<RequestCounts> {
  const sums: Record<string, { read: number; write: number }> = {}
  for (const counts of (await store.runs.documents(run, 'requests ')) as RequestCounts[]) {
    for (const [connection, { read, write }] of Object.entries(counts)) {
      const sum = sums[connection] ?? { read: 0, write: 0 }
      sums[connection] = { read: sum.read + read, write: sum.write + write }
    }
  }
  return sums
}

/** Tickets for everything of a run that is open: at the start, after a crash, and whenever a queue may have lost some. */
export async function openTickets(env: Env, run: RunRecord): Promise<readonly Ticket[]> {
  const open = await env.store.slices.stillOpen(run.id, run.stage)
  if (open.length > 0)
    return open.map((slice) => ({ run: run.id, stage: run.stage, slice: slice.name }))
  return turn(env, run)
}

/** A slice that goes on is worked for this long under one lease, unless it opened others. */
const PIECES_MS = 1_000

async function work(
  env: Env,
  ticket: Ticket,
  fence: Fence,
  signal: AbortSignal,
): Promise<readonly Ticket[]> {
  const run = await env.store.runs.get(ticket.run)
  const slice = await env.store.slices.get(ticket.run, ticket.stage, ticket.slice)
  if (run === null || slice === null || !slice.isOpen || run.stage !== ticket.stage) {
    await env.store.leases.release(fence)
    return []
  }
  const step = stepOf(run)
  env.requestsOf(run)
  const commit = <T>(inner: (store: StateStore) => Promise<T>) =>
    env.store.transaction([fence], inner)
  const until = env.clock.now() + PIECES_MS
  let { position } = slice
  for (;;) {
    signal.throwIfAborted()
    const job = { env, run, slice: ticket.slice, position, signal, commit }
    const progressed = await step.work(job)
    const opens = progressed.opens ?? []
    const goesOn = progressed.kind === 'more' && opens.length === 0 && env.clock.now() < until
    await commit((store) => keep(store, { env, run, ticket, progressed, fence, goesOn }))
    if (goesOn) {
      position = progressed.position
      continue
    }
    if (progressed.kind === 'stop') return []
    const next = opens.map(({ name }) => ({ run: run.id, stage: run.stage, slice: name }))
    if (progressed.kind === 'more') return [ticket, ...next]
    if (next.length > 0) return next
    return (await env.store.slices.isAnyOpen(run.id, run.stage)) ? [] : turn(env, run)
  }
}

interface Kept {
  readonly env: Env
  readonly run: RunRecord
  readonly ticket: Ticket
  readonly progressed: Progressed
  readonly fence: Fence
  /** The same worker goes on with the slice at once: its lease stays. */
  readonly goesOn: boolean
}

async function keep(
  store: StateStore,
  { env, run, ticket, progressed, fence, goesOn }: Kept,
): Promise<void> {
  const { opens = [], stop } = progressed
  if (opens.length > 0) await store.slices.open(run.id, run.stage, opens)
  if (progressed.kind === 'more') {
    await store.slices.save(run.id, run.stage, ticket.slice, progressed.position)
  }
  if (progressed.kind === 'closed') await store.slices.close(run.id, run.stage, ticket.slice)
  if (stop !== undefined) {
    const now = env.clock.now()
    await store.runs.update(run.id, { ...stop, updatedAt: now, endedAt: now })
  }
  if (goesOn) return
  await store.runs.saveDocument(run.id, `requests ${env.owner}`, env.requestsOf(run))
  await store.leases.release(fence)
}

/** The stage's last slice is closed: the run goes on to its next stage, or is done. Two workers may come here at once; the row lock lets one act. */
async function turn(env: Env, run: RunRecord): Promise<readonly Ticket[]> {
  const hasSlices = (await env.store.slices.get(run.id, run.stage, OPENED)) !== null
  if (hasSlices) {
    const following = await follow(env, run)
    if (following !== null) return [following]
  }
  const target = hasSlices ? run.stage + 1 : run.stage
  const now = env.clock.now()
  if (target >= run.program.length) {
    await env.store.transaction([], async (store) => {
      const current = await store.runs.lock(run.id)
      if (current === null || current.status !== 'open' || current.stage !== run.stage) return
      await store.runs.update(run.id, { status: 'done', updatedAt: now, endedAt: now })
    })
    return []
  }
  const slices = await stepOf({ ...run, stage: target }).open(env, { ...run, stage: target })
  await env.store.transaction([], async (store) => {
    const current = await store.runs.lock(run.id)
    if (current === null || current.status !== 'open' || current.stage !== run.stage) return
    await store.slices.open(run.id, target, [...slices, { name: OPENED, position: null }])
    await store.slices.close(run.id, target, OPENED)
    await store.runs.update(run.id, { stage: target, updatedAt: now })
  })
  const current = await env.store.runs.get(run.id)
  if (current === null || current.status !== 'open' || current.stage !== target) return []
  return openTickets(env, current)
}

/** The first of the stage's closing slices that has not been opened yet. Two workers may open the same one; it is one all the same. */
async function follow(env: Env, run: RunRecord): Promise<Ticket | null> {
  for (const name of stepOf(run).closing) {
    const slice = await env.store.slices.get(run.id, run.stage, name)
    if (slice !== null && !slice.isOpen) continue
    if (slice === null) {
      await env.store.transaction([], (store) =>
        store.slices.open(run.id, run.stage, [{ name, position: null }]),
      )
    }
    return { run: run.id, stage: run.stage, slice: name }
  }
  return null
}

/** A closed slice that every opened stage has: tells a stage not yet begun from one that is done. */
const OPENED = '(opened)'

function stepOf(run: RunRecord): Step {
  const name = run.program[run.stage] ?? ''
  if (!(name in STEPS)) throw new Error(`run ${run.id} names a step that does not exist: ${name}`)
  return STEPS[name as StepName]
}
