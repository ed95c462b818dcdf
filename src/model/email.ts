/** E-mail addresses: the form in which two are compared, and what counts as one. */

/** NFC, trimmed, case-folded; no dot or plus tricks, which would join two people. '' for none. Idempotent. */
export function normEmail(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return text.normalize('NFC').trim().toLowerCase().normalize('NFC').trim()
}

/** No blanks, and nothing that composes or folds into several characters. */
const PLAIN = /^[\x21-\x7e]*$/

/** Shape only: one @, something on both sides, a dot in the domain, no blanks or control characters. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text)
}
const EMAIL =
  /^[^\s@\u0000-\u001f\u007f<>()[\],;:\\"]+@[^\s@\u0000-\u001f\u007f<>()[\],;:\\"]+\.[^\s@.\u0000-\u001f\u007f<>()[\],;:\\"]+$/
