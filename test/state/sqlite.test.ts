/** The state in an embedded SQLite file. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { openAt, openStore } from '../../src/state/sql/open.ts'
import { sqlitePlace } from '../../src/state/sql/sqlite.ts'
import { openFile } from '../../src/state/sql/sqlite-file.ts'
import { link, SYNC } from './examples.ts'
import { processContract } from './process-contract.ts'
import { storeContract } from './store-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'ferry-state-'))
const options = { clock: { now: () => 0 } }
let count = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function newPath(): string {
  count += 1
  return join(folder, `deep-${count}`, 'state.db')
}
const newPlace = async () => `sqlite:${newPath()}`

describe('in a file', () => storeContract(newPlace))
describe('in memory', () => storeContract(async () => 'sqlite::memory:'))
describe('between processes', () =>
  processContract({
    newPlace,
    runSql: async (place, sql) => {
      const database = new DatabaseSync(place.slice('sqlite:'.length))
      database.exec(sql)
      database.close()
    },
  }))

test('only the owner may read the file, what belongs to it, and its folder', async () => {
  const path = newPath()
  const store = await openStore(`sqlite:${path}`, options)
  await store.meta.set('a', '1')
  const modes = readdirSync(join(path, '..')).map(
    (name) => statSync(join(path, '..', name)).mode & 0o777,
  )
  expect(modes.length).toBeGreaterThan(1)
  expect(new Set(modes)).toEqual(new Set([0o600]))
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  expect(store.place).toBe(`sqlite:${path}`)
  await store.close()
})

test('commits survive a power cut: write-ahead log, synced at each commit', async () => {
  const database = await openFile(newPath())
  expect({ ...database.prepare('pragma journal_mode').get() }).toEqual({ journal_mode: 'wal' })
  expect({ ...database.prepare('pragma synchronous').get() }).toEqual({ synchronous: 1 })
  expect({ ...database.prepare('pragma foreign_keys').get() }).toEqual({ foreign_keys: 1 })
  database.close()
})

test('a full disk keeps nothing of the transaction, and the state goes on once there is space', async () => {
  const database = await openFile(newPath())
  const store = await openAt(sqlitePlace(database, 'sqlite:full'), options)
  await store.meta.set('before', 'kept')
  const pages = Number(Object.values(database.prepare('pragma page_count').get() ?? {})[0])
  database.exec(`pragma max_page_count = ${pages + 5}`)
  const links = Array.from({ length: 2000 }, (_, at) => link(`f${at}`, `t${at}`))
  const filling = store.transaction([], async (inner) => {
    await inner.meta.set('before', 'changed')
    await inner.links.save(links)
  })
  await expect(filling).rejects.toMatchObject({ name: 'StoreError', kind: 'full' })
  expect(await store.meta.get('before')).toBe('kept')
  expect(await store.links.count(SYNC)).toBe(0)
  database.exec('pragma max_page_count = 100000')
  expect(await store.transaction([], (inner) => inner.links.save(links))).toEqual([])
  expect(await store.links.count(SYNC)).toBe(2000)
  await store.close()
})

test('after a full disk nothing is written on its own, even by work that goes on regardless', async () => {
  const database = await openFile(newPath())
  const store = await openAt(sqlitePlace(database, 'sqlite:full'), options)
  const pages = Number(Object.values(database.prepare('pragma page_count').get() ?? {})[0])
  database.exec(`pragma max_page_count = ${pages + 5}`)
  const regardless = store.transaction([], async (inner) => {
    const many = Array.from({ length: 2000 }, (_, at) => link(`f${at}`, `t${at}`))
    await expect(inner.links.save(many)).rejects.toMatchObject({ kind: 'full' })
    await inner.meta.set('after', 'kept')
  })
  await expect(regardless).rejects.toMatchObject({ name: 'StoreError' })
  expect(await store.meta.get('after')).toBeNull()
  await store.close()
})

test('a database that another process holds too long is busy', async () => {
  const path = newPath()
  const database = await openFile(path)
  const store = await openAt(sqlitePlace(database, 'sqlite:busy', 5), options)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  await expect(store.transaction([], async () => 1)).rejects.toMatchObject({ kind: 'busy' })
  await expect(store.meta.set('a', '1')).rejects.toMatchObject({ kind: 'busy' })
  expect(await store.meta.get('a')).toBeNull()
  other.exec('rollback')
  other.close()
  await store.meta.set('a', '1')
  expect(await store.meta.get('a')).toBe('1')
  await store.close()
})

test('two stores of one process on one file wait for each other', async () => {
  const place = await newPlace()
  const stores = [await openStore(place, options), await openStore(place, options)]
  const counting = Array.from({ length: 20 }, (_, at) =>
    stores[at % 2]?.transaction([], async (inner) => {
      const before = Number((await inner.meta.get('n')) ?? '0')
      await inner.meta.set('n', String(before + 1))
    }),
  )
  await Promise.all(counting)
  expect(await stores[0]?.meta.get('n')).toBe('20')
  for (const store of stores) await store.close()
})

test('what is no database, or no place, is said so', async () => {
  const path = join(folder, 'garbage.db')
  writeFileSync(path, 'no database '.repeat(200))
  const broken = { name: 'StoreError', kind: 'broken', hint: expect.stringMatching(/\w/) }
  await expect(openStore(`sqlite:${path}`, options)).rejects.toMatchObject(broken)
  await expect(openStore(`sqlite:${path}/state.db`, options)).rejects.toMatchObject(broken)
  await expect(openStore('mysql://host/db', options)).rejects.toMatchObject(broken)
})
