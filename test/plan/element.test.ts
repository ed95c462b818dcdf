import { describe, expect, it } from 'vitest'
import { type Parts, planContext, grouped, tagged } from './world.ts'

const index = (parts: Parts) => planContext(parts).elements

describe('a tag of the source', () => {
  const fromTags = [tagged('1', 'VIP'), tagged('2', 'Late')]

  it('is the tag of the same name there, the same spelling first', () => {
    const toTags = [tagged('10', 'vip'), tagged('11', 'VIP'), tagged('12', 'LATE')]
    expect(index({ fromTags, toTags }).ofTag('1')).toMatchObject({ key: '11', isNew: false })
    expect(index({ fromTags, toTags }).ofTag('2')).toMatchObject({ key: '12', isNew: false })
  })

  it('is planned where there is none, and a named loss where none can be made', () => {
    expect(index({ fromTags }).ofTag('1')).toMatchObject({ key: 'new:vip', isNew: true })
    const tags = { read: true, add: true, remove: true, create: false }
    expect(index({ fromTags, capabilities: { tags } }).ofTag('1')).toMatchObject({
      kind: 'loss',
      name: 'VIP',
    })
  })

  it('travels under the name that the target can hold, with a loss', () => {
    const fitTag = (name: string) =>
      ({ kind: 'loss', value: name.slice(0, 2), cause: 'cut' }) as const
    expect(index({ fromTags, targetRules: { fitTag } }).ofTag('1')).toMatchObject({
      key: 'new:vi',
      name: 'VI',
      loss: 'cut',
    })
  })

  it.each([
    { kind: 'reject', cause: 'no', hint: '' },
    { kind: 'loss', value: undefined, cause: 'no' },
  ] as const)('is a named loss where the target would not take it: $kind', (fit) => {
    expect(index({ fromTags, targetRules: { fitTag: () => fit } }).ofTag('1')).toEqual({
      kind: 'loss',
      name: 'VIP',
      cause: 'no',
    })
  })

  it('is a loss where the list of the source does not know it', () => {
    expect(index({ fromTags }).ofTag('99')).toMatchObject({ kind: 'loss', name: '' })
  })

  it('is left behind where the mapping says so', () => {
    const mapping: Parts['mapping'] = {
      tagTarget: (tag) => (tag.key === '1' ? null : { kind: 'tag', name: tag.name }),
    }
    const elements = index({
      fromTags: [{ ...tagged('1', 'VIP'), category: 'Old' }, tagged('2', 'Late')],
      mapping,
    })
    expect(elements.ofTag('1')).toEqual({ kind: 'excluded' })
    expect(['vip', 'old: vip', 'late', 'other'].map(elements.isLeft)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('that is left behind does not hide another of the same name', () => {
    const both = [{ ...tagged('1', 'VIP'), category: 'Old' }, tagged('2', 'vip')]
    const mapping: Parts['mapping'] = {
      tagTarget: (tag) => (tag.key === '1' ? null : { kind: 'tag', name: tag.name }),
    }
    expect(index({ fromTags: both, mapping }).isLeft('vip')).toBe(false)
  })
})

describe('a group of the source', () => {
  it('is a loss where the target computes its members by itself', () => {
    const toGroups = [{ ...grouped('5', 'Rich'), writable: false }]
    expect(index({ fromGroups: [grouped('1', 'Rich')], toGroups }).ofGroup('1')).toMatchObject({
      kind: 'loss',
      cause: expect.stringContaining('computes'),
    })
  })

  it('can be a tag there', () => {
    const mapping: Parts['mapping'] = {
      groupTarget: (group) => ({ kind: 'tag', name: group.name }),
    }
    const elements = index({
      fromGroups: [grouped('1', 'Rich')],
      toTags: [tagged('7', 'rich')],
      mapping,
    })
    expect(elements.ofGroup('1')).toMatchObject({ kind: 'tag', key: '7' })
    expect(elements.nameAt('tag', '7')).toBe('rich')
    expect(elements.nameAt('tag', 'new:gone')).toBe('gone')
  })
})
