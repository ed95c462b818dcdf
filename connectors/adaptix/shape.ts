/**
 * Reads a contact by comparing it with one that was read before. Four fifths of a contact's text are labels, types and names of its fields,
 * which are the same, byte for byte, in every contact of a server. A shape is that text with holes where values stand: where the text
 * between the holes is the same, only the holes are read. What is not the same is left to the parser, so nothing is taken on trust. Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  CLOSE_LIST,
  members,
  OPEN_LIST,
  OPEN_OBJECT,
  parsedAt,
  scalarAt,
  valueEnd,
} from './json-bytes.ts'
import {
  type CellValue,
  cellValue,
  type Column,
  type Contact,
  contactOf,
  digits,
  isObject,
  ShapeError,
} from './schema.ts'

export interface Shape {
  /** null: it does not have this shape, or something in it is odd. */
  read(text: Text, from: number): { readonly contact: Contact; readonly end: number } | null
}
/** Bytes of an answer, with a way to look at eight of them at once. */
export interface Text {
  readonly bytes: Buffer
  readonly words: DataView
}

export function textOf(bytes: Buffer): Text {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) }
}

/** The shape of a contact, given its bytes, what they parse to and what that says; null: it has none that could be relied on. */
export function shapeOf(bytes: Buffer, raw: unknown, contact: Contact): Shape | null {
  const { columns } = contact.cells
  const holes = bound(valuesIn(bytes, raw), columns)
  if (holes === null) return null
  const shape: Shape = opened(bytes, holes, columns)
  const again = shape.read(textOf(bytes), 0)
  return again?.end === bytes.length && isDeepStrictEqual(again.contact, contact) ? shape : null
}

/** A value in the text: of the contact itself, of a field in its group or among `all`, or of no interest. */
interface Found {
  readonly kind: 'contact' | 'cell' | 'all' | 'rest'
  readonly name: string
  readonly from: number
  readonly end: number
}

/** Every value that may differ between contacts, in their order. null: some object does not simply have each name once. */
function valuesIn(bytes: Buffer, raw: unknown): readonly Found[] | null {
  if (!isObject(raw) || !isObject(raw['fields'])) return null
  const groups = raw['fields']
  const found: Found[] = []
  const isSimple = members(bytes, 0, (name, from, end) => {
    if (name !== 'fields') return found.push({ kind: 'contact', name, from, end }) > 0
    return members(bytes, from, (group, inGroup) => {
      const cells = groups[group]
      if (bytes[inGroup] !== OPEN_OBJECT || !isObject(cells)) return true
      return members(bytes, inGroup, (alias, inCell, end) => {
        if (group === 'all') return found.push({ kind: 'all', name: alias, from: inCell, end }) > 0
        const cell = cells[alias]
        if (!isObject(cell)) return true
        return members(bytes, inCell, (part, from, end) => {
          if (part !== 'value' && part !== 'normalizedValue') return true
          const isOurs = part === 'value' && cell['object'] !== 'company'
          return found.push({ kind: isOurs ? 'cell' : 'rest', name: alias, from, end }) > 0
        })
      })
    })
  })
  return isSimple ? found : null
}

/** Where text stops being the same, and what becomes of the value there: neither column nor name means that it must only be JSON. */
interface Hole {
  readonly from: number
  readonly end: number
  readonly column: number | null
  readonly name: string | null
}

/** null: two values for one field; which one counts is for the parser to say. */
function bound(found: readonly Found[] | null, columns: readonly Column[]): readonly Hole[] | null {
  if (found === null) return null
  const cells = found.filter(({ kind }) => kind === 'cell').map(({ name }) => name)
  const own = new Set(cells)
  if (own.size < cells.length) return null
  const places = new Map(columns.map(({ alias }, place) => [alias, place]))
  return found.map(({ kind, name, from, end }): Hole => {
    const isField = kind === 'cell' || (kind === 'all' && name !== 'id' && !own.has(name))
    const column = isField ? (places.get(name) ?? null) : null
    return { from, end, column, name: kind === 'contact' && TOLD.has(name) ? name : null }
  })
}
/** What `contactOf` looks at. */
const TOLD = new Set(['id', 'dateAdded', 'dateModified', 'points', 'owner', 'tags', 'doNotContact'])

/** The text with `null` in every hole: a contact is compared with it, and where the two part there must be a hole. */
interface Template {
  readonly text: Text
  /** Where `null` begins, ascending. */
  readonly places: readonly number[]
  /** Contact with nothing in it: what it tells of itself. */
  readonly top: Readonly<Record<string, unknown>>
  readonly values: readonly CellValue[]
}

function opened(sample: Buffer, holes: readonly Hole[], columns: readonly Column[]): Shape {
  const template = templateOf(sample, holes, columns)

  function filled(text: Text, from: number): ReturnType<Shape['read']> {
    const { bytes } = text
    const top = { ...template.top }
    const values = template.values.slice()
    const wholeLength = template.text.bytes.length
    let at = from
    let passed = 0
    let place = 0
    for (;;) {
      const next = parting(text, at, template.text, passed)
      at += next - passed
      passed = next
      if (passed === wholeLength) break
      while ((template.places[place] ?? wholeLength) < passed) place += 1
      const hole = holes[place]
      if (hole === undefined || template.places[place] !== passed) return null
      const end = valueEnd(bytes, at)
      if (end === -1) return null
      if (hole.column !== null) values[hole.column] = cellValue(valueAt(bytes, at, end), '')
      else if (hole.name !== null) top[hole.name] = valueAt(bytes, at, end)
      // Only for being JSON.
      else if (isNested(bytes, at)) parsedAt(bytes, at, end)
      at = end
      passed += NULL.length
    }
    const id = digits(top['id'])
    return id === null ? null : { contact: contactOf(id, top, { columns, values }), end: at }
  }

  return {
    read(text, from) {
      try {
        return filled(text, from)
      } catch (error) {
        // The parser says what is wrong with it.
        if (error instanceof ShapeError || error instanceof SyntaxError) return null
        throw error
      }
    },
  }
}

function templateOf(sample: Buffer, holes: readonly Hole[], columns: readonly Column[]): Template {
  const parts: Buffer[] = []
  const places: number[] = []
  const top: Record<string, unknown> = {}
  let behind = 0
  let length = 0
  for (const { from, end, name } of holes) {
    parts.push(sample.subarray(behind, from), NULL)
    length += from - behind
    places.push(length)
    length += NULL.length
    behind = end
    if (name !== null) top[name] = null
  }
  parts.push(sample.subarray(behind))
  return { text: textOf(Buffer.concat(parts)), places, top, values: columns.map(() => null) }
}

function valueAt(bytes: Buffer, from: number, end: number): unknown {
  if (!isNested(bytes, from)) return scalarAt(bytes, from, end)
  return bytes[from + 1] === CLOSE_LIST ? [] : parsedAt(bytes, from, end)
}

function isNested(bytes: Buffer, at: number): boolean {
  return bytes[at] === OPEN_LIST || bytes[at] === OPEN_OBJECT
}

const NULL = Buffer.from('null')

/**
 * How far the template goes on like the text. Eight bytes at a time, as numbers: no two texts are the same number, for neither zero nor what is
 * no number can stand in a JSON text.
 */
function parting({ bytes, words }: Text, at: number, template: Text, from: number): number {
  const most = Math.min(template.bytes.length, from + bytes.length - at)
  const shift = at - from
  let place = from
  while (
    place + 8 <= most &&
    words.getFloat64(place + shift, true) === template.words.getFloat64(place, true)
  )
    place += 8
  while (place < most && bytes[place + shift] === template.bytes[place]) place += 1
  return place
}
