/** Two accounts of which one went through a file into the other: every person, field, tag and opt-out. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { isSame, type Truth } from './round-trip-truth.ts'

export function comparedByMarker(
  before: readonly Truth[],
  after: readonly Truth[],
): { readonly people: number; readonly different: readonly string[] } {
  const byMarker = new Map(after.map((truth) => [markerOf(truth.contact), truth]))
  const different = before.flatMap((one) => differences(one, byMarker.get(one.contact.id)))
  return { people: after.length, different }
}

/** `file:keap:17`: a row's id is the marker of whom it holds. */
function markerOf({ fields }: SimulatedContact): string {
  const marker = Object.values(fields).find((text) => text.startsWith('file:keap:'))
  return marker?.slice('file:keap:'.length) ?? ''
}

function differences(one: Truth, other: Truth | undefined): readonly string[] {
  const { id } = one.contact
  if (other === undefined) return [`${id}: not there`]
  const fields = [...one.values].flatMap(([key, value]) => {
    const there = other.values.get(key)
    if (!value.field.writable || isSame(value, there)) return []
    return [`${id}: ${key}: ${JSON.stringify(value.text)} became ${JSON.stringify(there?.text)}`]
  })
  const [a, b] = [one.contact, other.contact]
  // One name in two spellings becomes one tag; of two categories, it carries the category in front.
  const names = b.tags.map((name) => name.toLowerCase())
  const tags = a.tags.filter((tag) => !names.some((name) => name.endsWith(tag.toLowerCase())))
  const mailed = a.optedOut.filter((address) => !b.optedOut.includes(address))
  return [...fields, ...[...tags, ...mailed].map((text) => `${id}: without ${text}`)]
}
