/**
 * Reads replies that are as plain as replies nearly always are: no attributes, comments, sections or faults, nothing around the document and
 * no character that XML forbids. Straight from the bytes, several times as fast as through events, and with no garbage but the values. Whatever
 * is not plain, or not right, is left to reply.ts. Pure.
 */
import { emptyTable } from '../../src/model/field.ts'
import { isAllowed, legal } from './characters.ts'
import { SCALARS, WireError } from './reply.ts'
import type { WireValue } from './xml-rpc.ts'

/** What `decodeReply` would say: the one value of the reply. undefined: not plain. */
export function plainReply(bytes: Buffer): WireValue | undefined {
  const opening = OPENING.exec(bytes.toString('latin1', 0, OPENING_BYTES_MAX))
  if (opening === null) return undefined
  const reading: Reading = { bytes, at: opening[0].length, names: new Map() }
  try {
    const value = readValue(reading, 0)
    for (const tag of CLOSING) expect(reading, tag)
    skipBlanks(reading)
    return reading.at === bytes.length ? value : undefined
  } catch (error) {
    if (error instanceof NotPlain || error instanceof WireError) return undefined
    throw error
  }
}

interface Reading {
  readonly bytes: Buffer
  /** Moves on as things are read. */
  at: number
  /** Names of members by a sum of their bytes: a page has the same few dozen in every row. */
  readonly names: Map<number, { readonly bytes: Buffer; readonly name: string }>
}
class NotPlain extends Error {
  override readonly name = 'NotPlain'
}

const OPENING_BYTES_MAX = 300
const OPENING =
  /^\s*(?:<\?xml version=["']1\.0["'](?: encoding=["'][\w.-]+["'])?\s*\?>\s*)?<methodResponse>\s*<params>\s*<param>/
const CLOSING = ['</param>', '</params>', '</methodResponse>'].map((tag) => Buffer.from(tag))
const DEPTH_MAX = 16

const VALUE = Buffer.from('<value>')
const VALUE_END = Buffer.from('</value>')
const VALUE_EMPTY = Buffer.from('<value/>')
const STRUCT = Buffer.from('<struct>')
const STRUCT_END = Buffer.from('</struct>')
const MEMBER = Buffer.from('<member>')
const MEMBER_END = Buffer.from('</member>')
const NAME = Buffer.from('<name>')
const NAME_END = Buffer.from('</name>')
const ARRAY = Buffer.from('<array>')
const ARRAY_END = Buffer.from('</array>')
const DATA = Buffer.from('<data>')
const DATA_END = Buffer.from('</data>')
const TYPED = [...SCALARS].map(([name, convert]) => ({
  open: Buffer.from(`<${name}>`),
  close: Buffer.from(`</${name}>`),
  convert,
}))

function readValue(reading: Reading, depth: number): WireValue {
  if (depth > DEPTH_MAX) throw new NotPlain('deep')
  skipBlanks(reading)
  if (takes(reading, VALUE_EMPTY)) return ''
  expect(reading, VALUE)
  const untyped = readText(reading)
  if (takes(reading, VALUE_END)) return untyped
  if (untyped.trim() !== '') throw new NotPlain('text in front of a type')
  const value = readTyped(reading, depth)
  expect(reading, VALUE_END)
  return value
}

function readTyped(reading: Reading, depth: number): WireValue {
  if (takes(reading, STRUCT)) return readStruct(reading, depth)
  if (takes(reading, ARRAY)) return readArray(reading, depth)
  for (const { open, close, convert } of TYPED) {
    if (!takes(reading, open)) continue
    const value = convert(readText(reading))
    expect(reading, close)
    return value
  }
  throw new NotPlain('another type')
}

function readStruct(reading: Reading, depth: number): WireValue {
  const members = emptyTable<WireValue>()
  for (;;) {
    skipBlanks(reading)
    if (takes(reading, STRUCT_END)) return members
    expect(reading, MEMBER)
    expect(reading, NAME)
    const name = readName(reading)
    members[name] = readValue(reading, depth + 1)
    expect(reading, MEMBER_END)
  }
}

function readName(reading: Reading): string {
  const { bytes, at: from, names } = reading
  let sum = 0
  let at = from
  for (; at < bytes.length && bytes[at] !== LESS; at += 1)
    sum = (Math.imul(sum, 31) + (bytes[at] ?? 0)) | 0
  const known = names.get(sum)
  if (known !== undefined && known.bytes.length === at - from && takes(reading, known.bytes)) {
    expect(reading, NAME_END)
    return known.name
  }
  const name = readText(reading).trim()
  if (name === '') throw new NotPlain('a member without a name')
  names.set(sum, { bytes: bytes.subarray(from, at), name })
  expect(reading, NAME_END)
  return name
}

function readArray(reading: Reading, depth: number): WireValue {
  const items: WireValue[] = []
  expect(reading, DATA)
  for (;;) {
    skipBlanks(reading)
    if (takes(reading, DATA_END)) break
    items.push(readValue(reading, depth + 1))
  }
  expect(reading, ARRAY_END)
  return items
}

/** Up to the next tag. */
function readText(reading: Reading): string {
  const { bytes, at: from } = reading
  let at = from
  let isAscii = true
  let isVerbatim = true
  for (; ; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) throw new NotPlain('cut')
    if (byte === LESS) break
    if (byte >= 0x80) isAscii = false
    else if (byte === AMPERSAND || byte === RETURN) isVerbatim = false
    else if (byte < BLANK && byte !== TAB && byte !== LINE) throw new NotPlain('forbidden')
    else if (byte === GREATER && bytes[at - 1] === BRACKET && bytes[at - 2] === BRACKET)
      throw new NotPlain('the end of a section')
  }
  reading.at = at
  if (at === from) return ''
  const text = bytes.toString(isAscii ? 'latin1' : 'utf8', from, at)
  if (!isAscii && legal(text) !== text) throw new NotPlain('forbidden')
  return isVerbatim ? text : unescaped(text.replace(/\r\n?/g, '\n'))
}

function unescaped(text: string): string {
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos);|#(x[\da-fA-F]{1,8}|\d{1,10});)?/g,
    (_whole, name: string | undefined, digits: string | undefined) => {
      if (name !== undefined) return NAMED[name] ?? ''
      const code = Number(digits === undefined ? Number.NaN : digits.replace(/^x/, '0x'))
      if (!isAllowed(code)) throw new NotPlain('a reference')
      return String.fromCodePoint(code)
    },
  )
}
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function skipBlanks(reading: Reading): void {
  const { bytes } = reading
  for (;;) {
    const byte = bytes[reading.at]
    if (byte !== BLANK && byte !== LINE && byte !== RETURN && byte !== TAB) return
    reading.at += 1
  }
}

function expect(reading: Reading, tag: Buffer): void {
  skipBlanks(reading)
  if (!takes(reading, tag)) throw new NotPlain('another tag')
}

/** True: the tag stands here, and is behind us. */
function takes(reading: Reading, tag: Buffer): boolean {
  const { bytes, at } = reading
  for (let place = 0; place < tag.length; place += 1) {
    if (bytes[at + place] !== tag[place]) return false
  }
  reading.at = at + tag.length
  return true
}

const TAB = 0x09
const LINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const AMPERSAND = 0x26
const LESS = 0x3c
const GREATER = 0x3e
const BRACKET = 0x5d
