/** The engine's memory. Losing a queue loses nothing; losing this loses the sync. */
import type { Channel, Consent } from '../model/consent.ts'
import type { FieldPath, Fields } from '../model/field.ts'
import type { PlanId, RemoteId, RunId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { HeldField, Op } from '../plan/op.ts'
import type { PlanHeader } from '../plan/plan.ts'
import type { Question, Ruling } from '../plan/ruling.ts'
import type { Turn } from '../plan/turns.ts'

/**
 * Throws `StoreError`: `busy` (another process holds the database too long), `full` (no space left; nothing of the transaction is kept),
 * `newer` (made by a newer version of ferry), `fenced` (the lease of this transaction was taken over; nothing of it is kept), `broken`.
 */
export interface StateStore {
  /**
   * All or nothing; it survives a killed process when it resolves, and a power cut after `flush`. With `fences`, it first checks in the same transaction that each lease still has its
   * epoch. Not reentrant; the callback must use the store it is given and only that.
   */
  transaction<T>(fences: readonly Fence[], work: (store: StateStore) => Promise<T>): Promise<T>
  readonly meta: Meta
  readonly runs: Runs
  readonly slices: Slices
  readonly leases: Leases
  readonly staging: Staging
  readonly links: Links
  readonly plans: Plans
  readonly joins: Joins
  readonly starts: Starts
  readonly notes: Notes
  readonly companies: Companies
  readonly vocabulary: VocabularyMemory
  readonly journal: Journal
  readonly cases: Cases
  readonly rulings: Rulings
  readonly cursors: Cursors
  readonly absences: Absences
  readonly tombstones: Tombstones
  readonly turns: Turns
  readonly directory: Directory
  readonly audit: Audit
  readonly retention: Retention
  /** Where the state lies, for people; no password. */
  readonly place: string
  /** Everything committed so far survives a power cut when it resolves: before a byte leaves that must not be forgotten. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface Meta {
  /** The secret key of this store's hashes: made on first use. */
  hashKey(): Promise<string>
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<void>
}

// Runs ------------------------------------------------------------------------------------------

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
}

/** Durable to-do list. A slice is a piece of one stage of one run; its position is the step's own text. */
export interface SliceRecord {
  readonly run: RunId
  readonly stage: number
  readonly name: string
  readonly isOpen: boolean
  /** JSON of the step; null at the start. */
  readonly position: unknown
}
export interface Slices {
  /** Adds what is missing; an existing one, open or closed, is left as it is. */
  open(
    run: RunId,
    stage: number,
    slices: readonly { readonly name: string; readonly position: unknown }[],
  ): Promise<void>
  get(run: RunId, stage: number, name: string): Promise<SliceRecord | null>
  save(run: RunId, stage: number, name: string, position: unknown): Promise<void>
  close(run: RunId, stage: number, name: string): Promise<void>
  /** In the order in which they were opened. */
  stillOpen(run: RunId, stage: number): Promise<readonly SliceRecord[]>
}

// Leases ----------------------------------------------------------------------------------------

export interface Fence {
  readonly scope: string
  readonly epoch: number
}
export interface Leases {
  /**
   * Takes a scope that is free, lapsed, already this owner's, or whose holder `mayTakeOver` says is dead. Each taking by a new owner raises
   * the epoch; the same owner keeps it.
   */
  acquire(request: {
    readonly scope: string
    readonly owner: string
    readonly now: number
    readonly expiresAt: number
    readonly mayTakeOver: (holder: string) => boolean
  }): Promise<
    | { readonly kind: 'held'; readonly fence: Fence }
    | { readonly kind: 'busy'; readonly holder: string; readonly expiresAt: number }
  >
  /** False: lost. */
  renew(fence: Fence, expiresAt: number): Promise<boolean>
  release(fence: Fence): Promise<void>
  list(): Promise<
    readonly {
      readonly scope: string
      readonly owner: string
      readonly epoch: number
      readonly expiresAt: number
    }[]
  >
}

// Staging: what the scans of one run read -----------------------------------------------------------

export interface StagedContact {
  readonly sighting: Sighting
  /** What can find it when matching: kind `email`, `marker`, `phone-name`; several per kind allowed. */
  readonly keys: readonly { readonly kind: string; readonly key: string }[]
}
export interface StagedSighting {
  /** Order of arrival, for reading on. */
  readonly seq: number
  /** Joined: the contact with its tags, groups and consents from whatever stream told them. */
  readonly sighting: Sighting
}
export interface Staging {
  /** A contact seen again replaces the earlier reading (it keeps its seq). Answers how many ids were new. */
  addContacts(run: RunId, side: Side, contacts: readonly StagedContact[]): Promise<number>
  /** Tag or group memberships told by their own stream. Seen twice is one. */
  addMembers(
    run: RunId,
    side: Side,
    kind: 'tag' | 'group',
    members: readonly { readonly contact: RemoteId; readonly key: string }[],
  ): Promise<void>
  /** `owner`: `contact:<id>` or `address:<normal form>`. */
  addConsents(
    run: RunId,
    side: Side,
    consents: readonly { readonly owner: string; readonly consent: Consent }[],
  ): Promise<void>
  /** Says that a stream was read completely in this run, so that joined sightings may say "none" (an empty list) instead of "not told". */
  markRead(run: RunId, side: Side, kind: 'tag' | 'group' | 'consent'): Promise<void>
  after(run: RunId, side: Side, seq: number, limit: number): Promise<readonly StagedSighting[]>
  /** The same without what other streams told: each contact as its own page showed it. */
  bareAfter(run: RunId, side: Side, seq: number, limit: number): Promise<readonly StagedSighting[]>
  byIds(run: RunId, side: Side, ids: readonly RemoteId[]): Promise<readonly Sighting[]>
  /** Readings by id that do not tell consent, with what the consent stream told of them; in the same order. */
  withConsents(run: RunId, side: Side, sightings: readonly Sighting[]): Promise<readonly Sighting[]>
  byKeys(
    run: RunId,
    side: Side,
    kind: string,
    keys: readonly string[],
  ): Promise<readonly { readonly key: string; readonly id: RemoteId }[]>
  /** What a consent stream has told of each of these contacts, read completely or not; in the order of the contacts. */
  consentsAbout(
    run: RunId,
    side: Side,
    sightings: readonly Sighting[],
  ): Promise<readonly (readonly Consent[])[]>
  /** What a consent stream told, in order of owner; `after` is the last owner seen. An owner's consents never stand on two pages. */
  consentsAfter(
    run: RunId,
    side: Side,
    after: string,
    limit: number,
  ): Promise<readonly { readonly owner: string; readonly consent: Consent }[]>
  /** Contacts that a membership row names, staged or not. */
  memberIds(run: RunId, side: Side): Promise<readonly RemoteId[]>
  count(run: RunId, side: Side): Promise<number>
  /** Forgets everything staged for a run (one side, or both). */
  clear(run: RunId, side: Side | null): Promise<void>
}

// Links and bases ----------------------------------------------------------------------------------

export interface Link {
  readonly sync: string
  readonly fromId: RemoteId
  readonly toId: RemoteId
  /** Packed keyed hashes of what each side showed when both last agreed (see plan/base.ts); null: never agreed. */
  readonly fromBase: string | null
  readonly toBase: string | null
  /** How it came to be: `created`, `email`, `marker`, `import` …; for people. */
  readonly origin: string
  readonly run: RunId
  readonly updatedAt: number
}
export interface Links {
  byFrom(sync: string, ids: readonly RemoteId[]): Promise<readonly Link[]>
  byTo(sync: string, ids: readonly RemoteId[]): Promise<readonly Link[]>
  /**
   * Inserts or updates (by from id). One-to-one among live links by constraint: a to id that is another link's already
   * is not written and answered.
   */
  save(
    links: readonly Link[],
  ): Promise<readonly { readonly fromId: RemoteId; readonly toId: RemoteId }[]>
  /** Ends links; kept as dead for explanations. */
  end(sync: string, fromIds: readonly RemoteId[], why: string): Promise<void>
  count(sync: string): Promise<number>
  /** Live ones by ascending from id as text; `after: null` from the start. */
  page(sync: string, after: RemoteId | null, limit: number): Promise<readonly Link[]>
}

// Plans, intents, outcomes --------------------------------------------------------------------------

/**
 * planned → sent (intent: committed before its first byte leaves) → one of the final states. `unknown` is final only when the run ends with it;
 * a `sent` op found by a successor counts as unknown and is looked up before anything is repeated.
 */
export const OP_STATES = [
  'planned',
  'sent',
  'applied',
  'drifted',
  'rejected',
  'held',
  'unknown',
  'skipped',
] as const
export type OpState = (typeof OP_STATES)[number]
export interface StoredOp {
  readonly op: Op
  readonly state: OpState
  /** How often it was sent. */
  readonly attempts: number
  readonly outcome: Outcome | null
}
export interface Outcome {
  /** The record on the written side, once known. */
  readonly id: RemoteId | null
  /** Drifted, rejected, unknown, held: why, for people. */
  readonly message: string | null
  readonly hint: string | null
  readonly path: FieldPath | null
  /** A create that a contact took which was there already. */
  readonly wasThere?: true
}
export interface OpFilter {
  readonly afterSeq: number
  readonly untilSeq: number | null
  readonly limit: number
  readonly states: readonly OpState[] | null
  readonly buckets: readonly string[] | null
}
export interface Plans {
  /** Answers a hash over these ops and their order: equal ops have equal ones, in every store. */
  addOps(plan: PlanId, ops: readonly Op[]): Promise<string>
  /** Removes ops with a higher seq: a planning slice that starts over. */
  truncate(plan: PlanId, afterSeq: number): Promise<void>
  /** The plan becomes visible. */
  publish(header: PlanHeader): Promise<void>
  header(plan: PlanId): Promise<PlanHeader | null>
  /** Newest first. */
  list(sync: string | null, limit: number): Promise<readonly PlanHeader[]>
  ops(plan: PlanId, filter: OpFilter): Promise<readonly StoredOp[]>
  /** By seq, in that order; what is not there is left out. */
  opsAt(plan: PlanId, seqs: readonly number[]): Promise<readonly StoredOp[]>
  /** Every op of one record, in any plan, newest plan first. */
  opsOfRecord(
    sync: string,
    side: Side,
    id: RemoteId,
    limit: number,
  ): Promise<readonly { readonly plan: PlanId; readonly op: StoredOp }[]>
  /** Which of these records of a side ops of the plan up to that seq are about: behind it may lie what a killed try has left. */
  recordsAmong(
    plan: PlanId,
    about: { readonly side: Side; readonly ids: readonly RemoteId[]; readonly untilSeq: number },
  ): Promise<readonly RemoteId[]>
  /** Where the ops of these records stand in a plan, published or not; a record without one is left out. */
  standings(
    plan: PlanId,
    fromIds: readonly RemoteId[],
  ): Promise<
    readonly { readonly fromId: RemoteId; readonly bucket: Op['bucket']; readonly state: OpState }[]
  >
  /** Intent: sets `sent` and raises `attempts`. */
  intend(plan: PlanId, seqs: readonly number[]): Promise<void>
  settle(
    plan: PlanId,
    outcomes: readonly {
      readonly seq: number
      readonly state: OpState
      readonly outcome: Outcome
    }[],
  ): Promise<void>
  /** Of the records that have an op in both plans: how their op of the earlier one ended. */
  repeated(
    plan: PlanId,
    earlier: PlanId,
  ): Promise<
    readonly { readonly bucket: string; readonly state: OpState; readonly count: number }[]
  >
  countStates(
    plan: PlanId,
  ): Promise<
    readonly { readonly bucket: string; readonly state: OpState; readonly count: number }[]
  >
}

/** Memberships of groups that are written in bulk after the contacts. */
export interface JoinRow {
  readonly group: string
  readonly contact: RemoteId
  readonly op: 'add' | 'remove'
}
export interface Joins {
  add(plan: PlanId, rows: readonly JoinRow[]): Promise<void>
  pendingGroups(plan: PlanId): Promise<readonly string[]>
  next(plan: PlanId, group: string, limit: number): Promise<readonly JoinRow[]>
  done(plan: PlanId, rows: readonly JoinRow[]): Promise<void>
}

/**
 * People whom a sync put into a sequence of its target, or will not: one row for a person and a sequence of the source, for good. `sent` is committed
 * before the request leaves. `unknown`: no answer, and no trace of it there; it is never sent again by itself. `refused`: opted out, or not taken there.
 */
export type StartState = 'sent' | 'done' | 'unknown' | 'refused'
export interface Start {
  /** At the source: the sequence, and who is in it. */
  readonly sequence: string
  readonly source: RemoteId
  /** At the target. */
  readonly target: string
  readonly contact: RemoteId
  readonly state: StartState
  /** For people; null where there is nothing to say. */
  readonly why: string | null
  readonly run: RunId
  readonly at: number
}
export interface Starts {
  /** Inserts or replaces. */
  save(sync: string, start: Start): Promise<void>
  /** The request certainly had no effect: it may be sent. */
  forget(sync: string, sequence: string, source: RemoteId): Promise<void>
  among(sync: string, sequence: string, sources: readonly RemoteId[]): Promise<readonly Start[]>
  /** In state `sent` or `unknown`, in order of sequence and person. */
  open(sync: string, limit: number): Promise<readonly Start[]>
  /** By sequence and state, of those that a run decided. */
  counts(run: RunId): Promise<readonly StartCount[]>
}
export interface StartCount {
  readonly sequence: string
  readonly target: string
  readonly state: StartState
  readonly count: number
}

/**
 * Notes of the source, one row each, for good. `waiting`: its contact is not at the target yet. `sent` is committed before the request leaves. `refused`: not
 * taken there. `found`: it was there already, which its last line tells. `removed`: an undo took it away.
 */
export type NoteState = 'waiting' | 'sent' | 'done' | 'found' | 'refused' | 'removed'
export interface NoteRow {
  /** At the source: the note, and whose it is. */
  readonly source: string
  readonly contact: RemoteId
  /** At the target; null: not there, or not known yet. */
  readonly target: string | null
  readonly holder: RemoteId | null
  readonly state: NoteState
  /** Keyed, over the text as it was added. */
  readonly hash: string | null
  /** For people; null where there is nothing to say. */
  readonly why: string | null
  readonly run: RunId
  readonly at: number
}
export interface Notes {
  /** Inserts or replaces. */
  save(sync: string, rows: readonly NoteRow[]): Promise<void>
  /** The requests certainly had no effect. */
  forget(sync: string, sources: readonly string[]): Promise<void>
  among(sync: string, sources: readonly string[]): Promise<readonly NoteRow[]>
  /** In order of source, behind `after`. */
  waiting(sync: string, after: string, limit: number): Promise<readonly NoteRow[]>
  /** Those that a run added, the same way. */
  added(run: RunId, after: string, limit: number): Promise<readonly NoteRow[]>
  counts(run: RunId): Promise<readonly { readonly state: NoteState; readonly count: number }[]>
}

/**
 * Companies of the target, by folded name. `there`: it had one of that name. `planned`: a plan would create it; that of an older run counts for nothing.
 * `sent` is committed before the request leaves.
 */
export type CompanyState = 'there' | 'planned' | 'sent' | 'done'
export interface CompanyRow {
  readonly name: string
  /** Which one of the source it is made for; null: none. */
  readonly source: string | null
  /** Its id; null: not there, or not known yet. */
  readonly target: string | null
  readonly state: CompanyState
  readonly run: RunId
  readonly at: number
}
export interface Companies {
  /** Inserts or replaces. */
  save(sync: string, rows: readonly CompanyRow[]): Promise<void>
  among(sync: string, names: readonly string[]): Promise<readonly CompanyRow[]>
  /** How many a run made, and the names of the first of them. */
  created(
    run: RunId,
    limit: number,
  ): Promise<{ readonly count: number; readonly names: readonly string[] }>
}

/** What a sync created on a side, or found to be its counterpart: survives renaming of labels by people. */
export interface VocabularyEntry {
  readonly side: Side
  /** `option`: options that were added to a list; `real` is the field's path, `document` the field with them. */
  readonly kind: 'field' | 'option' | 'tag' | 'group'
  /** The other side's path or key. */
  readonly source: string
  /** What plans call it until it exists (`custom.new:plan_level`, `new:VIP`). */
  readonly provisional: string
  /** Path or key on `side`. */
  readonly real: string
  readonly document: unknown
}
export interface VocabularyMemory {
  save(sync: string, entries: readonly VocabularyEntry[]): Promise<void>
  list(sync: string): Promise<readonly VocabularyEntry[]>
}

/** Values before each write, committed with the intent. */
export interface JournalEntry {
  readonly run: RunId
  readonly plan: PlanId
  readonly seq: number
  readonly side: Side
  /** null while a create has no id yet. */
  readonly record: RemoteId | null
  readonly kind: 'create' | 'update' | 'delete'
  /** Values of the touched fields, tags, groups and consents before and after. */
  readonly before: JournalValues
  readonly after: JournalValues
  readonly at: number
}
export interface JournalValues {
  readonly fields: Fields
  readonly tags: readonly string[] | null
  readonly groups: readonly string[] | null
  readonly optedOut: readonly { readonly channel: Channel; readonly address: string | null }[]
}
export interface Journal {
  /** Same (plan, seq) again replaces, but for the values before and the time: those of the first time stay. */
  add(entries: readonly JournalEntry[]): Promise<void>
  setRecord(
    plan: PlanId,
    ids: readonly { readonly seq: number; readonly record: RemoteId }[],
  ): Promise<void>
  page(run: RunId, afterSeq: number, limit: number): Promise<readonly JournalEntry[]>
  /** Everything a run wrote to these records of a side, in the order in which it was planned. */
  ofRecords(run: RunId, side: Side, records: readonly RemoteId[]): Promise<readonly JournalEntry[]>
  counts(run: RunId): Promise<Readonly<Record<JournalEntry['kind'], number>>>
}

/**
 * Open cases: at most one per (sync, kind, side, record). `hold` waits for a person, `reject` was refused by the target, `retry` (drifted, or
 * unknown at the end of a run) is looked at again by the next run without anybody asking.
 */
export type CaseKind = 'hold' | 'reject' | 'retry'
export interface Case {
  readonly id: string
  readonly sync: string
  readonly kind: CaseKind
  readonly side: Side
  readonly record: RemoteId
  readonly label: string
  readonly cause: string
  readonly hint: string
  readonly fields: readonly string[]
  readonly candidates: readonly RemoteId[]
  /** Of a hold: what may be decided about the whole record. Absent: nothing. */
  readonly question?: Question | undefined
  /** Of a hold: both values of each field that waits. */
  readonly held?: readonly HeldField[] | undefined
  readonly run: RunId
  readonly openedAt: number
  readonly updatedAt: number
}
export interface Cases {
  /** Opens, or updates the open one of the same record (which keeps its id and openedAt). */
  open(cases: readonly Omit<Case, 'id'>[]): Promise<void>
  /** Closes the open cases of records that a run brought to a good end. */
  close(
    sync: string,
    kind: CaseKind,
    side: Side,
    records: readonly RemoteId[],
    why: string,
  ): Promise<void>
  list(filter: {
    readonly sync: string | null
    readonly kind: CaseKind
    readonly limit: number
  }): Promise<readonly Case[]>
  count(sync: string, kind: CaseKind): Promise<number>
  /** Records with an open case, the one that was looked at longest ago first. */
  waiting(filter: {
    readonly sync: string
    readonly kind: CaseKind
    readonly side: Side
    readonly limit: number
  }): Promise<readonly RemoteId[]>
  /** These records are looked at now: they go to the end of the line. */
  looked(sync: string, kind: CaseKind, side: Side, records: readonly RemoteId[]): Promise<void>
}

/** What people decided about holds. At most one lives per (sync, side, record, field). */
export interface KeptRuling extends Ruling {
  readonly sync: string
  /** The run that obeyed it first; null: none yet. */
  readonly obeyedBy: RunId | null
}
export interface Rulings {
  /** A newer one ends the one before it. */
  keep(sync: string, rulings: readonly Omit<Ruling, 'id'>[]): Promise<void>
  /** Those that live. */
  among(sync: string, side: Side, records: readonly RemoteId[]): Promise<readonly KeptRuling[]>
  /** Those that live, oldest first. */
  list(filter: {
    readonly sync: string | null
    readonly limit: number
  }): Promise<readonly KeptRuling[]>
  /** A run did as they say; the first one stays on record. */
  obeyed(ids: readonly string[], run: RunId): Promise<void>
  end(ids: readonly string[], why: string): Promise<void>
}

export interface Cursor {
  readonly sync: string
  readonly side: Side
  readonly stream: string
  /** The server's own text. */
  readonly watermark: string
  /** Of filter, field list, account and permission level: another one means a full scan. */
  readonly fingerprint: string
  /** When the last complete census of this stream ended, epoch ms; null: never. */
  readonly censusAt: number | null
  readonly run: RunId
  readonly updatedAt: number
}
export interface Cursors {
  get(sync: string, side: Side, stream: string): Promise<Cursor | null>
  /** Refuses nothing: that watermarks never fall is the pipeline's rule. */
  save(cursor: Cursor): Promise<void>
  clear(sync: string): Promise<void>
}

/**
 * Which contact of a side has which key (an e-mail, by keyed hash), as of the last reading: finds twins of a changed contact, and the contact that an
 * opt-out is about, without reading the whole account again. May be behind: what it says is looked up before it counts.
 */
export interface Directory {
  clear(sync: string, side: Side): Promise<void>
  /** Replaces what was known of these contacts. */
  put(
    sync: string,
    side: Side,
    entries: readonly { readonly contact: RemoteId; readonly hashes: readonly string[] }[],
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    hashes: readonly string[],
  ): Promise<readonly { readonly hash: string; readonly contact: RemoteId }[]>
}

/** Linked contacts that a proven full scan did not show: nothing is concluded before a second one does not show them either. */
export interface Absences {
  /** Live links, in order of their id there, whose contact of this side is not among what the run staged. */
  unseen(
    sync: string,
    run: RunId,
    side: Side,
    after: RemoteId | null,
    limit: number,
  ): Promise<readonly Link[]>
  /** The first run that did not see them stays on record. */
  note(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
    first: { readonly run: RunId; readonly at: number },
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
  ): Promise<readonly { readonly id: RemoteId; readonly run: RunId; readonly at: number }[]>
  /** They were found after all: the next time counts as the first. */
  forget(sync: string, side: Side, ids: readonly RemoteId[]): Promise<void>
  /** Forgets those that the run staged. */
  clearSeen(sync: string, run: RunId, side: Side): Promise<void>
}

/**
 * `removed` it was taken away on purpose: when it is seen again, a person is asked · `parted` its counterpart is no more, and that was dealt with:
 * it stays as it is and is not created anew over there · `unsure` it was to be created over there, and nobody can tell whether it was.
 */
export type TombstoneKind = 'removed' | 'parted' | 'unsure'

export interface Tombstones {
  add(
    sync: string,
    entries: readonly {
      readonly side: Side
      readonly id: RemoteId
      readonly why: string
      readonly at: number
      readonly kind: TombstoneKind
    }[],
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
  ): Promise<
    readonly { readonly id: RemoteId; readonly why: string; readonly kind: TombstoneKind }[]
  >
  /** Answers how many there were. */
  remove(sync: string, side: Side, ids: readonly RemoteId[]): Promise<number>
}
/** By the source's id of a pair. What is remembered are hashes. */
export interface Turns {
  /** Without those whose last turn is out of the window. */
  among(
    sync: string,
    records: readonly RemoteId[],
    now: number,
  ): Promise<readonly (Turn & { readonly record: RemoteId })[]>
  /** Counts one more turn of that pair of values; another pair, or one out of the window, begins with one. */
  note(
    sync: string,
    entries: readonly { readonly record: RemoteId; readonly slot: string; readonly pair: string }[],
    at: number,
  ): Promise<void>
  forget(
    sync: string,
    entries: readonly { readonly record: RemoteId; readonly slot: string }[],
  ): Promise<void>
}

export interface Audit {
  add(entry: {
    readonly at: number
    readonly who: string
    readonly what: string
    readonly run: RunId | null
    readonly data: unknown
  }): Promise<void>
  list(limit: number): Promise<
    readonly {
      readonly at: number
      readonly who: string
      readonly what: string
      readonly run: RunId | null
      readonly data: unknown
    }[]
  >
}

export interface Retention {
  /**
   * Removes the personal data of runs that ended before then: values of plans and journal, samples, closed cases. Never of a run that is open or can be
   * resumed, nor of one that such a run or a plan that has not expired works with.
   */
  prune(when: { readonly before: number; readonly now: number }): Promise<Pruned>
}
export interface Pruned {
  /** These wrote something and cannot be undone any more. */
  readonly runs: readonly RunId[]
  readonly plans: number
  /** Records of plans and journal. */
  readonly values: number
  readonly cases: number
}

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: 'busy' | 'full' | 'newer' | 'fenced' | 'broken'
  readonly hint: string
  constructor(kind: StoreError['kind'], message: string, more: { hint: string; cause?: unknown }) {
    super(message, { cause: more.cause })
    this.kind = kind
    this.hint = more.hint
  }
}
