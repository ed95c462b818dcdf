import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../../src/model/field.ts'
import type { Side } from '../../src/model/id.ts'
import { type Both, bothContext, bothRound, bothWays, decideBoth } from './both-sides.ts'
import { contact, type Parts, tagged } from './world.ts'

const PATHS = ['givenName', 'familyName', 'company'] as const
const RULES = [...PATHS, 'emails.1'].map((path) => bothWays(path))
const ANNA = { givenName: 'Anna', familyName: 'Bauer', company: null, 'emails.1': 'a@example.com' }
const TAGS = ['Customer', 'VIP', 'Lead', 'Press']
const WORDS: Parts = {
  fromTags: TAGS.map((name, place) => tagged(`s${place}`, name)),
  toTags: TAGS.map((name, place) => tagged(`t${place}`, name)),
}
const key = (side: Side, place: number) => `${side === 'from' ? 's' : 't'}${place}`

function start(parts: Parts = {}): Both {
  const context = bothContext({ rules: RULES, ...WORDS, ...parts })
  const pair: Both = {
    context,
    source: contact('s1', ANNA, { tags: ['s0'], consents: [] }),
    target: contact('t1', ANNA, { tags: ['t0'], consents: [] }),
    bases: null,
  }
  return bothRound(pair)
}

function edit(pair: Both, side: Side, fields: Readonly<Record<string, FieldValue>>): Both {
  const name = side === 'from' ? 'source' : 'target'
  return { ...pair, [name]: { ...pair[name], fields: { ...pair[name].fields, ...fields } } }
}

function retag(pair: Both, side: Side, places: readonly number[]): Both {
  const name = side === 'from' ? 'source' : 'target'
  return { ...pair, [name]: { ...pair[name], tags: places.map((place) => key(side, place)) } }
}

const writes = (pair: Both) => decideBoth(pair).filter(({ bucket }) => bucket === 'update')
const tagsOf = ({ source, target }: Both) => ({
  from: (source.tags ?? []).map((tag) => tag.slice(1)).sort(),
  to: (target.tags ?? []).map((tag) => tag.slice(1)).sort(),
})

describe('a pair of which both sides are worked in', () => {
  it('gets an edit back to the source, with what it expects to find there', () => {
    const [op, ...more] = decideBoth(edit(start(), 'to', { givenName: 'Anne' }))
    expect(more).toEqual([])
    expect(op).toMatchObject({
      bucket: 'update',
      writes: 'from',
      fromId: 's1',
      toId: 't1',
      fields: [{ path: 'givenName', before: 'Anna', after: 'Anne', risk: 'overwrite' }],
    })
  })

  it('is written on both sides where different fields changed', () => {
    const both = edit(edit(start(), 'from', { givenName: 'Anne' }), 'to', { familyName: 'Berg' })
    expect(decideBoth(both).map(({ writes: side, fields }) => [side, fields[0]?.path])).toEqual([
      ['to', 'givenName'],
      ['from', 'familyName'],
    ])
  })

  it.each([
    ['hold', []],
    ['from', [['to', 'One']]],
    ['to', [['from', 'Other']]],
    ['newer', [['from', 'Other']]],
  ] as const)('that both changed goes by its policy: %s', (conflicts, expected) => {
    let both = edit(edit(start({ conflicts }), 'from', { givenName: 'One' }), 'to', {
      givenName: 'Other',
    })
    both = {
      ...both,
      source: { ...both.source, updatedAt: '2026-01-01T10:00:00Z' },
      target: { ...both.target, updatedAt: '2026-01-01T12:00:00Z' },
    }
    expect(writes(both).map(({ writes: side, fields }) => [side, fields[0]?.after])).toEqual(
      expected,
    )
    const held = decideBoth(both).flatMap((op) => op.held)
    expect(held).toEqual(
      conflicts === 'hold'
        ? [{ path: 'givenName', from: 'One', to: 'Other', question: expect.any(String) }]
        : [],
    )
  })

  it('follows the owner of a field against any policy', () => {
    const owned = (owner: 'from' | 'to') => {
      const rules = [bothWays('givenName', { owner }), bothWays('emails.1')]
      const pair = edit(
        edit(start({ rules, conflicts: 'hold' }), 'from', { givenName: 'One' }),
        'to',
        {
          givenName: 'Other',
        },
      )
      return writes(pair).map(({ writes: side }) => side)
    }
    expect(owned('from')).toEqual(['to'])
    expect(owned('to')).toEqual(['from'])
  })

  it('fills what is empty on either side when it first meets', () => {
    const context = bothContext({ rules: RULES })
    const pair: Both = {
      context,
      source: contact('s1', { ...ANNA, company: 'Acme', givenName: null }),
      target: contact('t1', { ...ANNA, familyName: null }),
      bases: null,
    }
    const met = bothRound(pair)
    expect(met.source.fields).toMatchObject({ givenName: 'Anna', company: 'Acme' })
    expect(met.target.fields).toMatchObject({ familyName: 'Bauer', company: 'Acme' })
    expect(decideBoth(met)).toEqual([])
  })

  it('does not take a value that a side does not tell for an empty one', () => {
    const context = bothContext({ rules: RULES })
    const source = contact('s1', { givenName: 'Anna', 'emails.1': 'a@example.com' })
    const pair: Both = { context, source, target: contact('t1', ANNA), bases: null }
    expect(writes(pair)).toEqual([])
  })

  it('keeps a value that one side emptied, unless the mapping clears', () => {
    const emptied = edit(start(), 'to', { givenName: null })
    expect(writes(emptied)).toEqual([])
    const rules = [bothWays('givenName', { blank: 'clear' }), bothWays('emails.1')]
    expect(writes(edit(start({ rules }), 'to', { givenName: null }))).toMatchObject([
      { writes: 'from', risk: 'destructive', fields: [{ path: 'givenName', after: null }] },
    ])
  })

  it('fills no part of an address of which another part waits for a person', () => {
    const part = (name: string) => `addresses.main.${name}`
    const rules = ['line1', 'line2', 'city'].map((name) => bothWays(part(name)))
    const home = { [part('line1')]: 'Hauptstr. 1', [part('line2')]: null, [part('city')]: 'Berlin' }
    const context = bothContext({ rules: [...rules, bothWays('emails.1')] })
    const agreed = bothRound({
      context,
      source: contact('s1', { ...ANNA, ...home }),
      target: contact('t1', { ...ANNA, ...home }),
      bases: null,
    })
    const moved = edit(
      edit(agreed, 'from', { [part('line1')]: 'Rue 2', [part('line2')]: 'Apt 3' }),
      'to',
      { [part('line1')]: 'Neue Str. 5', [part('city')]: 'Potsdam' },
    )
    expect(writes(moved)).toEqual([])
    const [held] = decideBoth(moved)
    expect(held?.held.map(({ path }) => path.split('.').at(-1)).sort()).toEqual([
      'city',
      'line1',
      'line2',
    ])
  })

  it('takes an emptied value back where the other side has a new one', () => {
    const both = edit(edit(start(), 'from', { givenName: null }), 'to', { givenName: 'Anne' })
    expect(bothRound(both).source.fields['givenName']).toBe('Anne')
  })

  it('loses nothing that a person edits between plan and write', () => {
    const planned = edit(start(), 'from', { givenName: 'Anne' })
    const later = bothRound(planned, {
      meanwhile: (pair) => edit(pair, 'to', { familyName: 'Meanwhile' }),
    })
    expect(later.target.fields).toMatchObject({ givenName: 'Anne', familyName: 'Meanwhile' })
    expect(writes(later)).toMatchObject([
      { writes: 'from', fields: [{ path: 'familyName', after: 'Meanwhile' }] },
    ])
  })

  it("lets a side's own spelling be, on either side", () => {
    const shout = (_: Side, value: FieldValue) =>
      typeof value === 'string' ? value.toUpperCase() : value
    for (const side of ['from', 'to'] as const) {
      const done = bothRound(edit(start(), side, { givenName: 'Anne' }), { rewrite: shout })
      expect(decideBoth(done)).toEqual([])
    }
  })
})

describe('an opt-out', () => {
  const out = (state: 'refused' | 'none') => ({
    channel: 'email' as const,
    address: 'a@example.com',
    state,
    reason: null,
    scope: null,
    since: null,
  })
  const withConsent = (pair: Both, side: Side, state: 'refused' | 'none'): Both => {
    const name = side === 'from' ? 'source' : 'target'
    return { ...pair, [name]: { ...pair[name], consents: [out(state)] } }
  }

  it.each(['from', 'to'] as const)('made at "%s" arrives at the other side', (side) => {
    const [op, ...more] = decideBoth(withConsent(start(), side, 'refused'))
    expect(more).toEqual([])
    expect(op).toMatchObject({
      writes: side === 'from' ? 'to' : 'from',
      consents: [{ state: 'refused' }],
      risk: 'irreversible',
    })
    expect(decideBoth(bothRound(withConsent(start(), side, 'refused')))).toEqual([])
  })

  it('that one side lifted is written again', () => {
    const done = bothRound(withConsent(start(), 'to', 'refused'))
    const lifted: Both = { ...done, source: { ...done.source, consents: [] } }
    expect(writes(lifted)).toMatchObject([{ writes: 'from', consents: [{ state: 'refused' }] }])
  })

  it('of somebody who never consented does not come back as a refusal', () => {
    const context = bothContext({ rules: RULES })
    const source = contact('s1', ANNA, { consents: [out('none')] })
    const first: Both = {
      context,
      source,
      target: contact('t1', ANNA, { consents: [] }),
      bases: null,
    }
    const met = bothRound(first)
    expect(met.target.consents).toMatchObject([{ state: 'none' }])
    const shown: Both = { ...met, target: { ...met.target, consents: [out('refused')] } }
    expect(writes(edit(bothRound(shown), 'to', { givenName: 'Anne' }))[0]?.consents).toEqual([])
  })

  it('that a platform made up for a contact we created stays there', () => {
    const pair = start()
    expect(writes(withConsent(pair, 'from', 'none'))).toEqual([])
  })
})

describe('tags', () => {
  it('are the base and what was added, without what was removed, on both sides', () => {
    const agreed = bothRound(retag(retag(start(), 'from', [0, 1]), 'to', [0, 1]))
    const both = bothRound(retag(retag(agreed, 'from', [1, 2]), 'to', [0, 1, 3]))
    expect(tagsOf(both)).toEqual({ from: ['1', '2', '3'], to: ['1', '2', '3'] })
    expect(decideBoth(both)).toEqual([])
    const back = bothRound(retag(both, 'to', [2, 3]))
    expect(tagsOf(back)).toEqual({ from: ['2', '3'], to: ['2', '3'] })
  })

  it('are united where a pair first meets', () => {
    const context = bothContext({ rules: RULES, ...WORDS })
    const met = bothRound({
      context,
      source: contact('s1', ANNA, { tags: ['s0', 's1'] }),
      target: contact('t1', ANNA, { tags: ['t2'] }),
      bases: null,
    })
    expect(tagsOf(met)).toEqual({ from: ['0', '1', '2'], to: ['0', '1', '2'] })
  })

  it('that the mapping leaves behind stay where they are, on either side', () => {
    const leave = (name: string) => (name === 'VIP' ? null : { kind: 'tag' as const, name })
    const mapping = { tagTarget: ({ name }: { readonly name: string }) => leave(name) }
    const pair = retag(retag(start({ mapping }), 'from', [0, 1]), 'to', [0])
    expect(writes(pair)).toEqual([])
    expect(writes(retag(retag(pair, 'from', [0]), 'to', [0, 1]))).toEqual([])
  })
})

const value = fc.constantFrom<FieldValue>('a', 'b', 'c', null)
const happening = fc.record({
  side: fc.constantFrom<Side>('from', 'to'),
  fields: fc.record({ givenName: value, familyName: value, company: value }, { requiredKeys: [] }),
  tags: fc.option(fc.subarray([0, 1, 2, 3]), { nil: null }),
})
const order = fc.constantFrom<readonly Side[]>(['to', 'from'], ['from', 'to'], ['to'], ['from'], [])

describe('whatever people do on both sides', () => {
  it('one decision converges: done whole, the next one has nothing to do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ happening, more: happening, order, late: fc.option(happening) }), {
          maxLength: 6,
        }),
        fc.constantFrom('hold', 'from', 'to'),
        fc.constantFrom('skip', 'clear'),
        (days, conflicts, blank) => {
          const rules = [...PATHS, 'emails.1'].map((path) => bothWays(path, { blank }))
          let pair = start({ rules, conflicts })
          const act = (
            on: Both,
            { side, fields, tags }: (typeof days)[number]['happening'],
          ): Both => {
            const done = edit(on, side, fields)
            return tags === null ? done : retag(done, side, tags)
          }
          for (const day of days) {
            pair = act(act(pair, day.happening), day.more)
            // Each slot is written on one side only.
            const slots = writes(pair).flatMap(({ fields }) => fields.map(({ path }) => path))
            expect(new Set(slots).size).toBe(slots.length)
            const { late } = day
            pair = bothRound(pair, {
              order: day.order,
              ...(late === null ? {} : { meanwhile: (on: Both) => drifting(pair, act(on, late)) }),
            })
          }
          const settled = bothRound(bothRound(pair))
          const open = decideBoth(settled)
          expect(open.filter(({ bucket }) => bucket === 'update')).toEqual([])
          const held = new Set(open.flatMap((op) => op.held.map(({ path }) => path)))
          const { from, to } = tagsOf(settled)
          expect(from).toEqual(to)
          if (conflicts !== 'hold') expect(held.size).toBe(0)
          for (const path of PATHS) {
            const [a, b] = [settled.source.fields[path], settled.target.fields[path]]
            const isBlank = blank === 'skip' && (a === null || b === null)
            if (!isBlank && !held.has(path)) expect([path, a]).toEqual([path, b])
          }
        },
      ),
      { numRuns: 400 },
    )
  })
})

/** A field that an op is about to write and that somebody edits first is left alone by apply: such an edit comes before the plan. */
function drifting(planned: Both, later: Both): Both {
  const touched = new Set(writes(planned).flatMap(({ fields }) => fields.map(({ path }) => path)))
  const keep = (before: Both['source'], after: Both['source']): Both['source'] => ({
    ...after,
    tags: before.tags ?? [],
    fields: Object.fromEntries(
      Object.entries(after.fields).map(([path, one]) => [
        path,
        touched.has(path) ? (before.fields[path] ?? null) : one,
      ]),
    ),
  })
  return {
    ...later,
    source: keep(planned.source, later.source),
    target: keep(planned.target, later.target),
  }
}
