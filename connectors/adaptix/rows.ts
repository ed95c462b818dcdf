/** Reads answers that hold many contacts, one contact at a time, and those alike by their shape (shape.ts). Pure but for the shapes it remembers. */
import { eachItem, eachMember, parsedAt, skipBlanks, valueEnd } from './json-bytes.ts'
import { parseContact, ReadContact, ShapeError } from './schema.ts'
import { type Shape, shapeOf, type Text, textOf } from './shape.ts'

export interface RowReader {
  /**
   * What the parser would make of an answer whose contacts stand under `contacts`, with a `ReadContact` for each that could be read.
   * undefined: the answer is not JSON, or has something unusual about it; only the parser can tell.
   */
  read(bytes: Buffer): unknown
}

/** Contacts of one server have one shape, or two where a write answers in another way. */
const SHAPES_MAX = 4
/** Learning costs more than parsing: so many tries at once, and one more for every so many contacts that came out of it. */
const TRIES_MAX = 16
const READ_PER_TRY = 50

export function rowReader(): RowReader {
  const shapes: Shape[] = []
  let tries = 0
  let read = 0

  function readRow(text: Text, from: number): { readonly row: unknown; readonly end: number } {
    for (const shape of shapes) {
      const found = shape.read(text, from)
      if (found === null) continue
      read += 1
      return { row: new ReadContact(found.contact), end: found.end }
    }
    const end = valueEnd(text.bytes, from)
    if (end === -1) return { row: null, end }
    const row = parsedAt(text.bytes, from, end)
    if (tries < TRIES_MAX + read / READ_PER_TRY) learn(text.bytes.subarray(from, end), row)
    return { row, end }
  }

  function learn(bytes: Buffer, row: unknown): void {
    tries += 1
    try {
      const shape = shapeOf(bytes, row, parseContact(row))
      if (shape === null) return
      shapes.unshift(shape)
      shapes.splice(SHAPES_MAX)
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error
    }
  }

  /** Under `contacts`: an object keyed by id or position, or a list. Answers its end. */
  function readRows(text: Text, from: number, put: (rows: unknown) => void): number {
    const list: unknown[] = []
    const inList = eachItem(text.bytes, from, (at) => {
      const { row, end } = readRow(text, at)
      list.push(row)
      return end
    })
    if (inList !== -1) {
      put(list)
      return inList
    }
    const byKey: Record<string, unknown> = {}
    const end = eachMember(text.bytes, from, (key, at) => {
      if (!/^\d+$/.test(key) || Object.hasOwn(byKey, key)) return -1
      const found = readRow(text, at)
      byKey[key] = found.row
      return found.end
    })
    put(byKey)
    return end
  }

  return {
    read(bytes) {
      const answer: Record<string, unknown> = {}
      const text = textOf(bytes)
      try {
        const end = eachMember(bytes, skipBlanks(bytes, 0), (name, at) => {
          if (Object.hasOwn(answer, name) || name === '__proto__') return -1
          if (name === 'contacts')
            return readRows(text, at, (rows) => {
              answer[name] = rows
            })
          const valueBehind = valueEnd(bytes, at)
          if (valueBehind !== -1) answer[name] = parsedAt(bytes, at, valueBehind)
          return valueBehind
        })
        return end !== -1 && skipBlanks(bytes, end) === bytes.length ? answer : undefined
      } catch (error) {
        if (error instanceof SyntaxError) return undefined
        throw error
      }
    },
  }
}
