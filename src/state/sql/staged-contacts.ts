/** Writes down contacts that a scan read; one that is read again takes the place of the earlier reading. */
import { digest } from '../../model/hash.ts'
import type { RemoteId } from '../../model/id.ts'
import type { StagedContact } from '../staging.ts'
import { type Access, fromJson, isAmong, toJson } from './access.ts'
import { packSightings } from './packed-sighting.ts'
import { change, deletion, insertion, writeRows } from './rows.ts'
import type { Scan } from './scans.ts'

/** Answers how many ids were new. */
export async function addContacts(
  access: Access,
  scan: Scan,
  contacts: readonly StagedContact[],
): Promise<number> {
  const { texts, shapes } = packSightings(contacts.map(({ sighting }) => sighting))
  const latest = new Map(
    contacts.map((contact, place) => {
      const { id } = contact.sighting
      const addresses = toJson(contact.addresses)
      const row = [scan.id, id, texts[place] ?? '', toJson(keysOf(contact)), addresses] as const
      return [id, row]
    }),
  )
  await writeRows(
    access,
    ADD_SHAPE,
    [...shapes].sort().map(([name, paths]) => [scan.id, name, paths]),
  )
  const added = await writeRows<{ id: RemoteId }>(access, ADD, [...latest.values()])
  const again = new Map(latest)
  for (const { id } of added) again.delete(id)
  if (scan.areKeysSorted) await dropKeys(access, scan.id, [...again.keys()])
  await writeRows(access, REPLACE, [...again.values()])
  if (scan.areKeysSorted)
    await writeRows(
      access,
      ADD_KEY,
      [...latest.values()].flatMap(([, id, , keys]) => keyRows(scan.id, id, keys)),
    )
  return added.length
}

/** See `Staging.address`. */
export async function address(
  access: Access,
  scan: Scan,
  contacts: readonly { readonly id: RemoteId; readonly addresses: readonly string[] }[],
): Promise<void> {
  const rows = contacts.map(({ id, addresses }) => [scan.id, id, toJson(addresses)])
  await writeRows(access, ADDRESS, rows)
}

/**
 * A key as it is stored: an index entry of Postgres holds 2704 bytes and a text of Postgres no zero character, so a long key is known by its
 * digest, and what is no character becomes the sign for that.
 */
export function shortKey(key: string): string {
  const text = key.replaceAll('\u0000', '\ufffd').toWellFormed()
  return text.length <= KEY_CHARACTERS_MAX ? text : `sha256:${digest(text)}`
}
const KEY_CHARACTERS_MAX = 500

const ADD_SHAPE = insertion(
  'staged_shapes',
  { scan: 'bigint', name: 'text', paths: 'text' },
  { conflict: { on: ['scan', 'name'] } },
)
const ADD = insertion(
  'staged_contacts',
  { scan: 'bigint', id: 'text', sighting: 'text', keys: 'text', addresses: 'text' },
  { conflict: { on: ['scan', 'id'] }, returning: 'id' },
)
const REPLACE = change(
  'staged_contacts',
  { scan: 'bigint', id: 'text' },
  { sighting: 'text', keys: 'text', addresses: 'text' },
)
const ADDRESS = change('staged_contacts', { scan: 'bigint', id: 'text' }, { addresses: 'text' })
const KEY_COLUMNS = { scan: 'bigint', kind: 'text', key: 'text', contact: 'text' } as const
const ADD_KEY = insertion('staged_keys', KEY_COLUMNS, {
  conflict: { on: ['scan', 'kind', 'key', 'contact'] },
})
const DROP_KEY = deletion('staged_keys', KEY_COLUMNS)

/** What found a contact goes before the contact is replaced. */
async function dropKeys(access: Access, scan: number, ids: readonly RemoteId[]): Promise<void> {
  if (ids.length === 0) return
  let query = access.db
    .selectFrom('staged_contacts')
    .select(['id', 'keys'])
    .where('scan', '=', scan)
    .where(isAmong(access, 'id', ids))
  if (access.dialect === 'postgres') query = query.forUpdate()
  const old = await query.execute()
  await writeRows(
    access,
    DROP_KEY,
    old.flatMap(({ id, keys }) => keyRows(scan, id, keys)),
  )
}

function keysOf(contact: StagedContact): [kind: string, key: string][] {
  return contact.keys.map(({ kind, key }) => [kind, shortKey(key)])
}

function keyRows(scan: number, id: string, keys: string) {
  return fromJson<[kind: string, key: string][]>(keys).map(([kind, key]) => [scan, kind, key, id])
}
