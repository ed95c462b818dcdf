/** Holds and rejects that wait for a person. */
import type { Selectable } from 'kysely'
import type { RemoteId, RunId, Side } from '../../model/id.ts'
import type { Case, Cases } from '../cases.ts'
import { type Access, fromJson, isAmong, toJson } from './access.ts'
import { insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function cases(access: Access): Cases {
  const { db } = access
  return {
    open: async (opened) => {
      await writeRows(access, OPEN, opened.map(toRow))
    },
    close: async (sync, kind, side, records, why) => {
      await db
        .updateTable('cases')
        .set({ closed_at: access.now(), closed_why: why })
        .where('sync', '=', sync)
        .where('kind', '=', kind)
        .where('side', '=', side)
        .where('closed_at', 'is', null)
        .where(isAmong(access, 'record', records))
        .execute()
    },
    list: async ({ sync, kind, limit }) => {
      let query = db
        .selectFrom('cases')
        .selectAll()
        .where('kind', '=', kind)
        .where('closed_at', 'is', null)
        .orderBy('number')
        .limit(limit)
      if (sync !== null) query = query.where('sync', '=', sync)
      return (await query.execute()).map(fromRow)
    },
    count: async (sync, kind) => {
      const { count } = await db
        .selectFrom('cases')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('sync', '=', sync)
        .where('kind', '=', kind)
        .where('closed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return count
    },
    waiting: async ({ sync, kind, side, limit }) => {
      const rows = await db
        .selectFrom('cases')
        .select('record')
        .where('sync', '=', sync)
        .where('kind', '=', kind)
        .where('side', '=', side)
        .where('closed_at', 'is', null)
        .orderBy('looked_at')
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(({ record }) => record as RemoteId)
    },
    looked: async (sync, kind, side, records) => {
      await db
        .updateTable('cases')
        .set({ looked_at: access.now() })
        .where('sync', '=', sync)
        .where('kind', '=', kind)
        .where('side', '=', side)
        .where('closed_at', 'is', null)
        .where(isAmong(access, 'record', records))
        .execute()
    },
  }
}

type Told = Pick<Case, 'label' | 'cause' | 'hint' | 'fields' | 'candidates' | 'question' | 'held'>

const OPEN = insertion(
  'cases',
  {
    sync: 'text',
    kind: 'text',
    side: 'text',
    record: 'text',
    run: 'text',
    document: 'text',
    opened_at: 'bigint',
    updated_at: 'bigint',
  },
  {
    conflict: {
      on: ['sync', 'kind', 'side', 'record'],
      where: 'closed_at is null',
      set: 'run = excluded.run, document = excluded.document, updated_at = excluded.updated_at',
    },
  },
)

function toRow(opened: Omit<Case, 'id'>) {
  const { sync, kind, side, record, run, openedAt, updatedAt } = opened
  const { label, cause, hint, fields, candidates, question, held } = opened
  const told: Told = { label, cause, hint, fields, candidates, question, held }
  return [sync, kind, side, record, run, toJson(told), openedAt, updatedAt]
}

function fromRow(row: Selectable<Tables['cases']>): Case {
  return {
    id: String(row.number),
    sync: row.sync,
    kind: row.kind as Case['kind'],
    side: row.side as Side,
    record: row.record as RemoteId,
    ...fromJson<Told>(row.document),
    run: row.run as RunId,
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
  }
}
