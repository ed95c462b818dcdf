/** Memberships of groups that wait to be written in bulk. */
import { sql } from 'kysely'
import type { RemoteId } from '../../model/id.ts'
import type { JoinRow, Joins } from '../joins.ts'
import type { Access } from './access.ts'
import { change, insertion, writeRows } from './rows.ts'

export function joins(access: Access): Joins {
  const { db } = access
  return {
    add: async (plan, rows) => {
      await writeRows(
        access,
        ADD,
        rows.map(({ group, op, contact }) => [plan, group, op, contact, 0]),
      )
    },
    pendingGroups: async (plan) => {
      const rows = await db
        .selectFrom('plan_joins')
        .select('group_key')
        .distinct()
        .where('plan', '=', plan)
        .where(IS_PENDING)
        .orderBy('group_key')
        .execute()
      return rows.map((row) => row.group_key)
    },
    next: async (plan, group, limit) => {
      const rows = await db
        .selectFrom('plan_joins')
        .select(['op', 'contact'])
        .where('plan', '=', plan)
        .where('group_key', '=', group)
        .where(IS_PENDING)
        .orderBy('op')
        .orderBy('contact')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        group,
        contact: row.contact as RemoteId,
        op: row.op as JoinRow['op'],
      }))
    },
    done: async (plan, rows) => {
      await writeRows(
        access,
        DONE,
        rows.map(({ group, op, contact }) => [plan, group, op, contact, 1]),
      )
    },
  }
}

/** As in the predicate of the index `plan_joins_pending`, which a parameter would not match. */
const IS_PENDING = sql<boolean>`is_done = 0`
const KEY = { plan: 'text', group_key: 'text', op: 'text', contact: 'text' } as const
const DONE = change('plan_joins', KEY, { is_done: 'bigint' })
/** One that is there already, done or not, stays as it is: a step that starts over adds the same again. */
const ADD = insertion(
  'plan_joins',
  { ...KEY, is_done: 'bigint' },
  {
    conflict: { on: Object.keys(KEY) },
  },
)
