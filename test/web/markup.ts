/** Reads a page as strictly as a page of ours must be written: every tag known, closed in order, nothing inline that could run. */

/** What the markup breaks; empty: nothing. */
export function faults(page: string): readonly string[] {
  const found: string[] = []
  const open: string[] = []
  const text = page.replace(/^<!doctype html>\s*/, '')
  if (text === page) found.push('no doctype')
  for (const [tag, slash, name = '', attributes = ''] of text.matchAll(TAG)) {
    const lower = name.toLowerCase()
    if (!KNOWN.has(lower)) found.push(`unknown tag ${tag}`)
    if (slash === '/') {
      const last = open.pop()
      if (last !== lower) found.push(`</${lower}> closes <${last}>`)
      continue
    }
    const rest = attributes.replace(ATTRIBUTE, '').trim()
    if (rest !== '') found.push(`loose text in ${tag}`)
    for (const [, attribute = ''] of attributes.matchAll(ATTRIBUTE))
      if (/^(on|style$)/i.test(attribute)) found.push(`inline ${attribute} in ${tag}`)
    if (!EMPTY.has(lower)) open.push(lower)
  }
  if (/<script(?![^>]*\bsrc=)/i.test(text)) found.push('a script of its own')
  if (open.length > 0) found.push(`never closed: ${open.join(', ')}`)
  return found
}

const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:[^<>"]|"[^"]*")*)>/g
const ATTRIBUTE = /\s([a-zA-Z-]+)(?:="[^"]*")?/g
const EMPTY = new Set(['meta', 'link', 'input'])
const KNOWN = new Set(
  'html head meta title link script body header div strong a span main h1 h2 h3 p table thead tbody tr th td code article dl dt dd section progress form input select option button ul li b'.split(
    ' ',
  ),
)

/** What a person reads. */
export function words(page: string): string {
  return page
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|#96|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\s+/g, ' ')
}
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#96': '`',
  amp: '&',
}
