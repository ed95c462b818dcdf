/** Where values begin and end in the bytes of a JSON text, and what the simple ones say. Pure. */

/** Behind the value that begins at a place; -1: it does not end. What lies between brackets is not checked: whoever needs it parses it. */
export function valueEnd(bytes: Buffer, from: number): number {
  const first = bytes[from]
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) return scalarEnd(bytes, from)
  let depth = 0
  for (let at = from; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        depth += 1
        break
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        depth -= 1
        if (depth === 0) return at + 1
        break
      case QUOTE: {
        const end = textEnd(bytes, at)
        if (end === -1) return -1
        at = end - 1
      }
    }
  }
  return -1
}

/** Behind a text, number, true, false or null; -1: there is none that JSON would allow. */
function scalarEnd(bytes: Buffer, from: number): number {
  const first = bytes[from]
  if (first === QUOTE) return textEnd(bytes, from)
  if (first === LETTER_N) return isWord(bytes, from, NULL) ? from + NULL.length : -1
  if (first === LETTER_T) return isWord(bytes, from, TRUE) ? from + TRUE.length : -1
  if (first === LETTER_F) return isWord(bytes, from, FALSE) ? from + FALSE.length : -1
  const end = numberEnd(bytes, from)
  return NUMBER.test(bytes.toString('latin1', from, end)) ? end : -1
}

/** The value of a text, number, true, false or null between its ends, as `scalarEnd` found them. */
export function scalarAt(
  bytes: Buffer,
  from: number,
  end: number,
): string | number | boolean | null {
  switch (bytes[from]) {
    case QUOTE:
      return textAt(bytes, from, end)
    case LETTER_N:
      return null
    case LETTER_T:
      return true
    case LETTER_F:
      return false
  }
  return Number(bytes.toString('latin1', from, end))
}

/** What stands between two places. Throws SyntaxError. */
export function parsedAt(bytes: Buffer, from: number, end: number): unknown {
  return JSON.parse(bytes.toString('utf8', from, end))
}

/**
 * Calls `visit` for each member of the object that begins at a place, until it answers false. True: all were visited, each name once and
 * none of them written with a backslash.
 */
export function members(
  bytes: Buffer,
  from: number,
  visit: (name: string, from: number, end: number) => boolean,
): boolean {
  const names = new Set<string>()
  return (
    eachMember(bytes, from, (name, valueFrom) => {
      const end = valueEnd(bytes, valueFrom)
      if (end === -1 || names.has(name) || !visit(name, valueFrom, end)) return -1
      names.add(name)
      return end
    }) !== -1
  )
}

/** Same, for a `visit` that finds the end of the value by itself: -1 stops. Answers the end of the object; -1: it was stopped or is none. */
export function eachMember(
  bytes: Buffer,
  from: number,
  visit: (name: string, from: number) => number,
): number {
  if (bytes[from] !== OPEN_OBJECT) return -1
  let at = skipBlanks(bytes, from + 1)
  if (bytes[at] === CLOSE_OBJECT) return at + 1
  for (;;) {
    const nameEnd = bytes[at] === QUOTE ? textEnd(bytes, at) : -1
    if (nameEnd === -1) return -1
    const name = bytes.toString('utf8', at + 1, nameEnd - 1)
    at = skipBlanks(bytes, nameEnd)
    if (bytes[at] !== COLON || name.includes('\\')) return -1
    at = visit(name, skipBlanks(bytes, at + 1))
    if (at === -1) return -1
    at = skipBlanks(bytes, at)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = skipBlanks(bytes, at + 1)
  }
}

/** Same, for the items of a list. */
export function eachItem(bytes: Buffer, from: number, visit: (from: number) => number): number {
  if (bytes[from] !== OPEN_LIST) return -1
  let at = skipBlanks(bytes, from + 1)
  if (bytes[at] === CLOSE_LIST) return at + 1
  for (;;) {
    at = visit(at)
    if (at === -1) return -1
    at = skipBlanks(bytes, at)
    if (bytes[at] === CLOSE_LIST) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = skipBlanks(bytes, at + 1)
  }
}

export function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  while (isBlank(bytes[at])) at += 1
  return at
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BACKSLASH = 0x5c
const BLANK = 0x20
const LETTER_F = 0x66
const LETTER_N = 0x6e
const LETTER_T = 0x74
const LETTER_U = 0x75
const NULL = Buffer.from('null')
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function textAt(bytes: Buffer, from: number, end: number): string {
  if (end - from > LONG) {
    const quoted = bytes.toString('utf8', from, end)
    return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
  }
  let isPlain = true
  for (let at = from + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === BACKSLASH) return JSON.parse(bytes.toString('utf8', from, end)) as string
    if (byte >= 0x80) isPlain = false
  }
  return bytes.toString(isPlain ? 'latin1' : 'utf8', from + 1, end - 1)
}

/** A text of more bytes is decoded first and looked through then. */
const LONG = 64

function textEnd(bytes: Buffer, from: number): number {
  let at = from + 1
  for (;;) {
    while (ORDINARY[bytes[at] ?? 0] === 1) at += 1
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    // A control character, or nothing any more.
    if (byte !== BACKSLASH) return -1
    const escaped = bytes[at + 1] ?? 0
    if (escaped === LETTER_U) {
      if (!/^[\da-fA-F]{4}$/.test(bytes.toString('latin1', at + 2, at + 6))) return -1
      at += 6
    } else if (ESCAPED[escaped] === 1) at += 2
    else return -1
  }
}
/** 1: stands for itself in a text. */
const ORDINARY = new Uint8Array(256).fill(1, BLANK)
ORDINARY[QUOTE] = 0
ORDINARY[BACKSLASH] = 0
/** What may stand behind a backslash, but for `u`. */
const ESCAPED = new Uint8Array(256)
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPED[byte] = 1

function numberEnd(bytes: Buffer, from: number): number {
  let at = from
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    const isPart =
      (byte >= 0x30 && byte <= 0x39) ||
      byte === 0x2d ||
      byte === 0x2b ||
      byte === 0x2e ||
      byte === 0x65 ||
      byte === 0x45
    if (!isPart) break
  }
  return at
}

function isWord(bytes: Buffer, from: number, word: Buffer): boolean {
  for (let place = 0; place < word.length; place += 1) {
    if (bytes[from + place] !== word[place]) return false
  }
  return true
}

function isBlank(byte: number | undefined): boolean {
  return byte === BLANK || byte === 0x0a || byte === 0x0d || byte === 0x09
}
