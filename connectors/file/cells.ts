/** What one cell of a CSV file can hold besides its text: a guard against spreadsheets that would compute it, and several items. Pure. */

/** A spreadsheet takes a cell that begins so for a formula (README, "formulas"). */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/u

export function guard(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** Undoes `guard`, for every text. */
export function unguard(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text
}

/** Items joined by ` | `; a backslash goes before a separator or backslash inside an item, `\e` is an empty item. */
export function joinItems(items: readonly string[], separator: string): string {
  return items.map((item) => escapeItem(item, separator)).join(` ${separator} `)
}

/** Undoes `joinItems`; also takes items that are joined without blanks. '' holds none. */
export function splitItems(text: string, separator: string): string[] {
  if (text === '') return []
  const items: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === separator) {
      items.push(text.slice(start, at))
      start = at + 1
    }
  }
  items.push(text.slice(start))
  const last = items.length - 1
  return items.map((item, place) => {
    const from = place > 0 && item.startsWith(' ') ? 1 : 0
    const bare = item.slice(from)
    const isPadded = place < last && bare.endsWith(' ')
    return unescapeItem(isPadded ? bare.slice(0, -1) : bare, separator)
  })
}

function escapeItem(item: string, separator: string): string {
  if (item === '') return '\\e'
  return item.replaceAll('\\', '\\\\').replaceAll(separator, `\\${separator}`)
}

function unescapeItem(text: string, separator: string): string {
  if (text === '\\e') return ''
  if (!text.includes('\\')) return text
  let item = ''
  for (let at = 0; at < text.length; at += 1) {
    const next = text[at + 1]
    const isEscape = text[at] === '\\' && (next === '\\' || next === separator)
    if (isEscape) at += 1
    item += text[at]
  }
  return item
}
