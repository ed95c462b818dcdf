/**
 * Reads contacts page by page. A full scan is one walk up the ids. An incremental one is up to three: contacts modified since, contacts added
 * since (a new one has no dateModified below version 6), and contacts opted out since (from 5.2 that alone does not modify them).
 * Duplicates between the walks are harmless; nothing may fall between them.
 */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import type { Page, Row, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Account } from './account.ts'
import { pageRows } from './capabilities.ts'
import { fetchContacts } from './lookup.ts'
import { type Asker, FilterIgnored, type Place, readWindow, type Window } from './pages.ts'
import { byId, type Condition } from './query.ts'
import { isMissing } from './refusal.ts'
import { isObject } from './schema.ts'
import { columnTime, instantOf } from './values.ts'

type Walk = 'all' | 'modified' | 'added' | 'opted-out'

/** What a page hands to the next one, as JSON text. */
interface Position {
  readonly walk: Walk
  readonly place: Place
  /** Lower bound of the next scan; null: the server told no time. */
  readonly high: string | null
  readonly total: number | null
  /** Rows seen so far, for the proof of a scan by offset. */
  readonly seen: number
}

/** Requests started before the scan may save after it: their stamps lie this much before the scan's start at most. */
export const SETTLE_MS = 30_000

export async function scanContacts(
  account: Account,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  // The version decides whether stamps can be trusted, and only an answer tells it.
  if (request.since !== null && !account.client.hasAnswered) {
    await account.client.call('contacts.list', { limit: 1, minimal: true }, signal)
  }
  const since = lowerBound(account, request)
  const at =
    request.position === null ? firstPosition(since) : (JSON.parse(request.position) as Position)
  if (at.walk === 'opted-out') return scanOptedOut(account, at, { since: since ?? '', signal })
  const limit = pageRows(account.settings.limits)
  const { window, place } = await readAt(account, at, { since, limit, signal })
  const high = request.position === null ? highOf(window, request.since) : at.high
  const isOffset = place.kind === 'offset'
  const total = isOffset || at.seen > 0 ? (at.total ?? window.total) : window.total
  const rows = window.contacts.map(
    (contact): Row => ({ kind: 'contact', sighting: account.decode(contact) }),
  )
  const seen = at.seen + rows.length + window.broken.length
  const page = { rows, broken: window.broken, high, total, notes: [] }
  if (!window.isEnd) {
    const next: Position = { walk: at.walk, place: window.next, high, total, seen }
    return { ...page, next: JSON.stringify(next), isProven: false }
  }
  const walk = nextWalk(at.walk, account)
  if (walk !== null) {
    const next: Position = { walk, place: START, high, total, seen }
    return { ...page, next: JSON.stringify(next), isProven: false }
  }
  // By id nothing can slip past; by offset only when exactly as many came as there are.
  const isProven = !isOffset || (window.total !== null && window.total === seen && total === seen)
  return { ...page, next: null, isProven }
}

const START: Place = { kind: 'after', id: '0' }

function firstPosition(since: string | null): Position {
  return {
    walk: since === null ? 'all' : 'modified',
    place: START,
    high: null,
    total: null,
    seen: 0,
  }
}

/** null: everything, because it is asked for or because the server's stamps cannot be trusted. */
function lowerBound(account: Account, request: ScanRequest): string | null {
  if (request.since === null || !account.profile.modifiedMoves) return null
  const ms = Date.parse(request.since)
  if (Number.isNaN(ms))
    throw new ConnectorError('scan', `not a lower bound of ours: ${request.since}`)
  return columnTime(new Date(ms - request.overlapMs).toISOString())
}

function nextWalk(walk: Walk, account: Account): Walk | null {
  const { modifiedAtCreation, dncMovesModified } = account.profile
  if (walk === 'all') return null
  if (walk === 'modified' && !modifiedAtCreation) return 'added'
  if (walk !== 'opted-out' && !dncMovesModified) return 'opted-out'
  return null
}

interface Reading {
  readonly since: string | null
  readonly limit: number
  readonly signal: AbortSignal
}

/** By id where the server filters, by offset where it turns out not to. */
async function readAt(
  account: Account,
  at: Position,
  reading: Reading,
): Promise<{ readonly window: Window; readonly place: Place }> {
  const { limit } = reading
  const ask = asker(account, at.walk, reading)
  const place: Place =
    account.learnt.filters || at.place.kind === 'offset'
      ? at.place
      : { kind: 'offset', start: at.seen }
  try {
    return { window: await readWindow(ask, place, limit), place }
  } catch (error) {
    if (place.kind === 'offset' || !isFilterTrouble(error, at.seen === 0)) throw error
    const offset: Place = { kind: 'offset', start: at.seen }
    const window = await readWindow(ask, offset, limit).catch(() => {
      throw error
    })
    account.learnt.filters = false
    account.kit.log.warn('the server does not filter lists; contacts are read by offset')
    return { window, place: offset }
  }
}

/** Ignored conditions show at the second page; conditions that break the server, or are refused, at the first. */
function isFilterTrouble(error: unknown, isFirst: boolean): boolean {
  if (error instanceof FilterIgnored) return true
  if (!isFirst || !(error instanceof ConnectorError)) return false
  return error.kind === 'unknown' || error.kind === 'invalid' || error.kind === 'protocol'
}

function asker(account: Account, walk: Walk, { since, signal }: Reading): Asker {
  const conditions: Condition[] = []
  if (walk === 'modified') conditions.push({ col: 'date_modified', expr: 'gte', val: since ?? '' })
  if (walk === 'added') conditions.push({ col: 'date_added', expr: 'gte', val: since ?? '' })
  if (account.options.skipAnonymous) conditions.push({ col: 'date_identified', expr: 'isNotNull' })
  return ({ place, skip, limit, idsOnly }) =>
    account.client.ask(
      'contacts.list',
      {
        ...(place.kind === 'after'
          ? { ...byId(place.id, limit, conditions), ...(skip > 0 ? { start: skip } : {}) }
          : { orderBy: 'id', orderByDir: 'asc', limit, start: place.start + skip }),
        ...(idsOnly ? { select: ['id'] } : {}),
      },
      signal,
    )
}

/** Never below the bound it had: the server's clock may have been put back. */
function highOf(window: Window, since: string | null): string | null {
  const reached = reachedBy(window)
  if (since === null || reached === null) return reached ?? since
  return since > reached ? since : reached
}

/** The server's time at the first answer, less what may still be under way; without a clock, the newest stamp that first answer shows. */
function reachedBy(window: Window): string | null {
  if (window.dateMs !== null) {
    return `${new Date(window.dateMs - SETTLE_MS).toISOString().slice(0, 19)}Z`
  }
  const stamps = window.contacts
    .flatMap(({ dateAdded, dateModified }) => [instantOf(dateAdded), instantOf(dateModified)])
    .filter((stamp) => stamp !== null)
  return stamps.sort().at(-1) ?? null
}

/** Contacts named by the table of opt-outs since the bound. A server that does not show the table says so in a note. */
async function scanOptedOut(
  account: Account,
  at: Position,
  reading: { readonly since: string; readonly signal: AbortSignal },
): Promise<Page> {
  const { client, settings } = account
  const { since, signal } = reading
  const limit = pageRows(settings.limits)
  const done = { high: at.high, total: at.total, next: null, isProven: true }
  if (at.place.kind === 'offset')
    return { ...done, rows: [], broken: [], notes: [], isProven: false }
  let entries: readonly Entry[]
  try {
    const where = byId(at.place.id, limit, [{ col: 'date_added', expr: 'gte', val: since }]).where
    const list = await client.call(
      'stats.list',
      { table: 'lead_donotcontact', where: [...where], order: [{ col: 'id', dir: 'asc' }], limit },
      signal,
    )
    entries = list.rows.flatMap(([, row]) => entryOf(row) ?? [])
  } catch (error) {
    if (!isMissing(error)) throw error
    return { ...done, rows: [], broken: [], notes: [UNSEEN_OPT_OUTS] }
  }
  const ids = [...new Set(entries.map((entry) => entry.contact))]
  const rows: Row[] = []
  const broken: BrokenRow[] = []
  for (const fetched of await fetchContacts(account, ids.map(remoteId), signal)) {
    if (fetched.kind === 'found') rows.push({ kind: 'contact', sighting: fetched.sighting })
    else if (fetched.kind === 'merged') rows.push({ kind: 'contact', sighting: fetched.into })
    else if (fetched.kind === 'inconclusive') {
      const { id, message } = fetched
      broken.push({ id, message, hint: 'Open the contact there and save it anew.' })
    }
  }
  const last = Math.max(Number(at.place.id), ...entries.map((entry) => entry.id))
  const isEnd = entries.length < limit || last === Number(at.place.id)
  const next: Position = {
    ...at,
    place: { kind: 'after', id: String(last) },
    seen: at.seen + rows.length,
  }
  return {
    ...done,
    rows,
    broken,
    notes: [],
    next: isEnd ? null : JSON.stringify(next),
    isProven: isEnd,
  }
}

const UNSEEN_OPT_OUTS =
  'Opt-outs recorded since the last scan of everything cannot be seen: this version does not stamp them, and the statistics tables are closed to this user.'

interface Entry {
  readonly id: number
  readonly contact: string
}

function entryOf(row: unknown): Entry | null {
  if (!isObject(row)) return null
  const id = Number(row['id'])
  const contact = String(row['lead_id'] ?? row['contact_id'] ?? '')
  return Number.isInteger(id) && /^[1-9]\d*$/.test(contact) ? { id, contact } : null
}
