/**
 * The stream of opt-outs: everybody unsubscribed, everybody bounced, then, group by group, those who left that group only. An incremental
 * scan reads the first two since a day, which is as fine as the filters go.
 */
import type { Page, Row, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Consent } from '../../src/model/consent.ts'
import type { Account } from './account.ts'
import { BOUNCES_UNSEEN, bouncedFilters } from './bounces.ts'
import { BOUNCED, UNSUBSCRIBED } from './codec.ts'
import { groupIdsAfter } from './groupings.ts'
import type { Query } from './paging.ts'
import type { Contact } from './schema.ts'
import { wireDay } from './stamps.ts'
import { begin, bound, brokenRow, type Go, readWalk, settledStart, turn, walkOn } from './walk.ts'

export async function scanConsents(
  account: Account,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  const go = begin(account, request, { signal, walk: 'unsubscribed' })
  const { walk } = go.position
  const read = await readWalk(go, queryOf(go, walk))
  const { contacts } = read.list
  if (walk === 'unsubscribed' && contacts.some(({ unsubscribed }) => unsubscribed === false))
    throw ignored()
  const rows: Row[] = []
  const broken = []
  const userFields = await account.vocabulary.fields(signal)
  for (const contact of contacts) {
    const consent = consentOf(walk, contact)
    if (consent === null) continue
    const decoded = account.decode(contact, userFields, () => undefined)
    if (decoded.kind === 'broken') broken.push(brokenRow(contact, decoded))
    else rows.push({ kind: 'consent', contact: decoded.sighting.id, consent })
  }
  const { position } = read
  const page = { rows, broken, high: startedAt(go, position), total: null }
  return turn(go, page, {
    position,
    moved: walkOn(go, read),
    stream: 'consents',
    following: () => walkAfter(go, walk),
  })
}

/** When it began, and never below the bound it had: the server's clock may have been put back. */
function startedAt(go: Go, position: Go['position']): string | null {
  const start = settledStart(go, position)
  const { since } = go.request
  if (since === null || start === null) return start ?? since
  return since > start ? since : start
}

const GROUP = 'group '

function queryOf(go: Go, walk: string): Query {
  const isFull = go.request.since === null
  const from = isFull ? undefined : wireDay(bound(go), -1)
  if (walk === 'bounced') {
    return { Bounced: true, ...(from === undefined ? {} : { Bounced_startdate: from }) }
  }
  return {
    Unsubscribed: true,
    ...(from === undefined ? {} : { Unsubscribed_startdate: from }),
    ...(walk.startsWith(GROUP) ? { group_id: walk.slice(GROUP.length) } : {}),
  }
}

/** null: it says nothing new, because the whole account was left already. */
function consentOf(walk: string, contact: Contact): Consent | null {
  if (walk === 'bounced') return BOUNCED
  if (!walk.startsWith(GROUP)) return UNSUBSCRIBED
  if (contact.unsubscribed !== false) return null
  return { ...UNSUBSCRIBED, scope: walk.slice(GROUP.length) }
}

async function walkAfter(go: Go, walk: string): Promise<string | null> {
  const { account, request, signal, notes } = go
  if (walk === 'unsubscribed') {
    if (await bouncedFilters(account, signal)) return 'bounced'
    notes.add(BOUNCES_UNSEEN)
  }
  if (request.since !== null) return null
  const last = walk.startsWith(GROUP) ? walk.slice(GROUP.length) : null
  const [id] = await groupIdsAfter(account, last, signal)
  return id === undefined ? null : `${GROUP}${id}`
}

function ignored(): ConnectorError {
  return new ConnectorError(
    'scan',
    'people who did not unsubscribe came where only those who did were asked for',
    { hint: 'The server does not read the filter; opt-outs cannot be read from it.' },
  )
}
