/** What people decide about fields: it counts for the values it was made on, shows as the rule, and for nothing else. */
import { describe, expect, it } from 'vitest'
import type { Sighting } from '../../src/model/sighting.ts'
import { remoteId } from '../../src/model/id.ts'
import { decideAbsent } from '../../src/plan/absent.ts'
import { decideRecord } from '../../src/plan/decide.ts'
import type { Draft } from '../../src/plan/draft.ts'
import { readChoice, type Ruling } from '../../src/plan/ruling.ts'
import { bothContext, bothWays } from './both-sides.ts'
import { ruling } from './rulings.ts'
import { CAPABILITIES, contact, planContext, rule } from './world.ts'

const WHY = 'decided by anna on 2026-11-29:'
const here = contact('s1', { givenName: 'One', company: 'Ltd' })
const there = contact('t1', { givenName: 'Other', company: 'Ltd' })
const rules = ['givenName', 'company'].map((path) => rule(path))
const oneWay = planContext({ rules })
const twoWay = bothContext({ rules: ['givenName', 'company'].map((path) => bothWays(path)) })

function decide(
  context: typeof oneWay,
  rulings: readonly Ruling[],
  [source, target]: readonly [Sighting, Sighting] = [here, there],
): readonly Draft[] {
  const match = { kind: 'found', target, by: 'email' } as const
  return decideRecord(context, { source, match, bases: null, rulings })
}

function asked(context: typeof oneWay, pair?: readonly [Sighting, Sighting]) {
  return decide(context, [], pair)
    .flatMap(({ held }) => held)
    .map(({ path, question }) => [path, question] as const)
}

describe('a decision about a field', () => {
  it('that the source is right overwrites the target, and shows as the rule', () => {
    const [[, question] = []] = asked(oneWay)
    const [op] = decide(oneWay, [ruling(question, 'from', 'givenName')])
    expect(op).toMatchObject({
      bucket: 'update',
      held: [],
      fields: [
        { path: 'givenName', before: 'Other', after: 'One', why: `${WHY} the source is right` },
      ],
      obeys: [{ field: 'givenName', choice: 'from', stands: false }],
    })
  })

  it('that the target is right leaves it so in a one-way sync, and goes on standing', () => {
    const [[, question] = []] = asked(oneWay)
    const [op] = decide(oneWay, [ruling(question, 'to', 'givenName')])
    expect(op).toMatchObject({ bucket: 'link', fields: [], held: [] })
    expect(op?.obeys).toMatchObject([{ choice: 'to', stands: true }])
    expect(op?.base).toMatchObject({ kept: ['givenName'], isSettled: true })
  })

  it('that the target is right writes the source in a two-way sync', () => {
    const [[, question] = []] = asked(twoWay)
    const ops = decide(twoWay, [ruling(question, 'to', 'givenName')])
    expect(ops).toMatchObject([
      {
        writes: 'from',
        held: [],
        fields: [
          { path: 'givenName', before: 'One', after: 'Other', why: `${WHY} the target is right` },
        ],
      },
    ])
  })

  it.each(['source', 'target'] as const)('is void once the %s shows another value', (side) => {
    const [[, question] = []] = asked(oneWay)
    const moved = (one: Sighting) => ({ ...one, fields: { ...one.fields, givenName: 'Third' } })
    const pair = [
      side === 'source' ? moved(here) : here,
      side === 'target' ? moved(there) : there,
    ] as const
    const [op] = decide(oneWay, [ruling(question, 'from', 'givenName')], pair)
    expect(op).toMatchObject({ bucket: 'hold', fields: [] })
    expect(op?.held).toMatchObject([{ path: 'givenName', lapsed: expect.stringContaining('anna') }])
    expect(op?.obeys).toBeUndefined()
  })

  it('says nothing where nobody is asked', () => {
    const [[, question] = []] = asked(oneWay)
    const policy = planContext({ rules, conflicts: 'to' })
    const [op] = decide(policy, [ruling(question, 'from', 'givenName')])
    expect(op).toMatchObject({ bucket: 'link', fields: [] })
    expect(op?.obeys).toBeUndefined()
  })

  it('about half an address is none: its parts need one answer', () => {
    const paths = ['line1', 'city'].map((part) => `addresses.main.${part}`)
    const context = planContext({ rules: paths.map((path) => rule(path)) })
    const pair = [
      contact('s1', { [paths[0] ?? '']: '1 High St', [paths[1] ?? '']: 'Bath' }),
      contact('t1', { [paths[0] ?? '']: '2 Low St', [paths[1] ?? '']: 'York' }),
    ] as const
    const [[street, first] = [], [city, second] = []] = asked(context, pair)
    const half = decide(context, [ruling(first, 'from', street ?? '')], pair)
    expect(half[0]).toMatchObject({ bucket: 'hold', fields: [] })
    const mixed = [ruling(first, 'from', street ?? ''), ruling(second, 'to', city ?? '')]
    expect(decide(context, mixed, pair)[0]).toMatchObject({ bucket: 'hold', fields: [] })
    const whole = [ruling(first, 'from', street ?? ''), ruling(second, 'from', city ?? '')]
    expect(decide(context, whole, pair)[0]?.fields.map(({ after }) => after)).toEqual([
      '1 High St',
      'Bath',
    ])
  })
})

describe('a decision about somebody who was deleted at the source and edited at the target', () => {
  const context = planContext({ rules, capabilities: { ...CAPABILITIES, remove: 'delete' } })
  const facts = {
    fromId: remoteId('s1'),
    toId: remoteId('t1'),
    side: 'from',
    base: null,
    proof: { kind: 'gone' },
    counterpart: { kind: 'found', sighting: there },
    namesake: null,
  } as const
  const question = () => decideAbsent(context, 'delete', facts)?.question?.hash

  it('keeps the counterpart, for good', () => {
    const op = decideAbsent(context, 'delete', {
      ...facts,
      ruling: ruling(question(), 'keep', null),
    })
    expect(op).toMatchObject({ bucket: 'excluded', obeys: [{ choice: 'keep', stands: true }] })
  })

  it('deletes it, as the policy would have', () => {
    const op = decideAbsent(context, 'delete', {
      ...facts,
      ruling: ruling(question(), 'delete', null),
    })
    expect(op).toMatchObject({ bucket: 'delete', cause: expect.stringContaining(WHY) })
  })

  it('is void once it was edited again', () => {
    const hash = question()
    const sighting = contact('t1', { givenName: 'Again' })
    const op = decideAbsent(context, 'delete', {
      ...facts,
      counterpart: { kind: 'found', sighting },
      ruling: ruling(hash, 'delete', null),
    })
    expect(op).toMatchObject({ bucket: 'hold', cause: expect.stringContaining('something else') })
  })
})

it('an answer is one of few words, or names whom to link to', () => {
  expect(['from', 'TO', ' skip ', 'link:t1'].map(readChoice)).toEqual([
    'from',
    'to',
    'skip',
    'link:t1',
  ])
  expect(['', 'link:', 'yes', 'delete it'].map(readChoice)).toEqual([null, null, null, null])
})
