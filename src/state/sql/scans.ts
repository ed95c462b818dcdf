/**
 * One side of one run, and the order of what it told.
 *
 * Keys, memberships and consents arrive in no order. Put into their sorted tables as they come, each page of a scan would touch as many pages of the
 * database as it has rows, and a large scan would write its tables many times over. So they are laid down as they come and sorted in one go
 * when they are first asked for.
 */
import { sql } from 'kysely'
import type { RunId, Side } from '../../model/id.ts'
import { type Access, atomically } from './access.ts'

export interface Scan {
  /** Its short name in all staged tables. */
  readonly id: number
  readonly isTagRead: boolean
  readonly isGroupRead: boolean
  readonly isConsentRead: boolean
  readonly areKeysSorted: boolean
  readonly areMembersSorted: boolean
  readonly areConsentsSorted: boolean
  /** Begun by a version that writes down the addresses of each contact. */
  readonly areAddressed: boolean
}

/** null: nothing was told yet. */
export async function findScan(access: Access, run: RunId, side: Side): Promise<Scan | null> {
  let query = access.db
    .selectFrom('scans')
    .selectAll()
    .where('run', '=', run)
    .where('side', '=', side)
  // Whoever adds to a scan keeps it from being sorted meanwhile.
  if (access.dialect === 'postgres' && access.db.isTransaction) query = query.forShare()
  const row = await query.executeTakeFirst()
  if (row === undefined) return null
  return {
    id: row.id,
    isTagRead: row.is_tag_read === 1,
    isGroupRead: row.is_group_read === 1,
    isConsentRead: row.is_consent_read === 1,
    areKeysSorted: row.are_keys_sorted === 1,
    areMembersSorted: row.are_members_sorted === 1,
    areConsentsSorted: row.are_consents_sorted === 1,
    areAddressed: row.are_addressed === 1,
  }
}

/** Makes it when missing. */
export async function claimScan(access: Access, run: RunId, side: Side): Promise<Scan> {
  const known = await findScan(access, run, side)
  if (known !== null) return known
  await access.db
    .insertInto('scans')
    .values({ run, side, are_addressed: 1 })
    .onConflict((conflict) => conflict.columns(['run', 'side']).doNothing())
    .execute()
  const made = await findScan(access, run, side)
  if (made === null) throw new Error(`the scan of ${side} in run ${run} vanished`)
  return made
}

/** From here on `staged_keys` is kept up with every contact. */
export function sortKeys(access: Access, scan: number): Promise<void> {
  return sortOnce(access, { scan, flag: 'are_keys_sorted' }, async ({ db, dialect, grew }) => {
    const keys =
      dialect === 'postgres'
        ? sql`json_array_elements(staged_contacts.keys::json) as pair(value)`
        : sql`json_each(staged_contacts.keys) as pair`
    const sorted = await sql`insert into staged_keys (scan, kind, key, contact)
      select scan, pair.value ->> 0 as kind, pair.value ->> 1 as key, staged_contacts.id
      from staged_contacts, ${keys} where scan = ${scan} order by 2, 3, 4 on conflict do nothing`.execute(
      db,
    )
    await grew(db, 'staged_keys', Number(sorted.numAffectedRows ?? 0))
  })
}

export function sortMembers(access: Access, scan: number): Promise<void> {
  return sortOnce(access, { scan, flag: 'are_members_sorted' }, async ({ db, grew }) => {
    const sorted = await sql`insert into staged_members (scan, kind, contact, key)
      select scan, kind, contact, key from told_members where scan = ${scan} order by 2, 3, 4
      on conflict do nothing`.execute(db)
    await grew(db, 'staged_members', Number(sorted.numAffectedRows ?? 0))
    await db.deleteFrom('told_members').where('scan', '=', scan).execute()
  })
}

export function sortConsents(access: Access, scan: number): Promise<void> {
  return sortOnce(access, { scan, flag: 'are_consents_sorted' }, async ({ db, grew }) => {
    const sorted = await sql`insert into staged_consents (scan, owner, digest, consent)
      select scan, owner, digest, consent from told_consents where scan = ${scan} order by 2, 3
      on conflict do nothing`.execute(db)
    await grew(db, 'staged_consents', Number(sorted.numAffectedRows ?? 0))
    await db.deleteFrom('told_consents').where('scan', '=', scan).execute()
  })
}

async function sortOnce(
  access: Access,
  what: {
    readonly scan: number
    readonly flag: 'are_keys_sorted' | 'are_members_sorted' | 'are_consents_sorted'
  },
  sort: (access: Access) => Promise<void>,
): Promise<void> {
  await atomically(access, async (inner) => {
    const { numUpdatedRows } = await inner.db
      .updateTable('scans')
      .set({ [what.flag]: 1 })
      .where('id', '=', what.scan)
      .where(what.flag, '=', 0)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) await sort(inner)
  })
}
