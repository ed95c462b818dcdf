/** Parses whatever the server sends; nothing unparsed goes further. Every shape that differs by version is made one shape here. */
import { z } from 'zod'

/** A contact in the server's own words, shapes made one (README, "object or list"). */
export interface Contact {
  /** Digits. */
  readonly id: string
  /** ISO-8601 with offset, verbatim. */
  readonly dateAdded: string | null
  /** null until the first change on versions below 6. */
  readonly dateModified: string | null
  /** undefined: the answer does not tell. */
  readonly points: string | undefined
  readonly owner: { readonly id: string; readonly name: string } | null | undefined
  readonly cells: Cells
  readonly tags: readonly string[] | undefined
  readonly doNotContact: readonly DoNotContact[] | undefined
}
/** A contact's fields: what they are, and at the same places what they hold. */
export interface Cells {
  /** One list for all contacts that were read in the same way. */
  readonly columns: readonly Column[]
  /** null: empty. */
  readonly values: readonly CellValue[]
}
export interface Column {
  readonly alias: string
  /** The field's type as the answer tells it; null: it does not. */
  readonly type: string | null
}
export type CellValue = Scalar | readonly Scalar[]
export type Scalar = string | number | boolean | null
export interface DoNotContact {
  readonly channel: string
  /** 1 unsubscribed, 2 bounced, 3 manual; 0 contactable. */
  readonly reason: number
  readonly comments: string | null
  readonly dateAdded: string | null
}

export class ShapeError extends Error {
  override readonly name = 'ShapeError'
}

/** A contact that was read before its answer was taken apart; stands in the answer where the raw one would. */
export class ReadContact {
  readonly id: string
  readonly contact: Contact
  constructor(contact: Contact) {
    this.id = contact.id
    this.contact = contact
  }
}

/**
 * One contact. `key`: what it stood under in an object keyed by id, for answers that leave the id out.
 * Throws ShapeError.
 */
export function parseContact(raw: unknown, key: string | null = null): Contact {
  if (raw instanceof ReadContact) return raw.contact
  if (!isObject(raw)) throw new ShapeError('a contact is not an object')
  const id = digits(raw['id']) ?? (key === null ? null : digits(key))
  if (id === null) throw new ShapeError('a contact has no id')
  return contactOf(id, raw, parseCells(raw['fields'], id))
}

/** What a contact tells beside its fields, with them. Throws ShapeError. */
export function contactOf(
  id: string,
  raw: Readonly<Record<string, unknown>>,
  cells: Cells,
): Contact {
  const { tags, doNotContact } = raw
  return {
    id,
    dateAdded: text(raw['dateAdded']),
    dateModified: text(raw['dateModified']),
    points: scalarText(raw['points']),
    owner: parseOwner(raw['owner']),
    cells,
    tags: tags === undefined ? undefined : rowsOf(tags).map(parseTagName),
    doNotContact: doNotContact === undefined ? undefined : rowsOf(doNotContact).map(parseDnc),
  }
}

/** The rows of a list that is an array, an object keyed by id, or empty in any of its spellings. */
export function rowsOf(value: unknown): unknown[] {
  return entriesOf(value).map(([, row]) => row)
}

/** Same, with the key each row stood under (null in an array). An array with holes arrives as an object keyed by position. */
export function entriesOf(value: unknown): [string | null, unknown][] {
  if (value === null || value === undefined || value === '' || value === false) return []
  if (Array.isArray(value)) return value.map((row) => [null, row])
  if (isObject(value)) return Object.entries(value)
  throw new ShapeError(`a list was expected, not ${typeof value}`)
}

/** The item of a batch answer at a position, from an array or an object keyed by position (README, "batch answers"). */
export function itemAt(value: unknown, position: number): unknown {
  if (Array.isArray(value)) return value[position]
  return isObject(value) ? value[String(position)] : undefined
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseCells(fields: unknown, id: string): Cells {
  const columns: Column[] = []
  const values: CellValue[] = []
  if (fields === undefined || Array.isArray(fields)) return { columns, values }
  if (!isObject(fields)) throw new ShapeError(`contact ${id}: fields is not an object`)
  const cells = new Map<string, { readonly type: string | null; readonly value: CellValue }>()
  for (const group in fields) {
    // Groups are not hard-coded: companies and future versions have others. An empty one is [].
    const members = fields[group]
    if (group === 'all' || !isObject(members)) continue
    for (const alias in members) {
      const cell = members[alias]
      if (!isObject(cell) || cell['object'] === 'company') continue
      const type = cell['type']
      cells.set(alias, {
        type: typeof type === 'string' ? type : null,
        value: cellValue(cell['value'], id),
      })
    }
  }
  const all = fields['all']
  if (isObject(all)) {
    for (const alias in all) {
      if (alias === 'id' || cells.has(alias)) continue
      cells.set(alias, { type: null, value: cellValue(all[alias], id) })
    }
  }
  for (const [alias, { type, value }] of cells) {
    columns.push({ alias, type })
    values.push(value)
  }
  return { columns, values }
}

/** Throws ShapeError. */
export function cellValue(value: unknown, id: string): CellValue {
  if (isScalar(value)) return value
  if (value === undefined) return null
  if (Array.isArray(value) && value.every(isScalar)) return value
  throw new ShapeError(`contact ${id}: a field's value is neither text nor number`)
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function parseOwner(owner: unknown): Contact['owner'] {
  if (owner === undefined) return undefined
  if (!isObject(owner)) return null
  const id = digits(owner['id'])
  if (id === null) return null
  const names = [text(owner['firstName']), text(owner['lastName'])].filter((name) => name !== null)
  return { id, name: names.join(' ').trim() || (text(owner['username']) ?? '') }
}

function parseTagName(tag: unknown): string {
  const name = isObject(tag) ? scalarText(tag['tag']) : scalarText(tag)
  if (name === undefined) throw new ShapeError('a tag has no name')
  return name
}

function parseDnc(entry: unknown): DoNotContact {
  if (!isObject(entry)) throw new ShapeError('a do-not-contact entry is not an object')
  const channel = text(entry['channel'])
  if (channel === null) throw new ShapeError('a do-not-contact entry has no channel')
  return {
    channel,
    reason: Number(entry['reason'] ?? 0),
    comments: text(entry['comments']),
    dateAdded: text(entry['dateAdded']),
  }
}

/** An id as it is written; null: it is none. */
export function digits(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return String(value)
  return typeof value === 'string' && /^[1-9]\d*$/.test(value) ? value : null
}

/** null: no text, or an empty one. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

// Everything below is small answers: the vocabulary of an account and acknowledgements.

/** Numbers arrive as numbers or as text (`total` of contacts, everything on 2.x). */
export const whole = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number)
/** Flags arrive as booleans, 0/1 or "0"/"1". */
export const flag = z
  .union([z.boolean(), z.number(), z.string(), z.null()])
  .transform((value) => value === true || value === 1 || value === '1' || value === 'true')
/** An array, an object keyed by id or position, or nothing: always becomes an array. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => rowsOf(value), z.array(item))
}

/** `GET fields/contact` and `GET contacts/list/fields`; the second tells only the first five. */
export const fieldSchema = z
  .looseObject({
    id: whole,
    label: z.string(),
    alias: z.string(),
    type: z.string(),
    group: z.string().nullish(),
    object: z.string().nullish(),
    isRequired: flag.optional(),
    isUniqueIdentifier: flag.optional(),
    isUniqueIdentifer: flag.optional(),
    isPublished: flag.optional(),
    charLengthLimit: whole.nullish(),
    properties: z.unknown().optional(),
  })
  .transform((field) => ({ ...field, object: field.object ?? null }))
export type Field = z.output<typeof fieldSchema>

export const tagSchema = z.looseObject({
  id: whole.optional(),
  tag: z.union([z.string(), z.number().transform(String)]),
  description: z.string().nullish(),
})
export const segmentSchema = z.looseObject({
  id: whole,
  name: z.string(),
  alias: z.string().nullish(),
  description: z.string().nullish(),
  isPublished: flag.optional(),
  filters: z.unknown().optional(),
})
export type Segment = z.output<typeof segmentSchema>
export const ownerSchema = z.looseObject({
  id: whole,
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  email: z.string().nullish(),
})

/** `GET contacts/ID/activity`: `types` names the kinds, `eventLabel` is text or a link. */
export const activitySchema = z.looseObject({
  events: listOf(z.looseObject({ event: z.string(), timestamp: z.string().nullish() })),
  total: whole.optional(),
  page: whole.optional(),
  limit: whole.optional(),
  maxPages: whole.optional(),
})
/** `{"success":1}`, printed as `true` in the documentation. */
export const successSchema = z.looseObject({
  success: flag,
  details: z.unknown().optional(),
})
/** `contacts`, `statusCodes` and `errors` by position: read them with `itemAt` only. */
export const batchSchema = z.looseObject({
  contacts: z.unknown().optional(),
  statusCodes: z.unknown().optional(),
  errors: z.unknown().optional(),
})
export type Batch = z.output<typeof batchSchema>
