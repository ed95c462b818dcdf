/** Twins: other contacts of the same side with the same primary e-mail, and which of a group is preferred. */
import { normEmail } from '../../model/email.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { MatchFacts, Twin } from '../../plan/match.ts'
import { primaryEmail } from '../../plan/person.ts'
import { emailHash } from '../directory.ts'
import { rulingsOf } from '../rulings.ts'
import { PRIMARY } from '../staged.ts'
import { type Gathering, linksOf } from './gathering.ts'

interface Twins {
  readonly facts: readonly Twin[]
  readonly sightings: readonly Sighting[]
}
export const NO_TWINS: Twins = { facts: [], sightings: [] }

/** Other source contacts with the same primary e-mail: among those staged, and in an incremental run also among those of earlier ones. */
export async function twinsOf(
  from: Gathering,
  sightings: readonly Sighting[],
): Promise<ReadonlyMap<RemoteId, Twins>> {
  const emails = new Map(sightings.map((each) => [each.id, normEmail(primaryEmail(each) ?? '')]))
  const keys = [...new Set([...emails.values()].filter((email) => email !== ''))]
  const staged = await from.store.staging.byKeys(from.run.id, from.side, PRIMARY, keys)
  const earlier = from.isFull
    ? []
    : await earlierTwins(from, keys, new Set(staged.map((row) => row.id)))
  const rows = [
    ...staged,
    ...earlier.map((sighting) => ({
      key: normEmail(primaryEmail(sighting) ?? ''),
      id: sighting.id,
    })),
  ]
  const sharing = Map.groupBy(rows, (row) => row.key)
  const shared = [...sharing.values()].filter((group) => group.length > 1).flat()
  if (shared.length === 0) return new Map()
  const ids = shared.map((row) => row.id)
  const shown = [...(await from.store.staging.byIds(from.run.id, from.side, ids)), ...earlier]
  const readings = new Map(shown.map((sighting) => [sighting.id, sighting]))
  const links = await linksOf(from, from.side, ids)
  // Who was left out by decision is nobody's twin.
  const leftOut = new Set(
    [...(await rulingsOf(from, from.side, ids)).values()]
      .flat()
      .flatMap(({ record, choice }) => (choice === 'skip' ? [record] : [])),
  )
  const twins = new Map<RemoteId, Twins>()
  for (const self of sightings) {
    const others = (sharing.get(emails.get(self.id) ?? '') ?? []).flatMap((row) => {
      const isOther = row.id !== self.id && !leftOut.has(row.id)
      const reading = isOther ? readings.get(row.id) : undefined
      return reading === undefined ? [] : [reading]
    })
    if (others.length === 0) continue
    twins.set(self.id, {
      facts: others.map((other) => ({
        id: other.id,
        isLinked: links.has(other.id),
        isPreferred: isPreferred(other, self, from.settings.mapping.duplicates),
      })),
      sightings: others,
    })
  }
  return twins
}

/** The directory may be behind, so what it names is read, and counts only if it still has the address. */
async function earlierTwins(
  from: Gathering,
  keys: readonly string[],
  staged: ReadonlySet<RemoteId>,
): Promise<readonly Sighting[]> {
  const hashes = keys.map((key) => emailHash(from.context.key, key))
  const named = await from.store.directory.among(from.run.sync, from.side, hashes)
  const ids = [...new Set(named.map((entry) => entry.contact))].filter((id) => !staged.has(id))
  const wanted = new Set(keys)
  const found: Sighting[] = []
  const size = Math.max(1, from.source.capabilities.fetchMax)
  for (let start = 0; start < ids.length; start += size) {
    for (const entry of await from.source.fetch(ids.slice(start, start + size), from.signal)) {
      const isTwin =
        entry.kind === 'found' && wanted.has(normEmail(primaryEmail(entry.sighting) ?? ''))
      if (isTwin) found.push(entry.sighting)
    }
  }
  return found
}

/** Total order, so that exactly one of a group is preferred to all others. */
function isPreferred(other: Sighting, self: Sighting, policy: MatchFacts['policy']): boolean {
  const age = (sighting: Sighting) =>
    (policy === 'newest' ? sighting.updatedAt : sighting.createdAt) ?? ''
  const [a, b] = [age(other), age(self)]
  if (a !== b) return policy === 'newest' ? a > b : a < b
  return compareIds(other.id, self.id) < 0
}

function compareIds(a: RemoteId, b: RemoteId): number {
  return a.length === b.length ? (a < b ? -1 : 1) : a.length - b.length
}
