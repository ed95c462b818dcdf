import { describe, expect, it } from 'vitest'
import { parseMapping } from '../../src/mapping/parse.ts'
import { suggest } from '../../src/mapping/suggest.ts'
import { field, options, side } from './sides.ts'

const from = side(
  [
    field('givenName'),
    field('custom._Shoe', { label: 'Shoe size', type: 'number' }),
    field('custom._Lvl', { label: 'Level', type: 'choice', options: options('Basic', 'Plus') }),
    field('custom._Odd', { label: 'Zebra' }),
    field('custom._Code', { label: 'Customer no.' }),
  ],
  { title: 'Keap' },
)
const to = side(
  [
    field('givenName'),
    field('custom.shoe_size', { label: 'Shoesize', type: 'number' }),
    field('custom.tier', { label: 'Plan', type: 'choice', options: options('b', 'p') }),
    field('custom.ref', { label: 'Reference' }),
  ],
  { title: 'Adaptix' },
)
const pairs = Array.from({ length: 20 }, (_, index) => ({
  from: {
    'custom._Shoe': String(36 + (index % 9)),
    'custom._Lvl': index % 2 === 0 ? 'Basic' : 'Plus',
    'custom._Code': `K-${index}`,
  },
  to: {
    'custom.shoe_size': `${36 + (index % 9)}.0`,
    'custom.tier': index % 2 === 0 ? 'b' : 'p',
    'custom.ref': index === 3 ? 'other' : `K-${index}`,
  },
}))
const sample = pairs.map((pair) => pair.from)

describe('suggest', () => {
  const { proposals, yaml } = suggest({ from, to, sample, pairs })
  const of = (path: string) => proposals.find((proposal) => proposal.from.path === path)

  it('finds the same label in another spelling', () => {
    expect(of('custom._Shoe')?.to?.path).toBe('custom.shoe_size')
    expect(of('custom._Shoe')?.evidence).toMatchObject({ equal: 20, compared: 20, label: 1 })
  })

  it('finds the same values under another label', () => {
    expect(of('custom._Code')?.to?.path).toBe('custom.ref')
    expect(of('custom._Code')?.evidence).toMatchObject({ equal: 19, compared: 20, filled: 20 })
  })

  it('learns a translation from people found in both', () => {
    expect(of('custom._Lvl')).toMatchObject({
      to: { path: 'custom.tier' },
      values: { Basic: 'b', Plus: 'p' },
    })
  })

  it('does not invent a counterpart, and does not repeat what maps itself', () => {
    expect(of('custom._Odd')?.to).toBeNull()
    expect(of('givenName')).toBeUndefined()
  })

  it('writes a mapping file that says why', () => {
    const { value, problems } = parseMapping(yaml, 'proposed')
    expect(problems).toEqual([])
    expect(value?.fields.map((rule) => [rule.from[0], rule.to, rule.values])).toEqual([
      ['custom._Shoe', 'custom.shoe_size', null],
      ['custom._Lvl', 'custom.tier', { Basic: 'b', Plus: 'p' }],
      ['custom._Code', 'custom.ref', null],
    ])
    expect(yaml).toContain(
      '# Keap to Adaptix, proposed from 20 contacts, 20 of them found in both.',
    )
    expect(yaml).toContain('equal for 95 % of 20 people that have both, filled for 100 % of 20')
    expect(yaml).toContain('# Zebra (text): no counterpart, goes to a new field when used')
  })

  it('goes by labels alone where nobody was found in both', () => {
    const blind = suggest({ from, to, sample: [], pairs: [] })
    expect(blind.proposals.find((one) => one.from.path === 'custom._Shoe')?.to?.path).toBe(
      'custom.shoe_size',
    )
    expect(blind.proposals.find((one) => one.from.path === 'custom._Code')?.to).toBeNull()
  })
})
