/** The CSV report: one row a field, readable by any reader, and nothing in it that a spreadsheet would run. */
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { CSV_COLUMNS, csvHead, csvRows } from '../../src/report/csv.ts'
import type { Mask } from '../../src/report/mask.ts'
import type { PlanRecord } from '../../src/report/plan-record.ts'
import { EVIL, FORMULA, HOSTILE_RECORD, record } from './records.ts'

type Row = Readonly<Record<(typeof CSV_COLUMNS)[number], string>>

function rowsOf(records: readonly PlanRecord[], mask: Mask = 'none'): readonly Row[] {
  return parse(csvHead() + csvRows(records, mask), { columns: true, bom: true })
}

describe('the CSV report', () => {
  it('has its columns in the first line', () => {
    expect(csvHead()).toBe(`\ufeff${CSV_COLUMNS.map((name) => `"${name}"`).join(',')}\r\n`)
  })

  it('has a row for each part of a record, and one for a record without parts', () => {
    const rows = rowsOf([HOSTILE_RECORD, record(2, { bucket: 'create', toId: null })])
    expect(rows.map(({ seq, what }) => `${seq} ${what}`)).toEqual([
      '1 field',
      '1 field',
      '1 field',
      '1 tag',
      '1 tag',
      '1 consent',
      '1 loss',
      '1 held',
      '1 candidate',
      '2 record',
    ])
    expect(rows[0]).toMatchObject({
      from: '1001',
      to: '2001',
      path: 'familyName',
      before: 'Bauer',
      after: EVIL,
      risk: 'overwrite',
      why: 'LastName -> lastname',
    })
    expect(rows.at(-1)).toMatchObject({ bucket: 'create', to: '', state: 'planned' })
  })

  it('keeps not told, empty and a value apart', () => {
    const [, told, empty] = rowsOf([HOSTILE_RECORD])
    expect(told?.before).toBe('(not told)')
    expect(empty).toMatchObject({ before: '(empty)', after: 'one, two' })
  })

  it('names the outcome and the id that a create was given', () => {
    const created: PlanRecord = {
      ...record(3, { bucket: 'create', toId: null }),
      state: 'rejected',
      outcome: { id: HOSTILE_RECORD.op.toId, message: 'refused: too long', hint: null, path: null },
    }
    expect(rowsOf([created])[0]).toMatchObject({
      to: '2001',
      state: 'rejected',
      outcome: 'refused: too long',
    })
  })

  it.each([FORMULA, '+49 30 1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1+1', '\n=1'])(
    'puts an apostrophe before %j',
    (value) => {
      const text = csvRows(
        [
          record(1, {
            label: value,
            fields: [{ path: 'company', after: value, risk: 'fill', why: value }],
          }),
        ],
        'none',
      )
      const [row] = parse(csvHead() + text, { columns: true, bom: true }) as Row[]
      for (const cell of [row?.label, row?.after, row?.why]) expect(cell).toBe(`'${value}`)
    },
  )

  it('leaves no cell of a hostile record that begins as a formula', () => {
    const cells = rowsOf([HOSTILE_RECORD]).flatMap((row) => Object.values(row))
    expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([])
  })

  it.each(['partial', 'full'] as const)('obeys the mask %s', (mask) => {
    const text = csvRows([HOSTILE_RECORD], mask).toLowerCase()
    for (const secret of ['anna@', 'bauer', 'hyperlink', 'alert', '1970-01-01', 'told us'])
      expect(text).not.toContain(secret)
  })

  it('writes nothing for no records', () => {
    expect(csvRows([], 'none')).toBe('')
  })
})
