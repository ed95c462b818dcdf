/** Reads who is in which segment: segment by segment in order of id, each one walked up the ids of its contacts. */
import type { Page, Row, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Account } from './account.ts'
import { pageRows } from './capabilities.ts'
import { idOf } from './pages.ts'
import { byId } from './query.ts'
import type { Segment } from './schema.ts'

interface Position {
  readonly segment: number
  readonly place: { readonly after: string; readonly start: number }
}

/** One request a page, and at least one a segment: a contact does not tell its segments (README, "segments"). */
export async function scanGroupings(
  account: Account,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  if (request.position === null) account.vocabulary.forget('segments')
  const segments = sorted(await account.vocabulary.segments(signal))
  const at =
    request.position === null ? startOf(segments[0]) : (JSON.parse(request.position) as Position)
  const empty = { broken: [], high: null, total: null, notes: [] }
  const segment = segments.find(({ id }) => id >= (at?.segment ?? 0))
  if (at === null || segment === undefined)
    return { ...empty, rows: [], next: null, isProven: true }
  const from = segment.id === at.segment ? at.place : FIRST
  const limit = pageRows(account.settings.limits)
  const { ids, isEnd, isOffset } = await readMembers(account, segment, { from, limit, signal })
  const rows = ids.map(
    (id): Row => ({ kind: 'grouping', contact: remoteId(id), group: String(segment.id) }),
  )
  if (!isEnd) {
    const place = isOffset
      ? { after: '0', start: from.start + ids.length }
      : { after: ids.at(-1) ?? from.after, start: 0 }
    const next: Position = { segment: segment.id, place }
    return { ...empty, rows, next: JSON.stringify(next), isProven: false }
  }
  const following = startOf(segments.find(({ id }) => id > segment.id))
  const next = following === null ? null : JSON.stringify(following)
  return { ...empty, rows, next, isProven: next === null && !isOffset }
}

const FIRST = { after: '0', start: 0 } as const

function startOf(segment: Segment | undefined): Position | null {
  return segment === undefined ? null : { segment: segment.id, place: FIRST }
}

function sorted(segments: readonly Segment[]): Segment[] {
  return [...segments].sort((a, b) => a.id - b.id)
}

async function readMembers(
  account: Account,
  segment: Segment,
  reading: {
    readonly from: Position['place']
    readonly limit: number
    readonly signal: AbortSignal
  },
): Promise<{
  readonly ids: readonly string[]
  readonly isEnd: boolean
  readonly isOffset: boolean
}> {
  const { from, limit, signal } = reading
  if (!segment.alias) {
    throw new ConnectorError('scan', `segment ${segment.id} has no alias to search its members by`)
  }
  // Only the id is of use; a server that does not know `select` sends everything.
  const light = { search: `segment:${segment.alias}`, minimal: true, select: ['id'] }
  const isOffset = !account.learnt.filters
  const list = await account.client.call(
    'contacts.list',
    isOffset
      ? { ...light, orderBy: 'id', orderByDir: 'asc', start: from.start, limit }
      : { ...light, ...byId(from.after, limit) },
    signal,
  )
  const ids = list.rows
    .flatMap(([key, row]) => idOf(key, row) ?? [])
    .sort((a, b) => Number(a) - Number(b))
  if (!isOffset && Number(ids[0] ?? from.after) <= Number(from.after) && ids.length > 0) {
    account.learnt.filters = false
    return readMembers(account, segment, { ...reading, from: { after: '0', start: 0 } })
  }
  const passed = isOffset ? from.start : 0
  const isShort = ids.length < limit && (list.total === null || list.total <= passed + ids.length)
  return { ids, isEnd: isShort || ids.length === 0, isOffset }
}
