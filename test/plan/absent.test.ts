import { describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { type AbsentFacts, type DeletePolicy, decideAbsent } from '../../src/plan/absent.ts'
import { packBase } from '../../src/plan/base.ts'
import { showFrom, showTo } from '../../src/plan/shown.ts'
import { bothContext } from './both-sides.ts'
import { CAPABILITIES, contact, type Parts, planContext, tagged } from './world.ts'

const target = contact('t1', { givenName: 'Anna', 'emails.1': 'anna@example.com' })

function decided(
  policy: DeletePolicy,
  changes: Partial<AbsentFacts> = {},
  parts: Parts = { capabilities: { remove: 'delete' } },
) {
  const context = planContext(parts)
  return decideAbsent(context, policy, {
    fromId: remoteId('s1'),
    toId: remoteId('t1'),
    side: 'from',
    base: packBase(context.key, showTo(context, target)),
    proof: { kind: 'gone' },
    counterpart: { kind: 'found', sighting: target },
    namesake: null,
    ...changes,
  })
}

describe('a linked contact that two whole readings did not show', () => {
  it.each(['unsubscribe', 'tag', 'delete'] as const)(
    'nothing is concluded where the source still has it, or does not say (%s)',
    (policy) => {
      expect(decided(policy, { proof: { kind: 'found' } })).toBeNull()
      expect(decided(policy, { proof: { kind: 'inconclusive', message: '503' } })).toBeNull()
    },
  )

  it('that was merged at the source is a question, never a deletion', () => {
    const proof = { kind: 'merged', into: contact('s9', {}) } as const
    expect(decided('delete', { proof })).toMatchObject({ bucket: 'hold', candidates: ['s9'] })
  })

  it('whose counterpart shows anything else than both last agreed on is a question', () => {
    const sighting = { ...target, fields: { ...target.fields, givenName: 'Anne' } }
    expect(decided('delete', { counterpart: { kind: 'found', sighting } })).toMatchObject({
      bucket: 'hold',
      toId: 't1',
    })
    expect(decided('delete', { base: null })).toMatchObject({ bucket: 'hold' })
  })

  it('is a question where somebody there has its e-mail: it may have been merged', () => {
    const namesake = remoteId('s9')
    expect(decided('delete', { namesake })).toMatchObject({
      bucket: 'hold',
      candidates: ['t1', 's9'],
      question: { kind: 'deleted', choices: ['delete', 'keep'] },
    })
  })

  it('whose counterpart is gone as well, or cannot be read, is not touched', () => {
    expect(decided('delete', { counterpart: { kind: 'gone' } })).toBeNull()
    for (const kind of ['unread', 'inconclusive'] as const)
      expect(decided('delete', { counterpart: { kind, message: '' } })).toMatchObject({
        bucket: 'hold',
      })
  })

  it('is deleted with all that it shows, which is what the last look compares', () => {
    expect(decided('delete')).toMatchObject({
      bucket: 'delete',
      writes: 'to',
      risk: 'irreversible',
      fields: [
        { path: 'givenName', before: 'Anna', after: null },
        { path: 'emails.1', before: 'anna@example.com', after: null },
      ],
    })
    expect(decided('delete', {}, { capabilities: { remove: 'archive' } })).toMatchObject({
      risk: 'destructive',
    })
  })

  it('is opted out once, and its link ends', () => {
    const op = decided('unsubscribe')
    expect(op).toMatchObject({ bucket: 'update', ends: 'it was deleted at here' })
    expect(op?.consents).toMatchObject([
      { channel: 'email', address: 'anna@example.com', state: 'refused' },
    ])
    const out = { ...target, consents: op?.consents ?? [] }
    expect(decided('unsubscribe', { counterpart: { kind: 'found', sighting: out } })).toMatchObject(
      {
        consents: [],
        ends: 'it was deleted at here',
      },
    )
  })

  it('is tagged with a tag that is there, or that the plan creates', () => {
    expect(decided('tag')).toMatchObject({ tags: { add: ['new:deleted at here'], remove: [] } })
    const toTags = [tagged('7', 'Deleted at HERE')]
    expect(decided('tag', {}, { toTags })).toMatchObject({ tags: { add: ['7'] } })
  })

  it('is a reject where the target cannot do it', () => {
    expect(decided('delete', {}, {})).toMatchObject({ bucket: 'reject' })
    const { tags, consent } = CAPABILITIES
    const fixed = { capabilities: { tags: { ...tags, create: false } } }
    expect(decided('tag', {}, fixed)).toMatchObject({ bucket: 'reject' })
    const silent = { capabilities: { consent: { ...consent, optOut: false } } }
    expect(decided('unsubscribe', {}, silent)).toMatchObject({ bucket: 'reject' })
  })

  it('at the target of a two-way sync decides about the source, in the other direction', () => {
    const both = bothContext()
    const capabilities = { ...CAPABILITIES, remove: 'delete' } as const
    const mirror =
      both.mirror === null ? null : { ...both.mirror, to: { ...both.from, capabilities } }
    const context = { ...both, mirror }
    const source = contact('s1', { givenName: 'Anna' })
    const facts = {
      fromId: remoteId('s1'),
      toId: remoteId('t1'),
      side: 'to',
      base: packBase(context.key, showFrom(context, source)),
      proof: { kind: 'gone' },
      counterpart: { kind: 'found', sighting: source },
      namesake: null,
    } as const
    expect(decideAbsent(context, 'delete', facts)).toMatchObject({
      bucket: 'delete',
      writes: 'from',
      cause: 'it was deleted at there',
      fields: [{ path: 'givenName', before: 'Anna', after: null }],
    })
    expect(decideAbsent(context, 'tag', facts)).toMatchObject({
      writes: 'from',
      tags: { add: ['new:deleted at there'], remove: [] },
    })
    expect(decideAbsent(context, 'delete', { ...facts, base: null })).toMatchObject({
      bucket: 'hold',
      cause: 'it was deleted at the target, but edited at the source since both last agreed',
    })
  })
})
