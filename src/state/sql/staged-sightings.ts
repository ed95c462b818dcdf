/** Staged contacts joined with what other streams told about them: their tags, groups and consents. */
import { normEmail } from '../../model/email.ts'
import type { RemoteId, RunId, Side } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { StagedSighting } from '../store.ts'
import { type Access, fromJson, isAmong } from './access.ts'
import { consentText, parseConsent } from './consent-text.ts'
import { findScan, type Scan, sortMembers } from './scans.ts'
import { shortKey } from './staged-contacts.ts'

/** Contacts that arrived after `seq`, in order of arrival. */
export async function joinedAfter(
  access: Access,
  request: {
    readonly run: RunId
    readonly side: Side
    readonly seq: number
    readonly limit: number
  },
): Promise<StagedSighting[]> {
  const { run, side, seq, limit } = request
  const scan = await findScan(access, run, side)
  if (scan === null) return []
  const rows = await access.db
    .selectFrom('staged_contacts')
    .select(['seq', 'sighting'])
    .where('scan', '=', scan.id)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute()
  const joined = await join(
    access,
    scan,
    rows.map((row) => fromJson<Sighting>(row.sighting)),
  )
  return rows.flatMap((row, at) => {
    const sighting = joined[at]
    return sighting === undefined ? [] : [{ seq: row.seq, sighting }]
  })
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
  return join(
    access,
    scan,
    inOrder.map((row) => fromJson<Sighting>(row.sighting)),
  )
}

async function join(
  access: Access,
  scan: Scan,
  sightings: readonly Sighting[],
): Promise<Sighting[]> {
  if (!scan.areMembersSorted) await sortMembers(access, scan.id)
  const ids = sightings.map(({ id }) => id)
  const tags = scan.isTagRead ? await members(access, { scan: scan.id, kind: 'tag', ids }) : null
  const groups = scan.isGroupRead
    ? await members(access, { scan: scan.id, kind: 'group', ids })
    : null
  const owners = sightings.map(ownersOf)
  const consents = scan.isConsentRead ? await consentsOf(access, scan.id, owners.flat()) : null
  return sightings.map((sighting, at) => {
    const told = consents && (owners[at] ?? []).flatMap((owner) => consents.get(owner) ?? [])
    return {
      ...sighting,
      ...optional('tags', united(sighting.tags, tags && (tags.get(sighting.id) ?? []))),
      ...optional('groups', united(sighting.groups, groups && (groups.get(sighting.id) ?? []))),
      ...optional('consents', united(sighting.consents?.map(consentText), told)?.map(parseConsent)),
    }
  })
}

/** `told: null`: the stream was not read completely, so it says nothing. undefined: nobody tells. */
function united(
  own: readonly string[] | undefined,
  told: readonly string[] | null,
): readonly string[] | undefined {
  if (own === undefined && told === null) return undefined
  return [...new Set([...(own ?? []), ...(told ?? [])])].sort()
}

function optional<Name extends string, T>(
  name: Name,
  value: T | undefined,
): { readonly [Key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: T })
}

/** Whom a consent can be about that concerns this contact. */
function ownersOf(sighting: Sighting): string[] {
  const addresses = Object.entries(sighting.fields).flatMap(([path, value]) =>
    path.startsWith('emails.') && typeof value === 'string' ? [normEmail(value)] : [],
  )
  const known = new Set(addresses.filter((address) => address !== ''))
  return [`contact:${sighting.id}`, ...[...known].map((address) => `address:${address}`)].map(
    shortKey,
  )
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
  scan: number,
  owners: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await access.db
    .selectFrom('staged_consents')
    .select(['owner', 'consent as text'])
    .where('scan', '=', scan)
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
