/** Plans, the state of each of their ops, and what became of it. */
import { sql } from 'kysely'
import { digestOfLines } from '../../model/hash.ts'
import type { PlanId, RemoteId, Side } from '../../model/id.ts'
import type { Op } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { OpFilter, OpState, Outcome, Plans, StoredOp } from '../plans.ts'
import { type Access, atomically, fromJson, isAmong, toJson } from './access.ts'
import { learnWords, packOps, readOp, unpackOp, wordsIn } from './packed-op.ts'
import { change, insertion, writeRows } from './rows.ts'

export function plans(access: Access): Plans {
  const { db } = access
  return {
    addOps: (plan, ops) => atomically(access, (inner) => addOps(inner, plan, ops)),
    truncate: (plan, afterSeq) =>
      atomically(access, async (inner) => {
        for (const table of ['plan_documents', 'plan_ops'] as const)
          await inner.db
            .deleteFrom(table)
            .where('plan', '=', plan)
            .where('seq', '>', afterSeq)
            .execute()
      }),
    publish: async (header) => {
      const text = toJson(header)
      await db
        .insertInto('plans')
        .values({ id: header.id, sync: header.sync, header: text })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ header: text }))
        .execute()
    },
    header: async (plan) => {
      const row = await db
        .selectFrom('plans')
        .select('header')
        .where('id', '=', plan)
        .executeTakeFirst()
      return row === undefined ? null : fromJson<PlanHeader>(row.header)
    },
    list: async (sync, limit) => {
      let query = db.selectFrom('plans').select('header').orderBy('number', 'desc').limit(limit)
      if (sync !== null) query = query.where('sync', '=', sync)
      return (await query.execute()).map((row) => fromJson<PlanHeader>(row.header))
    },
    ops: (plan, filter) => ops(access, plan, filter),
    opsAt: (plan, seqs) => opsAt(access, plan, seqs),
    lockedAt: async (plan, seqs) => {
      // SQLite needs no more: a transaction holds the whole database from its start. By seq, so that two never wait for each other.
      if (access.dialect === 'postgres')
        await db
          .selectFrom('plan_ops')
          .select('seq')
          .where('plan', '=', plan)
          .where(isAmong(access, 'seq', seqs))
          .orderBy('seq')
          .forUpdate()
          .execute()
      return opsAt(access, plan, seqs)
    },
    opsOfRecord: (sync, side, id, limit) => opsOfRecord(access, { sync, side, id, limit }),
    recordsAmong: async (plan, { side, ids, untilSeq }) => {
      const column = side === 'from' ? 'from_id' : 'to_id'
      const rows = await db
        .selectFrom('plan_ops')
        .select(column)
        .distinct()
        .where('plan', '=', plan)
        .where('seq', '<=', untilSeq)
        .where(isAmong(access, column, ids))
        .execute()
      return rows.map((row) => (row as Record<string, string>)[column] as RemoteId)
    },
    standings: async (plan, fromIds) => {
      const rows = await db
        .selectFrom('plan_ops')
        .select(['from_id', 'bucket', 'state'])
        .where('plan', '=', plan)
        .where(isAmong(access, 'from_id', fromIds))
        .orderBy('seq')
        .execute()
      return rows.map(({ from_id, bucket, state }) => ({
        fromId: from_id as RemoteId,
        bucket: bucket as Op['bucket'],
        state: state as OpState,
      }))
    },
    intend: async (plan, seqs) => {
      await db
        .updateTable('plan_ops')
        .set({ state: 'sent', attempts: sql<number>`attempts + 1` })
        .where('plan', '=', plan)
        .where(isAmong(access, 'seq', seqs))
        .execute()
    },
    settle: async (plan, outcomes) => {
      const rows = outcomes.map(({ seq, state, outcome }) => [plan, seq, state, toJson(outcome)])
      await writeRows(access, SETTLE, rows)
    },
    repeated: async (plan, earlier) => {
      const rows = [
        ...(await repeated(access, { plan, earlier, side: 'from' })),
        ...(await repeated(access, { plan, earlier, side: 'to' })),
      ]
      return rows.map(({ bucket, state, count }) => ({ bucket, state: state as OpState, count }))
    },
    countStates: async (plan) => {
      const rows = await db
        .selectFrom('plan_ops')
        .select(['bucket', 'state'])
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('plan', '=', plan)
        .groupBy(['bucket', 'state'])
        .orderBy('bucket')
        .orderBy('state')
        .execute()
      return rows.map(({ bucket, state, count }) => ({ bucket, state: state as OpState, count }))
    },
  }
}

/** By the source's id; by the target's for records that only the target has. */
function repeated(
  { db }: Access,
  { plan, earlier, side }: { readonly plan: PlanId; readonly earlier: PlanId; readonly side: Side },
) {
  const of = db
    .selectFrom('plan_ops as again')
    .innerJoin('plan_ops as first', (join) =>
      side === 'from'
        ? join.onRef('first.from_id', '=', 'again.from_id')
        : join
            .onRef('first.to_id', '=', 'again.to_id')
            .on('first.from_id', 'is', null)
            .on('again.from_id', 'is', null),
    )
  return of
    .select(['first.bucket', 'first.state'])
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('again.plan', '=', plan)
    .where('again.bucket', '!=', 'unchanged')
    .where('first.plan', '=', earlier)
    .where('first.bucket', '!=', 'unchanged')
    .groupBy(['first.bucket', 'first.state'])
    .execute()
}

const ADD_OP = insertion('plan_ops', {
  plan: 'text',
  seq: 'bigint',
  bucket: 'text',
  state: 'text',
  attempts: 'bigint',
  from_id: 'text',
  to_id: 'text',
})
const ADD_WORD = insertion(
  'op_words',
  { name: 'text', text: 'text' },
  { conflict: { on: ['name'] } },
)
const ADD_DOCUMENT = insertion('plan_documents', { plan: 'text', seq: 'bigint', op: 'text' })
const SETTLE = change(
  'plan_ops',
  { plan: 'text', seq: 'bigint' },
  { state: 'text', outcome: 'text' },
)

async function addOps(access: Access, plan: PlanId, added: readonly Op[]): Promise<string> {
  const { texts, words } = packOps(added)
  const rows = added.map((op) => [plan, op.seq, op.bucket, 'planned', 0, op.fromId, op.toId])
  await writeRows(access, ADD_WORD, [...words].sort())
  await writeRows(access, ADD_OP, rows)
  await writeRows(
    access,
    ADD_DOCUMENT,
    added.map((op, place) => [plan, op.seq, texts[place] ?? '']),
  )
  return digestOfLines(texts)
}

/** What a stored op consists of. */
const STORED = [
  'plan_documents.op',
  'plan_ops.state',
  'plan_ops.attempts',
  'plan_ops.outcome',
] as const

function stored(access: Access, plan: PlanId) {
  return access.db
    .selectFrom('plan_ops')
    .innerJoin('plan_documents', (join) =>
      join
        .onRef('plan_documents.plan', '=', 'plan_ops.plan')
        .onRef('plan_documents.seq', '=', 'plan_ops.seq'),
    )
    .select(STORED)
    .where('plan_ops.plan', '=', plan)
    .orderBy('plan_ops.seq')
}

async function opsAt(access: Access, plan: PlanId, seqs: readonly number[]): Promise<StoredOp[]> {
  const query = stored(access, plan).where(isAmong(access, 'plan_ops.seq', seqs))
  return fromRows(access, await query.execute())
}

async function ops(access: Access, plan: PlanId, filter: OpFilter): Promise<StoredOp[]> {
  const { afterSeq, untilSeq, limit, states, buckets } = filter
  let query = stored(access, plan).where('plan_ops.seq', '>', afterSeq).limit(limit)
  if (untilSeq !== null) query = query.where('plan_ops.seq', '<=', untilSeq)
  if (states !== null) query = query.where(isAmong(access, 'plan_ops.state', states))
  if (buckets !== null) query = query.where(isAmong(access, 'plan_ops.bucket', buckets))
  return fromRows(access, await query.execute())
}

async function opsOfRecord(
  access: Access,
  request: {
    readonly sync: string
    readonly side: Side
    readonly id: RemoteId
    readonly limit: number
  },
): Promise<{ plan: PlanId; op: StoredOp }[]> {
  const { sync, side, id, limit } = request
  const rows = await access.db
    .selectFrom('plan_ops')
    .innerJoin('plans', 'plans.id', 'plan_ops.plan')
    .innerJoin('plan_documents', (join) =>
      join
        .onRef('plan_documents.plan', '=', 'plan_ops.plan')
        .onRef('plan_documents.seq', '=', 'plan_ops.seq'),
    )
    .select(STORED)
    .select('plans.id as plan')
    .where('plans.sync', '=', sync)
    .where(side === 'from' ? 'plan_ops.from_id' : 'plan_ops.to_id', '=', id)
    .orderBy('plans.number', 'desc')
    .orderBy('plan_ops.seq')
    .limit(limit)
    .execute()
  const read = await fromRows(access, rows)
  return read.map((op, place) => ({ plan: (rows[place]?.plan ?? '') as PlanId, op }))
}

async function fromRows(
  access: Access,
  rows: readonly {
    readonly op: string
    readonly state: string
    readonly attempts: number
    readonly outcome: string | null
  }[],
): Promise<StoredOp[]> {
  const read = rows.map((row) => readOp(row.op))
  let ops = read.map(unpackOp)
  if (ops.includes(null)) {
    await lookUp(access, wordsIn(read))
    ops = read.map(unpackOp)
  }
  return rows.map((row, place) => ({
    op: ops[place] as Op,
    state: row.state as OpState,
    attempts: row.attempts,
    outcome: row.outcome === null ? null : fromJson<Outcome>(row.outcome),
  }))
}

/** All of them, for learning some may forget the others. Throws where one is missing. */
async function lookUp(access: Access, names: ReadonlySet<string>): Promise<void> {
  const words = await access.db
    .selectFrom('op_words')
    .select(['name', 'text'])
    .where(isAmong(access, 'name', [...names]))
    .execute()
  const found = new Set(words.map(({ name }) => name))
  const lost = [...names].find((name) => !found.has(name))
  if (lost !== undefined) throw new Error(`the state has lost the word ${lost} of its plans`)
  learnWords(words)
}
