/**
 * Gathers what the planner has to know about a chunk of contacts: links, counterparts, twins and candidates. Reads only. Where the target's own
 * contacts are worked through, `source` and `target` have changed places.
 */
import type { LinkedTarget, MatchFacts } from '../plan/match.ts'
import type { Link } from '../state/links.ts'
import type { StagedSighting } from '../state/staging.ts'
import { candidatesOf } from './facts/candidates.ts'
import { linkedTargets } from './facts/counterparts.ts'
import { type Gathered, type Gathering, linksOf, there } from './facts/gathering.ts'
import { NO_TWINS, twinsOf } from './facts/twins.ts'
import { heirsOf } from './heirs.ts'
import { rulingsOf } from './rulings.ts'

export async function gather(
  from: Gathering,
  rows: readonly StagedSighting[],
): Promise<readonly Gathered[]> {
  const sightings = rows.map((row) => row.sighting)
  const links = await linksOf(
    from,
    from.side,
    sightings.map(({ id }) => id),
  )
  const rulings = await rulingsOf(
    from,
    from.side,
    sightings.map(({ id }) => id),
  )
  const targets = await linkedTargets(from, sightings, { links, rulings })
  const isLost = (link: Link | undefined) =>
    link !== undefined && targets.get(there(from, link))?.kind === 'gone'
  const unlinked = sightings.filter(
    ({ id }) => !links.has(id) || (rulings.has(id) && isLost(links.get(id))),
  )
  const twins = await twinsOf(from, unlinked)
  const candidates = await candidatesOf(from, unlinked)
  const heirs = await heirsOf(
    from,
    unlinked.filter(({ id }) => !links.has(id)),
    [candidates.byMarker, candidates.byEmail, candidates.byPhone],
  )
  const tombstones = await from.store.tombstones.among(
    from.run.sync,
    from.side,
    unlinked.map(({ id }) => id),
  )
  const buried = new Map(tombstones.map((tombstone) => [tombstone.id, tombstone]))
  return sightings.map((source) => {
    const link = links.get(source.id) ?? null
    const heir = heirs.get(source.id)
    const group = twins.get(source.id) ?? NO_TWINS
    const tombstone = buried.get(source.id)
    const facts: MatchFacts = {
      id: source.id,
      side: from.side,
      link:
        link === null
          ? null
          : { toId: there(from, link), target: targets.get(there(from, link)) ?? UNREAD },
      ...(heir === undefined ? {} : { heir: heir.facts }),
      byMarker: candidates.byMarker.get(source.id) ?? [],
      byEmail: candidates.byEmail.get(source.id) ?? [],
      byPhone: candidates.byPhone.get(source.id) ?? [],
      twins: group.facts,
      policy: from.settings.mapping.duplicates,
      ...(tombstone === undefined
        ? {}
        : {
            buried: {
              why: tombstone.why,
              isSettled: tombstone.kind === 'parted',
              isUnsure: tombstone.kind === 'unsure',
            },
          }),
    }
    return {
      source,
      facts,
      link: link ?? heir?.link ?? null,
      rulings: rulings.get(source.id) ?? [],
      twins: group.sightings,
    }
  })
}

const UNREAD: LinkedTarget = { kind: 'unread' }
