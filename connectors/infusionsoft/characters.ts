/** Characters that XML 1.0 forbids: taken out of what leaves, and out of what arrives, in both of the shapes they arrive in. */

/** Text that may stand in an XML document: control characters, U+FFFE, U+FFFF and lone surrogates are gone. */
export function legal(text: string): string {
  return isLegal(text) ? text : text.replace(ILLEGAL, '')
}

/** In two steps: together, as one Unicode pattern, they take twice as long on a page of a megabyte. */
function isLegal(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text)
}

/**
 * Makes a reply parseable: drops forbidden characters and references to them (`&#11;`, quirk 9), and joins surrogate pairs that were
 * written as two references (`&#55357;&#56832;`). `scrubbed` counts what was dropped.
 */
export function scrub(markup: string): {
  readonly markup: string
  readonly scrubbed: number
} {
  let scrubbed = 0
  let clean = markup
  if (!isLegal(clean)) {
    clean = clean.replace(ILLEGAL, () => {
      scrubbed += 1
      return ''
    })
  }
  if (!clean.includes('&#')) return { markup: clean, scrubbed }
  clean = clean.replace(SURROGATE_PAIR, (pair: string, high: string, low: string) => {
    const text = String.fromCharCode(codePoint(high), codePoint(low))
    return /^[\u{10000}-\u{10ffff}]$/u.test(text) ? text : pair
  })
  clean = clean.replace(REFERENCE, (reference: string, digits: string) => {
    if (isAllowed(codePoint(digits))) return reference
    scrubbed += 1
    return ''
  })
  return { markup: clean, scrubbed }
}

/** Where in a reply forbidden characters stand, as "FirstName of 7": the member, and the Id of its row where the row tells it. Each once. */
export function forbiddenPlaces(markup: string): readonly string[] {
  const places = new Set<string>()
  for (const { 0: found, 1: digits, index } of markup.matchAll(SUSPECT)) {
    if (digits !== undefined && isAllowed(codePoint(digits))) continue
    if (SURROGATE_REFERENCE.test(found)) continue
    const start = Math.max(0, markup.lastIndexOf('<struct>', index))
    const end = markup.indexOf('</struct>', index)
    const row = markup.slice(start, end === -1 ? undefined : end)
    const member = MEMBER.exec(markup.slice(start, index))?.[1] ?? 'a value'
    const id = ROW_ID.exec(row)?.[1]
    places.add(id === undefined ? member : `${member} of ${id}`)
    if (places.size >= PLACES_MAX) break
  }
  return [...places]
}
const PLACES_MAX = 5
/** The last one before the place. */
const MEMBER = /<name>\s*([^<]{1,80}?)\s*<\/name>(?![\s\S]*<name>)/
const ROW_ID = /<name>\s*(?:Contact)?Id\s*<\/name>\s*<value>\s*(?:<(?:i4|int)>)?\s*(\d+)/
/** Half of a pair may be joined with its other half. */
const SURROGATE_REFERENCE = /^&#(?:x[dD][89a-fA-F]|5[5-7]\d{3})/

const FORBIDDEN = '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff\\p{Cs}]'
const ILLEGAL = new RegExp(FORBIDDEN, 'gu')
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const SUSPECT = new RegExp(`${FORBIDDEN}|&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});`, 'gu')
const REFERENCE = /&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});/g
const SURROGATE_PAIR =
  /&#(x[dD][89abAB][0-9a-fA-F]{2}|5[5-7]\d{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[67]\d{3});/g

function codePoint(digits: string): number {
  return digits.startsWith('x') ? Number.parseInt(digits.slice(1), 16) : Number(digits)
}

/** Whether a reference may name the character. */
export function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  if (code < 0xd800) return true
  if (code < 0xe000 || code === 0xfffe || code === 0xffff) return false
  return code <= 0x10ffff
}
