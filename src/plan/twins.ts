/** Several source contacts that are one person, where the mapping says so: one carries the values of all. */
import { isStricter } from '../model/consent.ts'
import type { Sighting } from '../model/sighting.ts'

/** The carrier's own values win; the others fill what it lacks, oldest first. Tags, groups and consents are united; consent at its strictest. */
export function mergeTwins(carrier: Sighting, twins: readonly Sighting[]): Sighting {
  const others = [...twins].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
  const fields = { ...carrier.fields }
  for (const other of others) {
    for (const [path, value] of Object.entries(other.fields)) {
      const present = fields[path]
      if (
        value !== null &&
        value !== '' &&
        (present === undefined || present === null || present === '')
      )
        fields[path] = value
    }
  }
  const all = [carrier, ...others]
  return {
    ...carrier,
    fields,
    ...union('tags', all),
    ...union('groups', all),
    ...consents(all),
  }
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
  return { consents: [...told].sort((a, b) => (isStricter(a.state, b.state) ? -1 : 1)) }
}
