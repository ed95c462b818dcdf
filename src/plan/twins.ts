/** Several source contacts that are one person, where the mapping says so: one carries the values of all. */
import { isStricter } from '../model/consent.ts'
import { type Fields, unitOf } from '../model/field.ts'
import type { Sighting } from '../model/sighting.ts'

/**
 * The carrier's own values win; the others fill what it lacks, oldest first; an address comes from one of them as a whole. Tags, groups and
 * consents are united; consent at its strictest.
 */
export function mergeTwins(carrier: Sighting, twins: readonly Sighting[]): Sighting {
  const others = [...twins].sort((a, b) => order(a.createdAt ?? '', b.createdAt ?? ''))
  const all = [carrier, ...others]
  const fields = { ...carrier.fields }
  for (const values of givers(all).values()) Object.assign(fields, values)
  return {
    ...carrier,
    fields,
    ...union('tags', all),
    ...union('groups', all),
    ...consents(all),
  }
}

/** By unit: the filled values of the first that has any. */
function givers(all: readonly Sighting[]): ReadonlyMap<string, Fields> {
  const given = new Map<string, Fields>()
  for (const { fields } of all) {
    const filled = Object.entries(fields).filter(([, value]) => value !== null && value.length > 0)
    for (const [unit, values] of Map.groupBy(filled, ([path]) => unitOf(path))) {
      if (!given.has(unit)) given.set(unit, Object.fromEntries(values))
    }
  }
  return given
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function union(
  kind: 'tags' | 'groups',
  all: readonly Sighting[],
): Partial<Pick<Sighting, 'tags' | 'groups'>> {
  const told = all.flatMap((sighting) => (sighting[kind] === undefined ? [] : [sighting[kind]]))
  if (told.length === 0) return {}
  return { [kind]: [...new Set(told.flat())].sort() }
}

function consents(all: readonly Sighting[]): Partial<Pick<Sighting, 'consents'>> {
  const told = all.flatMap((sighting) => sighting.consents ?? [])
  if (told.length === 0) return {}
  return {
    consents: [...told].sort(
      (a, b) => Number(isStricter(b.state, a.state)) - Number(isStricter(a.state, b.state)),
    ),
  }
}
