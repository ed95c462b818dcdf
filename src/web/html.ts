/** HTML that is escaped by construction: whatever is put into a template is text, unless a template made it. */
import { safeText } from '../report/safe-text.ts'

declare const made: unique symbol
/** Markup that a template made. */
export type Html = { readonly markup: string } & { readonly [made]: true }
export type Part = Html | string | number | null | readonly Part[]

const known = new WeakSet<object>()

/** Attributes are always written in quotes; a value never begins or ends one. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const written = strings.map(
    (text, place) => text + (place < parts.length ? write(parts[place]) : ''),
  )
  const result = Object.freeze({ markup: written.join('') }) as unknown as Html
  known.add(result)
  return result
}

export const NOTHING: Html = html``

function write(part: Part | undefined): string {
  if (part === null || part === undefined) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escaped(part)
  if (isList(part)) return part.map(write).join('')
  // Only what came out of a template; a look-alike would be text of a contact.
  if (known.has(part)) return part.markup
  return escaped(String((part as { readonly markup: unknown }).markup))
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part)
}

/** Characters that turn the direction of writing or move a cursor go, too. */
function escaped(text: string): string {
  return safeText(text, TEXT_MAX).replace(/[&<>"'`]/g, (found) => ENTITIES[found] ?? '')
}
const TEXT_MAX = 2_000
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** A path of this server with its query; the only way in which an address is made. */
export function href(
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): string {
  const way = path.map((word) => encodeURIComponent(word)).join('/')
  const asked = new URLSearchParams(query).toString()
  return `/${way}${asked === '' ? '' : `?${asked}`}`
}
