import { describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { type AbsentFacts, type DeletePolicy, decideAbsent } from '../../src/plan/absent.ts'
import { packBase } from '../../src/plan/base.ts'
import { showTo } from '../../src/plan/shown.ts'
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
    toBase: packBase(context.key, showTo(context, target)),
    proof: { kind: 'gone' },
    target: { kind: 'found', sighting: target },
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
    expect(decided('delete', { target: { kind: 'found', sighting } })).toMatchObject({
      bucket: 'hold',
      toId: 't1',
    })
    expect(decided('delete', { toBase: null })).toMatchObject({ bucket: 'hold' })
  })

  it('whose counterpart is gone as well, or cannot be read, is not touched', () => {
    expect(decided('delete', { target: { kind: 'gone' } })).toBeNull()
    for (const kind of ['unread', 'inconclusive'] as const)
      expect(decided('delete', { target: { kind, message: '' } })).toMatchObject({ bucket: 'hold' })
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
    expect(decided('unsubscribe', { target: { kind: 'found', sighting: out } })).toMatchObject({
      consents: [],
      ends: 'it was deleted at here',
    })
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
})
