/** Reads one window of a list whole, around records that the server cannot show (README, "poison records"). */
import type { BrokenRow } from '../../src/connector/connector.ts'
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
 * Throws what the server said when not even its neighbour can be read, and FilterIgnored.
 */
export async function readWindow(ask: Asker, from: Place, limit: number): Promise<Window> {
  const contacts: Contact[] = []
  const broken: BrokenRow[] = []
  let place = from
  let skip = 0
  let size = limit
  let hasRetried = false
  let first: Answer<List> | null = null
  while (contacts.length + broken.length < limit) {
    const wanted = Math.min(size, limit - contacts.length - broken.length)
    let answer: Answer<List>
    try {
      answer = await ask({ place, skip, limit: wanted, idsOnly: false })
    } catch (error) {
      if (!isWorthHalving(error)) throw error
      if (!hasRetried && error.kind === 'protocol') {
        hasRetried = true
      } else if (wanted > 1) {
        size = Math.ceil(wanted / 2)
      } else {
        if (broken.length >= BROKEN_MAX) throw error
        const id = await nameOf({ place, skip, limit: 1, idsOnly: true }, ask)
        if (
          id === null &&
          !(await canRead({ place, skip: skip + 1, limit: 1, idsOnly: true }, ask))
        ) {
          throw error
        }
        broken.push(unshown(id, error))
        if (id !== null && place.kind === 'after') {
          place = { kind: 'after', id }
          skip = 0
        } else skip += 1
      }
      continue
    }
    first ??= answer
    hasRetried = false
    const { total, rows } = answer.result
    for (const [key, raw] of rows) {
      try {
        contacts.push(parseContact(raw, key))
      } catch (error) {
        if (!(error instanceof ShapeError)) throw error
        broken.push(misshapen(key, raw, error))
      }
    }
    const before = place
    place = behind(place, skip, rows)
    if (isLast(answer.result, { skip, wanted, before })) {
      return { ...sorted(contacts, broken), next: place, isEnd: true, ...told(first, total) }
    }
    skip = 0
    size = limit
  }
  return { ...sorted(contacts, broken), next: place, isEnd: false, ...told(first, null) }
}

/** The id a raw row goes by. */
export function idOf(key: string | null, raw: unknown): string | null {
  const id = isObject(raw) ? (raw['id'] ?? key) : key
  return typeof id === 'number' || (typeof id === 'string' && /^\d+$/.test(id)) ? String(id) : null
}

function told(first: Answer<List> | null, total: number | null) {
  return { total: first?.result.total ?? total, dateMs: first?.dateMs ?? null }
}

function sorted(contacts: readonly Contact[], broken: readonly BrokenRow[]) {
  return { contacts: [...contacts].sort((a, b) => Number(a.id) - Number(b.id)), broken }
}

/** Fewer rows than asked for, and none told of beyond them: a server may cap the page below what was asked. */
function isLast(list: List, asked: { skip: number; wanted: number; before: Place }): boolean {
  if (list.rows.length >= asked.wanted) return false
  if (list.rows.length === 0 || list.total === null) return true
  const passed = asked.skip + (asked.before.kind === 'offset' ? asked.before.start : 0)
  return list.total <= passed + list.rows.length
}

function behind(place: Place, skip: number, rows: List['rows']): Place {
  if (place.kind === 'offset') return { kind: 'offset', start: place.start + skip + rows.length }
  const ids = rows.flatMap(([key, raw]) => idOf(key, raw) ?? [])
  const lowest = Math.min(...ids.map(Number))
  if (lowest <= Number(place.id)) throw new FilterIgnored(`id ${lowest} came after ${place.id}`)
  if (ids.length === 0) return place
  return { kind: 'after', id: String(Math.max(...ids.map(Number))) }
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

async function canRead(asked: Ask, ask: Asker): Promise<boolean> {
  try {
    await ask(asked)
    return true
  } catch (error) {
    if (!isWorthHalving(error)) throw error
    return false
  }
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
