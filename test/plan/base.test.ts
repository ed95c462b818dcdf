/** What a base says of a value is the same however often its slot was asked, and a record is the same in whatever order its rules stand. */
import { expect, test } from 'vitest'
import { packBase, recordHash, type Shown, slotChanged, unpackBase } from '../../src/plan/base.ts'
import { showFrom, showTo } from '../../src/plan/shown.ts'
import { contact, definition, planContext, rule } from './world.ts'

const KEY = 'k'

function shown(fields: Readonly<Record<string, string>>): Shown {
  return {
    fields: new Map(Object.entries(fields)),
    record: [],
    tags: null,
    groups: null,
    optOuts: [],
  }
}

test('values that hardly ever come twice are hashed as those that do', () => {
  const first = Array.from({ length: 50 }, (_, place) => packBase(KEY, shown({ a: `v${place}` })))
  // More than are looked up before a slot is given up.
  for (let place = 0; place < 2_000; place += 1) packBase(KEY, shown({ a: `other ${place}` }))
  const again = Array.from({ length: 50 }, (_, place) => packBase(KEY, shown({ a: `v${place}` })))
  expect(again).toEqual(first)
  expect(new Set(first).size).toBe(50)
  const base = unpackBase(first[7] ?? null)
  expect(base && slotChanged(base, KEY, 'a', 'v7')).toBe(false)
  expect(base && slotChanged(base, KEY, 'a', 'v8')).toBe(true)
})

test('more different values that come again than are remembered', () => {
  const values = Array.from({ length: 5_000 }, (_, place) => `v${place}`)
  const hashesOf = () =>
    values.map((value) => [1, 2, 3].map(() => packBase(KEY, shown({ b: value }))).at(-1))
  expect(hashesOf()).toEqual(hashesOf())
  expect(new Set(hashesOf()).size).toBe(values.length)
})

test('another key is another hash at once', () => {
  const one = packBase('one', shown({ a: 'x' }))
  expect(packBase('two', shown({ a: 'x' }))).not.toBe(one)
  expect(packBase('one', shown({ a: 'x' }))).toBe(one)
})

test('a record does not depend on the order of the rules, nor of two that read the same field', () => {
  const rules = [
    // What it reads has two normal forms.
    rule('jobTitle', { from: ['company'], definition: definition('jobTitle', { type: 'number' }) }),
    rule('company'),
    rule('givenName'),
    // Begins as another name ends, and goes on with what is less than a letter.
    rule('given', { from: ['given'] }),
  ]
  const source = contact('1', { givenName: 'Ada', company: '010', given: 'A.' })
  const target = contact('2', { givenName: 'Ada', company: '010', jobTitle: '10', given: 'A.' })
  const hashes = [rules, [...rules].reverse()].map((each) => {
    const context = planContext({ rules: each })
    return [
      recordHash(KEY, showFrom(context, source)),
      recordHash(KEY, showTo(context, target)),
      showFrom(context, source).record,
      showTo(context, target).record,
    ]
  })
  expect(hashes[1]).toEqual(hashes[0])
  for (const record of [hashes[0]?.[2], hashes[0]?.[3]])
    expect(record).toEqual([...(record ?? [])].sort())
})
