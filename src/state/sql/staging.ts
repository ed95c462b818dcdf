/** What the scans of a run read: writing it down, finding it, forgetting it. Reading it joined is in staged-sightings.ts. */
import { sql } from 'kysely'
import { digest } from '../../model/hash.ts'
import type { RemoteId, RunId, Side } from '../../model/id.ts'
import type { StagedContact, Staging } from '../store.ts'
import { type Access, atomically, fromJson, isAmong, toJson } from './access.ts'
import { consentText } from './consent-text.ts'
import { change, deletion, insertion, writeRows } from './rows.ts'
import { joinedAfter, joinedByIds } from './staged-sightings.ts'

export function staging(access: Access): Staging {
  const { db } = access
  return {
    addContacts: (run, side, contacts) =>
      atomically(access, async (inner) =>
        addContacts(inner, await scanOf(inner, run, side), contacts),
      ),
    addMembers: (run, side, kind, members) =>
      atomically(access, async (inner) => {
        const scan = await scanOf(inner, run, side)
        const rows = members.map(({ contact, key }) => [scan, kind, contact, key])
        await writeRows(inner, ADD_MEMBER, rows)
      }),
    addConsents: (run, side, consents) =>
      atomically(access, async (inner) => {
        const scan = await scanOf(inner, run, side)
        const rows = consents.map(({ owner, consent }) => {
          const text = consentText(consent)
          return [scan, shortKey(owner), digest(text), text]
        })
        await writeRows(inner, ADD_CONSENT, rows)
      }),
    markRead: (run, side, kind) =>
      atomically(access, async (inner) => {
        const scan = await scanOf(inner, run, side)
        await inner.db
          .updateTable('scans')
          .set({ [`is_${kind}_read`]: 1 })
          .where('id', '=', scan)
          .execute()
      }),
    after: (run, side, seq, limit) => joinedAfter(access, { run, side, seq, limit }),
    byIds: (run, side, ids) => joinedByIds(access, { run, side, ids }),
    byKeys: async (run, side, kind, keys) => {
      const stored = new Map(keys.map((key) => [shortKey(key), key]))
      const rows = await db
        .selectFrom('staged_keys')
        .select(['key', 'contact'])
        .where('scan', '=', scanId(run, side))
        .where('kind', '=', kind)
        .where(isAmong(access, 'key', [...stored.keys()]))
        .orderBy('key')
        .orderBy('contact')
        .execute()
      return rows.map((row) => ({
        key: stored.get(row.key) ?? row.key,
        id: row.contact as RemoteId,
      }))
    },
    memberIds: async (run, side) => {
      const rows = await db
        .selectFrom('staged_members')
        .select('contact')
        .distinct()
        .where('scan', '=', scanId(run, side))
        .orderBy('contact')
        .execute()
      return rows.map((row) => row.contact as RemoteId)
    },
    count: async (run, side) => {
      const { count } = await db
        .selectFrom('staged_contacts')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('scan', '=', scanId(run, side))
        .executeTakeFirstOrThrow()
      return count
    },
    clear: (run, side) => atomically(access, (inner) => clear(inner, run, side)),
  }
}

const ADD_CONTACT = insertion(
  'staged_contacts',
  { scan: 'bigint', id: 'text', sighting: 'text', keys: 'text' },
  { conflict: { on: ['scan', 'id'] }, returning: 'id' },
)
const REPLACE_CONTACT = change(
  'staged_contacts',
  { scan: 'bigint', id: 'text' },
  { sighting: 'text', keys: 'text' },
)
const KEY_COLUMNS = { scan: 'bigint', kind: 'text', key: 'text', contact: 'text' } as const
const ADD_KEY = insertion('staged_keys', KEY_COLUMNS, {
  conflict: { on: ['scan', 'kind', 'key', 'contact'] },
})
const DROP_KEY = deletion('staged_keys', KEY_COLUMNS)
const ADD_MEMBER = insertion(
  'staged_members',
  { scan: 'bigint', kind: 'text', contact: 'text', key: 'text' },
  { conflict: { on: ['scan', 'kind', 'contact', 'key'] } },
)
const ADD_CONSENT = insertion(
  'staged_consents',
  { scan: 'bigint', owner: 'text', digest: 'text', consent: 'text' },
  { conflict: { on: ['scan', 'owner', 'digest'] } },
)

/** The scan's short name inside a statement; nothing matches when there is none. */
function scanId(run: RunId, side: Side) {
  return sql<number>`(select id from scans where run = ${run} and side = ${side})`
}

/** The scan's short name, made when missing. */
async function scanOf({ db }: Access, run: RunId, side: Side): Promise<number> {
  const find = db.selectFrom('scans').select('id').where('run', '=', run).where('side', '=', side)
  const known = await find.executeTakeFirst()
  if (known !== undefined) return known.id
  await db
    .insertInto('scans')
    .values({ run, side })
    .onConflict((conflict) => conflict.columns(['run', 'side']).doNothing())
    .execute()
  return (await find.executeTakeFirstOrThrow()).id
}

async function addContacts(
  access: Access,
  scan: number,
  contacts: readonly StagedContact[],
): Promise<number> {
  const latest = new Map(contacts.map((contact) => [contact.sighting.id, contact]))
  const rows = new Map(
    [...latest.values()].map((contact) => [
      contact.sighting.id,
      [scan, contact.sighting.id, toJson(contact.sighting), toJson(keysOf(contact))] as const,
    ]),
  )
  const added = await writeRows<{ id: RemoteId }>(access, ADD_CONTACT, [...rows.values()])
  for (const { id } of added) rows.delete(id)
  if (rows.size > 0) {
    await dropKeys(access, scan, [...rows.keys()])
    await writeRows(access, REPLACE_CONTACT, [...rows.values()])
  }
  const keys = [...latest.values()].flatMap((contact) =>
    keysOf(contact).map(([kind, key]) => [scan, kind, key, contact.sighting.id]),
  )
  await writeRows(access, ADD_KEY, keys)
  return added.length
}

/** What finds a contact goes before it is written anew. */
async function dropKeys(access: Access, scan: number, ids: readonly RemoteId[]): Promise<void> {
  let query = access.db
    .selectFrom('staged_contacts')
    .select(['id', 'keys'])
    .where('scan', '=', scan)
    .where(isAmong(access, 'id', ids))
  if (access.dialect === 'postgres') query = query.forUpdate()
  const old = await query.execute()
  const rows = old.flatMap(({ id, keys }) =>
    fromJson<[string, string][]>(keys).map(([kind, key]) => [scan, kind, key, id]),
  )
  await writeRows(access, DROP_KEY, rows)
}

async function clear({ db }: Access, run: RunId, side: Side | null): Promise<void> {
  let query = db.selectFrom('scans').select('id').where('run', '=', run)
  if (side !== null) query = query.where('side', '=', side)
  for (const { id } of await query.execute()) {
    await db.deleteFrom('staged_consents').where('scan', '=', id).execute()
    await db.deleteFrom('staged_members').where('scan', '=', id).execute()
    await db.deleteFrom('staged_keys').where('scan', '=', id).execute()
    await db.deleteFrom('staged_contacts').where('scan', '=', id).execute()
    await db.deleteFrom('scans').where('id', '=', id).execute()
  }
}

function keysOf(contact: StagedContact): [kind: string, key: string][] {
  return contact.keys.map(({ kind, key }) => [kind, shortKey(key)])
}

/** An index entry of Postgres holds 2704 bytes; a longer key is known by its digest. */
const KEY_CHARACTERS_MAX = 500

function shortKey(key: string): string {
  return key.length <= KEY_CHARACTERS_MAX ? key : `sha256:${digest(key)}`
}
