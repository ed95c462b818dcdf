/** What the scans of a run read: writing it down, finding it, forgetting it. Reading contacts joined is in staged-sightings.ts. */
import type { Consent } from '../../model/consent.ts'
import { digest } from '../../model/hash.ts'
import type { RemoteId, RunId, Side } from '../../model/id.ts'
import type { Staging } from '../staging.ts'
import { type Access, atomically, isAmong } from './access.ts'
import { consentText, parseConsent } from './consent-text.ts'
import { insertion, writeRows } from './rows.ts'
import { claimScan, findScan, type Scan, sortConsents, sortKeys, sortMembers } from './scans.ts'
import { addContacts, address, shortKey } from './staged-contacts.ts'
import {
  consentsAbout,
  joinedAfter,
  joinedByIds,
  unaddressed,
  withConsents,
} from './staged-sightings.ts'

export function staging(access: Access): Staging {
  function adding<T>(
    run: RunId,
    side: Side,
    work: (access: Access, scan: Scan) => Promise<T>,
  ): Promise<T> {
    return atomically(access, async (inner) => work(inner, await claimScan(inner, run, side)))
  }
  return {
    addContacts: (run, side, contacts) =>
      adding(run, side, (inner, scan) => addContacts(inner, scan, contacts)),
    addMembers: (run, side, kind, members) =>
      adding(run, side, async (inner, { id, areMembersSorted }) => {
        if (members.length === 0) return
        if (areMembersSorted) await mark(inner, id, { are_members_sorted: 0 })
        const rows = members.map(({ contact, key }) => [id, kind, contact, key])
        await writeRows(inner, ADD_MEMBER, rows)
      }),
    addConsents: (run, side, consents) =>
      adding(run, side, async (inner, { id, areConsentsSorted }) => {
        if (consents.length === 0) return
        if (areConsentsSorted) await mark(inner, id, { are_consents_sorted: 0 })
        const rows = consents.map(({ owner, consent }) => {
          const text = consentText(consent)
          return [id, shortKey(owner), digest(text).slice(0, DIGEST_CHARACTERS), text]
        })
        await writeRows(inner, ADD_CONSENT, rows)
      }),
    markRead: (run, side, kind) =>
      adding(run, side, (inner, { id }) => mark(inner, id, { [`is_${kind}_read`]: 1 })),
    after: (run, side, seq, limit) => joinedAfter(access, { run, side, seq, limit }),
    unaddressed: (run, side, limit) => unaddressed(access, { run, side, limit }),
    address: (run, side, contacts) =>
      adding(run, side, (inner, scan) => address(inner, scan, contacts)),
    byIds: (run, side, ids) => joinedByIds(access, { run, side, ids }),
    withConsents: (run, side, sightings) => withConsents(access, { run, side, sightings }),
    byKeys: async (run, side, kind, keys) => {
      const scan = await findScan(access, run, side)
      return scan === null ? [] : findByKeys(access, scan, { kind, keys })
    },
    consentsAbout: (run, side, sightings) => consentsAbout(access, { run, side, sightings }),
    consentsAfter: async (run, side, after, limit) => {
      const scan = await findScan(access, run, side)
      return scan === null ? [] : consentsAfter(access, scan, { after, limit })
    },
    contactIds: async (run, side) => {
      const scan = await findScan(access, run, side)
      return scan === null ? [] : contactIds(access, scan)
    },
    memberIds: async (run, side) => {
      const scan = await findScan(access, run, side)
      return scan === null ? [] : memberIds(access, scan)
    },
    count: async (run, side) => {
      const scan = await findScan(access, run, side)
      return scan === null ? 0 : count(access, scan)
    },
    clear: (run, side) => atomically(access, (inner) => clear(inner, run, side)),
  }
}

/** Hexadecimal: 96 bits tell the statements about one owner apart. */
const DIGEST_CHARACTERS = 24
const ADD_MEMBER = insertion('told_members', {
  scan: 'bigint',
  kind: 'text',
  contact: 'text',
  key: 'text',
})
const ADD_CONSENT = insertion('told_consents', {
  scan: 'bigint',
  owner: 'text',
  digest: 'text',
  consent: 'text',
})

async function mark(access: Access, scan: number, flags: Record<string, 0 | 1>): Promise<void> {
  await access.db.updateTable('scans').set(flags).where('id', '=', scan).execute()
}

async function findByKeys(
  access: Access,
  scan: Scan,
  wanted: { readonly kind: string; readonly keys: readonly string[] },
): Promise<{ key: string; id: RemoteId }[]> {
  if (!scan.areKeysSorted) await sortKeys(access, scan.id)
  const asked = new Map(wanted.keys.map((key) => [shortKey(key), key]))
  const rows = await access.db
    .selectFrom('staged_keys')
    .select(['key', 'contact'])
    .where('scan', '=', scan.id)
    .where('kind', '=', wanted.kind)
    .where(isAmong(access, 'key', [...asked.keys()]))
    .orderBy('key')
    .orderBy('contact')
    .execute()
  return rows.map((row) => ({ key: asked.get(row.key) ?? row.key, id: row.contact as RemoteId }))
}

async function consentsAfter(
  access: Access,
  scan: Scan,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<{ owner: string; consent: Consent }[]> {
  if (!scan.areConsentsSorted) await sortConsents(access, scan.id)
  const { db } = access
  const owners = db
    .selectFrom('staged_consents')
    .select('owner')
    .distinct()
    .where('scan', '=', scan.id)
    .where('owner', '>', after)
    .orderBy('owner')
    .limit(limit)
  const rows = await db
    .selectFrom('staged_consents')
    .select(['owner', 'consent'])
    .where('scan', '=', scan.id)
    .where('owner', 'in', owners)
    .orderBy('owner')
    .execute()
  return rows.map(({ owner, consent }) => ({ owner, consent: parseConsent(consent) }))
}

async function contactIds({ db }: Access, scan: Scan): Promise<RemoteId[]> {
  const rows = await db
    .selectFrom('staged_contacts')
    .select('id')
    .where('scan', '=', scan.id)
    .orderBy('seq')
    .execute()
  return rows.map((row) => row.id as RemoteId)
}

async function memberIds(access: Access, scan: Scan): Promise<RemoteId[]> {
  if (!scan.areMembersSorted) await sortMembers(access, scan.id)
  const rows = await access.db
    .selectFrom('staged_members')
    .select('contact')
    .distinct()
    .where('scan', '=', scan.id)
    .orderBy('contact')
    .execute()
  return rows.map((row) => row.contact as RemoteId)
}

async function count(access: Access, scan: Scan): Promise<number> {
  const row = await access.db
    .selectFrom('staged_contacts')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('scan', '=', scan.id)
    .executeTakeFirstOrThrow()
  return row.count
}

async function clear({ db }: Access, run: RunId, side: Side | null): Promise<void> {
  let query = db.selectFrom('scans').select('id').where('run', '=', run)
  if (side !== null) query = query.where('side', '=', side)
  for (const { id } of await query.execute()) {
    for (const table of TABLES) await db.deleteFrom(table).where('scan', '=', id).execute()
    await db.deleteFrom('scans').where('id', '=', id).execute()
  }
}

const TABLES = [
  'staged_copies',
  'staged_shapes',
  'staged_consents',
  'told_consents',
  'staged_members',
  'told_members',
  'staged_keys',
  'staged_contacts',
] as const
