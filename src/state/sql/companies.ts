/** Companies of a sync's target, by their folded names: those it had, and those that the sync made. */
import type { Selectable } from 'kysely'
import type { RunId } from '../../model/id.ts'
import type { CompanyBase } from '../../plan/companies.ts'
import type { Companies, CompanyRow, CompanyState } from '../companies.ts'
import { type Access, fromJson, isAmong, toJson } from './access.ts'
import { insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function companies(access: Access): Companies {
  const { db } = access
  return {
    save: async (sync, rows) => {
      const values = rows.map(({ name, source, target, state, base, run, at }) => [
        sync,
        name,
        source,
        target,
        state,
        base === null ? null : toJson(base),
        run,
        at,
      ])
      await writeRows(access, SAVE, values)
    },
    among: async (sync, names) => {
      const rows = await db
        .selectFrom('companies')
        .selectAll()
        .where('sync', '=', sync)
        .where(isAmong(access, 'name', names))
        .orderBy('name')
        .execute()
      return rows.map(rowOf)
    },
    created: async (run, limit) => {
      const made = db.selectFrom('companies').where('run', '=', run).where('state', '=', 'done')
      const counted = await made
        .select((select) => select.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      const named = await made.select('name').orderBy('name').limit(limit).execute()
      return { count: Number(counted?.count ?? 0), names: named.map(({ name }) => name) }
    },
  }
}

function rowOf({ sync: _, ...row }: Selectable<Tables['companies']>): CompanyRow {
  const base = row.base === null ? null : fromJson<CompanyBase>(row.base)
  return { ...row, base, state: row.state as CompanyState, run: row.run as RunId }
}

const SAVE = insertion(
  'companies',
  {
    sync: 'text',
    name: 'text',
    source: 'text',
    target: 'text',
    state: 'text',
    base: 'text',
    run: 'text',
    at: 'bigint',
  },
  {
    conflict: {
      on: ['sync', 'name'],
      set: 'source = excluded.source, target = excluded.target, state = excluded.state, base = excluded.base, run = excluded.run, at = excluded.at',
    },
  },
)
