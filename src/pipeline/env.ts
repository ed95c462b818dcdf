/** All a step may touch. Nothing reads a global. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Reader, Writer } from '../connector/connector.ts'
import type { Clock, Log } from '../connector/kit.ts'
import type { ConflictPolicy, Mapping } from '../mapping/mapping.ts'
import type { RunId, Side } from '../model/id.ts'
import type { Catalog } from '../model/vocabulary.ts'
import type { GuardLimits } from '../plan/guard.ts'
import type { RunRecord } from '../state/runs.ts'
import type { StateStore } from '../state/store.ts'

export interface Env {
  readonly store: StateStore
  readonly clock: Clock
  readonly log: Log
  /** Who this worker is: host, process and start, so that a successor can tell whether it still lives. */
  readonly owner: string
  /** A text that no other call of this worker was given: one ticket's work is one holder, so that a ticket delivered twice meets itself. */
  nonce(): string
  /** Whether a lease's holder is known to be dead (same host, process gone). */
  mayTakeOver(holder: string): boolean
  /** The sync as configured; throws when the configuration has no such sync. */
  settings(sync: string): SyncSettings
  /** Open connections of a sync; kept by the caller for as long as it works. */
  accounts(sync: string): Accounts
  progress(event: ProgressEvent): void
  /** Requests that left this process by connection, since it was first asked for this run. */
  requestsOf(run: RunRecord): RequestCounts
  readonly limits: PipelineLimits
}
export type RequestCounts = Readonly<
  Record<string, { readonly read: number; readonly write: number }>
>

export interface PipelineLimits {
  /** Contacts decided between two commits. */
  readonly planChunk: number
  /** The same where only what changed was read: whom that names is asked of the platforms, and few full requests beat many small ones. */
  readonly changesChunk: number
  /** How long a worker may be silent before another takes its slice, in milliseconds. */
  readonly leaseMs: number
  /** How long a plan may be applied. */
  readonly planLifeMs: number
  /** How long after a whole reading of the source a sync reads it whole again. */
  readonly censusMs: number
}
export const PIPELINE_LIMITS: PipelineLimits = {
  planChunk: 400,
  changesChunk: 1_000,
  leaseMs: 120_000,
  planLifeMs: 7 * 86_400_000,
  censusMs: 7 * 86_400_000,
}

export interface SyncSettings {
  readonly name: string
  /** Names of connections. */
  readonly from: string
  readonly to: string
  readonly direction: 'one-way' | 'two-way'
  readonly match: readonly ('link' | 'email' | 'phone')[]
  readonly conflicts: ConflictPolicy
  readonly deletes: 'ignore' | 'unsubscribe' | 'tag' | 'delete'
  readonly guards: GuardLimits
  readonly mapping: Mapping
  /** Over everything above and both connections without secrets: a plan made under another one is stale. */
  readonly fingerprint: string
}

export interface Accounts {
  reader(side: Side): Reader
  /** The same account with the right to write; the reader of that side is this one from then on. */
  writer(side: Side): Writer
  /** Has the account answer once, unless it did already: its version may decide what it can do and does to values. */
  acquaint(side: Side, signal: AbortSignal): Promise<void>
  /** Says that it answered: the catalogue was read through it. */
  answered(side: Side): void
  /** What was derived from a run's documents, by a key that changes with them. */
  readonly memo: Map<string, unknown>
  close(): Promise<void>
}

/** What the pull step learned about an account, kept with the run so that every later step works with the same words. */
export interface AccountDocument {
  readonly catalog: Catalog
  readonly capabilities: Capabilities
}

export type ProgressEvent = {
  readonly run: RunId
  readonly step: string
  /** What is being done, for people: `reading contacts of keap`. */
  readonly text: string
  readonly done: number
  /** null: not known. */
  readonly total: number | null
}

/** A small thing that travels through queues. Everything else is in the store. */
export interface Ticket {
  readonly run: RunId
  readonly stage: number
  readonly slice: string
}

/** One durable step: what it opens, and how one of its slices is worked on. Safe to run twice. */
export interface Step {
  /** The slices it starts with; positions are the step's own. */
  open(
    env: Env,
    run: RunRecord,
  ): Promise<readonly { readonly name: string; readonly position: unknown }[]>
  /** Slices that follow one by one when all others of the stage are closed. */
  readonly closing: readonly string[]
  /** Does a piece of one slice. */
  work(job: Job): Promise<Progressed>
}
export interface Job {
  readonly env: Env
  readonly run: RunRecord
  readonly slice: string
  readonly position: unknown
  readonly signal: AbortSignal
  /** Runs a transaction that fails when this worker has lost its slice. */
  commit<T>(work: (store: StateStore) => Promise<T>): Promise<T>
}
export interface Progressed {
  /** `more`: the slice goes on from `position`; `closed`: it is done; `stop`: the whole run stops here, with a reason. */
  readonly kind: 'more' | 'closed' | 'stop'
  readonly position?: unknown
  /** Slices of the same stage that may start now. */
  readonly opens?: readonly { readonly name: string; readonly position: unknown }[]
  readonly stop?: { readonly status: 'blocked' | 'stopped' | 'failed'; readonly reason: string }
}
