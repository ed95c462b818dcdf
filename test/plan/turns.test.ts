import { describe, expect, it } from 'vitest'
import { decideRecord } from '../../src/plan/decide.ts'
import { fieldQuestion } from '../../src/plan/ruling.ts'
import { flapsOf, heldCause, turnOf, TURNS_MAX, type TurnsOf } from '../../src/plan/turns.ts'
import { type Both, bothContext, bothRound, bothWays } from './both-sides.ts'
import { ruling } from './rulings.ts'
import { contact, matchOf } from './world.ts'

const RULES = ['givenName', 'company'].map((path) => bothWays(path))

function pairOf(): Both {
  const fields = { givenName: 'Anna', company: 'A' }
  return bothRound({
    context: bothContext({ rules: RULES }),
    source: contact('s1', fields),
    target: contact('t1', fields),
    bases: null,
  })
}

function edited(pair: Both, company: string): Both {
  return { ...pair, target: { ...pair.target, fields: { ...pair.target.fields, company } } }
}

const values = { slot: 'company', wanted: 'A', present: 'B' }

function turns(pair: Both, count: number): TurnsOf {
  const turn = turnOf(pair.context.key, values)
  return new Map([[turn.slot, { ...turn, count }]])
}

function decided(pair: Both, more: Partial<Parameters<typeof decideRecord>[1]> = {}) {
  const { context, source, target, bases } = pair
  const known = bases === null ? null : { from: bases.from ?? '', to: bases.to ?? '' }
  const match = matchOf({ source, target, bases: known })
  return decideRecord(context, { source, match, bases, ...more })
}

describe('a field that is written again and again', () => {
  it('counts a turn for whichever side is written, and forgets which value is whose', () => {
    const pair = pairOf()
    const [op] = decided(edited(pair, 'B'))
    expect(op?.turns).toEqual([turnOf(pair.context.key, values)])
    const swapped = { slot: 'company', wanted: 'B', present: 'A' }
    expect(turnOf('k', swapped)).toEqual(turnOf('k', values))
    expect(turnOf('k', { ...values, slot: 'city' }).slot).not.toBe(turnOf('k', values).slot)
  })

  it('is written up to the limit, and then asked about', () => {
    const pair = edited(pairOf(), 'B')
    expect(decided(pair, { turns: turns(pair, TURNS_MAX - 1) })).toMatchObject([
      { bucket: 'update', writes: 'from' },
    ])
    expect(decided(pair, { turns: turns(pair, TURNS_MAX) })).toMatchObject([
      {
        bucket: 'hold',
        cause: expect.stringContaining('flapping'),
        held: [{ path: 'company', flaps: TURNS_MAX, question: expect.any(String) }],
      },
    ])
  })

  it('is not asked about where other values are meant', () => {
    const pair = edited(pairOf(), 'C')
    expect(decided(pair, { turns: turns(pair, 9) })).toMatchObject([{ bucket: 'update' }])
    expect(flapsOf('k', values, undefined)).toBe(0)
  })

  it('goes where a person says, in either direction', () => {
    const pair = edited(pairOf(), 'B')
    const question = fieldQuestion(pair.context.key, values)
    for (const [choice, writes, after] of [
      ['from', 'to', 'A'],
      ['to', 'from', 'B'],
    ] as const) {
      const rulings = [ruling(question, choice, 'company')]
      expect(decided(pair, { turns: turns(pair, TURNS_MAX), rulings })).toMatchObject([
        { bucket: 'update', writes, fields: [{ path: 'company', after }], obeys: [{ choice }] },
      ])
    }
  })

  it('is over once both sides agree', () => {
    const pair = edited(pairOf(), 'B')
    const agreed = { ...pair, source: { ...pair.source, fields: { ...pair.target.fields } } }
    const { slot } = turnOf(pair.context.key, values)
    expect(decided(agreed, { turns: turns(pair, TURNS_MAX) })).toMatchObject([
      { bucket: 'unchanged', turns: [{ slot, pair: null }] },
    ])
  })

  it('is told apart from a field that both sides edited', () => {
    const one = { path: 'a', from: 'x', to: 'y' }
    expect(heldCause([{ ...one, flaps: 4 }]).cause).toContain('flapping')
    expect(heldCause([{ ...one, flaps: 4 }, one]).cause).toBe('both sides hold different values')
  })
})
