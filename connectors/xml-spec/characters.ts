/** Characters that XML 1.0 forbids: taken out of what leaves, and out of what arrives. */

/** Text that may stand in an XML document: control characters, U+FFFE, U+FFFF and lone surrogates are gone. */
export function legal(text: string): string {
  return isLegal(text) ? text : text.replace(ILLEGAL, '').replace(LONE_SURROGATE, '')
}

function isLegal(text: string): boolean {
  return !ILLEGAL_TEST.test(text) && text.isWellFormed()
}

/** Makes a reply readable: forbidden characters are dropped, whatever put them there. */
export function scrub(markup: string): { readonly markup: string; readonly scrubbed: number } {
  if (!ILLEGAL_TEST.test(markup)) return { markup, scrubbed: 0 }
  const clean = markup.replace(ILLEGAL, '')
  return { markup: clean, scrubbed: markup.length - clean.length }
}

/** Whether a numeric reference may stand for this code point. */
export function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  if (code < 0xd800) return true
  return code >= 0xe000 && code !== 0xfffe && code !== 0xffff && code <= 0x10ffff
}

const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const LONE_SURROGATE = /\p{Cs}/gu
const ILLEGAL_TEST = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
