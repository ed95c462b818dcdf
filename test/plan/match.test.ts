import { describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { type Candidate, type LinkedTarget, type MatchFacts, match } from '../../src/plan/match.ts'
import { contact } from './world.ts'

const free = (id: string): Candidate => ({ sighting: contact(id, {}), linkedTo: null })
const takenBy = (id: string, by: string): Candidate => ({
  sighting: contact(id, {}),
  linkedTo: remoteId(by),
})
const twin = (id: string, more: { isLinked?: boolean; isPreferred?: boolean } = {}) => ({
  id: remoteId(id),
  isLinked: false,
  isPreferred: false,
  ...more,
})
const facts = (more: Partial<MatchFacts>): MatchFacts => ({
  id: remoteId('s1'),
  link: null,
  byMarker: [],
  twins: [],
  byEmail: [],
  byPhone: [],
  policy: 'hold',
  ...more,
})
const linked = (target: LinkedTarget, more: Partial<MatchFacts> = {}) =>
  match(facts({ ...more, link: { toId: remoteId('t1'), target } }))

describe('a linked contact', () => {
  const sighting = contact('t1', {})

  it('is whom it is linked to, whatever marker, e-mail and twins propose', () => {
    const more = {
      byMarker: [free('t2'), free('t3')],
      byEmail: [takenBy('t4', 's9')],
      byPhone: [free('t5')],
      twins: [twin('s2', { isPreferred: true })],
    }
    expect(linked({ kind: 'found', sighting }, more)).toEqual({
      kind: 'linked',
      toId: 't1',
      target: sighting,
    })
  })

  it('needs no reading of its counterpart where nothing changed', () => {
    expect(linked({ kind: 'unread' })).toEqual({ kind: 'linked', toId: 't1', target: null })
  })

  it('follows its counterpart into the record it was merged into', () => {
    const into = contact('t7', {})
    expect(linked({ kind: 'merged', into })).toEqual({ kind: 'repoint', was: 't1', target: into })
  })

  it('waits where its counterpart was merged into that of another: nobody gets the values of two', () => {
    const linkedTo = remoteId('s9')
    expect(linked({ kind: 'merged', into: contact('t7', {}), linkedTo })).toMatchObject({
      kind: 'hold',
      candidates: ['t7', 's9'],
    })
  })

  it('waits for a person where its counterpart is gone', () => {
    expect(linked({ kind: 'gone' })).toMatchObject({ kind: 'hold', candidates: ['t1'] })
  })

  it('waits, and is not created again, where nothing is known of its counterpart', () => {
    expect(linked({ kind: 'inconclusive', message: 'forbidden' })).toMatchObject({
      kind: 'hold',
      cause: expect.stringContaining('forbidden'),
      candidates: ['t1'],
    })
  })
})

describe.each(['byMarker', 'byEmail', 'byPhone'] as const)('a contact that %s proposes', (by) => {
  const name = { byMarker: 'marker', byEmail: 'email', byPhone: 'phone' }[by]

  it('is found where it is alone and free', () => {
    expect(match(facts({ [by]: [free('t1')] }))).toMatchObject({
      kind: 'found',
      by: name,
      target: { id: 't1' },
    })
  })

  it('is found where it was linked to this one already', () => {
    expect(match(facts({ [by]: [takenBy('t1', 's1')] }))).toMatchObject({ kind: 'found' })
  })

  it('is a question where it belongs to somebody else', () => {
    expect(match(facts({ [by]: [takenBy('t1', 's2')] }))).toMatchObject({
      kind: 'hold',
      candidates: ['t1', 's2'],
    })
  })

  it('is a question where there are several, even if one alone is free', () => {
    expect(match(facts({ [by]: [free('t1'), free('t2')] }))).toMatchObject({
      kind: 'hold',
      candidates: ['t1', 't2'],
    })
    expect(match(facts({ [by]: [takenBy('t1', 's2'), free('t2')] }))).toMatchObject({
      kind: 'hold',
    })
  })
})

describe('proposals', () => {
  it('count in the order marker, e-mail, phone', () => {
    const all = { byMarker: [free('t1')], byEmail: [free('t2')], byPhone: [free('t3')] }
    expect(match(facts(all))).toMatchObject({ by: 'marker' })
    expect(match(facts({ ...all, byMarker: [] }))).toMatchObject({ by: 'email' })
    expect(match(facts({ ...all, byMarker: [], byEmail: [] }))).toMatchObject({ by: 'phone' })
    expect(match(facts({}))).toEqual({ kind: 'new' })
  })

  it('of an ambiguous e-mail are not replaced by a clear phone', () => {
    const ambiguous = facts({ byEmail: [free('t1'), free('t2')], byPhone: [free('t3')] })
    expect(match(ambiguous)).toMatchObject({ kind: 'hold', candidates: ['t1', 't2'] })
  })
})

describe('twins at the source', () => {
  const byEmail = [free('t1')]

  it('are a question by default, even where the target has their e-mail', () => {
    expect(match(facts({ twins: [twin('s2'), twin('s3')], byEmail }))).toMatchObject({
      kind: 'hold',
      cause: expect.stringContaining('3 contacts'),
      candidates: ['s2', 's3'],
    })
  })

  it('do not matter to the one whose marker the target shows', () => {
    expect(match(facts({ twins: [twin('s2')], byMarker: [free('t1')] }))).toMatchObject({
      kind: 'found',
      by: 'marker',
    })
  })

  it.each(['first', 'newest', 'merge'] as const)(
    'stay behind under %s for the preferred',
    (policy) => {
      const preferred = [twin('s2'), twin('s3', { isPreferred: true })]
      expect(match(facts({ policy, twins: preferred, byEmail }))).toMatchObject({
        kind: 'excluded',
        inFavourOf: 's3',
      })
    },
  )

  it.each(['first', 'newest', 'merge'] as const)(
    'stay behind under %s for a linked one',
    (policy) => {
      const twins = [twin('s2', { isPreferred: true }), twin('s3', { isLinked: true })]
      expect(match(facts({ policy, twins, byEmail }))).toMatchObject({
        kind: 'excluded',
        inFavourOf: 's3',
      })
    },
  )

  it.each(['first', 'newest', 'merge'] as const)('leave the way free under %s', (policy) => {
    expect(match(facts({ policy, twins: [twin('s2')], byEmail }))).toMatchObject({ by: 'email' })
    expect(match(facts({ policy, twins: [twin('s2')] }))).toEqual({ kind: 'new' })
  })
})

describe('where contacts may share an e-mail and all of them are kept', () => {
  const keep = (more: Partial<MatchFacts>) => match(facts({ ...more, policy: 'keep' }))

  it('each is new where the target has nobody of that e-mail, or only counterparts of others', () => {
    expect(keep({ twins: [twin('s2'), twin('s3')] })).toEqual({ kind: 'new' })
    const byEmail = [takenBy('t2', 's2'), takenBy('t3', 's3')]
    expect(keep({ twins: [twin('s2', { isLinked: true })], byEmail })).toEqual({ kind: 'new' })
  })

  it('the marker says who is whom, whatever is shared', () => {
    const found = keep({
      byMarker: [free('t1')],
      byEmail: [free('t1'), free('t2')],
      twins: [twin('s2')],
    })
    expect(found).toMatchObject({ kind: 'found', by: 'marker', target: { id: 't1' } })
  })

  it('one that is free belongs to the only one it may belong to', () => {
    const byEmail = [takenBy('t2', 's2'), free('t1')]
    const twins = [twin('s2', { isLinked: true })]
    expect(keep({ byEmail, twins })).toMatchObject({ kind: 'found', target: { id: 't1' } })
  })

  it('nobody guesses which of several it is', () => {
    expect(keep({ byEmail: [free('t1')], twins: [twin('s2')] })).toMatchObject({
      kind: 'hold',
      candidates: ['t1'],
    })
    expect(keep({ byEmail: [free('t1'), free('t2')] })).toMatchObject({ kind: 'hold' })
  })
})
