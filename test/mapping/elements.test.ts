import { describe, expect, it } from 'vitest'
import { compile } from '../../src/mapping/compile.ts'
import { readMapping } from '../../src/mapping/parse.ts'
import type { Tag } from '../../src/model/vocabulary.ts'
import { adaptix, group, infusionsoft, type SideParts, tag, xmlSpec } from './sides.ts'

const TAGS = [
  tag('1', 'VIP', 'Leads'),
  tag('2', 'vip', 'Customers'),
  tag('3', 'Press', null),
  tag('4', 'tmp import', 'Import'),
  tag('5', 'Gold', 'Customers'),
  tag('6', 'Gold', 'Customers'),
]

function compiled(written: unknown, tags: readonly Tag[] = TAGS, to: SideParts = {}) {
  const { value } = readMapping(written, 'test')
  if (value === null) throw new Error('unreadable')
  const from = infusionsoft([], { tags })
  return compile({ mapping: value, from, to: adaptix([], to), direction: 'one-way' })
}

function names(written: unknown) {
  const mapping = compiled(written)
  return TAGS.map((one) => mapping.tagTarget(one)?.name ?? null)
}

describe('tags', () => {
  it('keep their name; the category goes in front only where two categories share it', () => {
    expect(names({})).toEqual([
      'Leads: VIP',
      'Customers: vip',
      'Press',
      'tmp import',
      'Gold',
      'Gold',
    ])
  })

  it('an excluded tag does not make another one ambiguous', () => {
    const there = names({ tags: { exclude: 'Customers: vip' } })
    expect(there.slice(0, 2)).toEqual(['VIP', null])
  })

  it('are chosen by globs over the name, or over category and name', () => {
    expect(names({ tags: { exclude: ['TMP *'] } })[3]).toBeNull()
    expect(names({ tags: { include: ['Customers: *', 'pre??'] } })).toEqual([
      null,
      'vip',
      'Press',
      null,
      'Gold',
      'Gold',
    ])
  })

  it('are renamed by a template; without a category only the name is left', () => {
    const rename = '{category} / {name}'
    expect(names({ tags: { rename } }).slice(0, 3)).toEqual([
      'Leads / VIP',
      'Customers / vip',
      'Press',
    ])
    expect(names({ tags: { rename: 'old: {name}' } })[2]).toBe('old: Press')
  })

  it('a tag that came later than the catalogue has a target too', () => {
    expect(compiled({}).tagTarget(tag('99', 'New', 'Leads'))).toEqual({ kind: 'tag', name: 'New' })
  })

  it('that become one are told apart from those that never were two', () => {
    const { warnings } = compiled({ tags: { rename: 'x {category}' } })
    const about = warnings.filter(({ path }) => path === 'tags')
    expect(about.map(({ level, message }) => [level, message])).toEqual([
      ['warning', '3 source tags become one tag "x Customers": Customers: vip, Customers: Gold'],
    ])
    const same = compiled({}).warnings.filter(({ path }) => path === 'tags')
    expect(same).toMatchObject([{ level: 'note' }])
  })

  it('find their way back by the name they have there; a name that several share at the source is told as lost', () => {
    const { value } = readMapping({ marker: 'none' }, 'test')
    if (value === null) throw new Error('unreadable')
    const from = infusionsoft([], { tags: TAGS })
    const { mirror } = compile({ mapping: value, from, to: adaptix([], {}), direction: 'two-way' })
    const back = (name: string) => mirror?.tagTarget(tag('t', name))
    expect(back('Leads: VIP')).toEqual({ kind: 'tag', name: 'VIP', key: '1' })
    expect(back('Gold')).toEqual({ kind: 'tag', name: 'Gold', key: '5' })
    expect(back('VIP')).toEqual({
      kind: 'tag',
      name: 'VIP',
      loss: 'the source has 2 tags of this name, and which one is meant is not known: "Leads: VIP", "Customers: vip"',
    })
  })

  it('may become groups', () => {
    const there = compiled({ tags: { as: 'groups' } }).tagTarget(tag('3', 'Press'))
    expect(there).toEqual({ kind: 'group', name: 'Press' })
  })

  it('a target without tags takes them as groups, one without either leaves them with a warning', () => {
    const none = { read: false, add: false, remove: false, create: false }
    const groups = compiled({}, TAGS, { capabilities: { tags: none } })
    expect(groups.tagTarget(tag('3', 'Press'))).toEqual({ kind: 'group', name: 'Press' })
    const nothing = compiled({}, TAGS, {
      capabilities: {
        tags: none,
        groups: { read: false, write: false, remove: false, create: false },
      },
    })
    expect(nothing.tagTarget(tag('3', 'Press'))).toBeNull()
    expect(nothing.warnings.map(({ message }) => message)).toContain(
      'Adaptix takes neither tags nor groups: tags stay behind',
    )
  })
})

describe('groups', () => {
  it('are chosen by name and stay groups', () => {
    const { value } = readMapping({ groups: { exclude: ['Test*'] } }, 'test')
    if (value === null) throw new Error('unreadable')
    const from = xmlSpec([], { groups: [group('1', 'Buyers'), group('2', 'Test people')] })
    const mapping = compile({ mapping: value, from, to: adaptix(), direction: 'one-way' })
    expect(from.catalog.groups.map((one) => mapping.groupTarget(one))).toEqual([
      { kind: 'group', name: 'Buyers' },
      null,
    ])
  })
})
