/** What callers hear of an error of the database. */
import { expect, test } from 'vitest'
import { storeError } from '../../src/state/sql/error.ts'
import { StoreError } from '../../src/state/store.ts'

test.each([
  ['SQLite is busy', { errcode: 5 }, 'busy'],
  ['SQLite is busy with a snapshot', { errcode: 517 }, 'busy'],
  ['SQLite has no space', { errcode: 13 }, 'full'],
  ['SQLite may not write on (quota)', { errcode: 778 }, 'full'],
  ['a folder is over its quota', { code: 'EDQUOT' }, 'full'],
  ['a SQLite file is damaged', { errcode: 11 }, 'broken'],
  ['a file is no database', { errcode: 26 }, 'broken'],
  ['a folder has no space', { code: 'ENOSPC' }, 'full'],
  ['Postgres has no space', { code: '53100' }, 'full'],
  ['Postgres waited for a lock in vain', { code: '55P03' }, 'busy'],
  ['Postgres found a deadlock', { code: '40P01' }, 'busy'],
  ['Postgres has too many connections', { code: '53300' }, 'busy'],
  ['two wrote one row', { code: '23505' }, 'busy'],
  ['the server refuses', { code: 'ECONNREFUSED' }, 'broken'],
] as const)('%s', (_, facts, kind) => {
  const cause = Object.assign(new Error('as the database says'), facts)
  const error = storeError(cause)
  expect(error.kind).toBe(kind)
  expect(error.message).toContain('as the database says')
  expect(error.hint).toMatch(/\w+ .*\.$/)
  expect(error.cause).toBe(cause)
})

test('what has a kind already keeps it', () => {
  const error = new StoreError('fenced', 'taken over', { hint: 'Nothing is lost.' })
  expect(storeError(error)).toBe(error)
})
