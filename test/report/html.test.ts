/** The HTML report: one file that asks nobody for anything, and in which no contact can do more than be read. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PlanRecord } from '../../src/report/plan-record.ts'
import { HTML_RECORDS_MAX, planHtml } from '../../src/report/html.ts'
import type { Mask } from '../../src/report/mask.ts'
import { bigHeader, smallHeader } from './header.ts'
import { FORBIDDEN_ELEMENTS, openPage } from './page-dom.ts'
import { EVIL, HOSTILE_RECORD, record } from './records.ts'

function html(
  records: readonly PlanRecord[],
  more: { total?: number; mask?: Mask; plan?: ReturnType<typeof smallHeader> } = {},
) {
  const { total = records.length, mask = 'none', plan = smallHeader() } = more
  return planHtml({ plan, records, total, mask })
}
const MANY = Array.from({ length: 450 }, (_, place) =>
  record(place + 1, {
    bucket: place % 3 === 0 ? 'create' : 'update',
    risk: place % 3 === 0 ? 'none' : 'overwrite',
    fields: [
      {
        path: place % 2 === 0 ? 'city' : 'notes',
        after: `value${place}`,
        risk: 'fill',
        why: 'rule',
      },
    ],
  }),
)

describe('the file', () => {
  it('may run its own script and style and nothing else, by their hashes', () => {
    const text = html([HOSTILE_RECORD])
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(text) ?? []
    const inside = (tag: string) => text.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? ''
    const hash = (part: string) => createHash('sha256').update(part).digest('base64')
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hash(inside('script'))}'`,
      `style-src 'sha256-${hash(inside('style'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
  })

  it('names no address to fetch anything from', () => {
    const text = html([])
    expect(text.match(/\b(?:src|href|action|url)\s*[=(]/g)).toBeNull()
    expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//)
  })

  it('holds what contacts are called as data, never as markup', () => {
    const text = html([HOSTILE_RECORD], { plan: bigHeader() })
    expect(text).not.toContain('<img')
    expect(text.match(/<script/g)).toHaveLength(2)
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u007f-\u009f]/)
  })
})

describe('the page', () => {
  it('shows hostile values as text', () => {
    const { page, tab } = openPage(html([HOSTILE_RECORD], { plan: bigHeader() }))
    const changes = tab('Changes')
    const entry = changes.find('details')
    entry.open = true
    entry.fire('toggle')
    expect(entry.textContent).toContain(EVIL)
    expect(page.all().filter(({ name }) => FORBIDDEN_ELEMENTS.includes(name))).toEqual([])
    const names = new Set(page.all().flatMap(({ attributes }) => [...attributes.keys()]))
    expect([...names].filter((name) => /^on|href|src|style/.test(name))).toEqual([])
  })

  it('has its tabs, one of them open', () => {
    const { page, tab, title } = openPage(html([HOSTILE_RECORD]))
    const tabs = page
      .all()
      .filter(({ name, attributes }) => name === 'button' && attributes.get('role') === 'tab')
    expect(tabs.map(({ textContent }) => textContent)).toEqual([
      'Summary',
      'Fields',
      'Changes',
      'Needs you',
      'Consent',
      'Rejects',
      'Cost and guards',
    ])
    for (const name of ['Needs you', 'Summary']) {
      tab(name)
      expect(page.all().filter((node) => node.name === 'section' && !node.hidden)).toHaveLength(1)
    }
    expect(title).toBe('Plan plan-20261121072640-bugq-1')
  })

  it('draws a bar whose parts are as wide as the counts say', () => {
    const { tab } = openPage(html([]))
    const parts = tab('Summary')
      .find('svg')
      .all()
      .filter(({ name }) => name === 'rect')
    const widths = parts.map(({ attributes }) => [
      attributes.get('class'),
      Math.round(Number(attributes.get('width'))),
    ])
    expect(widths).toEqual([
      ['create', 810],
      ['update', 162],
      ['unchanged', 28],
    ])
  })

  it('tells every part of a record', () => {
    const { tab } = openPage(html([HOSTILE_RECORD]))
    const entry = tab('Consent').find('details')
    entry.open = true
    entry.fire('toggle')
    for (const told of [
      'familyName',
      'overwrite',
      'not told',
      'empty',
      'one, two',
      '+ new:@SUM(A1)',
      '− 7',
      'refused',
      'begins with a minus',
      'birthday',
      '77',
    ])
      expect(entry.textContent).toContain(told)
  })

  it('says guards, cost, losses, rejects and holds', () => {
    const { tab } = openPage(html([], { plan: bigHeader() }))
    expect(tab('Cost and guards').textContent).toContain('99,999,999 requests')
    expect(tab('Cost and guards').textContent).toContain('irreversible-consent')
    expect(tab('Rejects').textContent).toContain('1,000,039')
    expect(tab('Needs you').textContent).toContain('1,000,000')
    expect(tab('Fields').textContent).toContain('10,000,000')
    expect(tab('Summary').textContent).toContain('A guard stops this plan.')
  })
})

describe('many records', () => {
  it('are shown in steps, and found by search and filters', () => {
    const { tab } = openPage(html(MANY))
    const changes = tab('Changes')
    const entries = () => changes.all().filter(({ name }) => name === 'details').length
    expect(entries()).toBe(200)
    changes
      .all()
      .find(({ attributes }) => attributes.get('class') === 'more')
      ?.fire('click')
    expect(entries()).toBe(400)
    const [bucket, field] = changes.all().filter(({ name }) => name === 'select')
    if (bucket === undefined || field === undefined) throw new Error('no filters')
    bucket.value = 'create'
    bucket.fire('change')
    expect(changes.textContent).toContain('150 found')
    field.value = 'city'
    field.fire('change')
    expect(changes.textContent).toContain('75 found')
    const search = changes.find('input')
    search.value = 'VALUE6 '
    search.fire('input')
    expect(changes.textContent).toContain('3 found')
  })

  it('beyond the limit stay out, and the page says how many there are', () => {
    const records = Array.from({ length: HTML_RECORDS_MAX + 10 }, (_, place) => record(place + 1))
    const { tab } = openPage(html(records, { total: 123_456 }))
    expect(tab('Changes').textContent).toContain('5,000 of 123,456 records')
  })
})

describe('a mask', () => {
  it.each(['partial', 'full'] as const)(
    '%s leaves no address, name or value in the file',
    (mask) => {
      const text = html([HOSTILE_RECORD, ...MANY.slice(0, 3)], {
        mask,
        plan: smallHeader({
          guards: [],
          holds: [{ cause: 'two people share anna@example.com', count: 1, sample: ['Anna Bauer'] }],
        }),
      })
      for (const secret of [
        'anna@',
        'anna1@',
        'Bauer',
        'HYPERLINK',
        'alert',
        '1970-01-01',
        'value1',
      ])
        expect(text.toLowerCase()).not.toContain(secret.toLowerCase())
      expect(openPage(text).page.textContent).toContain(`personal data masked (${mask})`)
    },
  )
})
