/**
 * Two accounts of which one went through a file into the other: every person, field, tag and opt-out, either way round. One person at a time: an account of
 * 100,000 is compared in little more memory than it has.
 */
import type { SimulatedContact, Simulator } from '../../src/connector/simulator.ts'
import type { Catalog } from '../../src/model/vocabulary.ts'
import { isSame, type Truth, truthReader } from './round-trip-truth.ts'

export interface Held {
  readonly simulator: Simulator
  readonly catalog: Catalog
}

export function comparedByMarker(
  before: Held,
  after: Held,
): { readonly people: number; readonly different: readonly string[] } {
  const arrived = after.simulator.snapshot()
  const byMarker = new Map(arrived.map((contact) => [markerOf(contact), contact]))
  const read = {
    before: truthReader(before.simulator, before.catalog),
    after: truthReader(after.simulator, after.catalog),
  }
  const different: string[] = []
  for (const contact of before.simulator.snapshot()) {
    const there = byMarker.get(contact.id)
    if (there === undefined) different.push(`${contact.id}: not there`)
    else different.push(...differences(read.before(contact), read.after(there)))
  }
  return { people: arrived.length, different }
}

/** `file:keap:17`: a row's id is the marker of whom it holds. */
const MARKER = 'file:keap:'

function markerOf({ fields }: SimulatedContact): string {
  const marker = Object.values(fields).find((text) => text.startsWith(MARKER))
  return marker?.slice(MARKER.length) ?? ''
}

function differences(one: Truth, other: Truth): readonly string[] {
  const { id } = one.contact
  const lost = [...one.values].flatMap(([key, value]) => {
    const there = other.values.get(key)
    if (!value.field.writable || isSame(value, there)) return []
    return [`${key}: ${JSON.stringify(value.text)} became ${JSON.stringify(there?.text)}`]
  })
  const added = [...other.values].flatMap(([key, { text, field }]) =>
    one.values.has(key) || !field.writable || isOurs(field.label) || text.startsWith(MARKER)
      ? []
      : [`${key}: ${JSON.stringify(text)} was never there`],
  )
  return [...lost, ...added, ...sets(one.contact, other.contact)].map((text) => `${id}: ${text}`)
}

/** What an account sets by itself is kept beside it: "Created in file", "Region (file)". */
function isOurs(label: string): boolean {
  return / in file$|\(file\)$/.test(label)
}

function sets(one: SimulatedContact, other: SimulatedContact): readonly string[] {
  // One name in two spellings becomes one tag; of two categories, it carries the category in front.
  const [tags, names] = [lower(one.tags), lower(other.tags)]
  const without = [
    ...tags.filter((tag) => !names.some((name) => name.endsWith(tag))),
    ...one.optedOut.filter((address) => !other.optedOut.includes(address)),
  ]
  const added = names.filter((name) => !tags.some((tag) => name.endsWith(tag)))
  return [
    ...without.map((text) => `without ${text}`),
    ...added.map((text) => `${text} was never there`),
  ]
}

function lower(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase())
}
