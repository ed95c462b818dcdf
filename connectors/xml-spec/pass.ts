/**
 * Proves that a paged read saw everything, though its pages are cut from a list that is sorted by names which people edit while we read.
 *
 * A pass goes from page 0 to the end. It proves itself when it saw as many different ids as the server counted at its start and at its end,
 * and no row that changed since it began (a deletion and an insertion would cancel each other in the count). Otherwise another pass
 * follows, until two in a row saw the same ids with the same stamps, or until PASSES_MAX: then the read is complete as far as anybody can tell,
 * but not proven.
 *
 * Everything but the set of ids travels in the position, so that a read can be resumed by another process; one that lost the set, or
 * asked for a page twice, falls back on two passes that agree.
 */
import { ConnectorError } from '../../src/connector/error.ts'
import { z } from 'zod'
import type { Contact } from './schema.ts'
import { seenIds, type SeenIds } from './seen-ids.ts'

const PASSES_MAX = 4

export const MARK_SCHEMA = z.strictObject({
  /** Which set of ids in the memory of the process belongs to it. */
  key: z.string(),
  pass: z.int().positive(),
  page: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  /** Sum over rows of a hash of id and stamp: equal sums, equal rows. */
  sum: z.tuple([z.number(), z.number()]),
  totals: z.tuple([z.number().nullable(), z.number().nullable()]),
  hasFresh: z.boolean(),
  /** The last page's own sum, and how often it came in a row. */
  last: z.tuple([z.number(), z.number(), z.number()]),
  before: z.tuple([z.number(), z.number(), z.number()]).nullable(),
})
export type Mark = Readonly<z.infer<typeof MARK_SCHEMA>>

export interface PassMemory {
  /** The ids of a pass as far as this process read it; a new one when it did not. */
  of(mark: Mark): PassIds
  forget(key: string): void
}
interface PassIds {
  readonly pass: number
  readonly seen: SeenIds
  nextPage: number
  /** False once a page was asked for twice or by somebody else. */
  isWhole: boolean
}

export interface PageFacts {
  readonly contacts: readonly Contact[]
  readonly total: number | null
  /** How many rows were asked for. */
  readonly size: number
  /** Rows with this stamp or a later one changed while the pass ran; null: the server has no clock, so any may have. */
  readonly freshFrom: string | null
}
export type Step =
  | { readonly kind: 'more'; readonly mark: Mark }
  /** `rows`: of the last pass. */
  | { readonly kind: 'end'; readonly isProven: boolean; readonly rows: number }

export function firstMark(key: string): Mark {
  return { ...EMPTY, key, pass: 1, before: null }
}

const EMPTY = {
  page: 0,
  rows: 0,
  sum: [0, 0],
  totals: [null, null],
  hasFresh: false,
  last: [0, 0, 0],
} as const satisfies Partial<Mark>

/** A page that comes this often in a row is not a page: the server does not read the page number. */
const REPEATS_MAX = 2
/** Scans that a process keeps the ids of; more at once than a run has streams. */
const SCANS_MAX = 12

/** What to do after a page. Throws ConnectorError `scan` when the pages do not move on. */
export function afterPage(mark: Mark, facts: PageFacts, memory: PassMemory): Step {
  const { contacts, total } = facts
  const ids = memory.of(mark)
  ids.isWhole &&= ids.nextPage === mark.page
  ids.nextPage = mark.page + 1
  const own: [number, number] = [0, 0]
  let hasFresh = mark.hasFresh || facts.freshFrom === null
  for (const contact of contacts) {
    const key = keyOf(contact)
    ids.seen.add(key)
    addHash(own, `${key} ${contact.updated ?? ''}`)
    if (facts.freshFrom !== null && (contact.updated ?? '') >= facts.freshFrom) hasFresh = true
  }
  const [a, b, repeats] = mark.last
  const isRepeated = contacts.length > 0 && mark.page > 0 && a === own[0] && b === own[1]
  if (isRepeated && repeats + 1 > REPEATS_MAX) throw standsStill()
  const now: Mark = {
    ...mark,
    page: mark.page + 1,
    rows: mark.rows + contacts.length,
    sum: added(mark.sum, own),
    totals: [mark.page === 0 ? total : mark.totals[0], total ?? mark.totals[1]],
    hasFresh,
    last: [own[0], own[1], isRepeated ? repeats + 1 : 0],
  }
  if (!isEnd(now, facts, ids)) return { kind: 'more', mark: now }
  return afterPass(now, ids, memory)
}

/**
 * An empty page ends a pass. A short one does when the server's count, which then must be of more than this page, is reached: it may have
 * been cut by a server that permits fewer rows than were asked for.
 */
function isEnd(now: Mark, { contacts, total, size }: PageFacts, ids: PassIds): boolean {
  if (contacts.length === 0) return true
  if (contacts.length >= size || total === null || total <= contacts.length) return false
  return (ids.isWhole ? ids.seen.size : now.rows) >= total
}

function afterPass(now: Mark, ids: PassIds, memory: PassMemory): Step {
  const [first, last] = now.totals
  const isCounted = first !== null && first === ids.seen.size && last === ids.seen.size
  const isAlone = ids.isWhole && isCounted && !now.hasFresh
  const isConfirmed =
    now.before !== null &&
    now.before[0] === now.rows &&
    now.before[1] === now.sum[0] &&
    now.before[2] === now.sum[1]
  if (isAlone || isConfirmed || now.pass >= PASSES_MAX) {
    memory.forget(now.key)
    return { kind: 'end', isProven: isAlone || isConfirmed, rows: now.rows }
  }
  const before: [number, number, number] = [now.rows, now.sum[0], now.sum[1]]
  return { kind: 'more', mark: { ...EMPTY, key: now.key, pass: now.pass + 1, before } }
}

export function passMemory(): PassMemory {
  const known = new Map<string, PassIds>()
  return {
    of(mark) {
      const held = known.get(mark.key)
      if (held !== undefined && held.pass === mark.pass && mark.page > 0) return held
      const ids: PassIds = {
        pass: mark.pass,
        seen: seenIds(),
        nextPage: mark.page,
        isWhole: mark.page === 0,
      }
      known.delete(mark.key)
      known.set(mark.key, ids)
      const [oldest] = known.keys()
      if (known.size > SCANS_MAX && oldest !== undefined) known.delete(oldest)
      return ids
    },
    forget: (key) => known.delete(key),
  }
}

/** A contact without an id is told by what it shows. */
function keyOf({ account, id, texts }: Contact): string {
  if (id !== null) return `${account ?? ''}/${id}`
  return `?${texts.Email ?? ''}\n${texts.Firstname ?? ''}\n${texts.Lastname ?? ''}`
}

const RANGE = 2 ** 32

function addHash(sum: [number, number], text: string): void {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 15
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b)
  sum[0] = (sum[0] + (a >>> 0)) % RANGE
  sum[1] = (sum[1] + (b >>> 0)) % RANGE
}
function added(a: readonly [number, number], b: readonly [number, number]): [number, number] {
  return [(a[0] + b[0]) % RANGE, (a[1] + b[1]) % RANGE]
}

function standsStill(): ConnectorError {
  return new ConnectorError('scan', 'the same page of contacts came three times in a row', {
    hint: 'The server does not seem to read start_chunk_page. Report it with the log of "-v".',
  })
}
