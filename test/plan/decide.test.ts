import { describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { decideRecord, sourceChanged } from '../../src/plan/decide.ts'
import type { Match } from '../../src/plan/match.ts'
import {
  contact,
  definition,
  grouped,
  type Pair,
  pairOf,
  type Parts,
  planContext,
  round,
  RULES,
  rule,
  tagged,
} from './world.ts'

const ANNA = { givenName: 'Anna', familyName: 'Bauer', 'emails.1': 'anna@example.com' }
const anna = (more: Record<string, string | null> = {}) => contact('s1', { ...ANNA, ...more })

const decided = (parts: Parts, source = anna(), match: Match = { kind: 'new' }) =>
  decideRecord(planContext(parts), { source, match, bases: null })[0]

describe('a contact without a counterpart', () => {
  it('is created with all that it has, in one bucket and with a reason', () => {
    expect(decided({})).toMatchObject({
      bucket: 'create',
      writes: 'to',
      fromId: 's1',
      toId: null,
      label: 'Anna Bauer <anna@example.com>',
      email: 'anna@example.com',
      risk: 'none',
      cause: 'no counterpart at the target',
      held: [],
      losses: [],
      fields: [
        { path: 'givenName', after: 'Anna' },
        { path: 'familyName', after: 'Bauer' },
        { path: 'emails.1', after: 'anna@example.com' },
      ],
    })
  })

  it('is created without what it does not know, what is empty, and what the target owns', () => {
    const rules = [rule('givenName'), rule('company', { owner: 'to' }), rule('phones.mobile')]
    const source = anna({ company: 'Acme', 'phones.mobile': null })
    expect(decided({ rules }, source)?.fields.map(({ path }) => path)).toEqual(['givenName'])
  })

  it('carries its marker where there is one', () => {
    const marker = definition('custom.key')
    const op = decided({ mapping: { marker } })
    expect(op).toMatchObject({ marker: 'here:s1' })
    expect(op?.fields.at(-1)).toMatchObject({ path: 'custom.key', after: 'here:s1' })
  })

  it('is created opted out where it is opted out here', () => {
    const source = contact('s1', ANNA, {
      consents: [
        {
          channel: 'email',
          address: 'anna@example.com',
          state: 'refused',
          reason: null,
          scope: null,
          since: null,
        },
      ],
    })
    expect(decided({}, source)?.consents).toMatchObject([{ state: 'refused' }])
    const none = { rule: 'strictest', write: 'none', unconsented: 'opt-out' } as const
    expect(decided({ policy: { consent: none } }, source)?.consents).toEqual([])
  })

  it('takes its tags and groups along, new ones too', () => {
    const source = contact('s1', ANNA, { tags: ['1', '2'], groups: ['7'] })
    const op = decided(
      {
        fromTags: [tagged('1', 'Customer'), tagged('2', 'VIP')],
        toTags: [tagged('20', 'customer')],
        fromGroups: [grouped('7', 'News')],
      },
      source,
    )
    expect(op).toMatchObject({
      tags: { add: ['20', 'new:vip'], remove: [] },
      groups: { add: ['new:news'], remove: [] },
    })
  })

  it('is a reject where the target would refuse the record, with cause and hint', () => {
    const refuse = () => ({ cause: 'no name and no e-mail', hint: 'Give it one.' })
    expect(decided({ targetRules: { refuse } })).toMatchObject({
      bucket: 'reject',
      cause: 'no name and no e-mail',
      hint: 'Give it one.',
    })
  })

  it.each(['reject', 'hold'] as const)('is a %s as a whole where one field says so', (kind) => {
    const rules = [
      rule('givenName'),
      rule('company', { project: () => ({ kind, cause: 'not in the list', hint: 'Map it.' }) }),
    ]
    expect(decided({ rules })).toMatchObject({
      bucket: kind,
      cause: 'not in the list',
      fields: [],
      held: [{ path: 'company' }],
    })
  })

  it('names what is lost on the way', () => {
    const losses = [{ path: 'company', cause: 'cut to 5', before: 'Acme Works', after: 'Acme ' }]
    const project = () => ({ kind: 'value', value: 'Acme ', losses }) as const
    const source = contact('s1', ANNA, { tags: ['1', '9'] })
    expect(
      decided(
        {
          rules: [rule('company', { project })],
          fromTags: [tagged('1', '-')],
          targetRules: {
            fitTag: () => ({ kind: 'loss', value: undefined, cause: 'no tag begins so' }),
          },
        },
        source,
      )?.losses,
    ).toEqual([
      { field: 'company', cause: 'cut to 5', before: 'Acme Works', after: 'Acme ' },
      { field: 'tags', cause: 'no tag begins so', before: '-', after: null },
      {
        field: 'tags',
        cause: "the tag is not in the source's list any more",
        before: '9',
        after: null,
      },
    ])
  })
})

describe('a contact that is not matched', () => {
  it('waits where the match is a question', () => {
    const match: Match = {
      kind: 'hold',
      cause: 'two',
      hint: 'Merge.',
      candidates: [remoteId('t1')],
    }
    expect(decided({}, anna(), match)).toMatchObject({
      bucket: 'hold',
      cause: 'two',
      hint: 'Merge.',
      candidates: ['t1'],
      fields: [],
    })
  })

  it('is excluded in favour of its twin', () => {
    const match: Match = { kind: 'excluded', cause: 'a duplicate', inFavourOf: remoteId('s2') }
    expect(decided({}, anna(), match)).toMatchObject({
      bucket: 'excluded',
      cause: 'a duplicate',
      candidates: ['s2'],
      fields: [],
    })
  })
})

describe('a contact and its counterpart', () => {
  const pair = (there: Record<string, string | null>, parts: Parts = {}, here = anna()): Pair =>
    pairOf(planContext(parts), here, contact('t1', there))

  it('are linked where both show the same', () => {
    expect(round(pair({ ...ANNA, 'emails.1': 'ANNA@example.com' })).last).toMatchObject({
      bucket: 'link',
      toId: 't1',
      fields: [],
      cause: 'found by email',
    })
  })

  it('meet by filling what is empty there', () => {
    expect(round(pair({ ...ANNA, familyName: null })).last).toMatchObject({
      bucket: 'update',
      risk: 'fill',
      fields: [{ path: 'familyName', before: null, after: 'Bauer', risk: 'fill' }],
    })
  })

  it('are a question where both hold something else', () => {
    expect(round(pair({ ...ANNA, familyName: 'Maier' })).last).toMatchObject({
      bucket: 'hold',
      candidates: ['t1'],
      held: [{ path: 'familyName', from: 'Bauer', to: 'Maier' }],
      fields: [],
    })
  })

  it('agree on the side that the mapping chose', () => {
    const there = { ...ANNA, familyName: 'Maier' }
    expect(round(pair(there, { conflicts: 'from' })).last).toMatchObject({
      bucket: 'update',
      risk: 'overwrite',
      fields: [{ path: 'familyName', before: 'Maier', after: 'Bauer', risk: 'overwrite' }],
    })
    expect(round(pair(there, { conflicts: 'to' })).last).toMatchObject({ bucket: 'link' })
  })

  it('ask about one field while the rest travels', () => {
    const last = round(pair({ familyName: 'Maier', 'emails.1': ANNA['emails.1'] })).last
    expect(last).toMatchObject({
      bucket: 'update',
      fields: [{ path: 'givenName' }],
      held: [{ path: 'familyName' }],
    })
  })

  it('let the later side win only where the difference is beyond doubt', () => {
    const at = (source: string | null, target: string | null) => {
      const start = pair({ ...ANNA, familyName: 'Maier' }, { conflicts: 'newer' })
      const { bucket } =
        round({
          ...start,
          source: { ...start.source, updatedAt: source },
          target: { ...contact('t1', { ...ANNA, familyName: 'Maier' }), updatedAt: target },
        }).last ?? {}
      return bucket
    }
    expect(at('2024-01-01T12:00:00Z', '2024-01-01T10:00:00Z')).toBe('update')
    expect(at('2024-01-01T10:00:00Z', '2024-01-01T12:00:00Z')).toBe('link')
    expect(at('2024-01-01T12:05:00Z', '2024-01-01T12:00:00Z')).toBe('hold')
    expect(at('2024-01-01T12:05:01Z', '2024-01-01T12:00:00Z')).toBe('update')
    expect(at(null, '2024-01-01T12:00:00Z')).toBe('hold')
  })

  it('are refused as a whole where the target would refuse the update', () => {
    const refuse = (op: 'create' | 'update') => (op === 'update' ? { cause: 'no', hint: '' } : null)
    expect(
      round(pair({ ...ANNA, familyName: null }, { targetRules: { refuse } })).last,
    ).toMatchObject({ bucket: 'reject', cause: 'no', toId: 't1' })
    expect(round(pair(ANNA, { targetRules: { refuse } })).last).toMatchObject({ bucket: 'link' })
  })

  it('are as grave as the gravest of what would be written', () => {
    const consents = [
      {
        channel: 'email',
        address: 'anna@example.com',
        state: 'refused',
        reason: null,
        scope: null,
        since: null,
      } as const,
    ]
    const here = contact('s1', ANNA, { consents })
    const consent = (optOutReversible: boolean) => ({
      capabilities: {
        consent: {
          holder: 'contact',
          channels: ['email'],
          optOut: true,
          optOutReversible,
          optIn: false,
        },
      } as const,
    })
    expect(round(pair(ANNA, consent(false), here)).last?.risk).toBe('irreversible')
    expect(round(pair(ANNA, consent(true), here)).last?.risk).toBe('overwrite')
    const tags = { fromTags: [tagged('1', 'VIP')] }
    const tagsHere = contact('s1', ANNA, { tags: ['1'] })
    expect(round(pair(ANNA, tags, tagsHere)).last).toMatchObject({ bucket: 'update', risk: 'fill' })
  })

  it('follow a merge at the target', () => {
    const into = contact('t9', ANNA)
    const match: Match = { kind: 'repoint', was: remoteId('t1'), target: into }
    expect(decided({}, anna(), match)).toMatchObject({ bucket: 'link', toId: 't9' })
  })

  it('are a question where the source changed and the counterpart was not read', () => {
    const linked = round(pair(ANNA))
    const match: Match = { kind: 'linked', toId: remoteId('t1'), target: null }
    const facts = { match, bases: linked.bases }
    expect(decideRecord(linked.context, { ...facts, source: anna() })).toEqual([])
    expect(
      decideRecord(linked.context, { ...facts, source: anna({ givenName: 'Anne' }) }),
    ).toMatchObject([{ bucket: 'hold' }])
  })
})

describe('the quick question', () => {
  const linked = round(pairOf(planContext(), anna(), contact('t1', ANNA)))
  const changed = (source: typeof linked.source) =>
    sourceChanged(linked.context, source, linked.bases?.from ?? null)

  it('sees nothing where nothing under the mapping changed', () => {
    expect(changed(anna())).toBe(false)
    expect(changed(anna({ nickname: 'Anni' }))).toBe(false)
    expect(changed({ ...anna(), updatedAt: '2030-01-01T00:00:00Z' })).toBe(false)
  })

  it('sees a value, an opt-out and a contact that was never paired', () => {
    expect(changed(anna({ givenName: 'Anne' }))).toBe(true)
    const consent = { channel: 'email', state: 'refused', reason: null } as const
    const consents = [{ ...consent, address: null, scope: null, since: null }]
    expect(changed({ ...anna(), consents })).toBe(true)
    expect(sourceChanged(linked.context, anna(), null)).toBe(true)
  })
})

describe('the same facts', () => {
  it('decide the same, to the byte, whatever the order in which a platform tells them', () => {
    const parts: Parts = {
      rules: [...RULES],
      fromTags: [tagged('1', 'A'), tagged('2', 'B')],
      conflicts: 'hold',
    }
    const there = contact('t1', { ...ANNA, familyName: 'Maier', company: null })
    const here = contact('s1', { ...ANNA, company: 'Acme' }, { tags: ['1', '2'] })
    const turned = {
      ...here,
      fields: Object.fromEntries(Object.entries(here.fields).reverse()),
    }
    const first = round(pairOf(planContext(parts), here, there))
    const second = round(pairOf(planContext(parts), turned, there))
    expect(JSON.stringify(second)).toBe(
      JSON.stringify({ ...first, source: turned, context: second.context }),
    )
    expect(JSON.stringify(second.last)).toBe(JSON.stringify(first.last))
  })
})

it('names what the source shows and its catalogue does not list', () => {
  const shown = contact('s1', { givenName: 'Anna', 'phones.skype': '5', 'phones.fax 2': null })
  const op = decided({ mapping: { listed: new Set(['givenName']) } }, shown)
  expect(op?.losses).toEqual([
    {
      field: 'phones.skype',
      cause: "not in the source's list of fields",
      before: '5',
      after: null,
    },
  ])
})
