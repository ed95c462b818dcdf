import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/mapping/compile.ts'
import type { CompiledRule } from '../../src/mapping/mapping.ts'
import { readMapping } from '../../src/mapping/parse.ts'
import type { Fields, FieldValue, ValueType } from '../../src/model/field.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { field, options, side, type SideParts } from './sides.ts'

interface RuleCase {
  readonly from?: Partial<FieldDefinition>
  readonly to?: Partial<FieldDefinition>
  readonly rule?: Readonly<Record<string, unknown>>
  readonly twoWay?: boolean
  readonly parts?: SideParts
}

/** One rule from custom.a to custom.b. */
function ruleFor(one: RuleCase): CompiledRule {
  const written = { fields: [{ from: 'custom.a', to: 'custom.b', ...one.rule }], marker: 'none' }
  const { value, problems } = readMapping(written, 'test')
  expect(problems).toEqual([])
  if (value === null) throw new Error('unreadable')
  const { rules, warnings } = compile({
    mapping: value,
    from: side([field('custom.a', one.from), field('custom.c'), field('addresses.main.country')]),
    to: side([field('custom.b', one.to)], one.parts),
    direction: one.twoWay === true ? 'two-way' : 'one-way',
  })
  expect(warnings.filter(({ level }) => level === 'error')).toEqual([])
  const rule = rules.find(({ to }) => to === 'custom.b')
  if (rule === undefined) throw new Error('no rule')
  return rule
}

function arrive(one: RuleCase, value: FieldValue, more: Fields = {}) {
  const there = ruleFor(one).project({ 'custom.a': value, ...more })
  switch (there.kind) {
    case 'value':
      return there.losses.length === 0 ? there.value : [there.value, there.losses[0]?.cause]
    case 'absent':
      return there.losses === undefined ? undefined : [undefined, there.losses[0]?.cause]
    default:
      return there.kind
  }
}

function types(from: ValueType, to: ValueType): RuleCase {
  return { from: { type: from }, to: { type: to } }
}

describe('three states', () => {
  it('unknown stays unknown under every policy', () => {
    for (const blank of ['skip', 'clear', 'fill']) {
      expect(ruleFor({ rule: { blank } }).project({})).toEqual({ kind: 'absent' })
    }
  })

  it('empty leaves the target, empties it, or leaves it to the planner', () => {
    expect(arrive({ rule: { blank: 'skip' } }, null)).toBeUndefined()
    expect(arrive({ rule: { blank: 'clear' } }, null)).toBeNull()
    expect(arrive({ rule: { blank: 'clear' } }, '  ')).toBeNull()
    expect(arrive({ rule: { blank: 'clear' } }, [])).toBeNull()
    expect(arrive({ rule: { blank: 'fill' } }, null)).toBeUndefined()
  })

  it('several sources are empty only when all of them are known to be', () => {
    const rule = ruleFor({ rule: { from: ['custom.a', 'custom.c'], blank: 'clear' } })
    expect(rule.project({ 'custom.a': null })).toEqual({ kind: 'absent' })
    expect(rule.project({ 'custom.a': null, 'custom.c': '' })).toMatchObject({ value: null })
    expect(rule.project({ 'custom.a': null, 'custom.c': 'x' })).toMatchObject({ value: 'x' })
    expect(rule.project({ 'custom.a': 'y', 'custom.c': 'x' })).toMatchObject({ value: 'y' })
  })
})

describe('types', () => {
  it.each<[ValueType, ValueType, FieldValue, unknown]>([
    ['text', 'longtext', 'a', 'a'],
    ['html', 'text', '<b>a</b>', '<b>a</b>'],
    ['datetime', 'date', '2026-01-31T00:00:00Z', '2026-01-31'],
    ['datetime', 'date', '2026-01-31T09:30:00Z', ['2026-01-31', 'the time of day is cut']],
    ['date', 'datetime', '2026-01-31', '2026-01-31T00:00:00Z'],
    ['date', 'date', '2026-02-30', [undefined, 'not a date that exists']],
    ['date', 'text', '19720230', '19720230'],
    ['text', 'number', ' 12.50 ', '12.50'],
    ['text', 'number', '12 apples', [undefined, 'not a number']],
    ['number', 'text', '0', '0'],
    ['boolean', 'text', 'true', 'Yes'],
    ['boolean', 'number', 'false', '0'],
    ['text', 'boolean', 'on', 'true'],
    ['text', 'boolean', 'maybe', [undefined, 'neither yes nor no']],
    ['choices', 'text', ['a', 'b'], 'a; b'],
    ['text', 'choices', 'a, b', ['a', 'b']],
    ['text', 'choices', 'Acme, Inc; b', ['Acme, Inc', 'b']],
    ['choices', 'text', ['a', 'b, c'], 'a; b, c'],
    ['text', 'choices', 'a; b\nc', ['a', 'b', 'c']],
    ['choice', 'choices', 'a, b', ['a, b']],
    ['choices', 'choice', ['a', 'b'], ['a', 'only one choice is possible']],
    ['text', 'email', 'nobody', [undefined, 'not an e-mail address']],
    ['text', 'email', ' a@b.test ', 'a@b.test'],
  ])('%s to %s: %j', (from, to, value, there) => {
    expect(arrive(types(from, to), value)).toEqual(there)
  })
})

describe('options', () => {
  const to = {
    type: 'choice',
    options: [
      { value: 'p', label: 'Plus' },
      { value: 'Basic', label: 'B' },
    ],
  } as const

  it('match by value, by label, and without regard to case', () => {
    expect(arrive({ to }, 'basic')).toBe('Basic')
    expect(arrive({ to }, ' PLUS ')).toBe('p')
  })

  it('that match nothing are a loss, or whatever the rule says', () => {
    expect(arrive({ to }, 'Gold')).toEqual([undefined, 'not an option of the target'])
    expect(arrive({ to, rule: { otherwise: 'reject' } }, 'Gold')).toBe('reject')
    expect(arrive({ to, rule: { otherwise: 'hold' } }, 'Gold')).toBe('hold')
    expect(ruleFor({ to, rule: { otherwise: 'reject' } }).project({ 'custom.a': 'Gold' })).toEqual({
      kind: 'reject',
      cause: 'custom.b: not an option of the target: "Gold"',
      hint: 'add the value to `values` of this rule, or choose another `otherwise`',
    })
  })

  it('of several choices the fitting ones travel and each other one is named', () => {
    const many = { type: 'choices', options: options('Red', 'Blue') } as const
    const rule = ruleFor({ from: { type: 'choices' }, to: many })
    expect(rule.project({ 'custom.a': ['red', 'Green', 'BLUE'] })).toEqual({
      kind: 'value',
      value: ['Red', 'Blue'],
      losses: [
        { path: 'custom.b', cause: 'not an option of the target', before: 'Green', after: null },
      ],
    })
  })

  it('yes and no find their words, countries their name', () => {
    const answer = { type: 'choice', options: options('Ja', 'Nein') } as const
    expect(arrive({ from: { type: 'boolean' }, to: answer }, 'true')).toBe('Ja')
    const country = { type: 'country', options: options('Turkey', 'Germany') } as const
    expect(arrive({ to: country }, 'Türkiye')).toBe('Turkey')
    expect(arrive({ to: country }, 'DE')).toBe('Germany')
  })

  it('a whole text that is an option is not taken apart', () => {
    const many = { type: 'choices', options: options('Rock, Pop', 'Jazz') } as const
    expect(arrive({ to: many }, 'Rock, Pop')).toEqual(['Rock, Pop'])
  })
})

describe('value translation', () => {
  const values = { Basic: 'b', Plus: 'p' }
  it.each([
    ['keep', 'Gold'],
    ['skip', [undefined, 'a value without translation']],
    ['reject', 'reject'],
    ['hold', 'hold'],
  ])('an unlisted value under `otherwise: %s`', (otherwise, there) => {
    expect(arrive({ rule: { values, otherwise } }, 'Gold')).toEqual(there)
    expect(arrive({ rule: { values, otherwise } }, ' basic ')).toBe('b')
  })

  it('reads yes and no for a boolean source', () => {
    expect(
      arrive({ from: { type: 'boolean' }, rule: { values: { Yes: 'J', no: 'N' } } }, 'true'),
    ).toBe('J')
  })
})

describe('length', () => {
  it('text is cut with a loss, never in the middle of a character', () => {
    expect(arrive({ to: { maxLength: 4 } }, 'abcdef')).toEqual(['abcd', 'cut to 4 characters'])
    expect(arrive({ to: { maxLength: 4 } }, '🎉🎉🎉🎉')).toBe('🎉🎉🎉🎉')
    expect(arrive({ to: { maxLength: 2 } }, 'a🎉b')).toEqual(['a🎉', 'cut to 2 characters'])
  })

  it('an address or number that is too long does not travel in part', () => {
    const to = { type: 'url', maxLength: 12 } as const
    expect(arrive({ from: { type: 'url' }, to }, 'https://example.test/x')).toEqual([
      undefined,
      'longer than the 12 characters the target holds',
    ])
  })
})

describe('the platform has the last word', () => {
  it('its losses and refusals show in the projection', () => {
    const parts: SideParts = {
      rules: {
        fit: (_, value) => {
          if (value === '0')
            return { kind: 'loss', value: undefined, cause: 'a zero cannot be written' }
          if (value === '!') return { kind: 'reject', cause: 'no marks', hint: 'remove it' }
          return { kind: 'ok', value }
        },
      },
    }
    expect(arrive({ parts }, '0')).toEqual([undefined, 'a zero cannot be written'])
    expect(ruleFor({ parts }).project({ 'custom.a': '!' })).toEqual({
      kind: 'reject',
      cause: 'no marks',
      hint: 'remove it',
    })
    expect(arrive({ parts }, '1')).toBe('1')
  })
})

describe('transforms', () => {
  it.each<[string, string, unknown]>([
    ['trim', '  a ', 'a'],
    ['lower', 'ABC', 'abc'],
    ['title', 'JEAN-LUC O’BRIEN', 'Jean-Luc O’Brien'],
    ['title', 'McDonald van der Berg', 'McDonald van der Berg'],
    ['e164:DE', '030 123456', '+4930123456'],
    ['e164:US', '(212) 555-0100 ext. 12', '+12125550100 x12'],
    ['e164:US', 'call me', 'call me'],
    ['country-iso', 'Deutschland', 'DE'],
    ['country-name', 'us', 'United States of America'],
    ['country-name', 'Atlantis', 'Atlantis'],
    ['date:DD.MM.YYYY', '2026-01-31', '31.01.2026'],
    ['join:|', 'a', 'a'],
    ['default:none', 'x', 'x'],
    ['truncate:3', 'abcdef', 'abc'],
    ['template:{value}!', 'hey', 'hey!'],
  ])('%s of %s', (transform, value, there) => {
    expect(arrive({ rule: { do: [transform] } }, value)).toEqual(there)
  })

  it('date reads its format where the target holds dates', () => {
    const to = { type: 'date' } as const
    expect(arrive({ to, rule: { do: 'date:DD.MM.YYYY' } }, '1.2.2026')).toBe('2026-02-01')
    expect(arrive({ to, rule: { do: 'date:MM/DD/YY' } }, '02/01/71')).toBe('1971-02-01')
    expect(arrive({ to, rule: { do: 'date:DD.MM.YYYY' } }, 'soon')).toEqual([
      undefined,
      'not a date that exists',
    ])
    expect(
      arrive(
        { to: { type: 'datetime' }, rule: { do: 'date:YYYY/MM/DD HH:mm' } },
        '2026/01/31 09:30',
      ),
    ).toBe('2026-01-31T09:30:00Z')
  })

  it('e164 takes the country of the contact where the rule names none', () => {
    const rule = { do: ['e164'] }
    const german = { 'addresses.main.country': 'Germany' }
    expect(arrive({ rule }, '030 123456', german)).toBe('+4930123456')
    expect(arrive({ rule }, '030 123456')).toBe('030 123456')
    expect(arrive({ rule }, '+49 30 123456')).toBe('+4930123456')
  })

  it('default fills what is known to be empty, not what is unknown', () => {
    const rule = ruleFor({ rule: { do: ['default:none'] } })
    expect(rule.project({ 'custom.a': null })).toMatchObject({ value: 'none' })
    expect(rule.project({})).toEqual({ kind: 'absent' })
  })

  it('a template drops bracketed parts whose field is empty', () => {
    const one = { rule: { from: [], do: ['template:{custom.a}[ ({custom.c})]'] } }
    const rule = ruleFor(one)
    expect(rule.project({ 'custom.a': 'x', 'custom.c': 'y' })).toMatchObject({ value: 'x (y)' })
    expect(rule.project({ 'custom.a': 'x', 'custom.c': null })).toMatchObject({ value: 'x' })
    expect(rule.project({ 'custom.a': null, 'custom.c': null })).toEqual({ kind: 'absent' })
    expect(rule.from).toEqual(['custom.a', 'custom.c'])
  })

  it('split makes several choices, before values are translated', () => {
    const rule = { do: ['split:/'], values: { a: 'A' } }
    expect(arrive({ to: { type: 'choices' }, rule }, 'a / b')).toEqual(['A', 'b'])
  })
})

describe('the way back', () => {
  const back = (one: RuleCase, value: FieldValue) => {
    const reverse = ruleFor({ ...one, twoWay: true }).reverse
    if (reverse === null) return 'none'
    const here = reverse.project({ 'custom.b': value })
    return here.kind === 'value' ? here.value : here.kind
  }

  it('undoes translation, conversion and transforms', () => {
    expect(back({ rule: { values: { Basic: 'b' } } }, 'b')).toBe('Basic')
    expect(back(types('boolean', 'text'), 'Yes')).toBe('true')
    expect(back({ rule: { do: ['country-iso'] } }, 'DE')).toBe('Germany')
    expect(back({ to: { type: 'choices' }, rule: { do: ['split:/'] } }, ['a', 'b'])).toBe('a/b')
    expect(back({ from: { type: 'date' }, rule: { do: ['date:DD.MM.YYYY'] } }, '31.01.2026')).toBe(
      '2026-01-31',
    )
  })

  it('does not exist where it would be a guess', () => {
    expect(back({ rule: { values: { Basic: 'b', Old: 'b' } } }, 'b')).toBe('none')
    expect(back({ rule: { do: ['truncate:3'] } }, 'abc')).toBe('none')
    expect(back({ rule: { do: ['template:{custom.a}!'] } }, 'x!')).toBe('none')
    expect(back({ from: { writable: false } }, 'x')).toBe('none')
    expect(ruleFor({}).reverse).toBeNull()
  })

  it('an unknown or empty target says nothing', () => {
    expect(back({}, null)).toBe('absent')
  })
})

const VALUE_TYPES: readonly ValueType[] = [
  'text',
  'longtext',
  'number',
  'boolean',
  'date',
  'datetime',
  'choice',
  'choices',
  'email',
  'phone',
  'country',
]
const anyValue: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.constant(null),
  fc.constantFrom('', ' ', '0', 'true', 'Basic', '2026-01-31', '2026-01-31T09:30:00Z', 'a@b.test'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }),
)
const anyCase = fc.record({
  from: fc.constantFrom(...VALUE_TYPES),
  to: fc.constantFrom(...VALUE_TYPES),
  maxLength: fc.option(fc.integer({ min: 1, max: 12 })),
  hasOptions: fc.boolean(),
  blank: fc.constantFrom('skip', 'clear', 'fill'),
  otherwise: fc.constantFrom('keep', 'skip', 'reject', 'hold'),
})

describe('properties', () => {
  const made = (one: {
    from: ValueType
    to: ValueType
    maxLength: number | null
    hasOptions: boolean
    blank: string
    otherwise: string
  }): CompiledRule | null => {
    const { blank, otherwise } = one
    const { value } = readMapping(
      { marker: 'none', fields: [{ from: 'custom.a', to: 'custom.b', blank, otherwise }] },
      'test',
    )
    if (value === null) throw new Error('unreadable')
    const known = one.hasOptions ? options('Basic', 'Plus') : null
    const { rules } = compile({
      mapping: value,
      from: side([field('custom.a', { type: one.from })]),
      to: side([field('custom.b', { type: one.to, maxLength: one.maxLength, options: known })]),
      direction: 'two-way',
    })
    return rules.find(({ to }) => to === 'custom.b') ?? null
  }

  it('a projection is deterministic, fits the limits, and never clears what it should not', () => {
    fc.assert(
      fc.property(anyCase, anyValue, (one, value) => {
        const rule = made(one)
        if (rule === null) return
        const source = { 'custom.a': value }
        const there = rule.project(source)
        expect(rule.project(source)).toEqual(there)
        expect(rule.project({})).toEqual({ kind: 'absent' })
        if (there.kind !== 'value') return
        if (there.value === null) {
          expect(one.blank).toBe('clear')
          const text = typeof value === 'string' ? value.trim() : (value ?? '')
          expect(text).toHaveLength(0)
          return
        }
        const parts = typeof there.value === 'string' ? [there.value] : there.value
        expect(parts.length).toBeGreaterThan(0)
        for (const part of parts) {
          if (one.hasOptions) expect(['Basic', 'Plus']).toContain(part)
          else expect([...part].length).toBeLessThanOrEqual(one.maxLength ?? part.length)
        }
        expect(Array.isArray(there.value)).toBe(one.to === 'choices')
      }),
      { numRuns: 2_000 },
    )
  })

  it('what is lost is named: a filled text arrives whole or leaves a trace', () => {
    fc.assert(
      fc.property(anyCase, fc.string({ minLength: 1, maxLength: 30 }), (one, text) => {
        const rule = made({ ...one, from: 'text' })
        if (rule === null || text.trim() === '') return
        const there = rule.project({ 'custom.a': text })
        if (there.kind === 'absent') expect(there.losses?.length).toBeGreaterThan(0)
        if (
          there.kind === 'value' &&
          one.to === 'longtext' &&
          there.losses.length === 0 &&
          !one.hasOptions
        ) {
          expect(there.value).toBe(text)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
