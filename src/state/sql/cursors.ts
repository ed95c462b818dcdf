/** Up to where each stream was read. */
import type { RunId } from '../../model/id.ts'
import type { Cursors } from '../cursors.ts'
import type { Access } from './access.ts'

export function cursors({ db }: Access): Cursors {
  return {
    get: async (sync, side, stream) => {
      const row = await db
        .selectFrom('cursors')
        .selectAll()
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where('stream', '=', stream)
        .executeTakeFirst()
      if (row === undefined) return null
      const { watermark, fingerprint, census_at: censusAt, updated_at: updatedAt } = row
      return {
        sync,
        side,
        stream,
        watermark,
        fingerprint,
        censusAt,
        run: row.run as RunId,
        updatedAt,
      }
    },
    save: async (cursor) => {
      const values = {
        watermark: cursor.watermark,
        fingerprint: cursor.fingerprint,
        census_at: cursor.censusAt,
        run: cursor.run,
        updated_at: cursor.updatedAt,
      }
      await db
        .insertInto('cursors')
        .values({ sync: cursor.sync, side: cursor.side, stream: cursor.stream, ...values })
        .onConflict((conflict) => conflict.columns(['sync', 'side', 'stream']).doUpdateSet(values))
        .execute()
    },
    clear: async (sync) => {
      await db.deleteFrom('cursors').where('sync', '=', sync).execute()
    },
  }
}
