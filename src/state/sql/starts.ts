/** Who was put into a sequence of the target, or will not be. */
import type { Selectable } from 'kysely'
import type { RemoteId, RunId } from '../../model/id.ts'
import type { Start, Starts, StartState } from '../starts.ts'
import { type Access, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function starts(access: Access): Starts {
  const { db } = access
  return {
    save: async (sync, { sequence, source, target, contact, state, why, run, at }) => {
      await writeRows(access, SAVE, [
        [sync, sequence, source, target, contact, state, why, run, at],
      ])
    },
    forget: async (sync, sequence, source) => {
      await db
        .deleteFrom('starts')
        .where('sync', '=', sync)
        .where('sequence', '=', sequence)
        .where('source', '=', source)
        .execute()
    },
    among: async (sync, sequence, sources) => {
      const rows = await db
        .selectFrom('starts')
        .selectAll()
        .where('sync', '=', sync)
        .where('sequence', '=', sequence)
        .where(isAmong(access, 'source', sources))
        .orderBy('source')
        .execute()
      return rows.map(startOf)
    },
    open: async (sync, limit) => {
      const rows = await db
        .selectFrom('starts')
        .selectAll()
        .where('sync', '=', sync)
        .where('state', 'in', ['sent', 'unknown'])
        .orderBy('sequence')
        .orderBy('source')
        .limit(limit)
        .execute()
      return rows.map(startOf)
    },
    counts: async (run) => {
      const rows = await db
        .selectFrom('starts')
        .select(['sequence', 'target', 'state'])
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('run', '=', run)
        .groupBy(['sequence', 'target', 'state'])
        .orderBy('sequence')
        .orderBy('state')
        .execute()
      return rows.map((row) => ({ ...row, state: row.state as StartState }))
    },
  }
}

function startOf({ sync: _, ...row }: Selectable<Tables['starts']>): Start {
  return {
    ...row,
    source: row.source as RemoteId,
    contact: row.contact as RemoteId,
    state: row.state as StartState,
    run: row.run as RunId,
  }
}

const SAVE = insertion(
  'starts',
  {
    sync: 'text',
    sequence: 'text',
    source: 'text',
    target: 'text',
    contact: 'text',
    state: 'text',
    why: 'text',
    run: 'text',
    at: 'bigint',
  },
  {
    conflict: {
      on: ['sync', 'sequence', 'source'],
      set: 'target = excluded.target, contact = excluded.contact, state = excluded.state, why = excluded.why, run = excluded.run, at = excluded.at',
    },
  },
)
