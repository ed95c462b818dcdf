/** Where a paged read of a table stands: plain data that travels in a position, and the pure steps that move it. */
import { z } from 'zod'

const key = z.number().int()

const MARK = z.strictObject({
  /** `offset` is the fallback for servers that refuse or ignore a bound on the key (quirk 11). */
  mode: z.enum(['keyset', 'offset']),
  /** Every row with a key up to this one is done. */
  after: key,
  /** The rows of this key alone are being read, by offset: it has more than a page holds. */
  inside: key.nullable(),
  /** Rows done inside of that key. */
  insideOffset: z.number().int().nonnegative(),
  /** Rows to ask for there: what the server gave last time, for offsets are counted in pages of what it gives. */
  insideLimit: z.number().int().positive(),
  /** Rows done in all. */
  count: z.number().int().nonnegative(),
  /** Rows to ask for. */
  limit: z.number().int().positive(),
  /** Rows ahead that were part of a page that failed; 0: none. */
  suspect: z.number().int().nonnegative(),
  /** The limit to return to once they have passed. */
  ceiling: z.number().int().positive(),
  /** Columns that turned out not to exist. */
  gone: z.array(z.string()).readonly(),
  /** The server gives fewer rows than it is asked for. */
  isCapped: z.boolean(),
  /** The last page was short and ended with this key. */
  shortAt: key.nullable(),
  /** First row of the last page in offset mode: a page that repeats is told by it. */
  firstRow: z.string().nullable(),
})
export type Mark = Readonly<z.infer<typeof MARK>>
export const MARK_SCHEMA = MARK

export function firstMark(pageSize: number): Mark {
  return {
    mode: 'keyset',
    after: 0,
    inside: null,
    insideOffset: 0,
    insideLimit: pageSize,
    count: 0,
    limit: pageSize,
    suspect: 0,
    ceiling: pageSize,
    gone: [],
    isCapped: false,
    shortAt: null,
    firstRow: null,
  }
}

/** After a page that could not be read. A slow server stays at the smaller size; a broken page returns to the full one behind it. */
export function shrunk(mark: Mark, limit: number, cause: 'broken' | 'slow'): Mark {
  const half = Math.max(1, Math.floor(limit / 2))
  return {
    ...mark,
    limit: half,
    suspect: Math.max(limit, mark.suspect),
    ceiling: cause === 'slow' ? half : mark.ceiling,
  }
}

/** Now the rows of one key alone are read, from the first. */
export function into(mark: Mark, inside: number): Mark {
  return { ...mark, inside, insideOffset: 0, insideLimit: mark.limit, shortAt: null }
}

/** From here on by offset. */
export function byOffset(mark: Mark): Mark {
  return { ...mark, mode: 'offset', inside: null, shortAt: null }
}

/** After `rows` rows were read. */
export function passed(mark: Mark, rows: number): Mark {
  const suspect = Math.max(0, mark.suspect - rows)
  return {
    ...mark,
    count: mark.count + rows,
    suspect,
    limit: suspect > 0 ? mark.limit : mark.ceiling,
  }
}

/** After the row that broke the page was found and left out. */
export function isolated(mark: Mark, pageSize: number): Mark {
  return { ...mark, count: mark.count + 1, suspect: 0, limit: pageSize, ceiling: pageSize }
}

/** Offsets are pages times limit on this server: the largest limit up to `limit` at which `offset` begins a page. */
export function pageAt(
  offset: number,
  limit: number,
): { readonly page: number; readonly limit: number } {
  let fitting = limit
  while (offset % fitting !== 0) fitting -= 1
  return { page: offset / fitting, limit: fitting }
}
