/** Small facts about this state, and the key of its hashes. */
import { newHashKey } from '../../model/hash.ts'
import type { Meta } from '../store.ts'
import type { Access } from './access.ts'

export function meta({ db }: Access): Meta {
  async function get(key: string): Promise<string | null> {
    const row = await db
      .selectFrom('meta')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirst()
    return row?.value ?? null
  }
  return {
    get,
    hashKey: async () => {
      const known = await get(HASH_KEY)
      if (known !== null) return known
      const made = newHashKey()
      await db
        .insertInto('meta')
        .values({ key: HASH_KEY, value: made })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute()
      return (await get(HASH_KEY)) ?? made
    },
    set: async (key, value) => {
      await db
        .insertInto('meta')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute()
    },
  }
}

const HASH_KEY = 'hash-key'
