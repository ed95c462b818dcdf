import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { costOf, JOINS_PER_CALL } from '../../src/plan/cost.ts'
import { decideRecord } from '../../src/plan/decide.ts'
import type { Draft } from '../../src/plan/draft.ts'
import { BUCKETS, graver, RISKS } from '../../src/plan/op.ts'
import { LOSS_SAMPLES_MAX } from '../../src/plan/plan.ts'
import { count, cut, emptyTally, finishCuts, type Tally } from '../../src/plan/tally.ts'
import { CAPABILITIES, contact, pairOf, planContext, round, rule, tagged } from './world.ts'

const NAMES = {
  optOutReversible: false,
  elementName: (_: string, key: string) => `name of ${key}`,
  growing: new Map(),
}
type Counted = Draft
const [PLAIN] = decideRecord(planContext(), {
  source: contact('s1', { 'emails.1': 'anna@example.com' }),
  match: { kind: 'new' },
  bases: null,
}) as [Counted]
const op = (more: Partial<Counted>): Counted => ({ ...PLAIN, ...more })
const tallyOf = (ops: readonly (Draft | null)[]): Tally => {
  const tally = emptyTally()
  for (const one of ops) count(tally, NAMES, one)
  return tally
}
const OPT_OUT = {
  channel: 'email',
  address: null,
  state: 'refused',
  reason: null,
  scope: null,
  since: null,
} as const

describe('a tally', () => {
  it('puts every record in exactly one bucket', () => {
    const anyOp = fc.constantFrom<Draft | null>(null, ...BUCKETS.map((bucket) => op({ bucket })))
    fc.assert(
      fc.property(fc.array(anyOp, { maxLength: 60 }), (ops) => {
        const { counts } = tallyOf(ops)
        expect(Object.values(counts).reduce((sum, each) => sum + each, 0)).toBe(ops.length)
        for (const bucket of BUCKETS) {
          const quiet = bucket === 'unchanged' ? ops.filter((one) => one === null).length : 0
          expect(counts[bucket]).toBe(ops.filter((one) => one?.bucket === bucket).length + quiet)
        }
      }),
    )
  })

  it('of real decisions adds up too', () => {
    const context = planContext({ rules: [rule('givenName'), rule('emails.1')] })
    const people = ['anna', 'otto', 'ida', 'emil'].map((name) =>
      pairOf(
        context,
        contact(`s ${name}`, { givenName: name, 'emails.1': `${name}@example.com` }),
        name === 'anna' || name === 'otto'
          ? contact(`t ${name}`, { givenName: name === 'anna' ? name : 'O.' })
          : null,
      ),
    )
    const first = people.map((one) => round(one))
    const second = first.map((one) => round(one))
    expect(tallyOf(first.map(({ last }) => last)).counts).toMatchObject({
      create: 2,
      update: 2,
      hold: 0,
    })
    expect(tallyOf(second.map(({ last }) => last)).counts).toMatchObject({ hold: 1, unchanged: 3 })
  })

  it('counts losses by field and cause, with a few samples cut short', () => {
    const loss = { field: 'notes', cause: 'cut to 80', before: 'x'.repeat(500), after: null }
    const other = { ...loss, cause: 'forbidden', after: 'y'.repeat(500) }
    const { losses } = tallyOf([
      ...Array.from({ length: 5 }, (_, place) =>
        op({ fromId: remoteId(`s${place}`), losses: [loss] }),
      ),
      op({ losses: [other] }),
    ])
    const [cutShort, forbidden] = Object.values(losses)
    expect(cutShort).toMatchObject({ field: 'notes', cause: 'cut to 80', count: 5 })
    expect(cutShort?.sample.map(({ record }) => record)).toEqual(['s0', 's1', 's2'])
    expect(cutShort?.sample).toHaveLength(LOSS_SAMPLES_MAX)
    expect(cutShort?.sample[0]?.before).toHaveLength(80)
    expect(forbidden?.sample[0]?.after).toHaveLength(80)
  })

  it('counts changed fields of updates, not those of creates', () => {
    const fields = [
      { path: 'notes', before: null, after: ['a', 'b'], risk: 'fill', why: '' },
    ] as const
    const { changes } = tallyOf([
      op({ bucket: 'update', fields }),
      op({ bucket: 'create', fields }),
    ])
    expect(Object.values(changes)).toEqual([
      { path: 'notes', count: 1, sample: [{ record: PLAIN.label, before: null, after: 'a, b' }] },
    ])
  })

  it('counts pairs, overwrites and updates of pairs, each once a record', () => {
    const change = (risk: 'fill' | 'overwrite' | 'destructive') => ({
      path: risk,
      after: 'x',
      risk,
      why: '',
    })
    const toId = remoteId('t1')
    const tally = tallyOf([
      null,
      op({ bucket: 'link', toId }),
      op({ bucket: 'hold', toId }),
      op({ bucket: 'create' }),
      op({ bucket: 'update', toId, fields: [change('fill')] }),
      op({ bucket: 'update', toId, fields: [change('overwrite'), change('overwrite')] }),
      op({ bucket: 'update', toId, fields: [change('destructive')] }),
    ])
    expect(tally).toMatchObject({ pairs: 5, overwrites: 2, updatedPairs: 3 })
  })

  it('counts people that travel opted out, and those who exist and cannot be opted in again', () => {
    const consents = [OPT_OUT, { ...OPT_OUT, channel: 'sms' as const }]
    const ops = [op({ bucket: 'create', consents }), op({ bucket: 'update', consents })]
    expect(tallyOf(ops)).toMatchObject({ optOuts: 2, irreversibleConsents: 1 })
    const reversible = emptyTally()
    for (const one of ops) count(reversible, { ...NAMES, optOutReversible: true }, one)
    expect(reversible).toMatchObject({ optOuts: 2, irreversibleConsents: 0 })
  })

  it('counts what has to be created first, and how many use it', () => {
    const tags = { add: ['new:vip', '10'], remove: ['20'] }
    const fields = [{ path: 'custom.new:plan', after: 'basic', risk: 'none', why: '' }] as const
    const tally = tallyOf([
      op({ tags, fields }),
      op({ bucket: 'update', tags, fields, groups: { add: ['new:vip'], remove: ['3'] } }),
      op({ bucket: 'hold', tags, fields }),
    ])
    expect(tally.usedFields).toEqual({ 'custom.new:plan': 2 })
    expect(tally.usedElements).toEqual({
      'tag new:vip': { name: 'name of new:vip', kind: 'tag', count: 2 },
      'group new:vip': { name: 'name of new:vip', kind: 'group', count: 1 },
    })
    expect(tally).toMatchObject({ tagWrites: 6, joins: 2 })
  })

  it('gathers questions and refusals by cause', () => {
    const held = [{ path: 'notes', from: 'a', to: 'b' }]
    const tally = tallyOf([
      op({ bucket: 'hold', cause: 'two of them' }),
      op({ bucket: 'hold', cause: 'two of them' }),
      op({ bucket: 'update', held }),
      op({ bucket: 'reject', cause: 'no e-mail', held }),
    ])
    expect(Object.values(tally.holds)).toMatchObject([
      { cause: 'two of them', count: 2, sample: [PLAIN.label, PLAIN.label] },
      { cause: 'both sides changed', count: 1 },
    ])
    expect(Object.values(tally.rejects)).toMatchObject([{ cause: 'no e-mail', count: 1 }])
  })

  it('is plain data: planning can stop and go on anywhere', () => {
    const ops = [
      op({}),
      null,
      op({ bucket: 'update', consents: [OPT_OUT] }),
      op({ bucket: 'hold' }),
    ]
    const whole = tallyOf(ops)
    let half = tallyOf(ops.slice(0, 2))
    half = JSON.parse(JSON.stringify(half)) as Tally
    for (const one of ops.slice(2)) count(half, NAMES, one)
    expect(half).toEqual(whole)
  })
})

describe('batches', () => {
  const ends = (size: number, batchMax: number) => {
    const tally = emptyTally()
    for (let seq = 1; seq <= size; seq += 1) cut(tally, 'create', seq, batchMax)
    finishCuts(tally, size)
    return tally.cuts.create.ends
  }

  it('begin small, so that a mistake shows on few people', () => {
    expect(ends(500, 200)).toEqual([1, 11, 111, 311, 500])
  })

  it('are never larger than the target takes', () => {
    expect(ends(35, 10)).toEqual([1, 11, 21, 31, 35])
    expect(ends(3, 1)).toEqual([1, 2, 3])
  })

  it('cover every op once and end with the last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 250 }),
        (size, max) => {
          const all = ends(size, max)
          const sizes = all.map((end, place) => end - (all[place - 1] ?? 0))
          expect(sizes.reduce((sum, each) => sum + each, 0)).toBe(size)
          expect(sizes.every((each) => each >= 1 && each <= max)).toBe(true)
          expect(all.at(-1)).toBe(size)
        },
      ),
    )
  })

  it('of creates and updates are counted apart', () => {
    const tally = emptyTally()
    for (let seq = 1; seq <= 6; seq += 1) cut(tally, seq % 2 === 0 ? 'update' : 'create', seq, 2)
    finishCuts(tally, 6)
    expect(tally.cuts.create.ends).toEqual([1, 5])
    expect(tally.cuts.update.ends).toEqual([2, 6])
  })
})

describe('the cost', () => {
  const tally = (more: Partial<Tally>): Tally => ({ ...emptyTally(), ...more })
  const counts = (create: number, update: number) => ({ ...emptyTally().counts, create, update })

  it('is calls by kind, minutes at the permitted rate and a share of the day', () => {
    const capabilities = {
      ...CAPABILITIES,
      rate: { requestsPerSecond: 2, requestsPerDay: 1_000, concurrency: 1 },
    }
    const cost = costOf(
      tally({ counts: counts(401, 150), joins: 201, tagWrites: 99 }),
      capabilities,
      4,
    )
    expect(cost.calls).toEqual([
      { operation: 'vocabulary', count: 4 },
      { operation: 'create contacts', count: 3 },
      { operation: 're-check before update', count: 2 },
      { operation: 'update contacts', count: 1 },
      { operation: 'groups', count: Math.ceil(201 / JOINS_PER_CALL) },
      { operation: 'verify', count: 6 },
    ])
    expect(cost).toMatchObject({ requests: 18, minutes: 0.2, dailyShare: 0.018 })
  })

  it('counts tags and opt-outs where each is a call of its own', () => {
    const capabilities = {
      ...CAPABILITIES,
      create: { batchMax: 1, onTakenEmail: 'doubles' } as const,
    }
    const cost = costOf(tally({ counts: counts(2, 0), tagWrites: 3, optOuts: 1 }), capabilities, 0)
    expect(cost.calls).toContainEqual({ operation: 'tags', count: 3 })
    expect(cost.calls).toContainEqual({ operation: 'opt-outs', count: 1 })
    expect(cost.dailyShare).toBeNull()
  })

  it('of nothing is nothing', () => {
    expect(costOf(emptyTally(), CAPABILITIES, 0)).toEqual({
      calls: [],
      requests: 0,
      minutes: 0,
      dailyShare: null,
    })
  })
})

describe('a risk', () => {
  it('is the graver of two', () => {
    for (const [place, risk] of RISKS.entries())
      for (const [other, than] of RISKS.entries())
        expect(graver(risk, than)).toBe(place >= other ? risk : than)
  })
})

describe('tags of a plan', () => {
  it('are named as the source spells them', () => {
    const context = planContext({ fromTags: [tagged('1', 'Very Important')] })
    expect(context.elements.ofTag('1')).toMatchObject({ key: 'new:very important' })
    expect(context.elements.plannedName('tag', 'new:very important')).toBe('Very Important')
  })
})
