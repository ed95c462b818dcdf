/** Records as the pipeline would store them. */
import type { Consent } from '../../src/model/consent.ts'
import type { Fields } from '../../src/model/field.ts'
import { type PlanId, type RunId, remoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Op } from '../../src/plan/op.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import type { Case } from '../../src/state/cases.ts'
import type { JournalEntry } from '../../src/state/journal.ts'
import type { Link } from '../../src/state/links.ts'
import type { RunRecord } from '../../src/state/runs.ts'

export const RUN = 'run-1' as RunId
export const PLAN = 'plan-1' as PlanId
export const SYNC = 'crm-to-news'

/** How often each process of a race counts, and how many links each transaction of the writer has. */
export const COUNTS = 25
export const LINKS_EACH = 40

export function runRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: RUN,
    sync: SYNC,
    kind: 'sync',
    status: 'open',
    program: ['pull', 'plan', 'apply'],
    stage: 0,
    fingerprint: 'f1',
    isFull: true,
    plan: null,
    facts: { read: { from: 3 }, note: 'ä' },
    reason: null,
    startedAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_001,
    endedAt: null,
    ...changes,
  }
}

export function sighting(id: string, changes: Partial<Sighting> = {}): Sighting {
  const fields: Fields = { givenName: 'Anna', 'emails.1': `${id}@example.org`, 'custom.a': null }
  return { id: remoteId(id), version: null, createdAt: null, updatedAt: null, fields, ...changes }
}

export function staged(id: string, emails: readonly string[], changes: Partial<Sighting> = {}) {
  const keys = emails.map((key) => ({ kind: 'email', key }))
  return { sighting: sighting(id, changes), keys, addresses: emails.map((key) => `hash of ${key}`) }
}

export function consent(changes: Partial<Consent> = {}): Consent {
  const about = { channel: 'email', address: 'a@example.org', state: 'refused' } as const
  return { ...about, reason: null, scope: null, since: null, ...changes }
}

export function link(from: string, to: string, changes: Partial<Link> = {}): Link {
  return {
    sync: SYNC,
    fromId: remoteId(from),
    toId: remoteId(to),
    fromBase: 'f-packed',
    toBase: null,
    origin: 'email',
    run: RUN,
    updatedAt: 7,
    ...changes,
  }
}

export function op(seq: number, changes: Partial<Op> = {}): Op {
  return {
    seq,
    bucket: 'create',
    writes: 'to',
    fromId: remoteId(`f${seq}`),
    toId: null,
    label: `Person ${seq}`,
    fields: [{ path: 'zeta', after: 'z', risk: 'fill', why: 'only here' }],
    tags: { add: ['new:VIP'], remove: [] },
    groups: { add: [], remove: [] },
    consents: [],
    losses: [],
    held: [],
    risk: 'fill',
    cause: 'no counterpart',
    hint: '',
    candidates: [],
    marker: null,
    email: `p${seq}@example.org`,
    base: { from: 'packed', to: null, kept: [], isSettled: true },
    ...changes,
  }
}

export function header(changes: Partial<PlanHeader> = {}): PlanHeader {
  return {
    id: PLAN,
    sync: SYNC,
    run: RUN,
    isFull: true,
    hash: 'h',
    mapping: { name: 'm', fingerprint: 'mf' },
    fingerprint: 'f1',
    read: { from: 2, to: 0 },
    records: 2,
    second: 0,
    counts: {
      create: 2,
      update: 0,
      link: 0,
      unchanged: 0,
      excluded: 0,
      hold: 0,
      reject: 0,
      blocked: 0,
      delete: 0,
    },
    vocabulary: { fields: [], options: [], tags: [], groups: [] },
    losses: [],
    changes: [],
    rejects: [],
    holds: [],
    risks: { none: 0, fill: 2, overwrite: 0, destructive: 0, irreversible: 0 },
    consents: { optOuts: 0, irreversible: 0 },
    guards: [],
    warnings: [],
    cost: { calls: [], requests: 2, minutes: 1, dailyShare: null },
    watermarks: [],
    appliedBefore: null,
    createdAt: '2026-01-01T00:00:00Z',
    expiresAt: '2026-01-02T00:00:00Z',
    ...changes,
  }
}

export function journalEntry(seq: number, changes: Partial<JournalEntry> = {}): JournalEntry {
  const nothing = { fields: {}, tags: null, groups: null, optedOut: [] }
  return {
    run: RUN,
    plan: PLAN,
    seq,
    side: 'to',
    record: null,
    kind: 'create',
    before: nothing,
    at: 9,
    ...changes,
  }
}

export function openCase(record: string, changes: Partial<Case> = {}): Omit<Case, 'id'> {
  return {
    sync: SYNC,
    kind: 'hold',
    side: 'from',
    record: remoteId(record),
    label: 'Anna',
    cause: 'two people share a@example.org',
    hint: 'Choose one.',
    fields: ['emails.1'],
    candidates: [remoteId('8'), remoteId('9')],
    run: RUN,
    openedAt: 1,
    updatedAt: 1,
    ...changes,
  }
}
