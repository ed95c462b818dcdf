/** References in texts: `&amp;`, `&#252;`, `&uuml;`. Each is decoded exactly once; what nobody knows stays as it is written. */
import { ALL_ENTITIES, EntityDecoder } from '@nodable/entities'
import { isAllowed } from './characters.ts'

/** `onBare`: told of every `&` that begins no reference. */
export function decodeReferences(text: string, onBare: () => void): string {
  if (!text.includes('&')) return text
  return text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name !== undefined) return entity(name, whole)
    onBare()
    return whole
  })
}

/** A reference, or an `&` that begins none. */
const REFERENCE = /&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?/g
const XML_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
/** Names of HTML are not XML, but come from texts that people pasted (README, quirk 17). */
const named = new EntityDecoder({ namedEntities: ALL_ENTITIES })

function entity(name: string, whole: string): string {
  const known = XML_ENTITIES[name]
  if (known !== undefined) return known
  if (name.charCodeAt(0) !== 0x23) return named.decode(whole)
  const isHex = name.charCodeAt(1) === 0x78 || name.charCodeAt(1) === 0x58
  const code = isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return isAllowed(code) ? String.fromCodePoint(code) : ''
}
