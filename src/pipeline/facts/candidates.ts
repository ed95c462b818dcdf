/** Contacts of the other side that may be the counterpart of one that has none: by marker, e-mail, or phone with family name. */
import type { CompiledMapping } from '../../mapping/mapping.ts'
import { normEmail } from '../../model/email.ts'
import { EMAIL_PATHS } from '../../model/field.ts'
import { otherSide, type RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import { markerOf } from '../../plan/draft.ts'
import type { Candidate } from '../../plan/match.ts'
import { primaryEmail } from '../../plan/person.ts'
import { phoneNames } from '../staged.ts'
import { type Gathering, linksOf, own } from './gathering.ts'

/** The mapping as seen from these contacts. */
function mappingOf({ context, side }: Gathering): CompiledMapping {
  return side === 'to' && context.mirror !== null ? context.mirror.mapping : context.mapping
}

interface Candidates {
  readonly byMarker: ReadonlyMap<RemoteId, readonly Candidate[]>
  readonly byEmail: ReadonlyMap<RemoteId, readonly Candidate[]>
  readonly byPhone: ReadonlyMap<RemoteId, readonly Candidate[]>
}

export async function candidatesOf(
  from: Gathering,
  sightings: readonly Sighting[],
): Promise<Candidates> {
  const { settings } = from
  const { marker, isMarkerDrafted } = mappingOf(from)
  const hasMarker = marker !== null && !isMarkerDrafted
  const marks = hasMarker
    ? pairsOf(sightings, (each) => [markerOf(settings[from.side], each.id)])
    : []
  const emails = settings.match.includes('email')
    ? pairsOf(sightings, (each) =>
        [normEmail(primaryEmail(each) ?? '')].filter((email) => email !== ''),
      )
    : []
  const phones =
    settings.match.includes('phone') && from.isFull ? pairsOf(sightings, phoneNames) : []
  return {
    byMarker: await find(from, 'marker', marks),
    byEmail: await find(from, 'email', emails),
    byPhone: await find(from, 'phone', phones),
  }
}

interface Wanted {
  readonly id: RemoteId
  readonly key: string
}

function pairsOf(
  sightings: readonly Sighting[],
  keys: (sighting: Sighting) => readonly string[],
): readonly Wanted[] {
  return sightings.flatMap((sighting) => keys(sighting).map((key) => ({ id: sighting.id, key })))
}

async function find(
  from: Gathering,
  by: 'marker' | 'email' | 'phone',
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<RemoteId, readonly Candidate[]>> {
  if (wanted.length === 0) return new Map()
  const keys = [...new Set(wanted.map((pair) => pair.key))]
  const hits = from.isFull ? await findStaged(from, by, keys) : await findThere(from, by, keys)
  const ids = [...new Set([...hits.values()].flat().map((sighting) => sighting.id))]
  const taken = await linksOf(from, otherSide(from.side), ids)
  const candidates = new Map<RemoteId, Candidate[]>()
  for (const { id, key } of wanted) {
    for (const sighting of hits.get(key) ?? []) {
      const known = candidates.get(id) ?? []
      if (known.some((candidate) => candidate.sighting.id === sighting.id)) continue
      const link = taken.get(sighting.id)
      const linkedTo = link === undefined ? null : own(from, link)
      candidates.set(id, [...known, { sighting, linkedTo }])
    }
  }
  return candidates
}

async function findStaged(
  from: Gathering,
  by: string,
  keys: readonly string[],
): Promise<Map<string, Sighting[]>> {
  const rows = await from.store.staging.byKeys(from.run.id, otherSide(from.side), by, keys)
  const shown = await from.store.staging.byIds(from.run.id, otherSide(from.side), [
    ...new Set(rows.map((row) => row.id)),
  ])
  const readings = new Map(shown.map((sighting) => [sighting.id, sighting]))
  const hits = new Map<string, Sighting[]>()
  for (const row of rows) {
    const reading = readings.get(row.id)
    if (reading !== undefined) hits.set(row.key, [...(hits.get(row.key) ?? []), reading])
  }
  return hits
}

/** Asks the platform, for the few new contacts of an incremental run. */
async function findThere(
  from: Gathering,
  by: 'marker' | 'email' | 'phone',
  keys: readonly string[],
): Promise<Map<string, Sighting[]>> {
  const hits = new Map<string, Sighting[]>()
  const { marker } = mappingOf(from)
  const { capabilities } = from.target
  if (!capabilities.find.includes(by) || (by === 'marker' && marker === null)) return hits
  const wanted = new Set(keys)
  const size = Math.max(1, capabilities.findMax)
  for (let start = 0; start < keys.length; start += size) {
    const values = keys.slice(start, start + size)
    const probe = by === 'marker' ? { by, path: marker?.path ?? '', values } : { by, values }
    for (const sighting of await from.target.find(probe, from.signal)) {
      for (const key of keysOf(sighting, by, marker?.path ?? '')) {
        if (wanted.has(key)) hits.set(key, [...(hits.get(key) ?? []), sighting])
      }
    }
  }
  return hits
}

function keysOf(
  sighting: Sighting,
  by: 'marker' | 'email' | 'phone',
  markerPath: string,
): readonly string[] {
  if (by === 'phone') return phoneNames(sighting)
  if (by === 'marker') return [String(sighting.fields[markerPath] ?? '')]
  const keys = new Set<string>()
  for (const path of EMAIL_PATHS) {
    const value = sighting.fields[path]
    if (typeof value === 'string') keys.add(normEmail(value))
  }
  return [...keys]
}
