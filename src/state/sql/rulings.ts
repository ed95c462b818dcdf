/** What people decided about holds. */
import type { Selectable } from 'kysely'
import type { RemoteId, RunId, Side } from '../../model/id.ts'
import type { Choice } from '../../plan/ruling.ts'
import type { KeptRuling, Rulings } from '../rulings.ts'
import { type Access, atomically, isAmong } from './access.ts'
import { change, insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function rulings(access: Access): Rulings {
  const { db } = access
  return {
    keep: (sync, kept) =>
      atomically(access, async (inner) => {
        const now = inner.now()
        const keys = kept.map(({ side, record, field }) => [sync, side, record, field ?? ''])
        await writeRows(
          inner,
          REPLACE,
          keys.map((key) => [...key, now, 'decided anew']),
        )
        await writeRows(
          inner,
          KEEP,
          kept.map(({ question, choice, who, at }, place) => [
            ...(keys[place] ?? []),
            question,
            choice,
            who,
            at,
          ]),
        )
      }),
    among: async (sync, side, records) => {
      if (records.length === 0) return []
      const rows = await db
        .selectFrom('rulings')
        .selectAll()
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where('ended_at', 'is', null)
        .where(isAmong(access, 'record', records))
        .orderBy('number')
        .execute()
      return rows.map(fromRow)
    },
    list: async ({ sync, limit }) => {
      let query = db
        .selectFrom('rulings')
        .selectAll()
        .where('ended_at', 'is', null)
        .orderBy('number')
        .limit(limit)
      if (sync !== null) query = query.where('sync', '=', sync)
      return (await query.execute()).map(fromRow)
    },
    obeyed: async (ids, run) => {
      await db
        .updateTable('rulings')
        .set({ obeyed_by: run })
        .where('obeyed_by', 'is', null)
        .where(isAmong(access, 'number', ids.map(Number)))
        .execute()
    },
    end: async (ids, why) => {
      await db
        .updateTable('rulings')
        .set({ ended_at: access.now(), ended_why: why })
        .where('ended_at', 'is', null)
        .where(isAmong(access, 'number', ids.map(Number)))
        .execute()
    },
  }
}

const KEY = { sync: 'text', side: 'text', record: 'text', field: 'text' } as const
const REPLACE = change(
  'rulings',
  KEY,
  { ended_at: 'bigint', ended_why: 'text' },
  { where: 'ended_at is null' },
)
const KEEP = insertion('rulings', {
  ...KEY,
  question: 'text',
  choice: 'text',
  who: 'text',
  at: 'bigint',
})

function fromRow(row: Selectable<Tables['rulings']>): KeptRuling {
  return {
    id: String(row.number),
    sync: row.sync,
    side: row.side as Side,
    record: row.record as RemoteId,
    field: row.field === '' ? null : row.field,
    question: row.question,
    choice: row.choice as Choice,
    who: row.who,
    at: row.at,
    obeyedBy: row.obeyed_by as RunId | null,
  }
}
