import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, errorsOf } from '../../src/mapping/compile.ts'
import { parseMapping } from '../../src/mapping/parse.ts'
import { type PlanContext, planContextOf } from '../../src/plan/context.ts'
import { adaptix, field, infusionsoft, tag } from '../mapping/sides.ts'
import { contact, edited, type Pair, pairOf, round } from './world.ts'

const text = readFileSync(
  new URL('../../mappings/infusionsoft-to-adaptix.yaml', import.meta.url),
  'utf8',
)

/** Everything from scratch each time: nothing may depend on what an earlier planner saw. */
function shipped(): PlanContext {
  const policy = parseMapping(text, 'infusionsoft-to-adaptix').value
  if (policy === null) throw new Error('the mapping cannot be read')
  const tags = [tag('1', 'VIP', 'Customers'), tag('2', 'VIP', 'Leads'), tag('3', 'Press')]
  const from = infusionsoft([field('custom._Plan', { label: 'Plan' })], { tags })
  const to = adaptix([], { tags: [tag('30', 'press')] })
  const mapping = compile({ mapping: policy, from, to, direction: 'one-way' })
  expect(errorsOf(mapping)).toEqual([])
  return planContextOf({
    key: 'secret',
    direction: 'one-way',
    conflicts: 'from',
    policy,
    mapping,
    from: { name: 'keap', ...from },
    to: { name: 'crm', ...to },
  })
}

const PERSON = contact(
  '7',
  {
    givenName: 'Anna',
    familyName: 'Bauer',
    'emails.1': 'anna@example.com',
    'phones.main': '+49 30 12345',
    'addresses.main.line1': 'Hauptstr. 1',
    'addresses.main.city': 'Berlin',
    'addresses.main.country': 'Germany',
    'custom._Plan': 'gold',
    nickname: null,
  },
  { tags: ['1', '2', '3'] },
)
const there = (pair: Pair) => pair.last?.fields.map(({ path }) => path) ?? []

describe('with the mapping that comes along', () => {
  const created = round(pairOf(shipped(), PERSON, null))

  it('a contact is created with all that it has, new fields and tags planned by name', () => {
    expect(created.last).toMatchObject({ bucket: 'create', marker: 'keap:7' })
    const values = created.last?.fields.map(({ after }) => after) ?? []
    for (const value of ['Anna', 'Bauer', 'anna@example.com', 'Hauptstr. 1', 'Berlin', 'gold'])
      expect(values).toContain(value)
    expect(there(created).some((path) => path.startsWith('custom.new:'))).toBe(true)
    expect(created.last?.tags.add).toEqual(['new:customers: vip', 'new:leads: vip', '30'])
    expect(created.last?.losses).toEqual([])
  })

  it('and then there is nothing to do', () => {
    expect(round(created).last).toBeNull()
  })

  it('a change travels, and only it', () => {
    const changed = round(edited(created, 'source', { familyName: 'Berg', nickname: 'Anni' }))
    expect(changed.last?.fields.map(({ after }) => after)).toEqual(
      expect.arrayContaining(['Berg', 'Anni']),
    )
    expect(changed.last?.fields).toHaveLength(2)
    expect(round(changed).last).toBeNull()
  })

  it('a value that the source leaves out is not cleared', () => {
    const silent = round(edited(created, 'source', { familyName: undefined, 'custom._Plan': null }))
    expect(silent.last?.fields ?? []).toEqual([])
  })

  it('the same input gives the same bytes, by any planner', () => {
    const again = round(pairOf(shipped(), structuredClone(PERSON), null))
    expect(JSON.stringify(again.last)).toBe(JSON.stringify(created.last))
    expect(again.context.mapping.fingerprint).toBe(created.context.mapping.fingerprint)
  })
})
