/** Writes an answer as XML, well-formed or in one of the ways in which this platform slips. */
import type { Element } from './element.ts'
import type { Quirks } from './quirks.ts'

export function writeXml(root: Element, quirks: Quirks): string {
  const escaped = escaper(quirks)
  const newline = quirks.indent ? '\n' : ''
  function write(element: Element, depth: number): string {
    const margin = quirks.indent ? '    '.repeat(depth) : ''
    let start = `${margin}<${element.name}`
    for (const name in element.attributes) {
      start += ` ${name}="${escapeAttribute(element.attributes[name] ?? '')}"`
    }
    if (element.children === undefined) {
      const text = element.text ?? ''
      return text === '' && element.attributes !== undefined
        ? `${start} />${newline}`
        : `${start}>${escaped(text)}</${element.name}>${newline}`
    }
    const parts: string[] = []
    const flat: string[] = []
    for (const child of element.children) {
      if (parts.push(write(child, depth + 1)) === flatEvery) flat.push(parts.splice(0).join(''))
    }
    const body = flat.length === 0 ? concat(parts) : [...flat, ...parts].join('')
    const gap = element.isUnclosed ? (newline === '' ? '\n' : newline) : `>${newline}`
    return `${start}${gap}${body}${margin}</${element.name}>${newline}`
  }
  return prolog(quirks) + garble(write(root, 0), quirks)
}

/** A long list is joined bit by bit: as one rope a whole account would keep every piece alive. */
const flatEvery = 128

function concat(parts: readonly string[]): string {
  let text = ''
  for (const part of parts) text += part
  return text
}

function prolog(quirks: Quirks): string {
  if (quirks.prolog === 'none') return ''
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
  return quirks.prolog === 'bom' ? `\uFEFF${declaration}` : declaration
}

function escaper(quirks: Quirks): (text: string) => string {
  const base = quirks.entities === 'bare' ? escapeSome : escapeText
  const leavesLetters = quirks.entities !== 'numeric' && quirks.entities !== 'html'
  const isEasy = leavesLetters && quirks.rawQuotes
  return (text) => {
    if (isEasy && !/[&<>]/.test(text)) return text
    let safe = base(text)
    if (!quirks.rawQuotes) safe = safe.replaceAll('"', '&quot;').replaceAll("'", '&apos;')
    switch (quirks.entities) {
      case 'numeric':
        return safe.replace(/[^\u0000-\u007F]/gu, (letter) => `&#${letter.codePointAt(0)};`)
      case 'html':
        return safe.replace(/[\u00A0\u00C4\u00D6\u00DC\u00DF\u00E4\u00E9\u00F6\u00FC]/g, htmlEntity)
      case 'double':
        return safe.replaceAll('&', '&amp;')
      default:
        return safe
    }
  }
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
/** Forgets the ampersand that stands alone. */
function escapeSome(text: string): string {
  return text
    .replace(/&(?! )/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;')
}

const HTML_NAMES: Readonly<Record<string, string>> = {
  '\u00A0': 'nbsp',
  Ä: 'Auml',
  Ö: 'Ouml',
  Ü: 'Uuml',
  ß: 'szlig',
  ä: 'auml',
  é: 'eacute',
  ö: 'ouml',
  ü: 'uuml',
}
function htmlEntity(letter: string): string {
  return `&${HTML_NAMES[letter] ?? 'nbsp'};`
}

/** What becomes of the text when the server mistakes its own encoding. */
function garble(text: string, quirks: Quirks): string {
  switch (quirks.encoding) {
    case 'utf-8':
      return text
    case 'mojibake':
      return Buffer.from(text, 'utf8').toString('latin1')
    case 'replacement':
      return text.replace(/[^\u0000-\u007F]/gu, '\uFFFD')
  }
}
