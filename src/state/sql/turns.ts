/** Fields of pairs in which two values take turns: how often, and when last. */
import type { RemoteId } from '../../model/id.ts'
import { TURN_WINDOW_MS } from '../../plan/turns.ts'
import type { Turns } from '../turns.ts'
import { type Access, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'

export function turns(access: Access): Turns {
  const { db } = access
  return {
    among: async (sync, records, now) => {
      if (records.length === 0) return []
      const rows = await db
        .selectFrom('turns')
        .selectAll()
        .where('sync', '=', sync)
        .where('at', '>=', now - TURN_WINDOW_MS)
        .where(isAmong(access, 'record', records))
        .orderBy('record')
        .orderBy('slot')
        .execute()
      return rows.map(({ record, slot, pair, count, at }) => ({
        record: record as RemoteId,
        slot,
        pair,
        count,
        at,
      }))
    },
    note: async (sync, entries, at) => {
      await writeRows(
        access,
        NOTE,
        entries.map(({ record, slot, pair }) => [sync, record, slot, pair, 1, at]),
      )
    },
    forget: async (sync, entries) => {
      for (const [record, of] of Map.groupBy(entries, (entry) => entry.record))
        await db
          .deleteFrom('turns')
          .where('sync', '=', sync)
          .where('record', '=', record)
          .where(
            isAmong(
              access,
              'slot',
              of.map(({ slot }) => slot),
            ),
          )
          .execute()
    },
  }
}

/** Another pair of values, or one that comes late, begins anew. */
const NOTE = insertion(
  'turns',
  { sync: 'text', record: 'text', slot: 'text', pair: 'text', count: 'bigint', at: 'bigint' },
  {
    conflict: {
      on: ['sync', 'record', 'slot'],
      set: `count = case when turns.pair = excluded.pair and turns.at >= excluded.at - ${TURN_WINDOW_MS}
          then turns.count + 1 else 1 end,
        pair = excluded.pair, at = excluded.at`,
    },
  },
)
