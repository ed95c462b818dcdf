/** What a platform must promise. Every method throws `ConnectorError` and nothing else. */
import type { Consent } from '../model/consent.ts'
import type { Fields, FieldValue } from '../model/field.ts'
import type { PlatformName, RemoteId, Version } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Catalog, FieldDefinition, FieldDraft, Group, Tag } from '../model/vocabulary.ts'
import type { BrokenRow } from './broken-row.ts'
import type { Capabilities, StreamName } from './capabilities.ts'
import type { CompanyReader, CompanyWriter } from './companies.ts'
import type { Kit } from './kit.ts'
import type { NoteReader, NoteWriter } from './notes.ts'

/** A platform, as the register lists it. */
export interface Platform {
  readonly name: PlatformName
  readonly aliases: readonly string[]
  readonly title: string
  /** Names of the accepted sets of `auth` keys, for `doctor` and for messages: [['apiKey'], ['serviceKey']]. */
  readonly logins: readonly (readonly string[])[]
  /** A connection that has no way to write: used for every dry run. Sends nothing yet. */
  open(settings: ConnectionSettings, kit: Kit): Reader
  openForWriting(settings: ConnectionSettings, kit: Kit): Writer
}

/** A `connections` entry of ferry.yaml, secrets resolved. */
export interface ConnectionSettings {
  /** The name it has in ferry.yaml, for messages. */
  readonly name: string
  readonly url: string
  readonly auth: Readonly<Record<string, string>>
  readonly account: string | null
  readonly timeZone: string | null
  /** For the file platform. */
  readonly path: string | null
  /** Everything else the entry holds. */
  readonly options: Readonly<Record<string, unknown>>
  readonly limits: Limits
}
export interface Limits {
  readonly requestsPerSecond?: number
  readonly concurrency?: number
  readonly pageSize?: number
  readonly batchSize?: number
  readonly timeoutMs?: number
}

export interface Reader {
  readonly platform: PlatformName
  /** Known after the first answer of the server where the version decides; ask again after `check`. */
  readonly capabilities: Capabilities
  /** What the platform would do to values, known without asking it. Pure. */
  readonly rules: TargetRules
  /** Proves credentials and reach without changing anything. */
  check(signal: AbortSignal): Promise<AccountReport>
  /** Complete: all pages of fields, tags, groups, owners. */
  catalog(signal: AbortSignal): Promise<Catalog>
  /** What exists there but cannot move (sequences, action sets, automations, forms), with counts. */
  inventory(signal: AbortSignal): Promise<readonly InventoryItem[]>
  /** One page. `position: null` asks for the first one; the same position may be asked for twice. */
  scan(request: ScanRequest, signal: AbortSignal): Promise<Page>
  /**
   * Fresh readings of contacts by id; one entry per id asked for, in that order. At most `capabilities.fetchMax` ids. Tags, groups and
   * consents are told where they come with the same requests for all ids; where they would cost a request per contact they are
   * undefined, and their own stream tells them.
   */
  fetch(ids: readonly RemoteId[], signal: AbortSignal): Promise<readonly Fetched[]>
  /**
   * Contacts that carry one of the values (at most `capabilities.findMax`), complete as `fetch` gives them; equality is re-checked
   * in the client. `marker` looks in the field with that path.
   */
  find(probe: Probe, signal: AbortSignal): Promise<readonly Sighting[]>
  /**
   * Only where a stream of consents tells what moved (`since: 'moved'`): consents of the person in a reading, asked for now. null: this one cannot be
   * asked about; the whole stream tells.
   */
  consentsOf?(sighting: Sighting, signal: AbortSignal): Promise<readonly Consent[] | null>
  /** Only where `capabilities.sequences.read`. */
  readonly sequences?: SequenceReader
  /** Only where `capabilities.notes.read`. */
  readonly notes?: NoteReader
  /** Only where `capabilities.companies.read`. */
  readonly companies?: CompanyReader
  close(): Promise<void>
}

export interface Sequence {
  readonly id: string
  readonly name: string
}
export interface SequenceReader {
  /** All of them. */
  list(signal: AbortSignal): Promise<readonly Sequence[]>
  /** One page of who is in it and not paused; `position: null` asks for the first one. Somebody may be told twice. */
  members(
    request: { readonly sequence: string; readonly position: string | null },
    signal: AbortSignal,
  ): Promise<{ readonly contacts: readonly RemoteId[]; readonly next: string | null }>
  /** Where one contact stands, read now. `paused`: it is on record there, and the sequence does nothing for it. */
  standing(sequence: string, contact: RemoteId, signal: AbortSignal): Promise<Standing>
  /** Consents of the person in a fresh reading, asked for by themselves where the reading does not tell them. */
  consents(sighting: Sighting, signal: AbortSignal): Promise<readonly Consent[]>
}
export type Standing = 'active' | 'paused' | 'out'

/** `contacts` carry whatever the platform shows with them; what it does not, comes in streams of its own. */
export type Row =
  | { readonly kind: 'contact'; readonly sighting: Sighting }
  | { readonly kind: 'tagging'; readonly contact: RemoteId; readonly tag: string }
  | { readonly kind: 'grouping'; readonly contact: RemoteId; readonly group: string }
  /** Exactly one of contact and consent.address identifies whom it is about. */
  | { readonly kind: 'consent'; readonly contact: RemoteId | null; readonly consent: Consent }

export interface ScanRequest {
  readonly stream: StreamName
  /** Lower bound as the server's own text from an earlier `Page.high`; null: everything. */
  readonly since: string | null
  /** Subtracted from `since` by the connector, in the server's zone. */
  readonly overlapMs: number
  readonly position: string | null
  /** From `catalog`: custom fields must be asked for by name on some platforms. */
  readonly fields: readonly FieldDefinition[]
}
export interface Page {
  readonly rows: readonly Row[]
  /** Rows of the stream that could not be read; the others are complete without them. */
  readonly broken: readonly BrokenRow[]
  /** null: the end, by a positive sign from raw page facts. */
  readonly next: string | null
  /** On the last page: whether every row alive and unchanged during the scan was seen for certain. */
  readonly isProven: boolean
  /** Highest safe lower bound for the next incremental scan, in the server's text, never from our clock; null: not known yet. */
  readonly high: string | null
  /** How many rows the server says there are, when it says so. For progress only. */
  readonly total: number | null
  /** Things worth telling: repaired markup, scrubbed characters, vanished fields. Each once. */
  readonly notes: readonly string[]
}

export type Fetched =
  | { readonly kind: 'found'; readonly id: RemoteId; readonly sighting: Sighting }
  | { readonly kind: 'gone'; readonly id: RemoteId }
  /** Another record answers in its place. */
  | { readonly kind: 'merged'; readonly id: RemoteId; readonly into: Sighting }
  /** Forbidden or failing: says nothing about existence. */
  | { readonly kind: 'inconclusive'; readonly id: RemoteId; readonly message: string }

export type Probe =
  | { readonly by: 'email' | 'phone'; readonly values: readonly string[] }
  | { readonly by: 'marker'; readonly path: string; readonly values: readonly string[] }

export interface AccountReport {
  /** Identifies the account across sessions (host and account or tenant), for fingerprints. No secrets. */
  readonly account: string
  /** Version or product name the server tells; null when it tells none. */
  readonly server: string | null
  readonly contacts: number | null
  readonly warnings: readonly { readonly message: string; readonly hint: string }[]
}
export interface InventoryItem {
  readonly kind: string
  readonly name: string
  readonly count: number | null
}

/** A connection that may write. Only an apply step is ever given one. */
export interface Writer extends Reader {
  /**
   * Writes contacts, all of one `op`, at most `capabilities.<op>.batchMax`; one outcome per item, in order. Consent goes first or
   * together with the rest, so that nobody opted out is contactable in between. A failure of the whole call is thrown; the caller
   * then counts every item by the error's kind.
   */
  write(batch: readonly ContactWrite[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** Adds and removes members of one group; only where `capabilities.groups.write` is `bulk`. Repeating it changes nothing. */
  join(
    group: Group,
    change: { readonly add: readonly RemoteId[]; readonly remove: readonly RemoteId[] },
    signal: AbortSignal,
  ): Promise<void>
  remove(ids: readonly RemoteId[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** Only where `capabilities.notes.add`. */
  readonly noteWriter?: NoteWriter
  /** Only where `capabilities.companies.create`. */
  readonly companyWriter?: CompanyWriter
  /** Puts a contact into a sequence, which may mail them at once. Only where `capabilities.sequences.start`. Sent once, whatever becomes of it. */
  readonly start?: (sequence: string, contact: RemoteId, signal: AbortSignal) => Promise<void>
  /** Resolves once values can be written to it. A field of the same label and type that exists already is returned, not doubled. */
  createField(draft: FieldDraft, signal: AbortSignal): Promise<FieldDefinition>
  /** Behind those that the field has now, which is asked anew; none is removed, moved or doubled. Only where `capabilities.fields.options`. */
  addOptions(
    field: FieldDefinition,
    options: readonly { value: string; label: string }[],
    signal: AbortSignal,
  ): Promise<FieldDefinition>
  /** Of tags and groups, too, one of that name that exists already is returned, not doubled. */
  createTag(
    tag: { readonly name: string; readonly category: string | null },
    signal: AbortSignal,
  ): Promise<Tag>
  createGroup(group: { readonly name: string }, signal: AbortSignal): Promise<Group>
  /** Runs any typed operation of the platform by name (`ferry call`). */
  call(operation: string, input: unknown, signal: AbortSignal): Promise<unknown>
}

export interface ContactWrite {
  /** The engine's name for this change, unique in the run; travels as correlation id where the platform has one. */
  readonly key: string
  readonly op: 'create' | 'update'
  /** null exactly when op is create. */
  readonly id: RemoteId | null
  /** By path; null clears. Already fitted by `rules`. */
  readonly fields: Fields
  readonly tags: { readonly add: readonly Tag[]; readonly remove: readonly Tag[] }
  /** Empty where groups are written in bulk afterwards. */
  readonly groups: { readonly add: readonly Group[]; readonly remove: readonly Group[] }
  readonly consents: readonly Consent[]
  /** Id of the company record that `company` names, where contacts are linked by it. */
  readonly company?: string
  /** Last reading of the record, for platforms that need it to place a value (phone slots) or to check a version. */
  readonly current: Sighting | null
}
export type WriteOutcome =
  /** `sighting`: the record as the answer showed it, when it did. `wasCreated: false` on a create: an existing contact took it. */
  | {
      readonly kind: 'done'
      readonly id: RemoteId
      readonly version: Version | null
      readonly sighting: Sighting | null
      readonly wasCreated: boolean
    }
  /** The platform refused this record; nothing of it was written. `path`: the field to blame, when told. */
  | {
      readonly kind: 'rejected'
      readonly message: string
      readonly path: string | null
      readonly hint: string
    }
  /** Somebody has the key already; nothing was written. */
  | { readonly kind: 'exists'; readonly id: RemoteId }
  | { readonly kind: 'stale' }
  | { readonly kind: 'gone' }
  /** May or may not have taken effect. */
  | { readonly kind: 'unknown'; readonly message: string }

/** Pure knowledge of what a target does to what is written, so that loss and refusal show in the plan. */
export interface TargetRules {
  /** Fits one value to one field. Length, options and type are checked before by the engine; this adds the platform's own traps. */
  fit(field: FieldDefinition, value: FieldValue): Fit
  fitTag(name: string): Fit
  /** Why a list cannot be given this option; null: it can. Unsaid: any. */
  readonly fitOption?: (field: FieldDefinition, value: string) => string | null
  /** Refusals that need the whole record (no name and no e-mail, a required field missing on create); null: none. */
  refuse(op: 'create' | 'update', fields: Fields): Refusal | null
}
export type Fit =
  | { readonly kind: 'ok'; readonly value: FieldValue }
  /** `value` travels instead; undefined: nothing travels. `cause` groups losses in the plan. */
  | { readonly kind: 'loss'; readonly value: FieldValue | undefined; readonly cause: string }
  /** The target would refuse the whole record over this. */
  | { readonly kind: 'reject'; readonly cause: string; readonly hint: string }
export interface Refusal {
  readonly cause: string
  readonly hint: string
}
