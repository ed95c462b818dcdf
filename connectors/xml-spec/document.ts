/** Writes requests as this platform reads them: neither XML declaration nor CDATA, everything escaped (fact sheet, transport). Pure. */
import { legal } from './characters.ts'

/** A piece of markup that is safe to stand where it stands. */
export type Markup = string & { readonly isMarkup: true }
/** Attributes in the order given; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | undefined>>

/** `<Name a="b">content</Name>`. */
export function branch(
  name: string,
  attributes: Attributes,
  content: readonly (Markup | null)[] = [],
): Markup {
  const inner = content.filter((piece) => piece !== null).join('')
  return `<${name}${written(attributes)}>${inner}</${name}>` as Markup
}

/** `<Name>text</Name>`; null without a text. */
export function leaf(
  name: string,
  text: string | undefined,
  attributes: Attributes = {},
): Markup | null {
  if (text === undefined) return null
  return `<${name}${written(attributes)}>${escapeText(text)}</${name}>` as Markup
}

/** A list that is only there when it has items. */
export function list(
  name: string,
  content: readonly (Markup | null)[] | undefined,
  attributes: Attributes = {},
): Markup | null {
  return content === undefined || content.length === 0 ? null : branch(name, attributes, content)
}

/** Characters that XML forbids are left out; a carriage return would otherwise come back as a line feed. */
export function escapeText(text: string): string {
  if (!SPECIAL.test(text) && text.isWellFormed()) return text
  return legal(text).replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? '')
}

function written(attributes: Attributes): string {
  let text = ''
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    text += ` ${name}="${escapeText(value).replace(/[\t\n]/g, (one) => ENTITIES[one] ?? '')}"`
  }
  return text
}

const SPECIAL = /[&<>"'\u0000-\u0008\u000b-\u001f\ufffe\uffff]/
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}
