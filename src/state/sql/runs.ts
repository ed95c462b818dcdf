/** Runs and the documents they work with. */
import { type Selectable, sql, type Updateable } from 'kysely'
import type { PlanId, RunId } from '../../model/id.ts'
import type { RunKind, RunRecord, Runs, RunStatus } from '../runs.ts'
import { StoreError } from '../store.ts'
import { type Access, atomically, documentOf, fromJson, toJson } from './access.ts'
import type { Tables } from './tables.ts'

export function runs(access: Access): Runs {
  const { db } = access
  return {
    create: (run) => atomically(access, (inner) => create(inner, run)),
    get: async (id) => {
      const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : fromRow(row)
    },
    resumable: (sync) => resumable(access, sync),
    list: async ({ sync, limit }) => {
      let query = db.selectFrom('runs').selectAll().orderBy('number', 'desc').limit(limit)
      if (sync !== null) query = query.where('sync', '=', sync)
      return (await query.execute()).map(fromRow)
    },
    update: (id, patch) => atomically(access, (inner) => update(inner, id, patch)),
    lock: async (id) => {
      let query = db.selectFrom('runs').selectAll().where('id', '=', id)
      // SQLite needs no more: a transaction holds the whole database from its start.
      if (access.dialect === 'postgres') query = query.forUpdate()
      const row = await query.executeTakeFirst()
      return row === undefined ? null : fromRow(row)
    },
    saveDocument: async (run, name, document) => {
      const text = toJson(document)
      await db
        .insertInto('documents')
        .values({ run, name, document: text })
        .onConflict((conflict) => conflict.columns(['run', 'name']).doUpdateSet({ document: text }))
        .execute()
    },
    documents: async (run, prefix) => {
      const rows = await named(access, run, prefix).select('document').execute()
      return rows.map(({ document }) => fromJson<unknown>(document))
    },
    documentNames: async (run, prefix) => {
      const rows = await named(access, run, prefix).select('name').execute()
      return rows.map(({ name }) => name)
    },
    document: async (run, name) => {
      const row = await db
        .selectFrom('documents')
        .select('document')
        .where('run', '=', run)
        .where('name', '=', name)
        .executeTakeFirst()
      return row === undefined ? null : documentOf(access, row.document)
    },
  }
}

function named(access: Access, run: RunId, prefix: string) {
  return access.db
    .selectFrom('documents')
    .where('run', '=', run)
    .where('name', '>=', prefix)
    .where('name', '<', `${prefix}\uffff`)
    .orderBy('name')
}

type RunRow = Selectable<Tables['runs']>
/** As in the predicate of the index `runs_resumable`; a query that shall use it says them literally. */
const RESUMABLE: readonly RunStatus[] = ['open', 'stopped']

async function create(access: Access, run: RunRecord): Promise<void> {
  const inserted = await access.db
    .insertInto('runs')
    .values({
      id: run.id,
      sync: run.sync,
      kind: run.kind,
      status: run.status,
      program: toJson(run.program),
      stage: run.stage,
      fingerprint: run.fingerprint,
      is_full: Number(run.isFull),
      plan: run.plan,
      facts: toJson(run.facts),
      reason: run.reason,
      started_at: run.startedAt,
      updated_at: run.updatedAt,
      ended_at: run.endedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return
  const other = await resumable(access, run.sync)
  throw other === null || other.id === run.id ? twice(run.id) : occupied(other)
}

async function update(
  access: Access,
  id: RunId,
  patch: Parameters<Runs['update']>[1],
): Promise<void> {
  if (patch.status !== undefined && RESUMABLE.includes(patch.status)) {
    const run = await runs(access).get(id)
    const other = run === null ? null : await resumable(access, run.sync)
    if (other !== null && other.id !== id) throw occupied(other)
  }
  const values: Updateable<Tables['runs']> = {
    ...(patch.status === undefined ? {} : { status: patch.status }),
    ...(patch.stage === undefined ? {} : { stage: patch.stage }),
    ...(patch.plan === undefined ? {} : { plan: patch.plan }),
    ...(patch.facts === undefined ? {} : { facts: toJson(patch.facts) }),
    ...(patch.reason === undefined ? {} : { reason: patch.reason }),
    ...(patch.updatedAt === undefined ? {} : { updated_at: patch.updatedAt }),
    ...(patch.endedAt === undefined ? {} : { ended_at: patch.endedAt }),
  }
  if (Object.keys(values).length === 0) return
  await access.db.updateTable('runs').set(values).where('id', '=', id).execute()
}

async function resumable({ db }: Access, sync: string): Promise<RunRecord | null> {
  const row = await db
    .selectFrom('runs')
    .selectAll()
    .where('sync', '=', sync)
    .where(sql<boolean>`status in ('open', 'stopped')`)
    .executeTakeFirst()
  return row === undefined ? null : fromRow(row)
}

function fromRow(row: RunRow): RunRecord {
  return {
    id: row.id as RunId,
    sync: row.sync,
    kind: row.kind as RunKind,
    status: row.status as RunStatus,
    program: fromJson<readonly string[]>(row.program),
    stage: row.stage,
    fingerprint: row.fingerprint,
    isFull: row.is_full === 1,
    plan: row.plan as PlanId | null,
    facts: fromJson<Readonly<Record<string, unknown>>>(row.facts),
    reason: row.reason,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
  }
}

function occupied(other: RunRecord): StoreError {
  return new StoreError(
    'busy',
    `Run ${other.id} of the sync ${other.sync} is ${other.status}; a sync has one such run at a time`,
    { hint: `Let run ${other.id} end, resume it, or give it up; then start again.` },
  )
}

function twice(id: RunId): StoreError {
  return new StoreError('broken', `There is a run ${id} already`, {
    hint: 'Start the run again; it gets another id.',
  })
}
