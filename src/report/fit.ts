/** Lines that fit a terminal: what is too long goes on below, and at last is cut. */

/** Columns of the narrowest terminal that a report is made for. */
export const WIDTH = 100

/** At most `linesMax` lines of `WIDTH` columns; the first begins with `title`, the others are indented as far. Words stay whole where they can. */
export function wrapped(title: string, text: string, linesMax: number): readonly string[] {
  const indent = ' '.repeat(columns(title))
  const room = WIDTH - indent.length
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && columns(longer) > room) {
      lines.push(line)
      line = word
    } else line = longer
  }
  lines.push(line)
  const isCut = lines.length > linesMax
  return lines.slice(0, linesMax).map((one, place) => {
    const end = isCut && place === linesMax - 1 ? ' …' : ''
    return `${place === 0 ? title : indent}${cut(`${one}${end}`, room)}`
  })
}

/** The first `max` characters, a … in place of the last where there are more. No character is cut in two. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const characters = [...text]
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}

/** Columns that a text takes, one for each character. */
export function columns(text: string): number {
  return [...text].length
}
