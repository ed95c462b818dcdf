import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementHash } from '../../src/plan/slot-hash.ts'
import { decideSet, type SetFacts } from '../../src/plan/set-decision.ts'

const KEY = 'secret'
const NAMES = ['a', 'b', 'c', 'd', 'e']
const source = (names: readonly string[]) =>
  names.map((name) => ({
    kind: 'tag' as const,
    key: `key ${name}`,
    name,
    sourceName: name,
    folded: name,
    isNew: false,
    loss: null,
  }))
const target = (names: readonly string[]) =>
  names.map((name) => ({ key: `key ${name}`, folded: name }))
const base = (names: readonly string[]) => new Set(names.map((name) => elementHash(KEY, name)))

const facts = (more: Partial<SetFacts>): SetFacts => ({
  key: KEY,
  wanted: [],
  present: [],
  listed: target(NAMES),
  fromBase: null,
  mayAdd: true,
  mayRemove: true,
  isLeft: () => false,
  ...more,
})
const keys = (...names: readonly string[]) => names.map((name) => `key ${name}`)

describe('elements of a set', () => {
  it.each<readonly [string, Partial<SetFacts>, readonly string[], readonly string[]]>([
    [
      'are added where they are new',
      { wanted: source(['a', 'b']), present: target(['a']) },
      ['b'],
      [],
    ],
    [
      'are not added again where somebody removed them at the target',
      { wanted: source(['a']), fromBase: base(['a']) },
      [],
      [],
    ],
    [
      'are removed where the source had them and has them no more',
      { wanted: source(['a']), present: target(['a', 'b']), fromBase: base(['a', 'b']) },
      [],
      ['b'],
    ],
    [
      'that were never ours stay',
      { wanted: source(['a']), present: target(['a', 'c']), fromBase: base(['a']) },
      [],
      [],
    ],
    [
      'stay where the mapping leaves them behind now',
      {
        wanted: [],
        present: target(['a', 'b']),
        fromBase: base(['a', 'b']),
        isLeft: (name: string) => name === 'a',
      },
      [],
      ['b'],
    ],
    ['of a first meeting are never removed', { wanted: [], present: target(['a', 'b']) }, [], []],
    [
      'stay where removing is off',
      { wanted: [], present: target(['a']), fromBase: base(['a']), mayRemove: false },
      [],
      [],
    ],
    ['are not added where the target takes none', { wanted: source(['a']), mayAdd: false }, [], []],
    [
      'stay where the source does not tell',
      { wanted: null, present: target(['a']), fromBase: base(['a']) },
      [],
      [],
    ],
    [
      'are removed by the list where the target does not tell what a contact has',
      { wanted: [], present: null, fromBase: base(['b']) },
      [],
      ['b'],
    ],
    [
      'are added where the target does not tell what a contact has',
      { wanted: source(['a', 'b']), present: null, fromBase: base(['a']) },
      ['b'],
      [],
    ],
  ])('%s', (_, more, add, remove) => {
    expect(decideSet(facts(more))).toEqual({ add: keys(...add), remove: keys(...remove) })
  })

  it('end as (base ∪ added here ∪ added there) − removed here − removed there', () => {
    const some = fc.subarray(NAMES)
    fc.assert(
      fc.property(some, some, some, (was, here, there) => {
        const change = decideSet(
          facts({ wanted: source(here), present: target(there), fromBase: base(was) }),
        )
        const after = new Set(keys(...there))
        for (const key of change.add) after.add(key)
        for (const key of change.remove) after.delete(key)
        const expected = NAMES.filter((name) =>
          was.includes(name)
            ? here.includes(name) && there.includes(name)
            : here.includes(name) || there.includes(name),
        )
        expect([...after].sort()).toEqual(keys(...expected))
        expect(change.add.filter((key) => keys(...there).includes(key))).toEqual([])
        expect(change.remove.filter((key) => !keys(...there).includes(key))).toEqual([])
      }),
    )
  })
})
