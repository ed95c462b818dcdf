import { describe, expect, it } from 'vitest'
import { compile, errorsOf } from '../../src/mapping/compile.ts'
import { layer, readMapping, readOverrides } from '../../src/mapping/parse.ts'
import type { MappingSide } from '../../src/mapping/side.ts'
import { adaptix, field, infusionsoft, options, owner, side } from './sides.ts'

function mappingOf(written: unknown) {
  const { value, problems } = readMapping(written, 'test')
  expect(problems).toEqual([])
  if (value === null) throw new Error('unreadable')
  return value
}

function compiled(written: unknown, from: MappingSide, to: MappingSide, twoWay = false) {
  const direction = twoWay ? 'two-way' : 'one-way'
  return compile({ mapping: mappingOf(written), from, to, direction })
}

function targets(written: unknown, from: MappingSide, to: MappingSide) {
  return Object.fromEntries(
    compiled(written, from, to).rules.map((rule) => [rule.from[0], rule.to]),
  )
}

const marker = { marker: 'none' }

describe('names', () => {
  const from = side([
    field('givenName', { native: 'FirstName' }),
    field('custom._Plan', { label: 'Plan' }),
  ])
  const to = side([
    field('givenName', { native: 'firstname' }),
    field('custom.plan_x', { label: 'Nick' }),
  ])

  it.each([
    ['givenName', 'custom.plan_x'],
    ['FirstName', 'plan_x'],
    ['firstname', 'Nick'],
    ['givenName', 'custom.Nick'],
  ])('canonical words, native names and labels resolve: %s to %s', (source, target) => {
    const there = targets({ ...marker, fields: [{ from: source, to: target }] }, from, to)
    expect(there['givenName']).toBe('custom.plan_x')
  })

  it('an unknown name is an error that says what was meant', () => {
    const { warnings } = compiled(
      {
        fields: [
          { from: 'FirstNme', to: 'firstname' },
          { from: 'FirstName', to: 'plan_y' },
        ],
      },
      from,
      to,
    )
    expect(warnings.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        path: 'fields[0].from',
        message: 'There has no field "FirstNme"',
        hint: 'did you mean "FirstName"?',
      },
      {
        level: 'error',
        path: 'fields[1].to',
        message: 'There has no field "plan_y"',
        hint: 'did you mean "plan_x"?, or write `create: true` to make it',
      },
    ])
  })

  it('a label that two fields share is ambiguous', () => {
    const twice = side([
      field('custom.1', { label: 'Region' }),
      field('custom.2', { label: 'Region' }),
    ])
    const [error] = errorsOf(compiled({ fields: [{ from: 'Region', to: 'firstname' }] }, twice, to))
    expect(error?.message).toBe('There has 2 fields called "Region"')
    expect(error?.hint).toBe('name one by its path: custom.1, custom.2')
  })

  it('a canonical field that the source lacks is not a mistake', () => {
    const { warnings, rules } = compiled(
      { fields: [{ from: ['gender', 'phones.home'], to: 'Nick' }] },
      from,
      to,
    )
    expect(warnings.map(({ level }) => level)).not.toContain('error')
    expect(rules.map((rule) => rule.to)).not.toContain('custom.plan_x')
  })
})

describe('targets', () => {
  it('are never written twice', () => {
    const fields = [
      { from: 'FirstName', to: 'lastname' },
      { from: 'LastName', to: 'familyName' },
    ]
    const result = compiled({ fields }, infusionsoft(), adaptix())
    expect(errorsOf(result)).toMatchObject([
      { path: 'fields[1].to', message: 'another rule writes "familyName" already' },
    ])
    const paths = result.rules.map((rule) => rule.to)
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('a rule of the sync wins over one of the mapping, in whatever words', () => {
    const base = mappingOf({ fields: [{ from: 'JobTitle', to: 'position' }] })
    const overrides = readOverrides({ company: 'jobTitle', SpouseName: 'never' }).value ?? []
    const result = compile({
      mapping: layer(base, overrides),
      from: infusionsoft(),
      to: adaptix(),
      direction: 'one-way',
    })
    expect(errorsOf(result)).toEqual([])
    expect(result.rules.find((rule) => rule.to === 'jobTitle')?.from).toEqual(['company'])
    expect(result.rules.flatMap((rule) => rule.from)).not.toContain('custom.SpouseName')
  })

  it('what a sync forbids does not travel by a rule of the mapping either', () => {
    const base = mappingOf({ fields: [{ from: ['nickname', 'givenName'], to: 'firstname' }] })
    const overrides = readOverrides({ nickname: 'never' }).value ?? []
    const mapping = layer(base, overrides)
    const result = compile({ mapping, from: infusionsoft(), to: adaptix(), direction: 'one-way' })
    expect(result.rules.find((rule) => rule.to === 'givenName')?.from).toEqual(['givenName'])
  })

  it('that cannot be written are refused when they are named', () => {
    const result = compiled(
      { fields: [{ from: 'createdAt', to: 'dateAdded' }] },
      infusionsoft(),
      adaptix(),
    )
    expect(errorsOf(result)[0]?.message).toBe('Adaptix does not let "dateAdded" be written')
  })

  it('required and without a rule are told', () => {
    const to = adaptix([field('custom.source', { label: 'Source', isRequired: true })])
    const { warnings } = compiled({}, infusionsoft(), to)
    expect(warnings).toContainEqual(
      expect.objectContaining({ level: 'warning', path: 'custom.source' }),
    )
    const filled = compiled(
      { fields: [{ to: 'source', do: ['default:Import'] }] },
      infusionsoft(),
      to,
    )
    expect(filled.warnings.map(({ path }) => path)).not.toContain('custom.source')
    const rule = filled.rules.find((one) => one.to === 'custom.source')
    expect(rule?.project({})).toEqual({ kind: 'value', value: 'Import', losses: [] })
  })
})

describe('custom fields', () => {
  const region = field('custom._Region', { label: 'Sales region' })

  it('go to the field of the same label and fitting type', () => {
    const to = adaptix([field('custom.sales_region_2', { label: 'sales  Region' })])
    expect(targets({}, infusionsoft([region]), to)['custom._Region']).toBe('custom.sales_region_2')
  })

  it('get a new field where the label means another type', () => {
    const there = field('custom.sales_region', { label: 'Sales region', type: 'number' })
    const result = compiled({}, infusionsoft([region]), adaptix([there]))
    const draft = result.fieldDrafts.find(({ draft: one }) => one.label.startsWith('Sales'))
    expect(draft?.draft).toEqual({
      label: 'Sales region (Infusionsoft)',
      name: 'sales_region_infusionsoft',
      type: 'text',
      options: null,
    })
  })

  it('take their options along', () => {
    const plan = field('custom._Plan', {
      label: 'Plan',
      type: 'choice',
      options: options('Basic', 'Plus'),
    })
    const { fieldDrafts } = compiled({}, infusionsoft([plan]), adaptix())
    const draft = fieldDrafts.find(({ draft: one }) => one.label === 'Plan')
    expect(draft?.draft).toMatchObject({ type: 'choice', options: options('Basic', 'Plus') })
  })

  it('`listed` sends only what is named and makes nothing new', () => {
    const result = compiled(
      { customFields: 'listed', ...marker },
      infusionsoft([region]),
      adaptix(),
    )
    expect(result.fieldDrafts).toEqual([])
    expect(result.rules.flatMap((rule) => rule.from)).not.toContain('custom._Region')
  })

  it('that make one name get a suffix, and a second run finds each again', () => {
    const twins = [
      field('custom.1', { label: 'T-Shirt' }),
      field('custom.2', { label: 'T Shirt' }),
      field('custom.3', { label: 'Größe' }),
      field('custom.4', { label: 'Grosse' }),
    ]
    const from = side(twins, { title: 'Shop' })
    const first = compiled(marker, from, side([]))
    expect(first.fieldDrafts.map(({ draft }) => [draft.label, draft.name])).toEqual([
      ['T-Shirt', 't_shirt'],
      ['T Shirt (2)', 't_shirt_2'],
      ['Größe', 'gro_e'],
      ['Grosse', 'grosse'],
    ])
    const made = first.fieldDrafts.map(({ definition, draft }) => ({
      ...definition,
      path: `custom.real_${draft.name}`,
      native: `real_${draft.name}`,
    }))
    const second = compiled(marker, from, side(made.toReversed()))
    expect(second.fieldDrafts).toEqual([])
    expect(second.rules.map((rule) => [rule.from[0], rule.to])).toEqual(
      first.rules.map((rule) => [rule.from[0], rule.to.replace('custom.new:', 'custom.real_')]),
    )
  })

  it('settle after one run whatever type the platform makes of a new field', () => {
    const types = ['number', 'boolean', 'date', 'datetime', 'longtext', 'choices'] as const
    const from = side(
      types.map((type) =>
        field(`custom.${type}`, { type, options: type === 'choices' ? options('a') : null }),
      ),
    )
    const first = compiled(marker, from, side([]))
    const made = first.fieldDrafts.map(({ definition, draft }) => ({
      ...definition,
      path: `custom.${draft.name}`,
      type: 'text' as const,
      options: null,
    }))
    const second = compiled(marker, from, side(made))
    expect(second.fieldDrafts).toEqual([])
    expect(second.rules).toHaveLength(types.length)
  })

  it('stay behind with a warning where nothing can be created', () => {
    const to = adaptix([], { capabilities: { fields: { create: false } } })
    const { warnings, fieldDrafts, marker: found } = compiled({}, infusionsoft([region]), to)
    expect(fieldDrafts).toEqual([])
    expect(found).toBeNull()
    expect(warnings.map(({ message }) => message)).toContain(
      'Adaptix has no field for Sales region and none can be created: it stays behind',
    )
  })

  it('named with `create: true` are made whether used or not, with the translated options', () => {
    const plan = field('custom._Plan', {
      label: 'Plan',
      type: 'choice',
      options: options('Basic', 'Plus'),
    })
    const rule = {
      from: '_Plan',
      to: 'custom.tier',
      create: true,
      label: 'Tier',
      values: { Basic: 'b' },
    }
    const { fieldDrafts } = compiled({ fields: [rule] }, infusionsoft([plan]), adaptix())
    const draft = fieldDrafts.find(({ draft: one }) => one.name === 'tier')
    expect(draft).toMatchObject({
      onlyIfUsed: false,
      definition: { path: 'custom.new:tier' },
      draft: { label: 'Tier', type: 'choice', options: options('b', 'Plus') },
    })
  })
})

describe('the marker', () => {
  it('is drafted once, found later, and never copied from the source', () => {
    const from = infusionsoft([field('custom._ferrykey', { label: 'ferry_key' })])
    const first = compiled({}, from, adaptix())
    expect(first.isMarkerDrafted).toBe(true)
    expect(first.marker?.path).toBe('custom.new:ferry_key')
    expect(first.fieldDrafts.map(({ definition }) => definition.path)).toContain(first.marker?.path)
    expect(first.rules.map((rule) => rule.to)).not.toContain(first.marker?.path)
    const second = compiled({}, from, adaptix([field('custom.ferry_key')]))
    expect([second.isMarkerDrafted, second.marker?.path]).toEqual([false, 'custom.ferry_key'])
    expect(second.rules.map((rule) => rule.to)).not.toContain('custom.ferry_key')
  })
})

describe('owners', () => {
  const from = infusionsoft([], {
    owners: [owner('1', 'Ann Lee'), owner('2', 'Bob Ray', 'bob@x.test'), owner('3', 'Cy Fox')],
  })
  const to = adaptix([], {
    owners: [owner('71', 'ann lee'), owner('72', 'Robert'), owner('73', 'Dee')],
  })

  it('go by the table, then by equal name or e-mail; nobody else is made up', () => {
    const result = compiled({ owners: { 'Bob Ray': 'Robert' } }, from, to)
    const rule = result.rules.find((one) => one.to === 'owner')
    const there = (key: string) => rule?.project({ owner: key })
    expect(there('1')).toMatchObject({ kind: 'value', value: '71' })
    expect(there('2')).toMatchObject({ kind: 'value', value: '72' })
    expect(there('3')).toEqual({
      kind: 'absent',
      losses: [{ path: 'owner', cause: 'no such owner at the target', before: '3', after: null }],
    })
    expect(result.warnings.map(({ message }) => message)).toContain(
      'no owner at the target for Cy Fox',
    )
  })

  it('become their name where the target keeps no owners', () => {
    const result = compiled({}, from, side([field('emails.1')]))
    const rule = result.rules.find((one) => one.from[0] === 'owner')
    expect(rule?.project({ owner: '3' })).toMatchObject({ kind: 'value', value: 'Cy Fox' })
  })

  it('an owner that the target does not have is an error', () => {
    const [error] = errorsOf(compiled({ owners: { 'Bob Ray': 'Rob' } }, from, to))
    expect(error).toMatchObject({
      path: 'owners.Bob Ray',
      message: 'the target has no owner "Rob"',
    })
  })
})

describe('types', () => {
  it('that cannot become one another are an error for a rule that somebody wrote', () => {
    const to = adaptix([field('custom.born', { label: 'Born', type: 'date' })])
    const wrong = compiled({ fields: [{ from: 'emails.1', to: 'born' }] }, infusionsoft(), to)
    expect(errorsOf(wrong)[0]?.path).toBe('fields[0]')
    expect(wrong.rules.map((rule) => rule.to)).not.toContain('custom.born')
  })

  it('that lose something are a warning', () => {
    const to = adaptix([field('custom.born', { label: 'Born', type: 'date' })])
    const { warnings } = compiled(
      { fields: [{ from: 'createdAt', to: 'born' }] },
      infusionsoft(),
      to,
    )
    expect(warnings).toContainEqual({
      level: 'warning',
      path: 'fields[0]',
      message: 'Created (datetime) to Born (date): the time of day is cut',
      hint: 'the plan counts what is lost',
    })
  })
})

describe('the fingerprint', () => {
  it('is the same for the same input and moves with what decides', () => {
    const print = (written: unknown, more: readonly ReturnType<typeof field>[] = []) =>
      compiled(written, infusionsoft(more), adaptix()).fingerprint
    expect(print({})).toMatch(/^[0-9a-f]{64}$/)
    expect(print({})).toBe(print({}))
    expect(print({})).not.toBe(print({ duplicates: 'first' }))
    expect(print({})).not.toBe(print({}, [field('custom._New')]))
  })

  it('does not depend on the order of the catalogue', () => {
    const [from, to] = [infusionsoft([field('custom._B'), field('custom._A')]), adaptix()]
    const turned = {
      ...from,
      catalog: { ...from.catalog, fields: from.catalog.fields.toReversed() },
    }
    const [one, two] = [compiled({}, from, to), compiled({}, turned, to)]
    expect(two.rules.map(({ title }) => title)).toEqual(one.rules.map(({ title }) => title))
    expect(two.fingerprint).toBe(one.fingerprint)
  })
})
