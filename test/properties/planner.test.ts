/** What a decision may never do, whatever stands on both sides. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fields } from '../../src/model/field.ts'
import { decideRecord } from '../../src/plan/decide.ts'
import { contact, edited, pairOf, planContext, round, RULES, rule, tagged } from '../plan/world.ts'

const MAPPED = RULES.map(({ to }) => to)
const UNMAPPED = ['jobTitle', 'notes', 'custom.other']
const TAGS = ['a', 'b', 'c']

const value = fc.oneof(
  fc.constantFrom('', ' ', 'Anna', 'ANNA', 'e\u0301', '\u00e9', '=1+1', '\u202e', '0', 'null'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const cell = fc.option(value, { nil: null })
const fields: fc.Arbitrary<Fields> = fc.dictionary(fc.constantFrom(...MAPPED, ...UNMAPPED), cell)
const tags = fc.option(fc.uniqueArray(fc.constantFrom(...TAGS)), { nil: undefined })
const side = fc.record({ fields, tags })
const conflicts = fc.constantFrom('hold', 'from', 'to', 'newer')
const blank = fc.constantFrom('skip', 'clear', 'fill')
/** What both sides agreed on, and what each became since. */
const worlds = fc.record({ conflicts, blank, first: side, source: side, target: side })
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never

function pairFor(world: World) {
  const all = TAGS.map((name) => tagged(name, name))
  const context = planContext({
    conflicts: world.conflicts,
    rules: MAPPED.map((path) => rule(path, { blank: world.blank })),
    fromTags: all,
    toTags: all,
  })
  const told = ({ tags: keys }: World['first']) => (keys === undefined ? {} : { tags: keys })
  const created = round(pairOf(context, contact('s1', world.first.fields, told(world.first)), null))
  if (created.target === null) return created
  const moved = edited(
    created,
    'source',
    { ...cleared(world.first.fields), ...world.source.fields },
    told(world.source),
  )
  return edited(moved, 'target', world.target.fields, told(world.target))
}

function cleared(before: Fields): Record<string, undefined> {
  return Object.fromEntries(Object.keys(before).map((path) => [path, undefined]))
}

function decided(pair: ReturnType<typeof pairFor>) {
  return round(pair)
}

it('the same facts give the same decision, byte by byte', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      expect(JSON.stringify(decided(pairFor(world)).last)).toBe(
        JSON.stringify(decided(pairFor(structuredClone(world))).last),
      )
    }),
  )
})

it('nothing is written that the mapping does not name', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const written = decided(pairFor(world)).last?.fields.map(({ path }) => path) ?? []
      expect(written.filter((path) => !MAPPED.includes(path))).toEqual([])
    }),
  )
})

it('a field that the source does not tell is never cleared, nor is an empty one unless the mapping says so', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const pair = pairFor(world)
      for (const change of decided(pair).last?.fields ?? []) {
        expect(Object.keys(pair.source.fields)).toContain(change.path)
        const after = change.after ?? ''
        if (world.blank !== 'clear') expect(after).not.toBe('')
      }
    }),
  )
})

it('tags are taken off only where both sides had agreed on them', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const removed = decided(pairFor(world)).last?.tags.remove ?? []
      expect(removed.filter((key) => !(world.first.tags ?? []).includes(key))).toEqual([])
    }),
  )
})

it('what was decided and done leaves nothing to write', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const once = decided(pairFor(world))
      const again = decided(once)
      expect(['create', 'update']).not.toContain(again.last?.bucket)
    }),
  )
})

it('a hold writes nothing', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const pair = pairFor(world)
      const { context, source } = pair
      const held = decideRecord(context, {
        source,
        match: { kind: 'hold', cause: 'c', hint: 'h', candidates: [] },
        bases: pair.bases,
      })
      expect(held).toMatchObject([{ bucket: 'hold', fields: [], consents: [] }])
    }),
  )
})
