/** Staged contacts joined with what other streams told about them: their tags, groups and consents. */
import type { Consent } from '../../model/consent.ts'
import { normEmail } from '../../model/email.ts'
import { EMAIL_PATHS } from '../../model/field.ts'
import type { RemoteId, RunId, Side } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { StagedSighting } from '../staging.ts'
import { type Access, isAmong } from './access.ts'
import { consentText, parseConsent } from './consent-text.ts'
import { readSighting, shapeName, shapeOf, unpackSighting } from './packed-sighting.ts'
import { findScan, type Scan, sortConsents, sortMembers } from './scans.ts'
import { shortKey } from './staged-contacts.ts'

interface PageRequest {
  readonly run: RunId
  readonly side: Side
  readonly seq: number
  readonly limit: number
}

/** Contacts that arrived after `seq`, in order of arrival. */
export async function joinedAfter(
  access: Access,
  request: PageRequest,
): Promise<readonly StagedSighting[]> {
  const scan = await findScan(access, request.run, request.side)
  if (scan === null) return []
  const rows = await pageOf(access, scan, request)
  await join(
    access,
    scan,
    rows.map((row) => row.sighting),
  )
  return rows
}

/** See `Staging.unaddressed`. */
export async function unaddressed(
  access: Access,
  { run, side, limit }: Omit<PageRequest, 'seq'>,
): Promise<readonly Sighting[]> {
  const scan = await findScan(access, run, side)
  if (scan === null || scan.areAddressed) return []
  const rows = await access.db
    .selectFrom('staged_contacts')
    .select('sighting')
    .where('scan', '=', scan.id)
    .where('addresses', 'is', null)
    .limit(limit)
    .execute()
  return unpacked(access, scan, rows)
}

/** A contact that was just read and belongs to nobody yet. */
type Fresh = { -readonly [Name in keyof Sighting]: Sighting[Name] }

async function pageOf(
  access: Access,
  scan: Scan,
  { seq, limit }: PageRequest,
): Promise<{ readonly seq: number; readonly sighting: Fresh }[]> {
  const rows = await access.db
    .selectFrom('staged_contacts')
    .select(['seq', 'sighting'])
    .where('scan', '=', scan.id)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute()
  const sightings = await unpacked(access, scan, rows)
  return sightings.map((sighting, at) => ({ seq: rows[at]?.seq ?? 0, sighting }))
}

async function unpacked(
  access: Access,
  scan: Scan,
  rows: readonly { readonly sighting: string }[],
): Promise<Fresh[]> {
  const read = rows.map((row) => readSighting(row.sighting))
  const names = [...new Set(read.map(shapeName))].filter((name) => name !== null)
  const shapes =
    names.length === 0
      ? []
      : await access.db
          .selectFrom('staged_shapes')
          .select(['name', 'paths'])
          .where('scan', '=', scan.id)
          .where(isAmong(access, 'name', names))
          .execute()
  const known = new Map(shapes.map(({ name, paths }) => [name, shapeOf(paths)]))
  return read.map((one) => unpackSighting(one, known))
}

/** In order of arrival; ids that were not staged are left out. */
export async function joinedByIds(
  access: Access,
  request: { readonly run: RunId; readonly side: Side; readonly ids: readonly RemoteId[] },
): Promise<Sighting[]> {
  const scan = await findScan(access, request.run, request.side)
  if (scan === null || request.ids.length === 0) return []
  const rows = await access.db
    .selectFrom('staged_contacts')
    .select(['seq', 'sighting'])
    .where('scan', '=', scan.id)
    .where(isAmong(access, 'id', request.ids))
    .execute()
  // Sorted here: asked for in this order, SQLite would walk through the whole scan.
  const inOrder = rows.toSorted((a, b) => a.seq - b.seq)
  const sightings = await unpacked(access, scan, inOrder)
  await join(access, scan, sightings)
  return sightings
}

/** Of contacts that were not staged themselves. Nothing told is not the same as none: it leaves them as they are. */
export async function withConsents(
  access: Access,
  request: {
    readonly run: RunId
    readonly side: Side
    readonly sightings: readonly Sighting[]
  },
): Promise<readonly Sighting[]> {
  const scan = await findScan(access, request.run, request.side)
  const silent = request.sightings.filter(({ consents }) => consents === undefined)
  if (scan === null || silent.length === 0) return request.sightings
  const told = await consentsOf(access, scan, silent.flatMap(ownersOf))
  return request.sightings.map((sighting) => {
    if (sighting.consents !== undefined) return sighting
    const consents = ownersOf(sighting).flatMap((owner) => told.get(owner) ?? [])
    return consents.length === 0
      ? sighting
      : { ...sighting, consents: united(undefined, consents).map(parseConsent) }
  })
}

/** Adds to each contact what other streams told of it. */
async function join(access: Access, scan: Scan, sightings: readonly Fresh[]): Promise<void> {
  if (!scan.areMembersSorted) await sortMembers(access, scan.id)
  const ids = sightings.map(({ id }) => id)
  const tags = scan.isTagRead ? await members(access, { scan: scan.id, kind: 'tag', ids }) : null
  const groups = scan.isGroupRead
    ? await members(access, { scan: scan.id, kind: 'group', ids })
    : null
  const consents = scan.isConsentRead ? await toldOf(access, scan, sightings) : null
  for (const [at, sighting] of sightings.entries()) {
    const { id } = sighting
    // Where a stream was not read completely, it says nothing.
    if (tags !== null) sighting.tags = united(sighting.tags, tags.get(id))
    if (groups !== null) sighting.groups = united(sighting.groups, groups.get(id))
    if (consents === null) continue
    const own = sighting.consents?.map(consentText)
    sighting.consents = united(own, consents[at]).map(parseConsent)
  }
}

/** What a consent stream has told of each of these contacts so far. */
export async function consentsAbout(
  access: Access,
  request: { readonly run: RunId; readonly side: Side; readonly sightings: readonly Sighting[] },
): Promise<readonly (readonly Consent[])[]> {
  const { run, side, sightings } = request
  const scan = await findScan(access, run, side)
  if (scan === null) return sightings.map(() => [])
  const told = await toldOf(access, scan, sightings)
  return told.map((texts) => united(texts, undefined).map(parseConsent))
}

/** As texts. */
async function toldOf(
  access: Access,
  scan: Scan,
  sightings: readonly Sighting[],
): Promise<readonly (readonly string[])[]> {
  const owners = sightings.map(ownersOf)
  const consents = await consentsOf(access, scan, owners.flat())
  return owners.map((own) => own.flatMap((owner) => consents.get(owner) ?? []))
}

/** Each once, in order. */
function united(
  own: readonly string[] | undefined,
  told: readonly string[] | undefined,
): readonly string[] {
  if (own === undefined && told === undefined) return []
  return [...new Set([...(own ?? []), ...(told ?? [])])].sort()
}

/** Whom a consent can be about that concerns this contact. */
function ownersOf(sighting: Sighting): string[] {
  const owners = new Set([shortKey(`contact:${sighting.id}`)])
  for (const path of EMAIL_PATHS) {
    const value = sighting.fields[path]
    const address = typeof value === 'string' ? normEmail(value) : ''
    if (address !== '') owners.add(shortKey(`address:${address}`))
  }
  return [...owners]
}

async function members(
  access: Access,
  request: { readonly scan: number; readonly kind: string; readonly ids: readonly RemoteId[] },
): Promise<Map<string, string[]>> {
  const rows = await access.db
    .selectFrom('staged_members')
    .select(['contact as owner', 'key as text'])
    .where('scan', '=', request.scan)
    .where('kind', '=', request.kind)
    .where(isAmong(access, 'contact', request.ids))
    .execute()
  return byOwner(rows)
}

async function consentsOf(
  access: Access,
  scan: Scan,
  owners: readonly string[],
): Promise<Map<string, string[]>> {
  if (!scan.areConsentsSorted) await sortConsents(access, scan.id)
  const rows = await access.db
    .selectFrom('staged_consents')
    .select(['owner', 'consent as text'])
    .where('scan', '=', scan.id)
    .where(isAmong(access, 'owner', owners))
    .execute()
  return byOwner(rows)
}

function byOwner(rows: readonly { owner: string; text: string }[]): Map<string, string[]> {
  const owned = new Map<string, string[]>()
  for (const { owner, text } of rows) {
    const texts = owned.get(owner)
    if (texts === undefined) owned.set(owner, [text])
    else texts.push(text)
  }
  return owned
}
