/** Fields, tags and groups that a sync made, or found to be counterparts. */
import type { Side } from '../../model/id.ts'
import type { VocabularyEntry, VocabularyMemory } from '../vocabulary.ts'
import { type Access, fromJson, toJson } from './access.ts'
import { insertion, writeRows } from './rows.ts'

export function vocabulary(access: Access): VocabularyMemory {
  return {
    save: async (sync, entries) => {
      const rows = entries.map(({ side, kind, source, provisional, real, document }) => [
        sync,
        side,
        kind,
        source,
        provisional,
        real,
        toJson(document),
      ])
      await writeRows(access, SAVE, rows)
    },
    list: async (sync) => {
      const rows = await access.db
        .selectFrom('vocabulary')
        .selectAll()
        .where('sync', '=', sync)
        .orderBy('side')
        .orderBy('kind')
        .orderBy('source')
        .execute()
      return rows.map((row) => ({
        side: row.side as Side,
        kind: row.kind as VocabularyEntry['kind'],
        source: row.source,
        provisional: row.provisional,
        real: row.real_key,
        document: fromJson<unknown>(row.document),
      }))
    },
  }
}

const SAVE = insertion(
  'vocabulary',
  {
    sync: 'text',
    side: 'text',
    kind: 'text',
    source: 'text',
    provisional: 'text',
    real_key: 'text',
    document: 'text',
  },
  {
    conflict: {
      on: ['sync', 'side', 'kind', 'source'],
      set: 'provisional = excluded.provisional, real_key = excluded.real_key, document = excluded.document',
    },
  },
)
