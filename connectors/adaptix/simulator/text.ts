/** What the server does to text on its way in, and how its database compares text. */

/** Case- and accent-insensitive form under which the database compares; trailing blanks do not count. */
export function fold(text: string): string {
  const trimmed = text.trimEnd()
  if (isAscii(trimmed)) return trimmed.toLowerCase()
  return trimmed.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** Strips markup, decodes entities, drops NUL, trims: every plain text field. */
export function cleanText(text: string): string {
  const stripped = text.includes('<') ? stripTags(text) : text
  const decoded = stripped.includes('&') ? decodeEntities(stripped) : stripped
  return decoded.replaceAll('\u0000', '').trim()
}

/** Keeps markup but drops scripts, styles and event handlers: fields of type html. */
export function cleanHtml(text: string): string {
  return text
    .replaceAll('\u0000', '')
    .replaceAll(/<(script|style|iframe|object)\b[\s\S]*?(<\/\1>|$)/gi, '')
    .replaceAll(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .trim()
}

/** Drops commas, blanks and everything that is not ASCII, cuts at 254: `josé@x.io` becomes `jos@x.io`. */
export function cleanEmail(text: string): string {
  return text
    .replaceAll(/[^\x21-\x7e]/g, '')
    .replaceAll(',', '')
    .slice(0, 254)
}

/** Whether the validator lets a cleaned address pass. */
export function isAddress(text: string): boolean {
  return (
    !/[\^&*%]/.test(text) &&
    /^[^\s@<>()[\]\\;:"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z0-9-]{2,}$/.test(text) &&
    !text.includes('..') &&
    !text.startsWith('.')
  )
}

/** htmlspecialchars with both quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Whether the text needs four bytes per character somewhere: what utf8mb3 cannot hold. */
export function hasFourByteCharacter(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text)
}

/** Number of characters as the database counts them. */
export function lengthOf(text: string): number {
  if (!/[\ud800-\udbff]/.test(text)) return text.length
  let length = 0
  for (const _ of text) length += 1
  return length
}

/** The first characters, never half of one. */
export function cutTo(text: string, length: number): string {
  if (text.length <= length) return text
  return [...text].slice(0, length).join('')
}

/** A SQL LIKE pattern as a test; `%` and `_` are the wildcards, letters compare folded. */
export function likeTest(pattern: string): (text: string) => boolean {
  const source = fold(pattern)
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]')
  const expression = new RegExp(`^${source}$`)
  return (text) => expression.test(fold(text))
}

function stripTags(text: string): string {
  return text.replaceAll(/<(?=[a-zA-Z/!?])[^>]*(>|$)/g, '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

function decodeEntities(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}
