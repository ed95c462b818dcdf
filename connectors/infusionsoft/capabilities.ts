/** What the platform can do, and how fast it may be asked. */
import type { Capabilities, StreamCapability } from '../../src/connector/capabilities.ts'
import type { Login } from './login.ts'
import { IDS_MAX, ROWS_MAX } from './operations.ts'

export interface Rate {
  readonly requestsPerSecond: number
  readonly requestsPerDay: number | null
  readonly burst: number
  readonly concurrency: number
}

/** By login: the vendor's quotas are per key, per client or, on the legacy host, per app. */
export const RATES: Readonly<Record<Login['kind'], Rate>> = {
  // Any second may see rate and burst together, so the two stay below what a second permits.
  // A credit every half second, at most four calls waiting.
  apiKey: { requestsPerSecond: 2, requestsPerDay: null, burst: 20, concurrency: 2 },
  // 240 per minute, 10 in a second, 30,000 per day.
  serviceKey: { requestsPerSecond: 4, requestsPerDay: 30_000, burst: 6, concurrency: 4 },
  // 1,500 per minute, 25 in a second, 150,000 per day.
  accessToken: { requestsPerSecond: 20, requestsPerDay: 150_000, burst: 5, concurrency: 10 },
  oauth: { requestsPerSecond: 20, requestsPerDay: 150_000, burst: 5, concurrency: 10 },
}

/** No limit is documented; that of the contact's own notes is taken. */
const NOTE_CHARS_MAX = 10_000
/** Addresses or markers in one question: each costs a request. */
const FIND_MAX = 20
/** Contacts in one write: each costs a request or more, and all are in flight together. */
export const WRITE_MAX = 10

export function capabilitiesOf(
  login: Login['kind'],
  limits: {
    readonly pageSize: number
    readonly batchSize: number
    /** 0: opt states are always read whole. */
    readonly optStatesWholeEveryMs: number
  },
): Capabilities {
  const { requestsPerSecond, requestsPerDay, concurrency } = RATES[login]
  const keyset: Pick<StreamCapability, 'paging' | 'pageSizeMax'> = {
    paging: 'keyset',
    pageSizeMax: limits.pageSize,
  }
  return {
    streams: {
      contacts: { ...keyset, since: 'inclusive', hidesRemovals: true },
      taggings: { ...keyset, since: 'inclusive', hidesRemovals: true },
      consents:
        limits.optStatesWholeEveryMs === 0
          ? { ...keyset, since: 'none', hidesRemovals: false }
          : {
              ...keyset,
              since: 'moved',
              wholeEveryMs: limits.optStatesWholeEveryMs,
              hidesRemovals: true,
            },
    },
    resolutionMs: 1000,
    // None is documented; an add whose answer was lost may still be under way.
    visibilityLagMs: 2000,
    find: ['email', 'marker'],
    fetchMax: Math.min(IDS_MAX, ROWS_MAX),
    findMax: FIND_MAX,
    create: { batchMax: limits.batchSize, onTakenEmail: 'doubles' },
    update: { batchMax: limits.batchSize, conditional: false, clears: true },
    remove: 'delete',
    tags: { read: true, add: true, remove: true, create: true },
    groups: { read: false, write: false, remove: false, create: false },
    fields: { create: true, options: true },
    consent: {
      holder: 'address',
      channels: ['email'],
      optOut: true,
      optOutReversible: false,
      optIn: false,
      mailsNew: false,
    },
    sequences: { read: true, start: true, restarts: true },
    companies: { read: true, create: true, update: true, batchMax: 1, link: 'id' },
    notes: {
      read: true,
      add: true,
      edit: true,
      remove: false,
      keeps: { date: true, title: true },
      kinds: ['note', 'call', 'email', 'appointment', 'fax', 'letter'],
      textMax: NOTE_CHARS_MAX,
    },
    rate: { requestsPerSecond, requestsPerDay, concurrency },
  }
}
