/**
 * Reads the streams of an account page by page. A full scan of contacts is one walk through all of them. An incremental one is three: contacts updated
 * since, contacts unsubscribed since, contacts bounced since, because neither an unsubscribe nor a bounce is known to move the stamp.
 */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import type { Page, Row, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Account } from './account.ts'
import { BOUNCES_UNSEEN, bouncedFilters } from './bounces.ts'
import { BOUNCED } from './codec.ts'
import { scanConsents } from './consents.ts'
import { scanGroupings } from './groupings.ts'
import type { Query } from './paging.ts'
import type { Contact } from './schema.ts'
import { instantOf, wireDay } from './stamps.ts'
import {
  begin,
  bound,
  brokenRow,
  EVERYBODY,
  type Go,
  highOf,
  type Position,
  readWalk,
  turn,
  walkOn,
} from './walk.ts'

/** One page of a stream. Throws ConnectorError. */
export function scanPage(
  account: Account,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  switch (request.stream) {
    case 'contacts':
      return scanContacts(account, request, signal)
    case 'consents':
      return scanConsents(account, request, signal)
    case 'groupings':
      return scanGroupings(account, request, signal)
    case 'taggings':
      throw new ConnectorError('unsupported', 'tags come with the contacts')
  }
}

type Walk = typeof EVERYBODY | 'updated' | 'unsubscribed' | 'bounced'

async function scanContacts(
  account: Account,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  const go = begin(account, request, {
    signal,
    walk: request.since === null ? EVERYBODY : 'updated',
  })
  const walk = go.position.walk as Walk
  const read = await readWalk(go, queryOf(go, walk))
  const rows: Row[] = []
  const broken: BrokenRow[] = []
  const userFields = await account.vocabulary.fields(signal)
  for (const contact of read.list.contacts) {
    const decoded = account.decode(contact, userFields, (text) => go.notes.add(text))
    if (decoded.kind === 'broken') broken.push(brokenRow(contact, decoded))
    else {
      const { sighting } = decoded
      rows.push({
        kind: 'contact',
        sighting:
          walk === 'bounced'
            ? { ...sighting, consents: [...(sighting.consents ?? []), BOUNCED] }
            : sighting,
      })
    }
  }
  const position = { ...read.position, high: highest(read.position.high, read.list.contacts) }
  const page = {
    rows,
    broken,
    high: highOf(go, position),
    total: walk === EVERYBODY ? read.list.total : null,
  }
  if (isAhead(position)) go.notes.add(AHEAD)
  const isIgnored =
    walk === 'unsubscribed' && read.list.contacts.some(({ unsubscribed }) => unsubscribed === false)
  if (isIgnored) go.notes.add(UNSUBSCRIBES_UNSEEN)
  return turn(go, page, {
    position,
    moved: isIgnored
      ? { next: null, isProven: position.isProven }
      : walkOn(go, { ...read, position }),
    stream: 'contacts',
    following: () => walkAfter(go, walk),
  })
}

function queryOf(go: Go, walk: Walk): Query {
  switch (walk) {
    case EVERYBODY:
      return {}
    case 'updated':
      return { updated_timestamp: bound(go) }
    case 'unsubscribed':
      return { Unsubscribed: true, Unsubscribed_startdate: wireDay(bound(go), -1) }
    case 'bounced':
      return { Bounced: true, Bounced_startdate: wireDay(bound(go), -1) }
  }
}

async function walkAfter(go: Go, walk: Walk): Promise<Walk | null> {
  switch (walk) {
    case EVERYBODY:
    case 'bounced':
      return null
    case 'updated':
      return 'unsubscribed'
    case 'unsubscribed': {
      if (await bouncedFilters(go.account, go.signal)) return 'bounced'
      go.notes.add(BOUNCES_UNSEEN)
      return null
    }
  }
}

function highest(high: string | null, contacts: readonly Contact[]): string | null {
  let most = high
  for (const { updated } of contacts) if (updated !== null && updated > (most ?? '')) most = updated
  return most
}

/** Stamps of the future: the zone that we read them in is not theirs. */
function isAhead(position: Position): boolean {
  const high = instantOf(position.high ?? '', 'UTC')
  const start = instantOf(position.start ?? '', 'UTC')
  return high !== null && start !== null && Date.parse(high) - Date.parse(start) > AHEAD_MS
}
const AHEAD_MS = 15 * 60_000
const AHEAD =
  'Stamps lie ahead of the clock of the server: set timeZone of the connection to the zone of the account.'
const UNSUBSCRIBES_UNSEEN =
  'The server answers with everybody when it is asked for those who unsubscribed; who unsubscribed since shows in the next full scan.'
