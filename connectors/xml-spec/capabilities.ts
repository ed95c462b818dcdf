/** What the platform can do, as data, and how fast it may be asked. */
import type { Capabilities, StreamCapability } from '../../src/connector/capabilities.ts'
import type { Account } from './account.ts'
import { CONCURRENCY, REQUESTS_PER_SECOND } from './client.ts'
import { pageRows } from './paging.ts'

/** Nobody says how many items a batch may have, and they are worked off one by one (quirk 36, fact sheet "limits": a start). */
const BATCH_ITEMS = 25
const BATCH_ITEMS_MAX = 200
/** A request each, or pages of everybody where those are fewer. */
const FETCH_MAX = 200
const FIND_MAX = 100
/** Not known; looking twice a little apart costs less than a twin. */
const VISIBILITY_LAG_MS = 2_000

export function batchItems(account: Pick<Account, 'settings'>): number {
  return Math.max(1, Math.min(account.settings.limits.batchSize ?? BATCH_ITEMS, BATCH_ITEMS_MAX))
}

export function capabilitiesOf(account: Pick<Account, 'settings' | 'options'>): Capabilities {
  const { settings, options } = account
  const { limits } = settings
  const paged: Pick<StreamCapability, 'paging' | 'pageSizeMax'> = {
    paging: 'two-passes',
    pageSizeMax: pageRows(account),
  }
  return {
    streams: {
      contacts: { ...paged, since: 'inclusive', hidesRemovals: true },
      ...(options.groupings
        ? { groupings: { ...paged, since: 'none', hidesRemovals: false } as const }
        : {}),
      consents: { ...paged, since: 'inclusive', hidesRemovals: true },
    },
    resolutionMs: 1000,
    visibilityLagMs: VISIBILITY_LAG_MS,
    find: options.findByMarker ? ['email', 'marker'] : ['email'],
    fetchMax: FETCH_MAX,
    findMax: FIND_MAX,
    create: {
      batchMax: batchItems(account),
      // Two people with one address are created in one call in the documents (quirk 23); a namesake with it is refused by code 1002.
      onTakenEmail: options.addOrUpdate ? 'merges' : 'doubles',
    },
    update: { batchMax: batchItems(account), conditional: true, clears: true },
    remove: 'delete',
    tags: { read: true, add: true, remove: false, create: options.newTags },
    groups: { read: true, write: 'inline', remove: true, create: true },
    fields: { create: true, options: true },
    consent: {
      holder: 'contact',
      channels: ['email'],
      optOut: true,
      optOutReversible: false,
      optIn: false,
    },
    rate: {
      requestsPerSecond: limits.requestsPerSecond ?? REQUESTS_PER_SECOND,
      requestsPerDay: null,
      concurrency: limits.concurrency ?? CONCURRENCY,
    },
  }
}
