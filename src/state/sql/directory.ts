/** Which contact of a side has which key, by hash, as of the last reading. */
import { sql } from 'kysely'
import type { RemoteId } from '../../model/id.ts'
import type { Directory } from '../directory.ts'
import { type Access, atomically, isAmong } from './access.ts'
import { findScan } from './scans.ts'

export function directory(access: Access): Directory {
  return {
    enter: (sync, read) => atomically(access, (inner) => enter(inner, sync, read)),
    among: async (sync, side, hashes) => {
      const rows = await access.db
        .selectFrom('directory')
        .select(['hash', 'contact'])
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'hash', hashes))
        .execute()
      return rows.map(({ hash, contact }) => ({ hash, contact: contact as RemoteId }))
    },
  }
}

/** In the order of the hashes: as they come, each page of a scan would touch as many pages of the database as it has addresses. */
async function enter(
  access: Access,
  sync: string,
  { run, side, isFull }: Parameters<Directory['enter']>[1],
): Promise<void> {
  const { db, dialect, grew } = access
  const scan = await findScan(access, run, side)
  let old = db.deleteFrom('directory').where('sync', '=', sync).where('side', '=', side)
  if (!isFull) {
    const staged = db.selectFrom('staged_contacts').select('id')
    old = old.where('contact', 'in', staged.where('scan', '=', scan?.id ?? NO_SCAN))
  }
  await old.execute()
  if (scan === null) return
  const addresses =
    dialect === 'postgres'
      ? sql`json_array_elements_text(staged_contacts.addresses::json) as address(value)`
      : sql`json_each(staged_contacts.addresses) as address`
  const entered = await sql`insert into directory (sync, side, hash, contact)
    select ${sync}, ${side}, address.value, staged_contacts.id
    from staged_contacts, ${addresses} where scan = ${scan.id} order by 3, 4 on conflict do nothing`.execute(
    db,
  )
  await grew(db, 'directory', Number(entered.numAffectedRows ?? 0))
}
const NO_SCAN = -1
