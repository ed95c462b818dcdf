/** The durable to-do list of a run. */
import { type Selectable, sql } from 'kysely'
import type { RunId } from '../../model/id.ts'
import type { SliceRecord, Slices } from '../slices.ts'
import { type Access, fromJson, toJson } from './access.ts'
import { insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function slices(access: Access): Slices {
  const { db } = access
  function change(run: RunId, stage: number, name: string) {
    return db
      .updateTable('slices')
      .where('run', '=', run)
      .where('stage', '=', stage)
      .where('name', '=', name)
  }
  return {
    open: async (run, stage, wanted) => {
      const rows = wanted.map(({ name, position }) => [run, stage, name, 1, toJson(position)])
      await writeRows(access, OPEN, rows)
    },
    get: async (run, stage, name) => {
      const row = await db
        .selectFrom('slices')
        .selectAll()
        .where('run', '=', run)
        .where('stage', '=', stage)
        .where('name', '=', name)
        .executeTakeFirst()
      return row === undefined ? null : fromRow(row)
    },
    save: async (run, stage, name, position) => {
      await change(run, stage, name)
        .set({ position: toJson(position) })
        .execute()
    },
    close: async (run, stage, name) => {
      await change(run, stage, name).set({ is_open: 0 }).execute()
    },
    isAnyOpen: async (run, stage) => {
      // Written out: only so does the index of open slices serve.
      const { rows } = await sql`select 1 from slices
        where run = ${run} and stage = ${stage} and is_open = 1 limit 1`.execute(db)
      return rows.length > 0
    },
    stillOpen: async (run, stage) => {
      const rows = await db
        .selectFrom('slices')
        .selectAll()
        .where('run', '=', run)
        .where('stage', '=', stage)
        .where('is_open', '=', 1)
        .orderBy('number')
        .execute()
      return rows.map(fromRow)
    },
  }
}

const OPEN = insertion(
  'slices',
  { run: 'text', stage: 'bigint', name: 'text', is_open: 'bigint', position: 'text' },
  { conflict: { on: ['run', 'stage', 'name'] } },
)

function fromRow(row: Selectable<Tables['slices']>): SliceRecord {
  return {
    run: row.run as RunId,
    stage: row.stage,
    name: row.name,
    isOpen: row.is_open === 1,
    position: fromJson<unknown>(row.position),
  }
}
