/** Linked contacts that were not there when a whole side was read. */
import type { RemoteId, RunId } from '../../model/id.ts'
import type { Absences } from '../absences.ts'
import { type Access, isAmong } from './access.ts'
import { linkOf } from './links.ts'
import { insertion, writeRows } from './rows.ts'
import { findScan } from './scans.ts'

export function absences(access: Access): Absences {
  const { db } = access
  return {
    unseen: async (sync, run, side, after, limit) => {
      const scan = await findScan(access, run, side)
      if (scan === null) return []
      const id = side === 'from' ? 'links.from_id' : 'links.to_id'
      let query = db
        .selectFrom('links')
        .selectAll()
        .where('sync', '=', sync)
        .where('ended_at', 'is', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('staged_contacts')
                .select('staged_contacts.seq')
                .where('staged_contacts.scan', '=', scan.id)
                .whereRef('staged_contacts.id', '=', id),
            ),
          ),
        )
        .orderBy(id)
        .limit(limit)
      if (after !== null) query = query.where(id, '>', after)
      return (await query.execute()).map(linkOf)
    },
    note: async (sync, side, ids, { run, at }) => {
      await writeRows(
        access,
        NOTE,
        ids.map((id) => [sync, side, id, run, at]),
      )
    },
    among: async (sync, side, ids) => {
      const rows = await db
        .selectFrom('absences')
        .select(['id', 'run', 'at'])
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'id', ids))
        .orderBy('id')
        .execute()
      return rows.map(({ id, run, at }) => ({ id: id as RemoteId, run: run as RunId, at }))
    },
    forget: async (sync, side, ids) => {
      await db
        .deleteFrom('absences')
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'id', ids))
        .execute()
    },
    clearSeen: async (sync, run, side) => {
      const scan = await findScan(access, run, side)
      if (scan === null) return
      await db
        .deleteFrom('absences')
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where('id', 'in', (select) =>
          select
            .selectFrom('staged_contacts')
            .select('staged_contacts.id')
            .where('staged_contacts.scan', '=', scan.id),
        )
        .execute()
    },
  }
}

const NOTE = insertion(
  'absences',
  { sync: 'text', side: 'text', id: 'text', run: 'text', at: 'bigint' },
  { conflict: { on: ['sync', 'side', 'id'] } },
)
