/** What the platform can do, as data, by what its version can. */
import type { Limits } from '../../src/connector/connector.ts'
import type { Capabilities } from '../../src/connector/capabilities.ts'
import { CONCURRENCY, REQUESTS_PER_SECOND } from './client.ts'
import type { Profile } from './profile.ts'

/** A big account needs most of a minute for a list, and more rows make it worse (README, "slow lists"). */
const PAGE_ROWS = 200
const PAGE_ROWS_MAX = 500
/** The server's own cap on the items of a batch (`api_batch_max_limit`). */
const BATCH_MAX = 200
/** Where contacts are edited one by one, a call should still end within minutes. */
const ONE_BY_ONE_MAX = 20
const FETCH_MAX = 200
/** The column is a TEXT of 65,535 bytes, and a character may take four and escaping more. */
const NOTE_CHARS_MAX = 15_000
const FIND_MAX = 100

export interface CapabilityFacts {
  readonly profile: Profile
  readonly limits: Limits
  /** Batch size the server was seen to allow; null: not seen. */
  readonly batchCap: number | null
  /** False: it was seen to ignore conditions, or to mix up the rows of a batch edit. */
  readonly filters: boolean
  readonly batchEdits: boolean
}

export function pageRows(limits: Limits): number {
  return Math.min(Math.max(limits.pageSize ?? PAGE_ROWS, 1), PAGE_ROWS_MAX)
}

export function batchRows({
  limits,
  batchCap,
}: Pick<CapabilityFacts, 'limits' | 'batchCap'>): number {
  return Math.max(1, Math.min(limits.batchSize ?? BATCH_MAX, batchCap ?? BATCH_MAX, BATCH_MAX))
}

export function capabilitiesOf(facts: CapabilityFacts): Capabilities {
  const { profile, limits } = facts
  const rows = pageRows(limits)
  const batch = batchRows(facts)
  const paging = facts.filters ? 'keyset' : 'offset'
  return {
    streams: {
      contacts: {
        since: profile.modifiedMoves && facts.filters ? 'inclusive' : 'none',
        paging,
        pageSizeMax: rows,
        hidesRemovals: true,
      },
      groupings: { since: 'none', paging, pageSizeMax: rows, hidesRemovals: false },
    },
    resolutionMs: 1000,
    visibilityLagMs: profile.countCacheMs,
    find: ['email', 'marker'],
    fetchMax: FETCH_MAX,
    findMax: FIND_MAX,
    create: { batchMax: batch, onTakenEmail: 'merges' },
    update: {
      batchMax: facts.batchEdits ? batch : Math.min(batch, ONE_BY_ONE_MAX),
      conditional: false,
      clears: profile.clears,
    },
    remove: 'delete',
    tags: { read: true, add: true, remove: true, create: true },
    groups: { read: true, write: 'bulk', remove: true, create: true },
    fields: { create: true, options: true },
    consent: {
      holder: 'contact',
      channels: ['email', 'sms'],
      optOut: true,
      optOutReversible: true,
      optIn: true,
    },
    // An automation that allows contacts to restart begins anew (README, "automations").
    sequences: { read: true, start: true, restarts: true },
    // The server looks for the company that a contact names, and makes it where there is none.
    companies: { read: true, create: true, update: true, batchMax: batch, link: 'name' },
    notes: {
      read: true,
      add: true,
      edit: true,
      remove: true,
      keeps: { date: true, title: false },
      kinds: ['note', 'call', 'email', 'meeting'],
      textMax: NOTE_CHARS_MAX,
    },
    rate: {
      requestsPerSecond: limits.requestsPerSecond ?? REQUESTS_PER_SECOND,
      requestsPerDay: null,
      concurrency: limits.concurrency ?? CONCURRENCY,
    },
  }
}
