/** Notes and companies of the target that a comparing run saw. */
import type { RemoteId } from '../../model/id.ts'
import type { Copies } from '../copies.ts'
import { type Access, atomically, isAmong } from './access.ts'
import { insertion, writeRows } from './rows.ts'
import { claimScan, findScan } from './scans.ts'

export function copies(access: Access): Copies {
  const { db } = access
  return {
    add: (run, kind, seen) =>
      atomically(access, async (inner) => {
        const scan = await claimScan(inner, run, 'to')
        const rows = seen.map(({ origin, id, holder, shown }) => [
          scan.id,
          kind,
          origin,
          id,
          holder,
          shown,
        ])
        await writeRows(inner, ADD, rows)
      }),
    of: async (run, kind, origins) => {
      const scan = await findScan(access, run, 'to')
      if (scan === null) return []
      const rows = await db
        .selectFrom('staged_copies')
        .select(['origin', 'id', 'holder', 'shown'])
        .where('scan', '=', scan.id)
        .where('kind', '=', kind)
        .where(isAmong(access, 'origin', origins))
        .orderBy('origin')
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ ...row, holder: row.holder as RemoteId | null }))
    },
    count: async (run, kind) => {
      const scan = await findScan(access, run, 'to')
      if (scan === null) return 0
      const row = await db
        .selectFrom('staged_copies')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('scan', '=', scan.id)
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
  }
}

const ADD = insertion(
  'staged_copies',
  { scan: 'bigint', kind: 'text', origin: 'text', id: 'text', holder: 'text', shown: 'text' },
  { conflict: { on: ['scan', 'kind', 'origin', 'id'] } },
)
