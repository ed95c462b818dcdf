/** Requests that write several things at once, and what is left of one when the platform died in the midst of it. */
import type { SimulatedRequest } from '../../src/connector/simulator.ts'

export interface Cut {
  /** So many of its items took effect. */
  readonly done: number
  readonly of: number
  readonly request: SimulatedRequest
}

/** By every number of items but none and all. Empty: no batch. */
export function cutsOf(request: SimulatedRequest): readonly Cut[] {
  for (const kind of KINDS) {
    const batch = kind(request)
    if (batch === null || batch.items < 2) continue
    return Array.from({ length: batch.items - 1 }, (_, n) => ({
      done: n + 1,
      of: batch.items,
      request: { ...request, body: batch.first(n + 1) },
    }))
  }
  return []
}

interface Batch {
  readonly items: number
  /** The body with so many of them. */
  first(count: number): string
}

/** REST: a list of records. */
function records({ body }: SimulatedRequest): Batch | null {
  if (!body.startsWith('[')) return null
  const items = JSON.parse(body) as readonly unknown[]
  return { items: items.length, first: (count) => JSON.stringify(items.slice(0, count)) }
}

/** REST: the members of a segment. */
function members({ body }: SimulatedRequest): Batch | null {
  if (!body.startsWith('{')) return null
  const whole = JSON.parse(body) as { readonly ids?: readonly unknown[] }
  const { ids } = whole
  if (!Array.isArray(ids)) return null
  return {
    items: ids.length,
    first: (count) => JSON.stringify({ ...whole, ids: ids.slice(0, count) }),
  }
}

/** The XML API: a document in a form, with an element for each contact. */
function contacts({ body }: SimulatedRequest): Batch | null {
  const form = new URLSearchParams(body)
  const xml = form.get('xml') ?? ''
  const list = /<Contacts>([\s\S]*)<\/Contacts>/.exec(xml)
  if (list === null) return null
  const all = list[1] ?? ''
  const items = all.match(/<Contact\b[^>]*\/>|<Contact\b[\s\S]*?<\/Contact>/g) ?? []
  if (items.join('') !== all) throw new Error(`this document cannot be cut: ${xml}`)
  return {
    items: items.length,
    first(count) {
      form.set(
        'xml',
        xml.replace(all, () => items.slice(0, count).join('')),
      )
      return form.toString()
    },
  }
}

const KINDS = [records, members, contacts] as const
