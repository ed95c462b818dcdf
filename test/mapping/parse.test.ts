import { describe, expect, it } from 'vitest'
import { layer, parseMapping, readMapping, readOverrides } from '../../src/mapping/parse.ts'
import { formatProblems } from '../../src/mapping/problem.ts'
import { transformText } from '../../src/mapping/transform-text.ts'

function problemsOf(text: string) {
  return parseMapping(text, 'test').problems
}

describe('a mapping that is right', () => {
  it('fills every default', () => {
    const { value } = parseMapping('fields:\n  - { from: FirstName, to: firstname }\n', 'test')
    expect(value).toEqual({
      ...readMapping({}, 'test').value,
      fields: [
        {
          from: ['FirstName'],
          to: 'firstname',
          do: [],
          values: null,
          otherwise: 'keep',
          blank: 'skip',
          create: false,
          label: null,
          owner: null,
          conflict: null,
        },
      ],
    })
  })

  it('an empty file is the generic mapping', () => {
    expect(parseMapping('', 'generic').value).toEqual(readMapping({}, 'generic').value)
    expect(parseMapping('# nothing\n', 'generic').value).toEqual(readMapping({}, 'generic').value)
  })

  it('takes fields as source: target too', () => {
    const text = 'fields:\n  points: never\n  Phone1: { to: mobile, do: [trim, { e164: de }] }\n'
    expect(parseMapping(text, 'test').value?.fields).toMatchObject([
      { from: ['points'], to: null },
      { from: ['Phone1'], to: 'mobile', do: [{ name: 'trim' }, { name: 'e164', region: 'DE' }] },
    ])
  })

  it('takes numbers where texts are meant', () => {
    const text = 'sequences: { 14: 3 }\nfields: [{ from: a, to: b, values: { 1: one, yes: true } }]'
    const { value } = parseMapping(text, 'test')
    expect(value?.sequences).toEqual({ '14': '3' })
    expect(value?.fields[0]?.values).toEqual({ '1': 'one', yes: 'true' })
  })

  it('`marker: none` turns the marker off', () => {
    expect(parseMapping('marker: none', 'test').value?.marker).toBeNull()
    expect(parseMapping('', 'test').value?.marker).toBe('ferry_key')
  })

  it.each([
    'trim',
    'lower',
    'title',
    'country-iso',
    'country-name',
    'e164',
    'e164:DE',
    'date:DD.MM.YYYY',
    'split:,',
    'split:;',
    'join:, ',
    'default:none yet: ask',
    'template:{FirstName} {LastName}',
    'truncate:80',
  ])('reads the transform %s', (text) => {
    const rule = { from: 'a', to: 'b', do: [text] }
    const [read] = readMapping({ fields: [rule] }, 'test').value?.fields[0]?.do ?? []
    expect(read === undefined ? undefined : transformText(read)).toBe(text)
  })
})

describe('a mapping that is wrong', () => {
  it('names every mistake at once, with its line and what was meant', () => {
    const text = [
      'fields:',
      '  - { from: a, to: b, blanc: skip }',
      '  - from: c',
      '    to: d',
      '    do: [tirm, "e164:Germany"]',
      'customField: listed',
      'duplicates: ask',
    ].join('\n')
    expect(problemsOf(text)).toEqual([
      {
        path: 'fields[0].blanc',
        line: 2,
        message: 'unknown key "blanc"',
        hint: 'did you mean "blank"?',
      },
      {
        path: 'duplicates',
        line: 7,
        message: 'must be one of hold, first, newest, merge, keep, not "ask"',
        hint: '',
      },
      {
        path: 'customField',
        line: 6,
        message: 'unknown key "customField"',
        hint: 'did you mean "customFields"?',
      },
    ])
    const transforms = text
      .replace(', blanc: skip', '')
      .replace('customField:', 'customFields:')
      .replace('ask', 'hold')
    expect(problemsOf(transforms)).toEqual([
      {
        path: 'fields[1].do[0]',
        line: 5,
        message: 'unknown transform "tirm"',
        hint: 'did you mean "trim"?',
      },
      {
        path: 'fields[1].do[1]',
        line: 5,
        message: 'transform "e164" takes a country of two letters: e164:DE',
        hint: '',
      },
    ])
  })

  it('says where YAML breaks', () => {
    const [problem] = problemsOf('tags:\n  include: ["*"\ngroups: {}\n')
    expect(problem?.line).toBeGreaterThanOrEqual(2)
    expect(problem?.message).toMatch(/^not valid YAML: /)
    expect(problem?.hint).not.toBe('')
    expect(problemsOf('a: 1\na: 2')[0]).toMatchObject({
      line: 2,
      hint: expect.stringContaining('once'),
    })
    expect(problemsOf('tags:\n\tas: tags\n')[0]?.hint).toBe('indent with blanks, not with tabs')
  })

  it('a rule without a source needs a constant', () => {
    expect(problemsOf('fields: [{ to: source }]')).toMatchObject([
      { path: 'fields[0]', message: '"from" is missing' },
    ])
    expect(problemsOf('fields: [{ to: source, do: ["default:Import"] }]')).toEqual([])
  })

  it('shapes are named in words', () => {
    expect(problemsOf('tags: all')[0]?.message).toBe('must be a block of keys, not "all"')
    expect(problemsOf('fields: yes please')[0]?.message).toBe(
      'must be a list or a block of keys, not "yes please"',
    )
    expect(problemsOf('fields:\n  - { from: a }')[0]).toMatchObject({
      path: 'fields[0].to',
      line: 2,
      message: '"to" is missing',
      hint: 'it takes a text',
    })
    expect(
      problemsOf('fields:\n  - { from: a, to: b, do: { trim: null, lower: null } }')[0]?.message,
    ).toBe('a transform has one key, not trim, lower')
  })

  it('is printed one problem per paragraph', () => {
    const text = formatProblems('mappings/x.yaml', problemsOf('customField: auto'))
    expect(text).toBe(
      'mappings/x.yaml: one problem\n  line 1  customField: unknown key "customField"\n      did you mean "customFields"?',
    )
  })
})

describe('overrides of a sync', () => {
  it('replace rules for the same target and come first', () => {
    const base = parseMapping('fields: [{ from: a, to: x }, { from: b, to: y }]', 'test').value
    const overrides = readOverrides([{ from: 'c', to: 'x' }]).value
    if (base === null || overrides === null) throw new Error('unreadable')
    const { fields } = layer(base, overrides)
    expect(fields.map(({ from, to, isOverride }) => [from, to, isOverride === true])).toEqual([
      [['c'], 'x', true],
      [['b'], 'y', false],
    ])
    expect(layer(base, [])).toBe(base)
  })
})
