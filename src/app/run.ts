/** Starts a run, or goes on with the one that was interrupted, and works it to its end. */
import { type Hold, holdWith } from '../connector/hold.ts'
import type { RunId } from '../model/id.ts'
import { PROGRAMS } from '../pipeline/advance.ts'
import { STALE } from '../pipeline/apply.ts'
import type { RunFacts } from '../plan/run-facts.ts'
import type { Fence } from '../state/leases.ts'
import type { RunKind, RunRecord } from '../state/runs.ts'
import type { StateStore } from '../state/store.ts'
import type { Runner } from '../runner/runner.ts'
import type { SyncSettings } from '../pipeline/env.ts'
import { type App, writtenSides } from './app.ts'
import { ConfigError } from './config/error.ts'

export interface RunRequest {
  readonly sync: string
  readonly kind: RunKind
  /** Read both sides whole, whatever the cursors say. */
  readonly isFull: boolean
  /** For `apply`: the plan to apply. */
  readonly plan: string | null
  /** For `undo`: the run whose writes the plan takes back. */
  readonly undoes?: RunId
}

/** Another process works on this sync, or writes to the same target. Exit code 8. */
export class RunBusy extends Error {
  override readonly name = 'RunBusy'
  readonly hint: string
  constructor(scope: string, holder: string, expiresAt: number) {
    super(`another run holds ${scope} (${holder}, until ${new Date(expiresAt).toISOString()})`)
    this.hint =
      'Wait for it to end. If that process is dead on another machine, its hold lapses by itself, or "ferry state unlock" ends it.'
  }
}

const LEASE_MS = 60_000
/** How often a run says that it still works. */
export const HEARTBEAT_MS = 15_000

export async function work(
  app: App,
  request: RunRequest,
  runner: Runner,
  signal: AbortSignal,
): Promise<RunRecord> {
  const settings = await app.use(request.sync)
  refuseWhatIsMissing(app, settings)
  const scopes =
    request.kind === 'plan' || request.kind === 'verify' || request.kind === 'undo'
      ? [`sync ${request.sync}`]
      : [
          `sync ${request.sync}`,
          ...writtenSides(settings)
            .map((side) => `writes to ${settings[side]}`)
            // In one order, so that two syncs over the same accounts do not wait for each other.
            .sort(),
        ]
  const fences: Fence[] = []
  const lost = new AbortController()
  const stopHeartbeat = new AbortController()
  try {
    for (const scope of scopes) fences.push(await take(app, scope))
    const run = await startOrResume(app, request)
    const working = AbortSignal.any([signal, lost.signal])
    const kept = keep(app, fences, lost)
    holdWith(working, kept)
    const beating = beat(app, kept, stopHeartbeat.signal)
    try {
      await runner.settle(run.id, working)
    } finally {
      stopHeartbeat.abort()
      await beating
    }
    await app.store.staging.clear(run.id, null)
    return (await app.store.runs.get(run.id)) ?? run
  } finally {
    for (const fence of fences) await app.store.leases.release(fence)
  }
}

/** What the configuration may say and this version does not do is refused by name: half of a sync done silently would be worse than none. */
function refuseWhatIsMissing(app: App, settings: SyncSettings): void {
  const problems = [
    ...(Object.keys(settings.mapping.sequences).length === 0
      ? []
      : withoutSequences(app, settings)),
  ]
  if (problems.length === 0) return
  throw new ConfigError(
    app.config.path,
    problems.map(({ key, message, hint }) => ({
      path: `syncs.${settings.name}.${key}`,
      line: null,
      message,
      hint,
    })),
  )
}

function withoutSequences(
  app: App,
  settings: SyncSettings,
): readonly { readonly key: string; readonly message: string; readonly hint: string }[] {
  const accounts = app.env.accounts(settings.name)
  const [from, to] = [accounts.reader('from'), accounts.reader('to')]
  const hint = 'Take them out of the mapping; start them at the target by hand.'
  const problems = [
    ...(from.capabilities.sequences?.read === true
      ? []
      : [`${settings.from} (${from.platform}) has no sequences that can be read`]),
    ...(to.capabilities.sequences?.start === true
      ? []
      : [`${settings.to} (${to.platform}) has no sequences that can be started`]),
  ]
  return problems.map((message) => ({ key: 'mapping.sequences', message, hint }))
}

/** Throws RunBusy while another process holds it. The caller gives it back. */
export async function take(app: App, scope: string): Promise<Fence> {
  const now = app.env.clock.now()
  const lease = await app.store.leases.acquire({
    scope,
    owner: app.env.owner,
    now,
    expiresAt: now + LEASE_MS,
    mayTakeOver: app.env.mayTakeOver,
  })
  if (lease.kind === 'busy') throw new RunBusy(scope, lease.holder, lease.expiresAt)
  return lease.fence
}

interface Kept extends Hold {
  /** Asks for as much time again; losing a lease ends the run, since somebody else took over. */
  prolong(): Promise<void>
}

/** The leases of a run. A process that stood still learns before its next write that they lapsed, not with its next beat. */
function keep(app: App, fences: readonly Fence[], lost: AbortController): Kept {
  const { clock } = app.env
  // Until when they are surely ours; asked before the first write, since a process may stand still right after it took them.
  let expiresAt = 0
  const prolong = async (ms: number) => {
    const now = clock.now()
    const until = Math.max(expiresAt, now + ms)
    for (const fence of fences)
      if (!(await app.store.leases.renew(fence, until)))
        lost.abort(new RunBusy(fence.scope, 'a successor', now))
    expiresAt = until
  }
  return {
    prolong: () => prolong(LEASE_MS),
    async lastFor(ms) {
      // Not anew for each of many writes in a row.
      if (clock.now() + ms >= expiresAt) await prolong(ms + HEARTBEAT_MS)
      lost.signal.throwIfAborted()
    },
  }
}

async function beat(app: App, kept: Kept, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    try {
      await app.env.clock.sleep(HEARTBEAT_MS, until)
    } catch (error) {
      if (until.aborted) return
      throw error
    }
    await kept.prolong()
  }
}

async function startOrResume(app: App, request: RunRequest): Promise<RunRecord> {
  const settings = app.env.settings(request.sync)
  const open = await app.store.runs.resumable(request.sync)
  const now = app.env.clock.now()
  if (open !== null && mayResume(open, request, settings.fingerprint)) {
    await app.store.runs.update(open.id, {
      status: 'open',
      reason: null,
      updatedAt: now,
      endedAt: null,
    })
    return { ...open, status: 'open' }
  }
  if (open !== null) {
    await app.store.runs.update(open.id, {
      status: 'failed',
      reason: [open.reason, 'another run took its place'].filter(Boolean).join('; '),
      updatedAt: now,
      endedAt: now,
    })
    await app.store.staging.clear(open.id, null)
  }
  // What a superseded run had read or sent is only certain after a full look at both sides.
  const wasWriting = open !== null && open.program[open.stage] === 'apply'
  const run: RunRecord = {
    id: newRunId(app),
    sync: request.sync,
    kind: request.kind,
    status: 'open',
    program: PROGRAMS[request.kind],
    stage: 0,
    fingerprint: settings.fingerprint,
    isFull: request.isFull || wasWriting || request.kind === 'verify',
    plan: request.plan as RunRecord['plan'],
    facts: request.undoes === undefined ? {} : { undoes: request.undoes },
    reason: null,
    startedAt: now,
    updatedAt: now,
    endedAt: null,
  }
  // In one commit: a run that broke off in between could never be gone on with.
  await app.store.transaction([], async (store) => {
    await store.runs.create(run)
    if (request.kind === 'apply' && request.plan !== null)
      await copyDocuments(store, request.plan, run.id)
  })
  return run
}

/** A run that a breaker stopped is not gone on with: it would look at the same refusals again. Whoever mended the cause wants all of them tried anew. */
function mayResume(open: RunRecord, request: RunRequest, fingerprint: string): boolean {
  if (open.status === 'stopped') return false
  if (open.kind !== request.kind || open.fingerprint !== fingerprint) return false
  if (request.kind === 'undo') return open.facts['undoes'] === request.undoes
  return request.kind !== 'apply' || open.plan === request.plan
}

/** An apply run works with the catalogues that its plan was made with. */
async function copyDocuments(store: StateStore, plan: string, run: RunId): Promise<void> {
  const header = await store.plans.header(plan as never)
  if (header === null) throw new Error(`there is no plan ${plan}`)
  for (const name of ['account from', 'account to'] as const) {
    const document = await store.runs.document(header.run, name)
    await store.runs.saveDocument(run, name, document)
  }
}

/** Sorts by time; the random part keeps two machines apart. */
function newRunId(app: App): RunId {
  const time = new Date(app.env.clock.now()).toISOString().replace(/\D/g, '').slice(0, 14)
  const random = Math.floor(app.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0')
  return `run-${time}-${random}` as RunId
}

/** How a run that came to rest ended, in the words of the exit codes. */
export type RunEnd =
  | 'done'
  | 'guard'
  | 'partial'
  | 'stale'
  | 'differences'
  | 'rejected'
  | 'decisions'
  | 'unexpected'

export async function endOf(app: App, run: RunRecord): Promise<RunEnd> {
  if (run.status === 'blocked') return 'guard'
  if (run.status === 'stopped') return 'partial'
  if (run.status === 'failed')
    return run.reason?.startsWith(STALE) === true ? 'stale' : 'unexpected'
  const facts = run.facts as RunFacts
  const books = facts.books ?? []
  if (books.some((book) => !book.balanced)) return 'unexpected'
  if (facts.verify !== undefined && !facts.verify.ok) return 'differences'
  if (books.some((book) => book.rejected > 0)) return 'rejected'
  const isHeld = books.some((book) => book.held + book.unknown > 0)
  return isHeld || (await app.store.cases.count(run.sync, 'hold')) > 0 ? 'decisions' : 'done'
}
