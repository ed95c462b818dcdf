import { describe, expect, it } from 'vitest'
import { customField } from '../../../connectors/infusionsoft/custom-fields.ts'
import { targetRules } from '../../../connectors/infusionsoft/rules.ts'
import { PLATFORM_ZONE } from '../../../connectors/infusionsoft/stamps.ts'
import { STANDARD_DEFINITIONS } from '../../../connectors/infusionsoft/standard-fields.ts'
import type { FieldDefinition } from '../../../src/model/vocabulary.ts'

function custom(dataType: number, values = '') {
  return customField({ id: 1, name: 'F', label: 'F', dataType, values })
}
function fitted(
  dataType: number,
  value: string | readonly string[] | null,
  values = '',
  emoji: 'keep' | 'drop' = 'keep',
) {
  const field = custom(dataType, values)
  return targetRules({ emoji, zone: PLATFORM_ZONE, custom: () => field }).fit(
    field.definition,
    value,
  )
}
const RULES = targetRules({ emoji: 'keep', zone: PLATFORM_ZONE, custom: () => null })
function standard(path: string): FieldDefinition {
  const field = STANDARD_DEFINITIONS.find((one) => one.path === path)
  if (field === undefined) throw new Error(path)
  return field
}

describe('fitting', () => {
  it.each([
    [15, 'plain', { kind: 'ok', value: 'plain' }],
    [15, null, { kind: 'ok', value: null }],
    [15, 'a\u000bb', { kind: 'loss', value: 'ab' }],
    [15, '😀', { kind: 'ok', value: '😀' }],
    [12, '7', { kind: 'ok', value: '7' }],
    [12, '7.00', { kind: 'ok', value: '7' }],
    [12, '7.5', { kind: 'loss', value: undefined }],
    [12, '99999999999', { kind: 'loss', value: undefined }],
    [11, '7.5', { kind: 'ok', value: '7.5' }],
    [11, 'seven', { kind: 'loss', value: undefined }],
    [13, '1972-02-29', { kind: 'ok', value: '1972-02-29' }],
    [13, '19720230', { kind: 'loss', value: undefined }],
    [13, '0972-02-28', { kind: 'loss', value: undefined }],
    [14, '2026-02-03T00:00:00Z', { kind: 'ok', value: '2026-02-03T00:00:00Z' }],
    [14, '2026-11-01T05:30:00Z', { kind: 'ok', value: '2026-11-01T05:30:00Z' }],
    [14, '2026-11-01T06:30:00Z', { kind: 'loss', value: '2026-11-01T05:30:00Z' }],
    [14, '2026-02-03', { kind: 'loss', value: undefined }],
    [6, 'true', { kind: 'ok', value: 'true' }],
    [6, 'perhaps', { kind: 'loss', value: undefined }],
  ] as const)('type %i, %j: %o', (dataType, value, expected) => {
    expect(fitted(dataType, value)).toMatchObject(expected)
  })

  it('takes an option as it is written there, and loses what is none', () => {
    expect(fitted(21, 'plus', 'Basic\nPlus')).toEqual({ kind: 'ok', value: 'Plus' })
    expect(fitted(21, 'Gold', 'Basic\nPlus')).toMatchObject({ kind: 'loss', value: undefined })
    expect(fitted(17, ['b', 'z'], 'a\nb')).toMatchObject({ kind: 'loss', value: ['b'] })
    expect(fitted(17, ['z'], 'a\nb')).toMatchObject({ kind: 'loss', value: undefined })
    expect(fitted(17, ['a, b', 'a'], 'a, b\na')).toEqual({ kind: 'ok', value: ['a, b', 'a'] })
    expect(fitted(17, ['a', 'b'], 'a\nb\na,b')).toMatchObject({ kind: 'loss' })
  })

  it('drops emoji only where the connection says so', () => {
    expect(fitted(15, 'a😀b', '', 'drop')).toMatchObject({ kind: 'loss', value: 'ab' })
  })

  it('knows owners by id', () => {
    expect(RULES.fit(standard('owner'), '12')).toMatchObject({ kind: 'ok' })
    expect(RULES.fit(standard('owner'), 'Bob')).toMatchObject({ kind: 'loss', value: undefined })
  })

  it('fits tag names', () => {
    expect(RULES.fitTag('News')).toEqual({ kind: 'ok', value: 'News' })
    expect(RULES.fitTag(' News\u0000')).toMatchObject({ kind: 'loss', value: 'News' })
    expect(RULES.fitTag('x'.repeat(300))).toMatchObject({ kind: 'loss', value: 'x'.repeat(255) })
    expect(RULES.fitTag(' \u0001')).toMatchObject({ kind: 'reject' })
  })
})

describe('refusing', () => {
  it('a contact that could never be found again', () => {
    expect(RULES.refuse('create', { jobTitle: 'Cook', givenName: null })).not.toBeNull()
    expect(RULES.refuse('create', { 'emails.1': 'a@b.example' })).toBeNull()
    expect(RULES.refuse('update', { jobTitle: 'Cook' })).toBeNull()
  })
  it('a sixth phone number, and an extension of none', () => {
    const phones = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`phones.t${at}`, '1']))
    expect(RULES.refuse('create', phones(5))).toBeNull()
    expect(RULES.refuse('create', phones(6))?.cause).toContain('phone')
    const lone = { givenName: 'A', 'phones.work.extension': '1', 'phones.work': null }
    expect(RULES.refuse('create', lone)?.cause).toContain('without a number')
  })
})
