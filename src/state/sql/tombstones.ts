/** Records that were deleted on purpose and must not return. */
import type { RemoteId } from '../../model/id.ts'
import type { Tombstones } from '../store.ts'
import { type Access, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'

export function tombstones(access: Access): Tombstones {
  return {
    add: async (sync, entries) => {
      await writeRows(
        access,
        ADD,
        entries.map(({ side, id, why, at }) => [sync, side, id, why, at]),
      )
    },
    among: async (sync, side, ids) => {
      const rows = await access.db
        .selectFrom('tombstones')
        .select(['id', 'why'])
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'id', ids))
        .orderBy('id')
        .execute()
      return rows.map(({ id, why }) => ({ id: id as RemoteId, why }))
    },
    remove: async (sync, side, ids) => {
      const rows = await access.db
        .deleteFrom('tombstones')
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'id', ids))
        .executeTakeFirstOrThrow()
      return Number(rows.numDeletedRows)
    },
  }
}

const ADD = insertion(
  'tombstones',
  { sync: 'text', side: 'text', id: 'text', why: 'text', at: 'bigint' },
  { conflict: { on: ['sync', 'side', 'id'], set: 'why = excluded.why, at = excluded.at' } },
)
