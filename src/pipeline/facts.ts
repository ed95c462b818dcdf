/**
 * Gathers what the planner has to know about a chunk of contacts: links, counterparts, twins and candidates. Reads only. Where the target's own
 * contacts are worked through, `source` and `target` have changed places.
 */
import type { Reader } from '../connector/connector.ts'
import { normEmail } from '../model/email.ts'
import { EMAIL_PATHS } from '../model/field.ts'
import { otherSide, type RemoteId, type Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { CompiledMapping } from '../mapping/mapping.ts'
import type { PlanContext } from '../plan/context.ts'
import { sourceChanged, targetChanged } from '../plan/decide.ts'
import { markerOf } from '../plan/draft.ts'
import type { Candidate, LinkedTarget, MatchFacts, Twin } from '../plan/match.ts'
import { primaryEmail } from '../plan/person.ts'
import type { KeptRuling, Link, RunRecord, StagedSighting, StateStore } from '../state/store.ts'
import { emailHash } from './directory.ts'
import type { SyncSettings } from './env.ts'
import { heirsOf } from './heirs.ts'
import { type RulingsOf, rulingsOf } from './rulings.ts'
import { phoneNames, PRIMARY } from './staged.ts'

export interface Gathering {
  readonly store: StateStore
  readonly run: RunRecord
  readonly settings: SyncSettings
  /** Whose contacts these are. */
  readonly side: Side
  readonly context: PlanContext
  /** The account of these contacts, and the other one. */
  readonly source: Reader
  readonly target: Reader
  /** Both sides were read whole: look-ups go to the staging tables, not to the platform. */
  readonly isFull: boolean
  readonly signal: AbortSignal
}
export interface Gathered {
  readonly source: Sighting
  readonly facts: MatchFacts
  /** Its own, or that of the contact that was merged into it. */
  readonly link: Link | null
  /** What people decided about it. */
  readonly rulings: readonly KeptRuling[]
  /** Readings of its twins, where the policy merges them. */
  readonly twins: readonly Sighting[]
}

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
  const buried = byKey(
    await from.store.tombstones.among(
      from.run.sync,
      from.side,
      unlinked.map(({ id }) => id),
    ),
    (tombstone) => tombstone.id,
  )
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

/** Counterparts as read in this run; what a full scan did not show, or an incremental run needs, is fetched by id. */
async function linkedTargets(
  from: Gathering,
  sightings: readonly Sighting[],
  { links, rulings }: { readonly links: ReadonlyMap<RemoteId, Link>; readonly rulings: RulingsOf },
): Promise<ReadonlyMap<RemoteId, LinkedTarget>> {
  const found = new Map<RemoteId, LinkedTarget>()
  const linked = sightings.flatMap((source) => {
    const link = links.get(source.id)
    return link === undefined ? [] : [{ source, link }]
  })
  const ids = linked.map(({ link }) => there(from, link))
  // Where both sides were scanned, a counterpart that changed itself is at hand.
  if (from.isFull || from.context.mirror !== null) {
    for (const sighting of await from.store.staging.byIds(from.run.id, otherSide(from.side), ids)) {
      found.set(sighting.id, { kind: 'found', sighting })
    }
  }
  const asked = from.isFull ? NOBODY : await askedAbout(from)
  const missing = linked.flatMap(({ source, link }) => {
    const isAsked = asked.has(source.id) || rulings.has(source.id)
    const isNeeded = from.isFull || isAsked || isChanged(from, source, link)
    return isNeeded && !found.has(there(from, link)) ? [there(from, link)] : []
  })
  const read = new Map<RemoteId, Sighting>()
  const size = Math.max(1, from.target.capabilities.fetchMax)
  for (let start = 0; start < missing.length; start += size) {
    for (const entry of await from.target.fetch(missing.slice(start, start + size), from.signal)) {
      if (entry.kind === 'found') read.set(entry.id, entry.sighting)
      if (entry.kind === 'merged') {
        const holder = (await linksOf(from, otherSide(from.side), [entry.into.id])).get(
          entry.into.id,
        )
        const taken = holder === undefined ? {} : { linkedTo: own(from, holder) }
        found.set(entry.id, { kind: 'merged', into: entry.into, ...taken })
      }
      if (entry.kind === 'gone') found.set(entry.id, { kind: 'gone' })
      if (entry.kind === 'inconclusive')
        found.set(entry.id, { kind: 'inconclusive', message: entry.message })
    }
  }
  // An account that keeps consent by address does not tell it with the contact, or its own opt-outs would be written to it again.
  const asRead = [...read.keys()]
  const told = await from.store.staging.withConsents(from.run.id, otherSide(from.side), [
    ...read.values(),
  ])
  for (const [at, sighting] of told.entries())
    found.set(asRead[at] ?? sighting.id, { kind: 'found', sighting })
  return found
}

const UNREAD: LinkedTarget = { kind: 'unread' }
const NOBODY: ReadonlySet<RemoteId> = new Set()

function there(from: Gathering, link: Link): RemoteId {
  return from.side === 'from' ? link.toId : link.fromId
}

function own(from: Gathering, link: Link): RemoteId {
  return from.side === 'from' ? link.fromId : link.toId
}

function isChanged({ side, context }: Gathering, contact: Sighting, link: Link): boolean {
  return side === 'from'
    ? sourceChanged(context, contact, link.fromBase)
    : targetChanged(context, contact, link.toBase)
}

/** Contacts that a case is open about: in a two-way sync what is to be decided may lie on either side. In a one-way sync those that are to be looked at again. */
async function askedAbout({
  store,
  run,
  side,
  context,
}: Gathering): Promise<ReadonlySet<RemoteId>> {
  const kinds = context.mirror === null ? ONE_WAY : TWO_WAY
  const ids = new Set<RemoteId>()
  for (const kind of kinds)
    for (const open of await store.cases.list({ sync: run.sync, kind, limit: CASES_MAX }))
      if (open.side === side) ids.add(open.record)
  return ids
}
const CASES_MAX = 10_000
const ONE_WAY = ['retry'] as const
const TWO_WAY = ['retry', 'hold', 'reject'] as const

/** By the id on that side. */
async function linksOf(
  { store, run }: Gathering,
  side: Side,
  ids: readonly RemoteId[],
): Promise<ReadonlyMap<RemoteId, Link>> {
  return side === 'from'
    ? byKey(await store.links.byFrom(run.sync, ids), (link) => link.fromId)
    : byKey(await store.links.byTo(run.sync, ids), (link) => link.toId)
}

interface Twins {
  readonly facts: readonly Twin[]
  readonly sightings: readonly Sighting[]
}
const NO_TWINS: Twins = { facts: [], sightings: [] }

/** Other source contacts with the same primary e-mail: among those staged, and in an incremental run also among those of earlier ones. */
async function twinsOf(
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
  const readings = byKey(
    [...(await from.store.staging.byIds(from.run.id, from.side, ids)), ...earlier],
    (sighting) => sighting.id,
  )
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

/** The mapping as seen from these contacts. */
function mappingOf({ context, side }: Gathering): CompiledMapping {
  return side === 'to' && context.mirror !== null ? context.mirror.mapping : context.mapping
}

interface Candidates {
  readonly byMarker: ReadonlyMap<RemoteId, readonly Candidate[]>
  readonly byEmail: ReadonlyMap<RemoteId, readonly Candidate[]>
  readonly byPhone: ReadonlyMap<RemoteId, readonly Candidate[]>
}

async function candidatesOf(from: Gathering, sightings: readonly Sighting[]): Promise<Candidates> {
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
  const readings = byKey(
    await from.store.staging.byIds(from.run.id, otherSide(from.side), [
      ...new Set(rows.map((row) => row.id)),
    ]),
    (sighting) => sighting.id,
  )
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

function byKey<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T> {
  return new Map(items.map((item) => [key(item), item]))
}
