/** One pass over the file: which id every row has, and the words that the rows use. What it keeps is small whatever the size of the file. */
import { digest } from '../../src/model/hash.ts'
import { normEmail } from '../../src/model/email.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Base, BaseRow } from './base.ts'
import type { Contact } from './codec.ts'
import { OffsetTable } from './offset-table.ts'
import { Words } from './words.ts'

/** A row with its id, or with what is wrong. */
export type IdentifiedRow =
  | { readonly kind: 'contact'; readonly row: BaseRow; readonly sighting: Sighting }
  | {
      readonly kind: 'broken'
      readonly row: BaseRow
      readonly message: string
      readonly hint: string
    }

export interface Survey {
  readonly rows: number
  readonly broken: number
  readonly words: Words
  /** Positions of rows by id. */
  readonly ids: OffsetTable
  identify(row: BaseRow): IdentifiedRow
}

/** Of a file that does not exist or has no rows. */
export function emptySurvey(): Survey {
  return {
    rows: 0,
    broken: 0,
    words: new Words(),
    ids: new OffsetTable(),
    identify: (row) => withId(row, undefined),
  }
}

/**
 * The id of a row is the cell or key `id`; without one its first e-mail address, normalised; else a hash of the row. The first row that has
 * an id keeps it. A later row that states a taken id is broken; a later row whose id was only derived gets one from its content, and
 * equal rows are numbered.
 */
export async function survey(base: Base, signal: AbortSignal): Promise<Survey> {
  const ids = new OffsetTable()
  const words = new Words()
  /** By position, for rows that are not the first of their id; null: it states an id that another row has. */
  const exceptions = new Map<number, string | null>()
  const repeats = new Map<string, number>()
  let rows = 0
  let broken = 0

  const isTaken = async (id: string): Promise<boolean> => {
    for (const offset of ids.candidates(id)) {
      const row = await base.rowAt(offset, signal)
      if (row !== null && idOf(row, exceptions) === id) return true
    }
    return false
  }
  const place = async (row: BaseRow, candidate: string, isStated: boolean): Promise<boolean> => {
    const { start } = row.raw
    if (!(await isTaken(candidate))) {
      ids.add(candidate, start)
      return true
    }
    if (isStated) {
      exceptions.set(start, null)
      return false
    }
    const own = contentId(row)
    let number = repeats.get(own) ?? 1
    let id = own
    while (await isTaken(id)) id = `${own}-${++number}`
    repeats.set(own, number)
    exceptions.set(start, id)
    ids.add(id, start)
    return true
  }

  for await (const some of base.rows(base.start, signal)) {
    for (const row of some) {
      rows += 1
      const { decoded } = row
      if (decoded.kind === 'broken') {
        broken += 1
        continue
      }
      const isPlaced = await place(row, derivedId(row, decoded), decoded.id !== null)
      if (isPlaced) words.add(decoded.contact)
      else broken += 1
    }
  }
  return {
    rows,
    broken,
    words,
    ids,
    identify: (row) => withId(row, exceptions.get(row.raw.start)),
  }
}

function withId(row: BaseRow, exception: string | null | undefined): IdentifiedRow {
  const { decoded } = row
  if (decoded.kind === 'broken') {
    return { kind: 'broken', row, message: decoded.message, hint: decoded.hint }
  }
  const id = exception === undefined ? derivedId(row, decoded) : exception
  if (id === null) {
    const message = `the id ${decoded.id} stands in an earlier row as well`
    return { kind: 'broken', row, message, hint: 'Give one of the two another id, or none.' }
  }
  return {
    kind: 'contact',
    row,
    sighting: { ...decoded.contact, id: id as Sighting['id'], version: null },
  }
}

function idOf(row: BaseRow, exceptions: ReadonlyMap<number, string | null>): string | null {
  const { decoded } = row
  if (decoded.kind === 'broken') return null
  const exception = exceptions.get(row.raw.start)
  return exception === undefined ? derivedId(row, decoded) : exception
}

function derivedId(
  row: BaseRow,
  decoded: { readonly id: string | null; readonly contact: Contact },
): string {
  if (decoded.id !== null) return decoded.id
  const email = decoded.contact.fields['emails.1']
  const key = typeof email === 'string' ? normEmail(email) : ''
  return key === '' ? contentId(row) : key
}

function contentId(row: BaseRow): string {
  return `row-${digest(row.raw.bytes.toString('latin1')).slice(0, 16)}`
}
