import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../../src/model/field.ts'
import { foldName, packBase, renameSlots, slotChanged, unpackBase } from '../../src/plan/base.ts'
import { showTo } from '../../src/plan/shown.ts'
import {
  contact,
  edited,
  type Pair,
  pairOf,
  type Parts,
  planContext,
  round,
  rule,
  tagged,
} from './world.ts'

const ANNA = { givenName: 'Anna', familyName: 'Bauer', 'emails.1': 'anna@example.com' }
const start = (parts: Parts = {}, there: Record<string, FieldValue> = ANNA): Pair =>
  pairOf(planContext(parts), contact('s1', ANNA), contact('t1', there))
const linked = (parts: Parts = {}) => round(start(parts))

/** Nothing to do and nothing to say. */
function expectQuiet(pair: Pair): void {
  expect(round(pair).last).toBeNull()
}

describe('from round to round', () => {
  it('a create is followed by silence', () => {
    const created = round(pairOf(planContext(), contact('s1', ANNA), null))
    expect(created.last).toMatchObject({ bucket: 'create' })
    expectQuiet(created)
  })

  it('a link is followed by silence', () => expectQuiet(linked()))

  it("a target's own spelling is no change, and is not written over", () => {
    const shout = (fields: Readonly<Record<string, FieldValue>>) =>
      Object.fromEntries(
        Object.entries(fields).map(([path, value]) => [
          path,
          typeof value === 'string' ? value.toUpperCase() : value,
        ]),
      )
    const created = round(pairOf(planContext(), contact('s1', ANNA), null), shout)
    expect(created.target?.fields['givenName']).toBe('ANNA')
    expectQuiet(created)
    const changed = round(edited(created, 'source', { givenName: 'Anne' }), shout)
    expect(changed.last?.fields.map(({ path }) => path)).toEqual(['givenName'])
    expectQuiet(changed)
  })

  it('an edit at the source travels once', () => {
    const changed = round(edited(linked(), 'source', { givenName: 'Anne' }))
    expect(changed.last).toMatchObject({
      bucket: 'update',
      fields: [{ path: 'givenName', before: 'Anna', after: 'Anne' }],
    })
    expectQuiet(changed)
  })

  it('an edit at the target stays, and stays', () => {
    const changed = round(edited(linked(), 'target', { givenName: 'Anja' }))
    expect(changed.last).toMatchObject({ bucket: 'unchanged', fields: [] })
    expectQuiet(changed)
    const other = round(edited(changed, 'source', { familyName: 'Berg' }))
    expect(other.last?.fields.map(({ path }) => path)).toEqual(['familyName'])
    expect(other.target?.fields['givenName']).toBe('Anja')
  })

  it('an edit at the target that was left alone is a conflict once the source changes too', () => {
    const left = round(edited(linked(), 'target', { givenName: 'Anja' }))
    expect(round(edited(left, 'source', { givenName: 'Anne' })).last).toMatchObject({
      bucket: 'hold',
      held: [{ path: 'givenName', from: 'Anne', to: 'Anja' }],
    })
  })

  it('both sides that come to agree by themselves have a new base', () => {
    const both = edited(edited(linked(), 'target', { givenName: 'Anne' }), 'source', {
      givenName: 'Anne',
    })
    const agreed = round(both)
    expect(agreed.last).toMatchObject({ bucket: 'unchanged', fields: [] })
    expectQuiet(agreed)
    expect(round(edited(agreed, 'source', { givenName: 'Anna' })).last).toMatchObject({
      bucket: 'update',
    })
  })

  it('a difference of the first meeting that was left alone goes by the policy later, too', () => {
    const there = { ...ANNA, familyName: 'Maier' }
    const kept = round(start({ conflicts: 'to' }, there))
    expect(kept.last).toMatchObject({ bucket: 'link' })
    expectQuiet(kept)
    const changed = round(edited(kept, 'source', { familyName: 'Berg' }))
    expect(changed.last).toMatchObject({ bucket: 'unchanged', fields: [] })
    expectQuiet(changed)
  })

  it('a first value at the source does not silently replace what the target has', () => {
    const linkedOnce = round(start({}, { ...ANNA, company: 'Acme' }))
    expect(linkedOnce.last).toMatchObject({ bucket: 'link' })
    expect(round(edited(linkedOnce, 'source', { company: 'Works' })).last).toMatchObject({
      bucket: 'hold',
      held: [{ path: 'company', from: 'Works', to: 'Acme' }],
    })
  })

  it('a value that the source does not tell any more is not cleared', () => {
    const silent = round(edited(linked(), 'source', { givenName: undefined }))
    expect(silent.last?.fields ?? []).toEqual([])
    expect(silent.target?.fields['givenName']).toBe('Anna')
    const back = round(edited(silent, 'source', { givenName: 'Anna' }))
    expect(back.last?.fields ?? []).toEqual([])
  })

  it('a value that the source emptied stays, unless the mapping clears', () => {
    const emptied = round(edited(linked(), 'source', { givenName: null }))
    expect(emptied.last?.fields ?? []).toEqual([])
    const rules = [rule('givenName', { blank: 'clear' }), rule('emails.1')]
    const cleared = round(edited(linked({ rules }), 'source', { givenName: null }))
    expect(cleared.last).toMatchObject({
      bucket: 'update',
      risk: 'destructive',
      fields: [{ path: 'givenName', before: 'Anna', after: null, risk: 'destructive' }],
    })
    expectQuiet(cleared)
  })
})

describe('a question', () => {
  const held = (there: Record<string, FieldValue>) => round(start({}, there))
  const asks = (pair: Pair) => pair.last?.held.map(({ path }) => path) ?? []

  it('is asked again in every round until somebody decides', () => {
    let pair = held({ ...ANNA, familyName: 'Maier' })
    for (let place = 0; place < 3; place += 1) {
      expect(asks(pair)).toEqual(['familyName'])
      expect(pair.target?.fields['familyName']).toBe('Maier')
      pair = round(pair)
    }
  })

  it('is asked again although the rest of the record was written', () => {
    let pair = held({ 'emails.1': 'anna@example.com', familyName: 'Maier' })
    expect(pair.last).toMatchObject({ bucket: 'update', fields: [{ path: 'givenName' }] })
    for (let place = 0; place < 3; place += 1) {
      pair = round(pair)
      expect(pair.last).toMatchObject({ bucket: 'hold' })
      expect(asks(pair)).toEqual(['familyName'])
    }
    pair = round(edited(pair, 'source', { givenName: 'Anne' }))
    expect(pair.last?.fields.map(({ path }) => path)).toEqual(['givenName'])
    expect(asks(pair)).toEqual(['familyName'])
  })

  it('that arose after years of agreement is asked again, too', () => {
    const both = edited(edited(linked(), 'source', { familyName: 'Berg' }), 'target', {
      familyName: 'Maier',
    })
    let pair = round(edited(both, 'source', { givenName: 'Anne' }))
    for (let place = 0; place < 3; place += 1) {
      expect(asks(pair)).toEqual(['familyName'])
      pair = round(pair)
    }
  })

  it('ends where both sides come to agree', () => {
    const pair = held({ 'emails.1': 'anna@example.com', familyName: 'Maier' })
    const agreed = round(edited(pair, 'target', { familyName: 'Bauer' }))
    expect(asks(agreed)).toEqual([])
    expectQuiet(agreed)
  })
})

describe('an address', () => {
  const rules = [
    'emails.1',
    'addresses.main.line1',
    'addresses.main.city',
    'addresses.main.postalCode',
  ].map((path) => rule(path))
  const home = {
    'emails.1': 'anna@example.com',
    'addresses.main.line1': 'Hauptstr. 1',
    'addresses.main.city': 'Berlin',
    'addresses.main.postalCode': '10115',
  }
  const pair = (there: Record<string, FieldValue>, conflicts: 'hold' | 'from' | 'to' = 'hold') =>
    round(pairOf(planContext({ rules, conflicts }), contact('s1', home), contact('t1', there)))
  const paths = (of: Pair) => of.last?.fields.map(({ path }) => path.split('.').at(-1)) ?? []
  const asked = (of: Pair) => of.last?.held.map(({ path }) => path.split('.').at(-1)) ?? []

  it('is not put together from two', () => {
    const there = { ...home, 'addresses.main.line1': 'Rue 2', 'addresses.main.city': null }
    expect(asked(pair(there))).toEqual(['line1', 'city'])
    expect(paths(pair(there))).toEqual([])
    expect(paths(pair(there, 'to'))).toEqual([])
    expect(paths(pair(there, 'from'))).toEqual(['line1', 'city'])
  })

  it('is filled in where the parts that are there agree', () => {
    expect(paths(pair({ ...home, 'addresses.main.city': null }))).toEqual(['city'])
  })

  it('is a question where a street changed here and a city there', () => {
    const moved = edited(
      edited(pair(home), 'source', { 'addresses.main.line1': 'Neue Str. 5' }),
      'target',
      { 'addresses.main.city': 'Potsdam' },
    )
    expect(asked(round(moved))).toEqual(['line1', 'city'])
    expect(paths(round(moved))).toEqual([])
  })

  it('travels where it changed here alone', () => {
    const moved = edited(pair(home), 'source', {
      'addresses.main.line1': 'Neue Str. 5',
      'addresses.main.city': 'Potsdam',
    })
    expect(paths(round(moved))).toEqual(['line1', 'city'])
    expectQuiet(round(moved))
  })
})

describe('tags', () => {
  const parts: Parts = {
    rules: [rule('emails.1')],
    fromTags: [tagged('1', 'Customer'), tagged('2', 'VIP')],
    toTags: [tagged('10', 'customer'), tagged('20', 'vip'), tagged('30', 'Theirs')],
  }
  const here = (tags: readonly string[]) =>
    contact('s1', { 'emails.1': 'anna@example.com' }, { tags })
  const there = (tags: readonly string[]) =>
    contact('t1', { 'emails.1': 'anna@example.com' }, { tags })
  const withTags = (pair: Pair, side: 'source' | 'target', tags: readonly string[]) =>
    edited(pair, side, {}, { tags })

  it('are added, and those of the target stay', () => {
    const pair = round(pairOf(planContext(parts), here(['1']), there(['30'])))
    expect(pair.last?.tags).toEqual({ add: ['10'], remove: [] })
    expect(pair.target?.tags).toEqual(['10', '30'])
    expectQuiet(pair)
  })

  it('that somebody removed at the target stay removed', () => {
    const pair = round(pairOf(planContext(parts), here(['1']), there([])))
    const removed = round(withTags(pair, 'target', []))
    expect(removed.last?.tags ?? { add: [] }).toMatchObject({ add: [] })
    const later = round(withTags(removed, 'source', ['1', '2']))
    expect(later.last?.tags).toEqual({ add: ['20'], remove: [] })
    expectQuiet(later)
  })

  it('that the source lost are taken back, and only those', () => {
    const pair = round(pairOf(planContext(parts), here(['1', '2']), there(['30'])))
    const lost = round(withTags(pair, 'source', ['1']))
    expect(lost.last).toMatchObject({
      bucket: 'update',
      risk: 'destructive',
      tags: { add: [], remove: ['20'] },
    })
    expect(lost.target?.tags).toEqual(['10', '30'])
    expectQuiet(lost)
  })

  it('stay at the target where the mapping does not remove', () => {
    const policy = {
      tags: { include: ['*'], exclude: [], rename: null, remove: false, as: 'tags' as const },
    }
    const pair = round(pairOf(planContext({ ...parts, policy }), here(['1', '2']), there([])))
    expect(round(withTags(pair, 'source', [])).last?.tags ?? { remove: [] }).toMatchObject({
      remove: [],
    })
  })

  it('that the mapping leaves behind from now on stay where they are', () => {
    const policy = (exclude: readonly string[]) => ({
      tags: { include: ['*'], exclude, rename: null, remove: true, as: 'tags' as const },
    })
    const pair = round(pairOf(planContext(parts), here(['1', '2']), there([])))
    const narrowed = planContext({
      ...parts,
      policy: policy(['VIP']),
      mapping: {
        tagTarget: (tag) => (tag.name === 'VIP' ? null : { kind: 'tag', name: tag.name }),
      },
    })
    const quiet = round({ ...pair, context: narrowed })
    expect(quiet.last?.tags ?? { remove: [] }).toMatchObject({ remove: [] })
    expect(quiet.target?.tags).toEqual(['10', '20'])
    const lost = round(withTags(quiet, 'source', []))
    expect(lost.last?.tags).toEqual({ add: [], remove: ['10'] })
  })

  it('come back where the source gives them again', () => {
    const pair = round(pairOf(planContext(parts), here(['1']), there([])))
    const gone = round(withTags(pair, 'source', []))
    const back = round(withTags(gone, 'source', ['1']))
    expect(back.last?.tags).toEqual({ add: ['10'], remove: [] })
  })
})

describe('a base', () => {
  const context = planContext()
  const packed = packBase('secret', showTo(context, contact('t1', ANNA)))

  it('tells nobody what it was made of', () => {
    expect(packed).not.toMatch(/anna|bauer/i)
  })

  it('is unlike that of another store', () => {
    expect(packBase('other', showTo(context, contact('t1', ANNA)))).not.toBe(packed)
  })

  it('made under older normal forms counts as none', () => {
    expect(unpackBase(packed)).not.toBeNull()
    expect(unpackBase(packed.replace(/^1 /, '0 '))).toBeNull()
    expect(unpackBase(null)).toBeNull()
    const older = round({
      ...linked(),
      bases: {
        from: packed.replace(/^1 /, '0 '),
        to: packed.replace(/^1 /, '0 '),
      },
    })
    expect(older.last).toMatchObject({ bucket: 'unchanged' })
    expectQuiet(older)
  })

  it.each(['custom.new:plan', 'custom.new:plan; 10 %'])(
    'takes the paths that planned fields were given: %s',
    (planned) => {
      const shown = {
        fields: new Map([[planned, 'basic']]),
        record: ['plan'],
        tags: null,
        groups: null,
        optOuts: [],
      }
      const renamed = renameSlots(packBase('k', shown), new Map([[planned, 'custom.plan']]))
      const base = unpackBase(renamed)
      expect(Object.keys(base?.fields ?? {})).toEqual(['custom.plan'])
      expect(base !== null && slotChanged(base, 'k', 'custom.plan', 'basic')).toBe(false)
      expect(base !== null && slotChanged(base, 'k', 'custom.plan', 'plus')).toBe(true)
    },
  )

  it('folds names that nobody can tell apart', () => {
    expect([' VIP ', 'vip', 'Vip'].map(foldName)).toEqual(['vip', 'vip', 'vip'])
    expect(foldName('J\u030c')).toBe(foldName('\u01f0'))
  })
})

const PATHS = ['givenName', 'familyName', 'company']
const value = fc.constantFrom<FieldValue | undefined>('a', 'b', 'c', null, undefined)
const edit = fc.record({
  side: fc.constantFrom<'source' | 'target'>('source', 'target'),
  fields: fc.record({ givenName: value, familyName: value, company: value }),
})

describe('whatever people do on both sides', () => {
  it('every edit survives, reaches the other side or waits; a second look writes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 6 }),
        fc.constantFrom('hold', 'from', 'to', 'newer'),
        (edits, conflicts) => {
          const rules = [...PATHS, 'emails.1'].map((path) => rule(path))
          let pair = round(start({ rules, conflicts }))
          for (const { side, fields } of edits) {
            const before = edited(pair, side, fields)
            pair = round(before)
            for (const path of PATHS) {
              const [wanted, was, is] = [
                before.source.fields[path],
                before.target?.fields[path],
                pair.target?.fields[path],
              ]
              // An omitted or empty value clears nothing; what is written is the source's own.
              if (typeof wanted !== 'string') expect(is).toEqual(was)
              else expect([was, wanted]).toContain(is)
            }
            expect(round(pair).last?.fields ?? []).toEqual([])
            expect(round(pair).last?.held ?? []).toEqual(pair.last?.held ?? [])
          }
        },
      ),
      { numRuns: 400 },
    )
  })
})
