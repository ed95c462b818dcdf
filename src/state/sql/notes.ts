/** Notes that a sync copied to its target, and those that wait until their contact is there. */
import type { Selectable } from 'kysely'
import type { RemoteId, RunId } from '../../model/id.ts'
import type { NoteRow, Notes, NoteState } from '../notes.ts'
import { type Access, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function notes(access: Access): Notes {
  const { db } = access
  return {
    save: async (sync, rows) => {
      const values = rows.map(
        ({ source, contact, target, holder, state, hash, declined, why, run, at }) => [
          sync,
          source,
          contact,
          target,
          holder,
          state,
          hash,
          declined,
          why,
          run,
          at,
        ],
      )
      await writeRows(access, SAVE, values)
    },
    forget: async (sync, sources) => {
      await db
        .deleteFrom('notes')
        .where('sync', '=', sync)
        .where(isAmong(access, 'source', sources))
        .execute()
    },
    among: async (sync, sources) => {
      const rows = await db
        .selectFrom('notes')
        .selectAll()
        .where('sync', '=', sync)
        .where(isAmong(access, 'source', sources))
        .orderBy('source')
        .execute()
      return rows.map(rowOf)
    },
    waiting: (sync, after, limit) =>
      inOrder(access, { column: 'sync', value: sync, state: 'waiting' }, { after, limit }),
    added: (run, after, limit) =>
      inOrder(access, { column: 'run', value: run, state: 'done' }, { after, limit }),
    counts: async (run) => {
      const rows = await db
        .selectFrom('notes')
        .select('state')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('run', '=', run)
        .groupBy('state')
        .orderBy('state')
        .execute()
      return rows.map(({ state, count }) => ({ state: state as NoteState, count: Number(count) }))
    },
  }
}

async function inOrder(
  { db }: Access,
  which: { readonly column: 'sync' | 'run'; readonly value: string; readonly state: NoteState },
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly NoteRow[]> {
  const rows = await db
    .selectFrom('notes')
    .selectAll()
    .where(which.column, '=', which.value)
    .where('state', '=', which.state)
    .where('source', '>', after)
    .orderBy('source')
    .limit(limit)
    .execute()
  return rows.map(rowOf)
}

function rowOf({ sync: _, ...row }: Selectable<Tables['notes']>): NoteRow {
  return {
    ...row,
    contact: row.contact as RemoteId,
    holder: row.holder as RemoteId | null,
    state: row.state as NoteState,
    run: row.run as RunId,
  }
}

const SAVE = insertion(
  'notes',
  {
    sync: 'text',
    source: 'text',
    contact: 'text',
    target: 'text',
    holder: 'text',
    state: 'text',
    hash: 'text',
    declined: 'text',
    why: 'text',
    run: 'text',
    at: 'bigint',
  },
  {
    conflict: {
      on: ['sync', 'source'],
      set: 'contact = excluded.contact, target = excluded.target, holder = excluded.holder, state = excluded.state, hash = excluded.hash, declined = excluded.declined, why = excluded.why, run = excluded.run, at = excluded.at',
    },
  },
)
