/** The tables as Kysely sees them: the same on both databases. Truth values are 0 and 1, documents JSON text, times epoch ms. */
import type { Generated } from 'kysely'

export interface Tables {
  meta: { key: string; value: string }
  runs: RunsTable
  documents: { run: string; name: string; document: string }
  slices: SlicesTable
  /** `owner: null`: free. The row stays, so that the epoch only ever rises. */
  leases: { scope: string; owner: string | null; epoch: number; expires_at: number }
  scans: ScansTable
  staged_contacts: StagedContactsTable
  /** Which paths contacts of a scan have in common. */
  staged_shapes: { scan: number; name: string; paths: string }
  staged_keys: { scan: number; kind: string; key: string; contact: string }
  told_members: {
    number: Generated<number>
    scan: number
    kind: string
    contact: string
    key: string
  }
  staged_members: { scan: number; kind: string; contact: string; key: string }
  told_consents: {
    number: Generated<number>
    scan: number
    owner: string
    digest: string
    consent: string
  }
  staged_consents: { scan: number; owner: string; digest: string; consent: string }
  staged_copies: {
    scan: number
    kind: string
    origin: string
    id: string
    holder: string | null
    shown: string
  }
  links: LinksTable
  plans: { number: Generated<number>; id: string; sync: string; header: string }
  plan_ops: PlanOpsTable
  /** What ops have in common, by a name that follows from the text. No personal data. */
  op_words: { name: string; text: string }
  plan_documents: { plan: string; seq: number; op: string }
  plan_joins: PlanJoinsTable
  vocabulary: VocabularyTable
  journal: JournalTable
  cases: CasesTable
  rulings: RulingsTable
  cursors: CursorsTable
  starts: StartsTable
  notes: NotesTable
  companies: CompaniesTable
  absences: { sync: string; side: string; id: string; run: string; at: number }
  turns: { sync: string; record: string; slot: string; pair: string; count: number; at: number }
  tombstones: { sync: string; side: string; id: string; why: string; at: number; kind: string }
  directory: { sync: string; side: string; hash: string; contact: string }
  audit: AuditTable
}

interface RunsTable {
  number: Generated<number>
  id: string
  sync: string
  kind: string
  status: string
  program: string
  stage: number
  fingerprint: string
  is_full: number
  plan: string | null
  facts: string
  reason: string | null
  started_at: number
  updated_at: number
  ended_at: number | null
}
interface SlicesTable {
  /** Order of opening. */
  number: Generated<number>
  run: string
  stage: number
  name: string
  is_open: number
  position: string
}
/** One side of one run: the short name under which its readings are kept. */
interface ScansTable {
  id: Generated<number>
  run: string
  side: string
  is_tag_read: Generated<number>
  is_group_read: Generated<number>
  is_consent_read: Generated<number>
  /** 0: what finds its contacts lies with the contacts only, not yet in `staged_keys`. */
  are_keys_sorted: Generated<number>
  /** 0: some memberships lie in `told_members`, not yet in `staged_members`. */
  are_members_sorted: Generated<number>
  /** 0: some consents lie in `told_consents`, not yet in `staged_consents`. */
  are_consents_sorted: Generated<number>
  /** 0: begun by a version that staged contacts without their addresses. */
  are_addressed: Generated<number>
}
interface StagedContactsTable {
  seq: Generated<number>
  scan: number
  id: string
  sighting: string
  /** What finds it, `[[kind, key], …]`. */
  keys: string
  /** What the directory will say of it, `[hash, …]`; null: staged by a version that did not say. */
  addresses: string | null
}
interface LinksTable {
  sync: string
  from_id: string
  to_id: string
  from_base: string | null
  to_base: string | null
  origin: string
  run: string
  created_at: number
  updated_at: number
  /** null: live. */
  ended_at: number | null
  ended_why: string | null
}
/** What changes about an op. The op itself never does and lies in `plan_documents`, so that counting and marking stay cheap. */
interface PlanOpsTable {
  plan: string
  seq: number
  bucket: string
  state: string
  attempts: number
  outcome: string | null
  from_id: string | null
  to_id: string | null
}
interface PlanJoinsTable {
  plan: string
  group_key: string
  op: string
  contact: string
  is_done: number
}
interface StartsTable {
  sync: string
  sequence: string
  source: string
  target: string
  contact: string
  state: string
  why: string | null
  run: string
  at: number
}
interface CompaniesTable {
  sync: string
  name: string
  source: string | null
  target: string | null
  state: string
  /** What it was made with, hashes by path as JSON. */
  base: string | null
  run: string
  at: number
}
interface NotesTable {
  sync: string
  source: string
  contact: string
  target: string | null
  holder: string | null
  state: string
  hash: string | null
  declined: string | null
  why: string | null
  run: string
  at: number
}
interface VocabularyTable {
  sync: string
  side: string
  kind: string
  source: string
  provisional: string
  real_key: string
  document: string
}
interface JournalTable {
  plan: string
  seq: number
  run: string
  side: string
  record: string | null
  kind: string
  before_values: string
  at: number
}
interface CasesTable {
  number: Generated<number>
  sync: string
  kind: string
  side: string
  record: string
  run: string
  /** What people read: label, cause, hint, fields with both values, candidates, what may be decided. */
  document: string
  opened_at: number
  updated_at: number
  /** When a run last took it up; 0: none has. */
  looked_at: Generated<number>
  /** null: open. */
  closed_at: number | null
  closed_why: string | null
}
interface RulingsTable {
  number: Generated<number>
  sync: string
  side: string
  record: string
  /** '': about the whole record. */
  field: string
  question: string
  choice: string
  who: string
  at: number
  obeyed_by: string | null
  /** null: it lives. */
  ended_at: number | null
  ended_why: string | null
}
interface CursorsTable {
  sync: string
  side: string
  stream: string
  watermark: string
  fingerprint: string
  census_at: number | null
  run: string
  updated_at: number
}
interface AuditTable {
  number: Generated<number>
  at: number
  who: string
  what: string
  run: string | null
  data: string
}
