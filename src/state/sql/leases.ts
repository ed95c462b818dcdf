/**
 * Who may work on a scope, until when. A lease is free, held, or lapsed (its time is over but nobody took it). Its epoch rises with each new
 * owner; every transaction of a holder checks the epoch, so a holder that was overtaken keeps nothing.
 */
import { CompiledQuery } from 'kysely'
import type { Fence, Leases } from '../leases.ts'
import { StoreError } from '../store.ts'
import { type Access, atomically, type DialectName } from './access.ts'

export function leases(access: Access): Leases {
  const { db } = access
  return {
    acquire: (request) => atomically(access, (inner) => acquire(inner, request)),
    renew: async ({ scope, epoch }, expiresAt) => {
      const { numUpdatedRows } = await db
        .updateTable('leases')
        .set({ expires_at: expiresAt })
        .where('scope', '=', scope)
        .where('epoch', '=', epoch)
        .where('owner', 'is not', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    release: async ({ scope, epoch }) => {
      await db
        .updateTable('leases')
        .set({ owner: null, expires_at: 0 })
        .where('scope', '=', scope)
        .where('epoch', '=', epoch)
        .execute()
    },
    list: async () => {
      const rows = await db
        .selectFrom('leases')
        .selectAll()
        .where('owner', 'is not', null)
        .orderBy('scope')
        .execute()
      return rows.map((row) => ({
        scope: row.scope,
        owner: row.owner ?? '',
        epoch: row.epoch,
        expiresAt: row.expires_at,
      }))
    },
  }
}

/** Throws `StoreError` `fenced`. On Postgres the leases stay as they are until the transaction ends. */
export async function checkFences(access: Access, fences: readonly Fence[]): Promise<void> {
  const inOrder = fences.toSorted((a, b) => (a.scope < b.scope ? -1 : 1))
  for (const { scope, epoch } of inOrder) {
    // Asked in every transaction: ready as it is, where building it anew would cost more than its answer.
    const query = CompiledQuery.raw(HOLDER[access.dialect], [scope])
    const { rows } = await access.db.executeQuery(query as CompiledQuery<Holder>)
    const [lease] = rows
    if (lease === undefined || lease.owner === null || lease.epoch !== epoch)
      throw new StoreError('fenced', overtaken(scope, lease?.owner ?? null), {
        hint: 'Nothing is lost: whoever took over goes on with the work. If nobody did, run the command again.',
      })
  }
}

interface Holder {
  readonly owner: string | null
  readonly epoch: number
}
const HOLDER: Readonly<Record<DialectName, string>> = {
  sqlite: 'select owner, epoch from leases where scope = ?',
  postgres: 'select owner, epoch from leases where scope = $1 for share',
}

async function acquire(
  access: Access,
  request: Parameters<Leases['acquire']>[0],
): ReturnType<Leases['acquire']> {
  const { scope, owner, now, expiresAt, mayTakeOver } = request
  const lease = await locked(access, scope)
  const isMine = lease.owner === owner
  const isTakable =
    isMine || lease.owner === null || lease.expires_at <= now || mayTakeOver(lease.owner)
  if (!isTakable) return { kind: 'busy', holder: lease.owner ?? '', expiresAt: lease.expires_at }
  const epoch = isMine ? lease.epoch : lease.epoch + 1
  await access.db
    .updateTable('leases')
    .set({ owner, epoch, expires_at: expiresAt })
    .where('scope', '=', scope)
    .execute()
  return { kind: 'held', fence: { scope, epoch } }
}

/** The lease's row, made when missing, kept from others until the transaction ends. */
async function locked({ db, dialect }: Access, scope: string) {
  await db
    .insertInto('leases')
    .values({ scope, owner: null, epoch: 0, expires_at: 0 })
    .onConflict((conflict) => conflict.column('scope').doNothing())
    .execute()
  let query = db.selectFrom('leases').selectAll().where('scope', '=', scope)
  if (dialect === 'postgres') query = query.forUpdate()
  return await query.executeTakeFirstOrThrow()
}

function overtaken(scope: string, owner: string | null): string {
  return owner === null
    ? `The lease on ${scope} was given back`
    : `The lease on ${scope} was taken over by ${owner}`
}
