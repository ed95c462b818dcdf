import { expect, it } from 'vitest'
import { hasChanges } from '../../src/plan/changes.ts'
import { header } from '../state/examples.ts'

const NOTHING = {
  create: 0,
  update: 0,
  link: 0,
  unchanged: 9,
  excluded: 2,
  hold: 1,
  reject: 1,
  blocked: 0,
  delete: 0,
}
const vocabulary = { fields: [], options: [], tags: [], groups: [] }
const idle = { ...header(), counts: NOTHING, vocabulary }

it('a plan of what is as it should be, or waits for a person, changes nothing', () => {
  expect(hasChanges(idle)).toBe(false)
  expect(hasChanges({ ...idle, notes: { add: 0, settled: 3, left: 0, high: '3' } as never })).toBe(
    false,
  )
})

it.each([
  ['contacts', { counts: { ...NOTHING, link: 1 } }],
  ['notes', { notes: { add: 0, edit: 1, settled: 3, left: 0, high: '3' } }],
  ['notes that an undo puts back', { notes: { remove: 0, restore: 1 } }],
  ['companies', { companies: { create: 0, update: 1, settled: 0, high: null } }],
  ['tags', { vocabulary: { ...vocabulary, tags: ['VIP'] } }],
  ['sequences', { sequences: [{ start: 1 }] }],
])('one that writes only %s changes something', (_, part) => {
  expect(hasChanges({ ...idle, ...(part as object) })).toBe(true)
})
