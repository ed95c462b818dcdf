/** The machinery that all streams share: where a scan stands, one page more of a walk, and up to where it is safe to say that all was read. */
import { z } from 'zod'
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import type { Page, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { readPosition } from '../../src/connector/position.ts'
import type { Account } from './account.ts'
import { pageRows, type Query, readPage } from './paging.ts'
import { afterPage, firstMark, MARK_SCHEMA, type Mark } from './pass.ts'
import type { Contact, ContactList } from './schema.ts'
import { lowerBound, stampAt } from './stamps.ts'

/** What a page hands to the next one, as JSON text. */
const POSITION_SCHEMA = z.strictObject({
  walk: z.string(),
  mark: MARK_SCHEMA,
  /** The server's clock at the first page, as a stamp of its zone; null: it tells none. */
  start: z.string().nullable(),
  /** Highest stamp seen. */
  high: z.string().nullable(),
  /** Whether all walks so far were proven. */
  isProven: z.boolean(),
})
export type Position = Readonly<z.infer<typeof POSITION_SCHEMA>>

/** Requests under way at the start of a scan may save after it with an earlier stamp. */
const SETTLE_MS = 30_000

/** Everything that a page of any stream needs. */
export interface Go {
  readonly account: Account
  readonly request: ScanRequest
  readonly signal: AbortSignal
  readonly position: Position
  readonly notes: Set<string>
}

export function begin(
  account: Account,
  request: ScanRequest,
  more: { readonly signal: AbortSignal; readonly walk: string },
): Go {
  const position: Position = readPosition(POSITION_SCHEMA, request.position) ?? {
    walk: more.walk,
    mark: newMark(account, request.stream),
    start: null,
    high: null,
    isProven: true,
  }
  return { account, request, signal: more.signal, position, notes: new Set() }
}

/** Reads the page that the position names; `position` then knows when the scan began. */
export async function readWalk(
  go: Go,
  query: Query,
): Promise<{ readonly list: ContactList; readonly position: Position; readonly size: number }> {
  const { account, signal, notes } = go
  const size = pageRows(account)
  const list = await readPage(account, query, {
    page: go.position.mark.page,
    size,
    signal,
    note: (text) => notes.add(text),
  })
  const { serverMs } = account.client
  const start = go.position.start ?? (serverMs === null ? null : stampAt(serverMs, account.zone))
  return { list, position: { ...go.position, start }, size }
}

/** The position after a page, or the end of its walk. */
export function walkOn(
  go: Go,
  read: { readonly list: ContactList; readonly position: Position; readonly size: number },
): { readonly next: Position | null; readonly isProven: boolean } {
  const { list, position, size } = read
  const step = afterPage(
    position.mark,
    { contacts: list.contacts, total: list.total, size, freshFrom: position.start },
    go.account.memory,
  )
  if (step.kind === 'more') return { next: { ...position, mark: step.mark }, isProven: false }
  if (position.walk === EVERYBODY) go.account.learnt.contacts = step.rows
  return { next: null, isProven: position.isProven && step.isProven }
}

/** The walk that passes everybody. */
/** A page with what follows it: more of this walk, the next walk of the stream, or its end. */
export async function turn(
  go: Go,
  page: Pick<Page, 'rows' | 'broken' | 'high' | 'total'>,
  { position, moved, stream, following }: Turning,
): Promise<Page> {
  const { next, isProven } = moved
  const on = (position: Position): Page => ({
    ...page,
    next: positionText(position),
    isProven: false,
    notes: [...go.notes],
  })
  if (next !== null) return on(next)
  const walk = await following()
  if (walk === null) return { ...page, next: null, isProven, notes: [...go.notes] }
  return on({ ...position, walk, mark: newMark(go.account, stream), isProven })
}

export interface Turning {
  readonly position: Position
  /** Of `walkOn`. */
  readonly moved: { readonly next: Position | null; readonly isProven: boolean }
  readonly stream: 'contacts' | 'consents' | 'groupings'
  /** The walk after this one; null: it was the last. */
  readonly following: () => Promise<string | null>
}

export const EVERYBODY = 'all'

function newMark(account: Account, stream: string): Mark {
  const salt = Math.floor(account.kit.random() * 0x1_0000_0000).toString(36)
  return firstMark(`${stream}-${salt}-${account.kit.clock.now().toString(36)}`)
}

function positionText(position: Position): string {
  return JSON.stringify(position)
}

/** The lower bound of the next scan: what was seen, but not past the moment this one began, and never below the bound it had. */
export function highOf(go: Go, position: Position): string | null {
  const settled = settledStart(go, position)
  const seen = position.high
  const reached = settled === null || seen === null || seen < settled ? seen : settled
  const { since } = go.request
  if (since === null || reached === null) return since ?? reached
  return since > reached ? since : reached
}

/** The moment the scan began, less what may still have been under way; null: the server has no clock. */
export function settledStart(go: Go, position: Position): string | null {
  if (position.start === null) return null
  return lowerBound(position.start, SETTLE_MS, go.account.zone)
}

/** The stamp from which an incremental scan reads. */
export function bound(go: Go): string {
  const { since, overlapMs } = go.request
  const stamp = since === null ? null : lowerBound(since, overlapMs, go.account.zone)
  if (stamp !== null) return stamp
  throw new ConnectorError('scan', `not a lower bound of ours: ${since}`)
}

/** Named, so that a person can find it there. */
export function brokenRow(
  contact: Contact,
  decoded: { readonly message: string; readonly hint: string },
): BrokenRow {
  const { Firstname = '', Lastname = '', Email = '' } = contact.texts
  const name = [Firstname, Lastname].filter((part) => part !== '').join(' ')
  const who = [name, Email].filter((part) => part !== '').join(', ')
  return {
    id: null,
    message: who === '' ? decoded.message : `${decoded.message}: ${who}`,
    hint: decoded.hint,
  }
}
