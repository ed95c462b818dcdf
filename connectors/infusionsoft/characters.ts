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

const FORBIDDEN = '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff\\p{Cs}]'
const ILLEGAL = new RegExp(FORBIDDEN, 'gu')
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const REFERENCE = /&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});/g
const SURROGATE_PAIR =
  /&#(x[dD][89abAB][0-9a-fA-F]{2}|5[5-7]\d{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[67]\d{3});/g

function codePoint(digits: string): number {
  return digits.startsWith('x') ? Number.parseInt(digits.slice(1), 16) : Number(digits)
}

function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  if (code < 0xd800) return true
  if (code < 0xe000 || code === 0xfffe || code === 0xffff) return false
  return code <= 0x10ffff
}
