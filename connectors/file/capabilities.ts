/** What a file can do, as data. */
import type { Capabilities } from '../../src/connector/capabilities.ts'
import type { FileOptions } from './options.ts'

/** Contacts in one question: each costs a read or two. */
const FETCH_MAX = 1_000
/** Nobody counts; a number that is high enough. */
const REQUESTS_PER_SECOND = 100_000

export function capabilitiesOf(options: FileOptions): Capabilities {
  return {
    streams: {
      contacts: {
        since: 'none',
        paging: 'single',
        pageSizeMax: options.pageRows,
        hidesRemovals: false,
      },
    },
    resolutionMs: 1000,
    visibilityLagMs: 0,
    find: ['email', 'marker'],
    fetchMax: FETCH_MAX,
    findMax: FETCH_MAX,
    create: { batchMax: options.batchRows, onTakenEmail: 'doubles' },
    update: { batchMax: options.batchRows, conditional: false, clears: true },
    remove: 'delete',
    tags: { read: true, add: true, remove: true, create: true },
    groups: { read: true, write: 'inline', remove: true, create: true },
    fields: { create: true, options: true },
    consent: {
      holder: 'address',
      channels: ['email', 'sms', 'phone', 'post'],
      optOut: true,
      optOutReversible: true,
      optIn: true,
    },
    rate: { requestsPerSecond: REQUESTS_PER_SECOND, requestsPerDay: null, concurrency: 1 },
  }
}
