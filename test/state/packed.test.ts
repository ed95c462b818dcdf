/** What an earlier version wrote all out is read as it was meant. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { parseConsent } from '../../src/state/sql/consent-text.ts'
import { learnWords, packOps, readOp, unpackOp, wordsIn } from '../../src/state/sql/packed-op.ts'
import { readSighting, shapeName, unpackSighting } from '../../src/state/sql/packed-sighting.ts'
import { openStore } from '../../src/state/sql/open.ts'
import { consent, op, PLAN, sighting } from './examples.ts'

test('an op that was written all out', () => {
  const old = op(7)
  const read = readOp(JSON.stringify(old))
  expect(wordsIn([read]).size).toBe(0)
  expect(unpackOp(read)).toEqual(old)
})

test('an op whose fields are a list each, as an earlier version wrote them', () => {
  const made = op(7)
  const { texts, words } = packOps([made])
  learnWords([...words].map(([name, text]) => ({ name, text })))
  const flat = JSON.parse(texts[0] ?? '') as unknown[]
  const [name] = words.keys()
  expect(flat[0]).toEqual([name, 'z'])
  const nested = readOp(JSON.stringify([[[name, 'z']], ...flat.slice(1)]))
  expect(unpackOp(nested)).toEqual(made)
  expect([...wordsIn([nested])]).toEqual([name])
})

test.each([
  ['created', [undefined, undefined]],
  ['updated', ['old', ['a', 'b']]],
  ['updated in part', [undefined, null]],
])('an op of a contact that is %s comes back to the letter', (_, befores) => {
  const fields = befores.map((before, place) => ({
    path: `custom.f${place}`,
    ...(before === undefined ? {} : { before }),
    after: place === 0 ? null : ['x', 'y'],
    risk: 'fill' as const,
    why: 'a rule',
  }))
  const made = op(8, { fields, partner: 9 })
  const { texts, words } = packOps([made])
  learnWords([...words].map(([name, text]) => ({ name, text })))
  const read = readOp(texts[0] ?? '')
  expect(JSON.stringify(unpackOp(read))).toBe(JSON.stringify(made))
  expect(new Set(wordsIn([read]))).toEqual(new Set(words.keys()))
})

test('a word that the state has lost is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-packed-'))
  const path = join(folder, 'state.db')
  const store = await openStore(`sqlite:${path}`, { clock: { now: () => 0 } })
  await store.plans.addOps(PLAN, [op(1)])
  const all = { afterSeq: 0, untilSeq: null, limit: 9, states: null, buckets: null }
  expect((await store.plans.ops(PLAN, all)).map((stored) => stored.op)).toEqual([op(1)])
  const database = new DatabaseSync(path)
  database.exec(`update plan_documents set op = replace(op, substr(op, 4, 12), '0123456789ab')`)
  database.close()
  await expect(store.plans.ops(PLAN, all)).rejects.toThrow('lost the word 0123456789ab')
  await store.close()
  rmSync(folder, { recursive: true })
})

test('a contact that was staged all out', () => {
  const old = sighting('7')
  const read = readSighting(JSON.stringify(old))
  expect(shapeName(read)).toBeNull()
  expect(unpackSighting(read, new Map())).toEqual(old)
})

test('a consent that was staged all out', () => {
  const old = consent()
  expect(parseConsent(JSON.stringify(old))).toEqual(old)
})

test('a word or a shape that is lost is an error and no empty field', () => {
  const packed = readOp(JSON.stringify([[['0123456789ab', 'x']], 0, 0, 1]))
  expect(unpackOp(packed)).toBeNull()
  expect([...wordsIn([packed])]).toEqual(['0123456789ab'])
  expect(() => unpackSighting(readSighting('["0123456789ab",[],"1"]'), new Map())).toThrow(
    '0123456789ab',
  )
})
