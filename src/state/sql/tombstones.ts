/** Records that were deleted on purpose and must not return, and survivors whose counterpart must not be made anew. */
import type { RemoteId } from '../../model/id.ts'
import type { TombstoneKind, Tombstones } from '../tombstones.ts'
import { type Access, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'

export function tombstones(access: Access): Tombstones {
  return {
    add: async (sync, entries) => {
      await writeRows(
        access,
        ADD,
        entries.map(({ side, id, why, at, kind }) => [sync, side, id, why, at, kind]),
      )
    },
    among: async (sync, side, ids) => {
      const rows = await access.db
        .selectFrom('tombstones')
        .select(['id', 'why', 'kind'])
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'id', ids))
        .orderBy('id')
        .execute()
      return rows.map(({ id, why, kind }) => ({
        id: id as RemoteId,
        why,
        kind: kind as TombstoneKind,
      }))
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
  { sync: 'text', side: 'text', id: 'text', why: 'text', at: 'bigint', kind: 'text' },
  {
    conflict: {
      on: ['sync', 'side', 'id'],
      set: 'why = excluded.why, at = excluded.at, kind = excluded.kind',
    },
  },
)
