/** Who told ferry to do what. Only ever added to. */
import type { RunId } from '../../model/id.ts'
import type { Audit } from '../store.ts'
import { type Access, fromJson, toJson } from './access.ts'

export function audit({ db }: Access): Audit {
  return {
    add: async ({ at, who, what, run, data }) => {
      await db
        .insertInto('audit')
        .values({ at, who, what, run, data: toJson(data) })
        .execute()
    },
    list: async (limit) => {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .orderBy('number', 'desc')
        .limit(limit)
        .execute()
      return rows.map(({ at, who, what, run, data }) => ({
        at,
        who,
        what,
        run: run as RunId | null,
        data: fromJson<unknown>(data),
      }))
    },
  }
}
