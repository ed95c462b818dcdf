import { describe, expect, it } from 'vitest'
import { type CheckInput, check } from '../../src/mapping/check.ts'
import { readMapping } from '../../src/mapping/parse.ts'
import { remoteId } from '../../src/model/id.ts'
import { field, options, side } from './sides.ts'

function mappingOf(written: unknown) {
  const { value } = readMapping(written, 'test')
  if (value === null) throw new Error('unreadable')
  return value
}

const plan = field('custom.plan', {
  label: 'Plan',
  type: 'choice',
  options: options('Basic', 'Plus', 'Old'),
})
const tier = field('custom.tier', {
  label: 'Tier',
  type: 'choice',
  options: options('basic', 'gold'),
})

function lint(more: Partial<CheckInput>) {
  return check({
    mapping: mappingOf({ marker: 'none' }),
    from: side([plan]),
    to: side([tier]),
    direction: 'one-way',
    ...more,
  })
}

describe('check', () => {
  it('finds options without a counterpart, and options that melt into one', () => {
    const values = { Plus: 'gold', Old: 'gold' }
    const bare = lint({ mapping: mappingOf({ fields: [{ from: 'plan', to: 'tier' }] }) })
    expect(bare).toContainEqual({
      level: 'warning',
      path: 'custom.tier',
      message: '2 of 3 options have no counterpart: "Plus", "Old"',
      hint: 'add them at the target, or say under `values` what becomes of them (there: "basic", "gold")',
    })
    const mapped = lint({ mapping: mappingOf({ fields: [{ from: 'plan', to: 'tier', values }] }) })
    expect(mapped.map(({ message }) => message)).toContain(
      'options "Plus", "Old" all become "gold"',
    )
    expect(mapped.map(({ message }) => message).join()).not.toContain('no counterpart')
  })

  it('finds translations into nothing', () => {
    const fields = [{ from: 'plan', to: 'tier', values: { Basic: 'silver' } }]
    expect(lint({ mapping: mappingOf({ fields }) })).toContainEqual({
      level: 'warning',
      path: 'fields[0].values',
      message: 'Tier has no option "silver"',
      hint: 'its options: basic, gold',
    })
  })

  it('finds fields that are too short', () => {
    const from = side([field('custom.bio', { label: 'Bio', type: 'longtext' })])
    const to = side([field('custom.about', { label: 'About', maxLength: 191 })])
    const mapping = mappingOf({ fields: [{ from: 'bio', to: 'about' }] })
    expect(lint({ from, to, mapping })).toContainEqual(
      expect.objectContaining({
        message: 'Bio holds any length, About 191 characters: longer values are cut',
      }),
    )
  })

  it('finds what does not come back whole in a two-way sync', () => {
    const from = side([
      field('custom.seen', { label: 'Seen', type: 'datetime' }),
      field('custom.name'),
    ])
    const to = side([
      field('custom.day', { label: 'Day', type: 'date' }),
      field('custom.short'),
      field('custom.theirs'),
    ])
    const mapping = mappingOf({
      marker: 'none',
      customFields: 'listed',
      fields: [
        { from: 'seen', to: 'day' },
        { from: 'custom.name', to: 'short', do: ['truncate:10'] },
      ],
    })
    const messages = lint({ from, to, mapping, direction: 'two-way' }).map(({ message }) => message)
    expect(messages).toContain(
      'seen -> day does not come back whole: 2026-01-31T09:30:15Z comes back as 2026-01-31T00:00:00Z',
    )
    expect(messages).toContain(
      'name -> short (truncate:10) cannot be turned round: edits at the target stay there',
    )
    expect(messages).toContain(
      '1 fields of There have no counterpart and do not travel back: theirs',
    )
    const owned = mappingOf({
      fields: [{ from: 'custom.name', to: 'short', do: ['truncate:10'], owner: 'from' }],
    })
    const calm = lint({ from, to, mapping: owned, direction: 'two-way' })
    expect(calm.map(({ message }) => message).join()).not.toContain('cannot be turned round')
  })

  it('counts losses over a sample', () => {
    const contact = (id: string, value: string) => ({
      id: remoteId(id),
      version: null,
      createdAt: null,
      updatedAt: null,
      fields: { 'custom.plan': value },
    })
    const mapping = mappingOf({ fields: [{ from: 'plan', to: 'tier' }] })
    const sample = [contact('1', 'Basic'), contact('2', 'Plus'), contact('3', 'Plus')]
    expect(lint({ mapping, sample })).toContainEqual({
      level: 'warning',
      path: 'custom.tier',
      message: 'not an option of the target: 2 of 3 values in the sample, such as "Plus"',
      hint: 'plan -> tier',
    })
  })

  it('names what `listed` leaves behind, but not what it leaves on purpose', () => {
    const from = side([field('custom.a'), field('custom.b')])
    const fields = [{ from: 'custom.a', to: 'never' }]
    const mapping = mappingOf({ customFields: 'listed', fields })
    const messages = lint({ from, mapping }).map(({ message }) => message)
    expect(messages).toContain('1 source fields do not travel: b')
  })

  it('has nothing to say about a mapping that loses nothing', () => {
    expect(lint({ from: side([field('givenName')]), to: side([field('givenName')]) })).toEqual([])
  })
})
