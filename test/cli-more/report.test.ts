import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { twoAccounts } from '../app/two-accounts.ts'
import { openPage } from '../report/page-dom.ts'
import { tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 40 },
  to: { platform: 'adaptix', contacts: 10 },
})
let plan = ''
beforeAll(async () => {
  plan = String((await tell(two, ['plan', 'move'])).document['plan'])
})
afterAll(two.close)

const out = (name: string) => join(two.folder, name)

describe('ferry report', () => {
  it('writes a page with every record of a small plan, for its owner alone', async () => {
    const got = await tell(two, ['report', plan, '--out', out('plan.html')])
    expect(got.failure).toBeNull()
    const html = readFileSync(out('plan.html'), 'utf8')
    const { tab, title } = openPage(html)
    expect(title).toBe(`Plan ${plan}`)
    const { records, total } = got.document as unknown as { records: number; total: number }
    expect(records).toBe(total)
    expect(tab('Changes').textContent).toContain(`${total} of ${total} records`)
    expect(statSync(out('plan.html')).mode & 0o077).toBe(0)
    expect(got.text).toContain('personal data')
  })

  it('writes the same records as JSON and as CSV', async () => {
    const told = await tell(two, ['report', plan, '--format', 'json', '--out', out('plan.json')])
    const document = JSON.parse(readFileSync(out('plan.json'), 'utf8')) as {
      readonly plan: { readonly plan: string }
      readonly records: readonly { readonly seq: number; readonly fields: readonly unknown[] }[]
    }
    expect(document.plan.plan).toBe(plan)
    expect(document.records).toHaveLength(told.document['total'] as unknown as number)
    await tell(two, ['report', plan, '--format', 'csv', '--out', out('plan.csv')])
    const rows = parse(readFileSync(out('plan.csv'), 'utf8'), { columns: true, bom: true }) as {
      readonly seq: string
      readonly what: string
    }[]
    expect(new Set(rows.map(({ seq }) => Number(seq)))).toEqual(
      new Set(document.records.map(({ seq }) => seq)),
    )
    const fields = document.records.reduce((sum, record) => sum + record.fields.length, 0)
    expect(rows.filter(({ what }) => what === 'field')).toHaveLength(fields)
  })

  it('obeys the mask in every format', async () => {
    const emails = two.from.snapshot().flatMap((person) => person.emails)
    expect(emails.length).toBeGreaterThan(10)
    for (const format of ['html', 'json', 'csv']) {
      const path = out(`masked.${format}`)
      const got = await tell(two, ['report', plan, '--format', format, '--out', path], {
        mask: 'full',
      })
      expect(got.code).toBe(0)
      const text = readFileSync(path, 'utf8')
      expect(emails.filter((email) => text.includes(email))).toEqual([])
    }
  })

  it('says what is wrong: no such plan, no such folder', async () => {
    expect((await tell(two, ['report', 'plan-x', '--out', out('x')])).failure).toMatchObject({
      code: 2,
    })
    const nowhere = await tell(two, ['report', plan, '--out', out('none/x.html')])
    expect(nowhere.failure).toMatchObject({ code: 2, hint: 'Name another file with --out.' })
  })
})
