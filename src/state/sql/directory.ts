/** Which contact of a side has which key, by hash, as of the last reading. */
import type { RemoteId } from '../../model/id.ts'
import type { Directory } from '../directory.ts'
import { type Access, atomically, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'

export function directory(access: Access): Directory {
  const { db } = access
  return {
    clear: async (sync, side) => {
      await db.deleteFrom('directory').where('sync', '=', sync).where('side', '=', side).execute()
    },
    put: (sync, side, entries) =>
      atomically(access, async (inner) => {
        const contacts = entries.map(({ contact }) => contact)
        await inner.db
          .deleteFrom('directory')
          .where('sync', '=', sync)
          .where('side', '=', side)
          .where(isAmong(inner, 'contact', contacts))
          .execute()
        const rows = entries.flatMap(({ contact, hashes }) =>
          hashes.map((hash) => [sync, side, hash, contact]),
        )
        await writeRows(inner, ADD, rows)
      }),
    among: async (sync, side, hashes) => {
      const rows = await db
        .selectFrom('directory')
        .select(['hash', 'contact'])
        .where('sync', '=', sync)
        .where('side', '=', side)
        .where(isAmong(access, 'hash', hashes))
        .execute()
      return rows.map(({ hash, contact }) => ({ hash, contact: contact as RemoteId }))
    },
  }
}

const KEY = { sync: 'text', side: 'text', hash: 'text', contact: 'text' } as const
const ADD = insertion('directory', KEY, { conflict: { on: Object.keys(KEY) } })
