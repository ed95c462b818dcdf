/** What an earlier sync had to put into a text field goes back to where it came from: nothing is bent on the way, nothing left. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/mapping/compile.ts'
import type { CompiledMapping } from '../../src/mapping/mapping.ts'
import { readMapping } from '../../src/mapping/parse.ts'
import type { MappingSide } from '../../src/mapping/side.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { field, options, owner, type SideParts, side, tag } from './sides.ts'

function compiled(from: MappingSide, to: MappingSide, written: unknown = {}): CompiledMapping {
  const { value, problems } = readMapping({ marker: 'none', ...(written as object) }, 'test')
  expect(problems).toEqual([])
  if (value === null) throw new Error('unreadable')
  return compile({ mapping: value, from, to, direction: 'one-way' })
}

/** What arrives, by target path. */
function arrived(mapping: CompiledMapping, source: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    mapping.rules.flatMap((rule) => {
      const there = rule.project(source)
      return there.kind === 'value' ? [[rule.to, there.value]] : []
    }),
  )
}

const text = (label: string): FieldDefinition => field(`custom.${label}`, { label })

function there(label: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}) {
  return side([field('custom.real', { label, type, ...more })], { title: 'There' })
}

describe('a text whose label stands for a narrower type there', () => {
  it.each([
    ['number', '36', true],
    ['number', '-1.25', true],
    ['number', '01067', false],
    ['number', '+49', false],
    ['number', 'many', false],
    ['boolean', 'Yes', true],
    ['boolean', 'false', true],
    ['boolean', '1', false],
    ['boolean', 'perhaps', false],
    ['date', '2013-06-17', true],
    ['date', '17 June', false],
    ['datetime', '2016-04-21T23:56:44Z', true],
    ['datetime', '2016-04-21', false],
    ['email', 'ada@example.com', true],
    ['email', 'none', false],
    ['choices', 'Maths; Engines', true],
    ['choices', 'Acme, Inc', false],
  ] as const)('%s: "%s"', (type, value, fits) => {
    const mapping = compiled(side([text('Thing')]), there('Thing', type))
    const values = arrived(mapping, { 'custom.Thing': value })
    expect(Object.keys(values)).toEqual([fits ? 'custom.real' : 'custom.new:thing_there'])
  })

  it('an option goes by its label, and what is no option is kept whole beside it', () => {
    const to = there('Plan', 'choice', { options: [{ value: 'size_l', label: 'Size L' }] })
    const mapping = compiled(side([text('Plan')]), to)
    expect(arrived(mapping, { 'custom.Plan': 'Size L' })).toEqual({ 'custom.real': 'size_l' })
    expect(arrived(mapping, { 'custom.Plan': 'Size M' })).toEqual({
      'custom.new:plan_there': 'Size M',
    })
  })

  it('what the platform itself refuses is kept whole as well', () => {
    const rules: SideParts['rules'] = {
      fit: (definition, value) =>
        definition.path === 'custom.real'
          ? { kind: 'loss', value: undefined, cause: 'no' }
          : { kind: 'ok', value },
    }
    const to = side([field('custom.real', { label: 'Zone', type: 'timezone' })], { rules })
    const mapping = compiled(side([text('Zone')]), to)
    expect(Object.values(arrived(mapping, { 'custom.Zone': 'Mars' }))).toEqual(['Mars'])
  })

  it('two fields of one label do not race for the place', () => {
    const from = side([text('Thing'), field('custom.zz', { label: 'Thing', type: 'number' })])
    const mapping = compiled(from, there('Thing', 'number'))
    expect(arrived(mapping, { 'custom.zz': '7' })).toEqual({ 'custom.real': '7' })
  })
})

it('a field goes by our word for it too, where the platform has another', () => {
  const to = side([
    field('language', { label: 'Preferred locale' }),
    field('prefix', { label: 'Title' }),
  ])
  const mapping = compiled(side([text('Language'), text('Name prefix')]), to)
  expect(arrived(mapping, { 'custom.Language': 'de_DE', 'custom.Name prefix': 'Dr.' })).toEqual({
    language: 'de_DE',
    prefix: 'Dr.',
  })
})

describe('a number with its extension behind it', () => {
  const to = side([field('phones.main'), field('phones.main.extension', { label: 'Extension' })])
  it('is taken apart where extensions have a place of their own', () => {
    const mapping = compiled(side([field('phones.main')]), to)
    expect(arrived(mapping, { 'phones.main': '555 0101 x12' })).toEqual({
      'phones.main': '555 0101',
      'phones.main.extension': '12',
    })
    expect(arrived(mapping, { 'phones.main': '555 0101' })).toEqual({ 'phones.main': '555 0101' })
  })
  it('stays whole where the source tells extensions by themselves', () => {
    const mapping = compiled(to, to)
    expect(arrived(mapping, { 'phones.main': '555 0101 x12' })).toEqual({
      'phones.main': '555 0101 x12',
    })
  })
})

describe('an owner that became a text', () => {
  const users = [owner('1', 'Ada', 'ada@a.test'), owner('2', 'Bo', 'bo@a.test')]
  it('finds the person of that name, and says when there is none', () => {
    const to = side([field('owner')], { owners: users })
    const mapping = compiled(side([text('Owner')]), to)
    const [rule] = mapping.rules
    expect(rule?.project({ 'custom.Owner': 'Bo' })).toMatchObject({ kind: 'value', value: '2' })
    expect(rule?.project({ 'custom.Owner': 'bo@a.test' })).toMatchObject({ value: '2' })
    expect(rule?.project({ 'custom.Owner': 'Cy' })).toMatchObject({
      kind: 'absent',
      losses: [{ cause: 'no such owner at the target' }],
    })
  })
  it('goes by e-mail where two people have one name', () => {
    const from = side([field('owner')], { owners: [...users, owner('3', 'Bo', 'bo2@a.test')] })
    const mapping = compiled(from, side([]))
    expect(Object.values(arrived(mapping, { owner: '3' }))).toEqual(['bo2@a.test'])
    expect(Object.values(arrived(mapping, { owner: '1' }))).toEqual(['Ada'])
  })
})

it('a field that an earlier run made beside a narrower one keeps only what does not fit there', () => {
  const from = side([text('Thing')])
  const to = side([
    field('custom.real', { label: 'Thing', type: 'number' }),
    field('custom.beside', { label: 'Renamed since' }),
  ])
  const { value } = readMapping({ marker: 'none' }, 'test')
  if (value === null) throw new Error('unreadable')
  const [plain] = readMapping({ fields: [{ from: 'custom.Thing', to: 'custom.beside' }] }, 'test')
    .value?.fields ?? [undefined]
  if (plain === undefined) throw new Error('no rule')
  const fields = [{ ...plain, isRemembered: true }]
  const mapping = compile({ mapping: { ...value, fields }, from, to, direction: 'one-way' })
  expect(arrived(mapping, { 'custom.Thing': '36' })).toEqual({ 'custom.real': '36' })
  expect(arrived(mapping, { 'custom.Thing': 'many' })).toEqual({ 'custom.beside': 'many' })
})

describe('what is known to be lost is said beforehand', () => {
  const messages = (mapping: CompiledMapping) => mapping.warnings.map(({ message }) => message)
  it('which of several sources a value came from', () => {
    const from = side([field('phones.main'), field('phones.work')])
    const fields = [{ from: ['phones.main', 'phones.work'], to: 'phones.main' }]
    expect(messages(compiled(from, side([field('phones.main')]), { fields }))).toContain(
      'what goes to Phone may come from Phone or, where that is empty, from Work phone: which of them it was is not kept',
    )
  })
  it('which of several tags of one name is given', () => {
    const to = side([], { tags: [tag('1', 'Lead', 'A'), tag('2', 'lead', 'B')] })
    expect(messages(compiled(side([], { tags: [tag('x', 'Lead')] }), to))).toEqual([
      'There has 2 tags called "Lead" (A, B): one of them is given',
    ])
  })
  it('that nobody is mailed there without an opt-in of their own', () => {
    const consent = { ...side([]).capabilities.consent, mailsNew: false as const }
    const to = side([], { capabilities: { consent } })
    expect(messages(compiled(side([]), to))).toEqual([
      expect.stringContaining('There mails no address that is new there'),
    ])
    expect(messages(compiled(to, side([])))).toEqual([])
  })
})

it('lists every path of the source, so that what it shows beyond them can be named', () => {
  const { listed } = compiled(
    side([field('givenName'), field('fax', { readable: false })]),
    there('x', 'text', { options: options('a') }),
  )
  expect([...listed]).toEqual(['givenName', 'fax'])
})

it('everybody who shares an e-mail is kept only where the target lets them share it', () => {
  const errors = (onTakenEmail: 'doubles' | 'merges') => {
    const to = side([], { capabilities: { create: { batchMax: 1, onTakenEmail } } })
    const { warnings } = compiled(side([]), to, { duplicates: 'keep' })
    return warnings.filter(({ level }) => level === 'error').map(({ path }) => path)
  }
  expect(errors('doubles')).toEqual([])
  expect(errors('merges')).toEqual(['duplicates'])
})
