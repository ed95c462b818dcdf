/** The state in a Postgres database. */
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { openStore } from '../../src/state/sql/open.ts'
import { withoutPassword } from '../../src/state/sql/postgres.ts'
import type { StateStore } from '../../src/state/store.ts'
import { link, op, PLAN, SYNC } from './examples.ts'
import { type PostgresServer, runSql, startPostgres } from './postgres-server.ts'
import { processContract } from './process-contract.ts'
import { storeContract } from './store-contract.ts'

const options = { clock: { now: () => 0 } }
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())
const newPlace = () => server.newDatabase()

/** Making the tables takes longer than most tests, so they share them, emptied. */
let shared: string | null = null
async function emptied(): Promise<string> {
  shared ??= await server.newSchema()
  await runSql(shared, EMPTY)
  return shared
}
const EMPTY = `do $$ declare one text; begin
  for one in select tablename from pg_tables
    where schemaname = current_schema() and tablename not like 'ferry_%'
  loop execute format('delete from %I', one); end loop;
end $$`

describe('in Postgres', () => storeContract(emptied))
describe('between processes', () => processContract({ newPlace, runSql }))

test('the place is shown without its password', async () => {
  const place = await newPlace()
  const store = await openStore(place, options)
  expect(store.place).toBe(place.replace(/:[^:@]*@/, '@'))
  await store.close()
  expect(withoutPassword('postgres://u:p@h/d?sslmode=require')).toBe(
    'postgres://u@h/d?sslmode=require',
  )
  expect(withoutPassword('postgresql://u:p%40@h/d')).toBe('postgresql://u@h/d')
  expect(withoutPassword('postgres://u:p@rd@h/d')).toBe('postgres://u@h/d')
  expect(withoutPassword('postgres://h/d?password=p&user=u')).toBe('postgres://h/d?user=u')
  expect(withoutPassword('postgres:///d?user=u&password=p')).toBe('postgres:///d?user=u')
})

test('of the two ops of a pair, settled by two processes at once, the second sees the first', async () => {
  const place = await emptied()
  const [one, other] = await Promise.all([openStore(place, options), openStore(place, options)])
  await one.plans.addOps(PLAN, [op(1), op(2)])
  const outcome = { id: remoteId('t'), path: null, message: null, hint: null }
  const appliedAmong = async (store: StateStore) =>
    (await store.plans.lockedAt(PLAN, [2, 1])).filter(({ state }) => state === 'applied').length
  let second: Promise<number> | null = null
  const first = await one.transaction([], async (inner) => {
    const seen = await appliedAmong(inner)
    second = other.transaction([], appliedAmong)
    // As long as it would take without a lock.
    await Promise.race([second, setTimeout(LOCKED_MS)])
    await inner.plans.settle(PLAN, [{ seq: 1, state: 'applied', outcome }])
    return seen
  })
  expect([first, await second]).toEqual([0, 1])
  await Promise.all([one.close(), other.close()])
})
const LOCKED_MS = 300

test('the zero character, which Postgres has not, is kept as the sign for no character', async () => {
  const store = await openStore(await emptied(), options)
  await store.meta.set('a\u0000', '1\u0000')
  expect(await store.meta.get('a\u0000')).toBe('1\ufffd')
  expect(await store.links.save([link('1\u0000', 'x')])).toEqual([])
  expect((await store.links.byTo(SYNC, [remoteId('x')]))[0]?.fromId).toBe('1\ufffd')
  await store.close()
})

test('a server that is not there, or does not let us in, is said without the password', async () => {
  const place = new URL(await newPlace())
  place.username = 'nobody_we_know'
  place.password = 'wrong-secret'
  const refused = await openStore(place.href, options).catch((error: unknown) => error)
  expect(refused).toMatchObject({ name: 'StoreError', kind: 'broken' })
  expect(String(refused)).not.toContain('wrong-secret')
  place.port = '1'
  await expect(openStore(place.href, options)).rejects.toMatchObject({ kind: 'broken' })
})

test('a transaction in which a statement failed keeps nothing, even if the work goes on regardless', async () => {
  const store = await openStore(await newPlace(), options)
  const regardless = store.transaction([], async (inner) => {
    await inner.meta.set('a', '1')
    await inner.runs.saveDocument(null as never, 'x', {}).catch(() => undefined)
  })
  await expect(regardless).rejects.toMatchObject({ name: 'StoreError', kind: 'broken' })
  expect(await store.meta.get('a')).toBeNull()
  await store.close()
})

test('two processes that want one record at the same time both end: one has it, the other hears that it is busy', async () => {
  const place = await newPlace()
  const [one, two] = [await openStore(place, options), await openStore(place, options)]
  const { promise: written, resolve } = Promise.withResolvers<void>()
  let other: Promise<unknown> = Promise.resolve()
  await one.transaction([], async (inner) => {
    await inner.links.save([link('1', 'x')])
    other = two.links.save([link('2', 'x')]).catch((error: unknown) => error)
    resolve()
    await written
  })
  expect(await other).toSatisfy((answer) =>
    Array.isArray(answer) ? answer.length === 1 : answer.kind === 'busy',
  )
  expect(await one.links.count(SYNC)).toBe(1)
  await one.close()
  await two.close()
})

test('states of two schemas in one database are apart', async () => {
  const places = [await server.newSchema(), await server.newSchema()]
  const [one, two] = await Promise.all(places.map((place) => openStore(place, options)))
  await one?.meta.set('a', '1')
  expect(await two?.meta.get('a')).toBeNull()
  await one?.close()
  await two?.close()
})
