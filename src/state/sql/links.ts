/** Who is who on the other side, one to one, and what both showed when they last agreed. */
import type { Selectable } from 'kysely'
import type { RemoteId, RunId } from '../../model/id.ts'
import type { Link, Links } from '../links.ts'
import { type Access, atomically, isAmong } from './access.ts'
import { change, insertion, writeRows } from './rows.ts'
import type { Tables } from './tables.ts'

export function links(access: Access): Links {
  const { db } = access
  const live = (sync: string) =>
    db.selectFrom('links').where('sync', '=', sync).where('ended_at', 'is', null)
  return {
    byFrom: async (sync, ids) => {
      const query = live(sync)
        .selectAll()
        .where(isAmong(access, 'from_id', ids))
      return (await query.execute()).map(linkOf)
    },
    byTo: async (sync, ids) => {
      const query = live(sync)
        .selectAll()
        .where(isAmong(access, 'to_id', ids))
      return (await query.execute()).map(linkOf)
    },
    basesOf: async (sync, side, ids) => {
      const rows = await live(sync)
        .select([`${side}_id as id`, 'from_id as fromId', `${side}_base as base`])
        .where(isAmong(access, `${side}_id`, ids))
        .execute()
      return rows as { id: RemoteId; fromId: RemoteId; base: string | null }[]
    },
    save: (wanted) => atomically(access, (inner) => save(inner, wanted)),
    saw: async (sync, side, bases) => {
      const rows = bases.map(({ fromId, base }) => [sync, fromId, base])
      await writeRows(access, SAW[side], rows)
    },
    end: async (sync, fromIds, why) => {
      await db
        .updateTable('links')
        .set({ ended_at: access.now(), ended_why: why })
        .where('sync', '=', sync)
        .where('ended_at', 'is', null)
        .where(isAmong(access, 'from_id', fromIds))
        .execute()
    },
    count: async (sync) => {
      const { count } = await live(sync)
        .select((select) => select.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return count
    },
    page: async (sync, after, limit) => {
      let query = live(sync).selectAll().orderBy('from_id').limit(limit)
      if (after !== null) query = query.where('from_id', '>', after)
      return (await query.execute()).map(linkOf)
    },
  }
}

type Pair = Pick<Link, 'fromId' | 'toId'>

const LIVE = 'ended_at is null'
const KEY = { sync: 'text', from_id: 'text' } as const

const MOVE = insertion(
  'links',
  {
    sync: 'text',
    from_id: 'text',
    to_id: 'text',
    from_base: 'text',
    to_base: 'text',
    origin: 'text',
    run: 'text',
    created_at: 'bigint',
    updated_at: 'bigint',
  },
  {
    conflict: {
      on: ['sync', 'from_id'],
      where: LIVE,
      set: `to_id = excluded.to_id, from_base = excluded.from_base, to_base = excluded.to_base,
        origin = excluded.origin, run = excluded.run, updated_at = excluded.updated_at`,
    },
  },
)

/** A pair that stays needs no new index entries; those lie all over the place, and writing them would be most of the work. */
const STAY = change(
  'links',
  KEY,
  { from_base: 'text', to_base: 'text', origin: 'text', run: 'text', updated_at: 'bigint' },
  { where: LIVE },
)

const SAW = {
  from: change('links', KEY, { from_base: 'text' }, { where: LIVE }),
  to: change('links', KEY, { to_base: 'text' }, { where: LIVE }),
}

/** Of two wishes for one from id the later counts, of two for one to id the earlier. */
async function save(access: Access, wanted: readonly Link[]): Promise<Pair[]> {
  const refused: Pair[] = []
  for (const [sync, ofSync] of Map.groupBy(wanted, (link) => link.sync)) {
    const latest = [...new Map(ofSync.map((link) => [link.fromId, link])).values()]
    const holders = await holdersOf(access, sync, latest)
    const stays: Link[] = []
    const moves: Link[] = []
    for (const link of latest) {
      const holder = holders.get(link.toId)
      holders.set(link.toId, holder ?? link.fromId)
      if (holder === undefined) moves.push(link)
      else if (holder === link.fromId) stays.push(link)
      else refused.push({ fromId: link.fromId, toId: link.toId })
    }
    await writeRows(access, MOVE, moves.map(toRow))
    await writeRows(access, STAY, stays.map(toChange))
  }
  return refused
}

/** To id → from id of the live links that have these to ids now. */
async function holdersOf(
  access: Access,
  sync: string,
  wanted: readonly Link[],
): Promise<Map<RemoteId, RemoteId>> {
  const ids = wanted.map((link) => link.toId)
  const rows = await access.db
    .selectFrom('links')
    .select(['to_id', 'from_id'])
    .where('sync', '=', sync)
    .where('ended_at', 'is', null)
    .where(isAmong(access, 'to_id', ids))
    .execute()
  return new Map(rows.map((row) => [row.to_id as RemoteId, row.from_id as RemoteId]))
}

function toRow(link: Link) {
  const { sync, fromId, toId, fromBase, toBase, origin, run, updatedAt } = link
  return [sync, fromId, toId, fromBase, toBase, origin, run, updatedAt, updatedAt]
}

function toChange(link: Link) {
  const { sync, fromId, fromBase, toBase, origin, run, updatedAt } = link
  return [sync, fromId, fromBase, toBase, origin, run, updatedAt]
}

export function linkOf(row: Selectable<Tables['links']>): Link {
  return {
    sync: row.sync,
    fromId: row.from_id as RemoteId,
    toId: row.to_id as RemoteId,
    fromBase: row.from_base,
    toBase: row.to_base,
    origin: row.origin,
    run: row.run as RunId,
    updatedAt: row.updated_at,
  }
}
