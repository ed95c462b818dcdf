/** Several choices in one field, edited on both sides at once: each choice is added or taken off by itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../../src/model/field.ts'
import type { Side } from '../../src/model/id.ts'
import {
  assembled,
  dissected,
  keepSlots,
  packBase,
  recordHash,
  recordOf,
  renameSlots,
  unpackBase,
} from '../../src/plan/base.ts'
import { mergeChoices } from '../../src/plan/choices.ts'
import { seenAgain } from '../../src/plan/settled.ts'
import { showFrom, showTo } from '../../src/plan/shown.ts'
import { type Both, bothContext, bothRound, bothWays, decideBoth } from './both-sides.ts'
import { contact, definition } from './world.ts'

const SLOT = 'custom.likes'
const type = { definition: definition(SLOT, { type: 'choices' }) }
const likes = (conflict: 'hold' | 'from' | null = null) => {
  const one = bothWays(SLOT, { ...type, conflict })
  return one.reverse === null ? one : { ...one, reverse: { ...one.reverse, ...type } }
}

function pairOf(rule = likes(), values: FieldValue = ['tea', 'chess']): Both {
  const fields = { givenName: 'Anna', [SLOT]: values }
  return bothRound({
    context: bothContext({ rules: [bothWays('givenName'), rule] }),
    source: contact('s1', fields),
    target: contact('t1', fields),
    bases: null,
  })
}

function choose(pair: Both, side: Side, values: FieldValue): Both {
  const name = side === 'from' ? 'source' : 'target'
  return { ...pair, [name]: { ...pair[name], fields: { ...pair[name].fields, [SLOT]: values } } }
}

const shown = ({ source, target }: Both) =>
  [source, target].map(({ fields }) => [...((fields[SLOT] ?? []) as readonly string[])].sort())

describe('choices edited on both sides', () => {
  it('are united, without what was taken off on either side', () => {
    const edited = choose(choose(pairOf(), 'from', ['tea', 'chess', 'go']), 'to', ['tea', 'jazz'])
    const merged = bothRound(edited)
    expect(shown(merged)).toEqual([
      ['go', 'jazz', 'tea'],
      ['go', 'jazz', 'tea'],
    ])
    expect(decideBoth(bothRound(merged)).filter(({ bucket }) => bucket === 'update')).toEqual([])
  })

  it('are the same in another order, and then nothing is written', () => {
    const pair = choose(pairOf(), 'to', ['chess', 'tea'])
    expect(decideBoth(pair).filter(({ bucket }) => bucket === 'update')).toEqual([])
  })

  it('may all be gone at the end', () => {
    const edited = choose(choose(pairOf(), 'from', ['tea']), 'to', ['chess'])
    expect(decideBoth(edited).map(({ writes, fields }) => [writes, fields[0]?.after])).toEqual([
      ['to', null],
      ['from', []],
    ])
  })

  it('come to the same when only one of the two writes is made at first', () => {
    for (const order of [['to'], ['from']] as const) {
      const edited = choose(choose(pairOf(), 'from', ['tea', 'chess', 'go']), 'to', ['tea', 'jazz'])
      expect(shown(bothRound(bothRound(edited, { order })))).toEqual([
        ['go', 'jazz', 'tea'],
        ['go', 'jazz', 'tea'],
      ])
    }
  })

  it.each([[['to', 'from']], [['from', 'to']]] as const)(
    'count as agreed as soon as each side is read back (%j)',
    (order) => {
      const edited = choose(choose(pairOf(), 'from', ['tea', 'chess', 'go']), 'to', ['tea', 'jazz'])
      const ops = decideBoth(edited)
      const merged = bothRound(edited, { order })
      const { context } = merged
      const readBack = (side: Side): string => {
        const shows =
          side === 'to' ? showTo(context, merged.target) : showFrom(context, merged.source)
        const [base, before] = [
          ops.find(({ writes }) => writes === side)?.base,
          merged.bases?.[side],
        ]
        if (base == null || before == null) throw new Error('nothing was written there')
        // What says that nothing has changed since is not looked at again.
        const isQuiet = recordOf(before) === recordHash(context.key, shows)
        return isQuiet ? before : seenAgain(base, before, packBase(context.key, shows))
      }
      const bases = { from: readBack('from'), to: readBack('to') }
      const later = choose({ ...merged, bases }, 'to', ['tea', 'go', 'chess'])
      expect(shown(bothRound(later))).toEqual([
        ['chess', 'go', 'tea'],
        ['chess', 'go', 'tea'],
      ])
    },
  )

  it('that never agreed are united', () => {
    const start = pairOf(likes(), ['tea'])
    const never = choose({ ...start, bases: null }, 'to', ['jazz'])
    expect(shown(bothRound(never))).toEqual([
      ['jazz', 'tea'],
      ['jazz', 'tea'],
    ])
  })

  it('are a question where the base is of a version that did not tell them apart', () => {
    const start = pairOf()
    const older = (packed: string | null) => packed?.replaceAll(/\u001f[^;]*/g, '') ?? null
    const bases = { from: older(start.bases?.from ?? null), to: older(start.bases?.to ?? null) }
    const edited = choose(choose({ ...start, bases }, 'from', ['tea', 'go']), 'to', ['jazz'])
    expect(decideBoth(edited)).toMatchObject([{ bucket: 'hold', held: [{ path: SLOT }] }])
  })

  it('obey a side that the mapping says is right', () => {
    const edited = choose(choose(pairOf(likes('from')), 'from', ['tea', 'go']), 'to', ['jazz'])
    expect(decideBoth(edited).map(({ writes, fields }) => [writes, fields[0]?.after])).toEqual([
      ['to', ['tea', 'go']],
    ])
  })
})

describe('merged choices', () => {
  const list = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f'])
  it('hold each addition of either side and no removal, whatever was chosen before', () => {
    fc.assert(
      fc.property(list, list, list, (was, here, there) => {
        const edited = choose(choose(pairOf(likes(), was), 'from', here), 'to', there)
        const [a, b] = shown(bothRound(bothRound(edited)))
        const wanted = ['a', 'b', 'c', 'd', 'e', 'f'].filter((one) => {
          const [is, by, at] = [was, here, there].map((each) => each.includes(one))
          return is === true ? by === true && at === true : by === true || at === true
        })
        const isOneEdited = String(was) === String(here) || String(was) === String(there)
        // An emptied side says nothing where the other one has a value (`blank: skip`).
        if (here.length === 0 || there.length === 0 || (was.length === 0 && isOneEdited)) return
        expect([a, b]).toEqual([wanted, wanted])
      }),
    )
  })

  it('spell a choice as the side does that has it', () => {
    const none = { fromBase: null, toBase: null }
    const facts = { key: 'k', slot: SLOT, here: ['Zu\u0308rich'], there: ['Z\u00fcrich ', 'Ulm'] }
    expect(mergeChoices({ ...facts, ...none })).toEqual(['Zu\u0308rich', 'Ulm'])
  })
})

describe('a base with choices', () => {
  const packed = pairOf().bases?.from ?? ''

  it('keeps them through everything that is done to bases', () => {
    expect(packed).toContain('\u001f')
    expect(assembled(dissected(packed))).toBe(packed)
    const keep = { kept: [SLOT], isSettled: true }
    const kept = keepSlots(packed, { old: packed, ...keep })
    expect(unpackBase(kept)?.choices).toEqual(unpackBase(packed)?.choices)
    expect(unpackBase(keepSlots(packed, { old: null, ...keep }))?.fields[SLOT]).toBeUndefined()
    const drafted = packed.replace(SLOT, 'custom.new:likes')
    expect(renameSlots(drafted, new Map([['custom.new:likes', SLOT]]))).toBe(packed)
  })

  it('tells nobody what was chosen', () => {
    expect(packed).not.toMatch(/tea|chess/)
    expect(unpackBase(packed)?.choices[SLOT]?.size).toBe(2)
  })
})
