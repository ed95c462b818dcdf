/** Values before each write. */
import { type Selectable, sql } from 'kysely'
import type { PlanId, RemoteId, RunId, Side } from '../../model/id.ts'
import type { Journal, JournalEntry, JournalValues } from '../journal.ts'
import { type Access, fromJson, isAmong, toJson } from './access.ts'
import { change, insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function journal(access: Access): Journal {
  return {
    add: async (entries) => {
      await writeRows(access, ADD, entries.map(toRow))
    },
    setRecord: async (plan, ids) => {
      await writeRows(
        access,
        SET_RECORD,
        ids.map(({ seq, record }) => [plan, seq, record]),
      )
    },
    page: async (run, afterSeq, limit) => {
      // A run that planned twice has one seq in two plans; a page may be longer than asked, but never ends between the two.
      const last = sql<number>`(select max(seq) from (select seq from journal
        where run = ${run} and seq > ${afterSeq} order by seq limit ${limit}) as page)`
      const rows = await access.db
        .selectFrom('journal')
        .selectAll()
        .where('run', '=', run)
        .where('seq', '>', afterSeq)
        .where('seq', '<=', last)
        .orderBy('seq')
        .orderBy('plan')
        .execute()
      return rows.map(fromRow)
    },
    ofRecords: async (run, side, records) => {
      const rows = await access.db
        .selectFrom('journal')
        .selectAll()
        .where('run', '=', run)
        .where('side', '=', side)
        .where(isAmong(access, 'record', records))
        .orderBy('plan')
        .orderBy('seq')
        .execute()
      return rows.map(fromRow)
    },
    counts: async (run) => {
      const rows = await access.db
        .selectFrom('journal')
        .select('kind')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('run', '=', run)
        .groupBy('kind')
        .execute()
      const counts = { create: 0, update: 0, delete: 0 }
      for (const { kind, count } of rows) counts[kind as JournalEntry['kind']] = Number(count)
      return counts
    },
  }
}

const ADD = insertion(
  'journal',
  {
    plan: 'text',
    seq: 'bigint',
    run: 'text',
    side: 'text',
    record: 'text',
    kind: 'text',
    before_values: 'text',
    at: 'bigint',
  },
  {
    conflict: {
      on: ['plan', 'seq'],
      // A repeat may find its own first try there already: what was there before, and when it began, the first one knows.
      set: `run = excluded.run, side = excluded.side, record = excluded.record, kind = excluded.kind`,
    },
  },
)
const SET_RECORD = change('journal', { plan: 'text', seq: 'bigint' }, { record: 'text' })

function toRow(entry: JournalEntry) {
  const { plan, seq, run, side, record, kind, before, at } = entry
  return [plan, seq, run, side, record, kind, toJson(before), at]
}

function fromRow(row: Selectable<Tables['journal']>): JournalEntry {
  return {
    run: row.run as RunId,
    plan: row.plan as PlanId,
    seq: row.seq,
    side: row.side as Side,
    record: row.record as RemoteId | null,
    kind: row.kind as JournalEntry['kind'],
    before: fromJson<JournalValues>(row.before_values),
    at: row.at,
  }
}
