/** Reads one window of a list whole, around records that the server cannot show (README, "poison records"). */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { remoteId } from '../../src/model/id.ts'
import type { List } from './answers.ts'
import type { Answer } from './client.ts'
import { type Contact, isObject, parseContact, ShapeError } from './schema.ts'

/** A place in a list: behind an id, or at an offset where the server does not filter. */
export type Place =
  | { readonly kind: 'after'; readonly id: string }
  | { readonly kind: 'offset'; readonly start: number }

export interface Ask {
  readonly place: Place
  /** Rows to pass over behind the place. */
  readonly skip: number
  readonly limit: number
  /** True: ids are enough, in the hope that they can be told where the record cannot. */
  readonly idsOnly: boolean
}
export type Asker = (ask: Ask) => Promise<Answer<List>>

export interface Window {
  /** Ascending by id: the parser loses the order of an object keyed by id, so it is made again. */
  readonly contacts: readonly Contact[]
  readonly broken: readonly BrokenRow[]
  /** Where the next window starts. */
  readonly next: Place
  readonly isEnd: boolean
  /** Of the first answer: how many there are from the place on; null: not told. */
  readonly total: number | null
  readonly dateMs: number | null
}

/** The server answered a filter by id with what it should have left out, so it does not filter. */
export class FilterIgnored extends Error {
  override readonly name = 'FilterIgnored'
}

/** More unreadable records than this in one window is a broken server, not broken records. */
const BROKEN_MAX = 25

/**
 * Asks for `limit` rows. A window that fails is halved down to the record that breaks it; that one is told as broken and passed over.
 * Throws what the server said when not even its neighbours can be read, and FilterIgnored.
 */
export async function readWindow(ask: Asker, from: Place, limit: number): Promise<Window> {
  const contacts: Contact[] = []
  const broken: BrokenRow[] = []
  const at: Cursor = {
    place: from,
    skip: 0,
    size: limit,
    hasRetried: false,
    empty: 0,
    isAlive: false,
  }
  let first: Answer<List> | null = null
  // A row that was passed over without a name is behind us only once the next one is read.
  while (contacts.length + broken.length < limit || at.skip > 0) {
    const left = limit - contacts.length - broken.length
    const asked: Ask = {
      place: at.place,
      skip: at.skip,
      limit: clamp(left, at.size),
      idsOnly: false,
    }
    let answer: Answer<List>
    try {
      answer = await ask(asked)
    } catch (error) {
      if (!isWorthHalving(error) || broken.length >= BROKEN_MAX) throw error
      const lost = await afterFailure(at, { asked, error }, ask)
      if (lost !== null) broken.push(lost)
      continue
    }
    first ??= answer
    const { rows } = answer.result
    if (rows.length === 0 && isDoubtful(answer.result, asked, at.empty)) {
      at.empty += 1
      continue
    }
    at.empty = 0
    for (const [key, raw] of rows) {
      try {
        contacts.push(parseContact(raw, key))
      } catch (error) {
        if (!(error instanceof ShapeError)) throw error
        broken.push(misshapen(key, raw, error))
      }
    }
    Object.assign(at, { place: behind(asked, rows), skip: 0, size: limit, hasRetried: false })
    if (isLast(answer.result, asked)) {
      return {
        ...sorted(contacts, broken),
        next: at.place,
        isEnd: true,
        total: first.result.total,
        dateMs: first.dateMs,
      }
    }
  }
  return {
    ...sorted(contacts, broken),
    next: at.place,
    isEnd: false,
    total: first?.result.total ?? null,
    dateMs: first?.dateMs ?? null,
  }
}

interface Cursor {
  place: Place
  skip: number
  size: number
  hasRetried: boolean
  /** How often in a row the page was empty. */
  empty: number
  /** True once something was read in spite of a failure: then it is a record that fails, not the server. */
  isAlive: boolean
}

/** Once more, then smaller, then past it: the row that was given up, if one was. Throws the failure when nothing at all can be read. */
async function afterFailure(
  at: Cursor,
  failed: { readonly asked: Ask; readonly error: ConnectorError },
  ask: Asker,
): Promise<BrokenRow | null> {
  const { asked, error } = failed
  if (!at.hasRetried && error.kind === 'protocol') {
    at.hasRetried = true
    return null
  }
  const isSingle = asked.limit === 1
  const one: Ask = { ...asked, limit: 1, idsOnly: true }
  const id = at.isAlive && !isSingle ? null : await nameOf(one, ask)
  if (id === null && (isSingle || !at.isAlive) && !(await canReadBehind(one, ask))) throw error
  at.isAlive = true
  if (!isSingle) {
    at.size = Math.ceil(asked.limit / 2)
    return null
  }
  if (at.place.kind === 'offset') at.place = { kind: 'offset', start: at.place.start + 1 }
  else if (id === null) at.skip += 1
  else {
    at.place = { kind: 'after', id }
    at.skip = 0
  }
  return unshown(id, error)
}

function clamp(left: number, size: number): number {
  return Math.max(1, Math.min(left, size))
}

/** The id a raw row goes by. */
export function idOf(key: string | null, raw: unknown): string | null {
  const id = isObject(raw) ? (raw['id'] ?? key) : key
  return typeof id === 'number' || (typeof id === 'string' && /^\d+$/.test(id)) ? String(id) : null
}

function sorted(contacts: readonly Contact[], broken: readonly BrokenRow[]) {
  return { contacts: [...contacts].sort((a, b) => Number(a.id) - Number(b.id)), broken }
}

/**
 * One empty page may be a slip of the server, so it is asked for twice; one whose total tells of rows on it, a few times more. Throws `scan`
 * when they are not shown even then: what lies behind would be lost.
 */
function isDoubtful(list: List, asked: Ask, before: number): boolean {
  if (before === 0) return true
  // By offset a total may be of a while ago, and the scan is proven by other means.
  if (asked.place.kind === 'offset' || list.total === null || list.total <= asked.skip) return false
  if (before < EMPTY_MAX) return true
  throw new ConnectorError(
    'scan',
    `the server tells of ${list.total} contacts above id ${asked.place.id} and shows none of them`,
    { hint: 'Nothing was lost: run the same command again, it reads them anew.' },
  )
}
const EMPTY_MAX = 3

/** Fewer rows than asked for, and none told of beyond them: a server may cap the page below what was asked. */
function isLast(list: List, asked: Ask): boolean {
  if (list.rows.length >= asked.limit) return false
  if (list.rows.length === 0 || list.total === null) return true
  const passed = asked.skip + (asked.place.kind === 'offset' ? asked.place.start : 0)
  return list.total <= passed + list.rows.length
}

function behind({ place, skip }: Ask, rows: List['rows']): Place {
  if (place.kind === 'offset') return { kind: 'offset', start: place.start + skip + rows.length }
  const ids = rows.flatMap(([key, raw]) => idOf(key, raw) ?? []).map(Number)
  const lowest = Math.min(...ids)
  if (lowest <= Number(place.id)) throw new FilterIgnored(`id ${lowest} came after ${place.id}`)
  if (ids.length === 0) return place
  return { kind: 'after', id: String(Math.max(...ids)) }
}

function isWorthHalving(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError && (error.kind === 'unknown' || error.kind === 'protocol')
}

async function nameOf(asked: Ask, ask: Asker): Promise<string | null> {
  try {
    const [row] = (await ask(asked)).result.rows
    return row === undefined ? null : idOf(...row)
  } catch (error) {
    if (!isWorthHalving(error)) throw error
    return null
  }
}

async function canReadBehind(asked: Ask, ask: Asker): Promise<boolean> {
  for (const further of [1, 2, 5]) {
    try {
      await ask({ ...asked, skip: asked.skip + further })
      return true
    } catch (error) {
      if (!isWorthHalving(error)) throw error
    }
  }
  return false
}

function unshown(id: string | null, error: ConnectorError): BrokenRow {
  return {
    id: id === null ? null : remoteId(id),
    message: error.message,
    hint: 'The server fails on this record whatever it is asked with. Open it there and save it anew.',
  }
}

function misshapen(key: string | null, raw: unknown, error: ShapeError): BrokenRow {
  const id = idOf(key, raw)
  return {
    id: id === null ? null : remoteId(id),
    message: error.message,
    hint: 'The server shows this record in a shape that no version is known to use.',
  }
}
