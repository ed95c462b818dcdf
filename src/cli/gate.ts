/** The last gate before a terminal: whatever was forgotten on the way, a contact's text cannot move a cursor, ring, or turn the writing round. */

/** Lines as they may be shown. `colour`: the colour changes that we set ourselves stay. */
export function shownLine(text: string, options: { readonly colour: boolean }): string {
  return text.replace(options.colour ? UNSAFE_BUT_COLOUR : UNSAFE, (found) =>
    found === '\r' || DIRECTION.test(found) ? '' : '·',
  )
}

/** One JSON document. What JSON leaves as it is and a terminal obeys is written as `\u….`: it reads back as the same text. */
export function shownJson(document: unknown): string {
  return JSON.stringify(document).replace(
    UNSAFE_IN_JSON,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const CONTROLS = '\\u0000-\\u0008\\u000b-\\u001a\\u001c-\\u001f\\u007f-\\u009f'
const DIRECTIONS = '\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069'
const DIRECTION = new RegExp(`[${DIRECTIONS}]`)
const UNSAFE = new RegExp(`[\\u001b${CONTROLS}${DIRECTIONS}]`, 'g')
const UNSAFE_BUT_COLOUR = new RegExp(`\\u001b(?!\\[[\\d;]*m)|[${CONTROLS}${DIRECTIONS}]`, 'g')
const UNSAFE_IN_JSON = new RegExp(`[\\u007f-\\u009f${DIRECTIONS}]`, 'g')
