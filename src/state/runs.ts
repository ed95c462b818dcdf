/** Runs: what was asked for, how far it is, and how it ended. */
import type { PlanId, RunId } from '../model/id.ts'

export type RunKind = 'plan' | 'apply' | 'sync' | 'migrate' | 'verify' | 'undo'
/** `open`: in work, or interrupted and resumable. `done`: finished. `blocked`: a guard stopped it before anything was written. `stopped`: by a person or breaker, resumable. `failed`: cannot go on. */
export type RunStatus = 'open' | 'done' | 'blocked' | 'stopped' | 'failed'
export interface RunRecord {
  readonly id: RunId
  readonly sync: string
  readonly kind: RunKind
  readonly status: RunStatus
  /** Steps of the program, in order, and which one it is at. */
  readonly program: readonly string[]
  readonly stage: number
  /** Of the configuration the run started under: a run is never resumed under another one. */
  readonly fingerprint: string
  readonly isFull: boolean
  /** The newest plan of the run. */
  readonly plan: PlanId | null
  /** Counters and results by the steps' own keys; JSON. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Why it stopped or failed, for people. */
  readonly reason: string | null
  readonly startedAt: number
  readonly updatedAt: number
  readonly endedAt: number | null
}
export interface Runs {
  create(run: RunRecord): Promise<void>
  get(id: RunId): Promise<RunRecord | null>
  /** The run of this sync that is open or stopped; null: none. At most one exists per sync (unique in the database). */
  resumable(sync: string): Promise<RunRecord | null>
  list(filter: {
    readonly sync: string | null
    readonly limit: number
  }): Promise<readonly RunRecord[]>
  update(
    id: RunId,
    patch: Partial<
      Pick<RunRecord, 'status' | 'stage' | 'plan' | 'facts' | 'reason' | 'updatedAt' | 'endedAt'>
    >,
  ): Promise<void>
  /** Locks the run's row until the transaction ends, so that two workers cannot both turn the stage. */
  lock(id: RunId): Promise<RunRecord | null>
  /** Catalogues, capabilities and other documents a run works with. */
  saveDocument(id: RunId, name: string, document: unknown): Promise<void>
  document(id: RunId, name: string): Promise<unknown>
  /** Every document whose name begins so, in order of their names. */
  documents(id: RunId, prefix: string): Promise<readonly unknown[]>
  /** Their names alone, where together they may be too many to be in memory at once. */
  documentNames(id: RunId, prefix: string): Promise<readonly string[]>
}
