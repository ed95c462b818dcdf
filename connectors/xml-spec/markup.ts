/**
 * Reads XML into elements in one strict pass: every tag must be closed by its own name, one root, nothing around it. Several times as fast as
 * reading it twice (validator, then parser); the tests hold it against both.
 */
import { type Element, NO_ATTRIBUTES, NO_CHILDREN } from './element.ts'
import { decodeReferences } from './entities.ts'

export interface Read {
  readonly root: Element
  /** How many start tags got the `>` that they lacked; only with `mends`. */
  readonly mended: number
  /** How many `&` stood alone. */
  readonly bareAmpersands: number
}

/** Where a text stops being XML. `unclosed`: a start tag runs into the next tag (quirk 1). */
export class MarkupError extends Error {
  override readonly name = 'MarkupError'
  readonly kind: 'unclosed' | 'other'
  readonly at: number
  constructor(kind: MarkupError['kind'], message: string, at: number) {
    super(message)
    this.kind = kind
    this.at = at
  }
}

/**
 * Without characters that XML forbids (`scrub`). `mends`: a start tag that runs into the next tag is taken as closed there. Throws MarkupError.
 */
export function readMarkup(markup: string, how: { readonly mends: boolean }): Read {
  return new Reader(markup.includes('\r') ? markup.replace(/\r\n?/g, '\n') : markup, how).read()
}

const DEPTH_MAX = 64

/** A name that was met before. */
interface Name {
  readonly raw: string
  readonly folded: string
  /** What came behind it the last time: lists repeat themselves, so it mostly comes again and need not be cut out. */
  next: Name | null
}

interface Growing {
  name: string
  attributes: Readonly<Record<string, string>>
  children: Element[] | readonly Element[]
  text: string
}

/**
 * A resource with a life: one walk over one text. The two things that a page is full of, an element that is a text between two tags and the end of a
 * list, are read in `read` itself; everything else has a method of its own.
 */
class Reader {
  readonly #source: string
  readonly #mends: boolean
  /** Open elements, outermost first, and their names as written. */
  readonly #open: Growing[] = []
  readonly #raw: string[] = []
  /** By name as written. */
  readonly #names = new Map<string, Name>()
  #root: Element | null = null
  #mended = 0
  #bareAmpersands = 0
  /** The next `&` at or behind where we are; the end when there is none. */
  #ampersand: number

  constructor(source: string, how: { readonly mends: boolean }) {
    this.#source = source
    this.#mends = how.mends
    this.#ampersand = found(source.indexOf('&'), source)
  }

  read(): Read {
    const source = this.#source
    const names = this.#names
    const open = this.#open
    let at = 0
    let before: Name = { raw: '', folded: '', next: null }
    for (;;) {
      const tag = source.indexOf('<', at)
      if (tag === -1) break
      if (tag > at) this.#takeText(at, tag)
      let name = before.next
      if (name === null || !isTagAt(source, tag, name.raw)) {
        const end = source.indexOf('>', tag)
        const met = end === -1 ? undefined : names.get(source.slice(tag + 1, end))
        if (met === undefined) {
          at = this.#readRareTag(tag)
          continue
        }
        name = met
        before.next = name
      }
      before = name
      const { raw, folded } = name
      const end = tag + 1 + raw.length
      const element: Growing = {
        name: folded,
        attributes: NO_ATTRIBUTES,
        children: NO_CHILDREN,
        text: '',
      }
      const close = source.indexOf('<', end + 1)
      if (source.charCodeAt(close + 1) === SLASH && source.startsWith(raw, close + 2)) {
        const after = close + raw.length + 2
        if (source.charCodeAt(after) === GREATER) {
          if (close > end + 1) element.text = this.#decoded(end + 1, close)
          const parent = open[open.length - 1]
          if (parent === undefined) this.#addRoot(element, tag)
          else (parent.children as Element[]).push(element)
          at = after + 1
          continue
        }
      }
      this.#push(element, raw, tag)
      at = end + 1
    }
    this.#takeText(at, source.length)
    const last = this.#raw.at(-1)
    if (last !== undefined) throw this.#fault(`<${last}> is never closed`, source.length)
    if (this.#root === null) throw this.#fault('there is no element', source.length)
    return { root: this.#root, mended: this.#mended, bareAmpersands: this.#bareAmpersands }
  }

  /** Anything but the start tag of a name that was met before. Answers where to read on. */
  #readRareTag(at: number): number {
    switch (this.#source.charCodeAt(at + 1)) {
      case SLASH:
        return this.#readEnd(at)
      case EXCLAMATION:
        return this.#readDeclaration(at)
      case QUESTION:
        return this.#skip(at, '?>')
      default:
        return this.#readStart(at)
    }
  }

  #readStart(at: number): number {
    NAME.lastIndex = at + 1
    const raw = NAME.exec(this.#source)?.[0]
    if (raw === undefined) throw this.#fault('a tag without a name', at)
    const end = at + 1 + raw.length
    const name = this.#fold(raw)
    // Now it has been met: read again, the quick way.
    if (this.#source.charCodeAt(end) === GREATER) return at
    return this.#readLongStart(
      { name, attributes: NO_ATTRIBUTES, children: NO_CHILDREN, text: '' },
      raw,
      end,
    )
  }

  /** A start tag with attributes, blanks or a slash in it, or one that is torn. */
  #readLongStart(element: Growing, raw: string, from: number): number {
    const source = this.#source
    let attributes: Record<string, string> | null = null
    let at = from
    for (;;) {
      const before = at
      while (isBlank(source.charCodeAt(at))) at += 1
      const code = source.charCodeAt(at)
      if (code === GREATER) break
      if (code === SLASH && source.charCodeAt(at + 1) === GREATER) {
        element.attributes = attributes ?? NO_ATTRIBUTES
        this.#add(element, from)
        return at + 2
      }
      if (code === LESS) {
        if (!this.#mends) throw this.#fault(`<${raw} has no ">"`, at, 'unclosed')
        this.#mended += 1
        element.attributes = attributes ?? NO_ATTRIBUTES
        this.#push(element, raw, from)
        return at
      }
      ATTRIBUTE.lastIndex = at
      const match = before === at ? null : ATTRIBUTE.exec(source)
      if (match === null) throw this.#fault(`<${raw} is not written as a tag is`, at)
      const [whole, name = '', doubly, singly] = match
      attributes ??= {}
      const key = this.#fold(name)
      if (key === '__proto__' || Object.hasOwn(attributes, key))
        throw this.#fault(`<${raw}> has ${name} twice`, at)
      attributes[key] = this.#decode((doubly ?? singly ?? '').replace(/[\t\n]/g, ' '))
      at += whole.length
    }
    element.attributes = attributes ?? NO_ATTRIBUTES
    this.#push(element, raw, from)
    return at + 1
  }

  #readEnd(at: number): number {
    const source = this.#source
    const raw = this.#raw.pop()
    this.#open.pop()
    if (raw === undefined) throw this.#fault('an end tag without its start', at)
    let end = at + 2 + raw.length
    if (!source.startsWith(raw, at + 2)) throw this.#fault(`<${raw}> is closed by another name`, at)
    while (isBlank(source.charCodeAt(end))) end += 1
    if (source.charCodeAt(end) !== GREATER)
      throw this.#fault(`<${raw}> is closed by another name`, at)
    return end + 1
  }

  #readDeclaration(at: number): number {
    const source = this.#source
    if (source.startsWith('<!--', at)) return this.#skip(at, '-->')
    if (source.startsWith('<![CDATA[', at)) {
      const end = source.indexOf(']]>', at)
      const last = this.#open.at(-1)
      if (end === -1 || last === undefined) throw this.#fault('a CDATA section in no place', at)
      last.text += source.slice(at + 9, end)
      this.#advanceAmpersand(end)
      return end + 3
    }
    throw this.#fault('a document type is not read', at)
  }

  #skip(at: number, end: string): number {
    const to = this.#source.indexOf(end, at + 2)
    if (to === -1) throw this.#fault(`"${end}" is missing`, at)
    this.#advanceAmpersand(to)
    return to + end.length
  }

  #takeText(from: number, to: number): void {
    const last = this.#open.at(-1)
    const isBlankText = isBlankRange(this.#source, from, to)
    if (last === undefined) {
      if (!isBlankText) throw this.#fault('text outside of the root element', from)
      return
    }
    // Indentation tells nothing; an element that turns out to have no children keeps its blanks, see `read`.
    if (isBlankText) return
    last.text += this.#decoded(from, to)
  }

  #push(element: Growing, raw: string, at: number): void {
    this.#add(element, at)
    element.children = []
    this.#raw.push(raw)
    if (this.#open.push(element) > DEPTH_MAX) throw this.#fault('elements lie too deep', at)
  }

  #add(element: Growing, at: number): void {
    const parent = this.#open.at(-1)
    if (parent === undefined) this.#addRoot(element, at)
    else (parent.children as Element[]).push(element)
  }

  #addRoot(element: Growing, at: number): void {
    if (this.#root !== null) throw this.#fault('a second root element', at)
    this.#root = element
  }

  #fold(raw: string): string {
    let name = this.#names.get(raw)
    if (name === undefined) {
      name = { raw, folded: raw.toLowerCase(), next: null }
      this.#names.set(raw, name)
    }
    return name.folded
  }

  #decoded(from: number, to: number): string {
    const text = this.#source.slice(from, to)
    if (this.#ampersand < from) this.#advanceAmpersand(from)
    return this.#ampersand < to ? this.#decode(text) : text
  }

  #advanceAmpersand(from: number): void {
    this.#ampersand = found(this.#source.indexOf('&', from), this.#source)
  }

  #decode(text: string): string {
    return decodeReferences(text, this.#noteBare)
  }

  readonly #noteBare = () => {
    this.#bareAmpersands += 1
  }

  #fault(message: string, at: number, kind: MarkupError['kind'] = 'other'): MarkupError {
    return new MarkupError(kind, message, at)
  }
}

const EXCLAMATION = 0x21
const SLASH = 0x2f
const LESS = 0x3c
const GREATER = 0x3e
const QUESTION = 0x3f
const NAME = /[A-Za-z_\u0080-\uffff][\w.:\u0080-\uffff-]*/y
const ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
/** Whether the start tag of that name, and nothing else in it, stands there. */
function isTagAt(source: string, at: number, raw: string): boolean {
  return source.charCodeAt(at + 1 + raw.length) === GREATER && source.startsWith(raw, at + 1)
}
function found(at: number, source: string): number {
  return at === -1 ? source.length : at
}
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09
}
function isBlankRange(source: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isBlank(source.charCodeAt(at))) return false
  return true
}
