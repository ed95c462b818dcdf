/** Holds as CSV to be decided in a spreadsheet, and the decisions read back, each with the line it stands on. */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { type Choice, readChoice } from '../plan/ruling.ts'
import { neutral } from './csv.ts'
import { type ShownHold, shown } from './hold-document.ts'
import { type Mask, masked } from './mask.ts'
import { withoutAddresses } from './plan-record.ts'

const HOLD_COLUMNS = [
  'decision',
  'choices',
  'id',
  'sync',
  'side',
  'record',
  'label',
  'field',
  'source',
  'target',
  'cause',
  'hint',
  'question',
] as const

/** One row for each thing that is asked, with a mark by which spreadsheets know UTF-8. */
export function holdsCsv(holds: readonly ShownHold[], mask: Mask): string {
  const rows = holds.flatMap(({ case: open, asked }) =>
    asked.map((one) => ({
      decision: '',
      choices: one.choices.join(' '),
      id: open.id,
      sync: open.sync,
      side: open.side,
      record: open.record,
      label: masked(open.label, mask),
      field: one.field ?? '',
      source: one.field === null ? '' : shown(one.from, mask),
      target: one.field === null ? '' : shown(one.to, mask),
      cause: withoutAddresses(open.cause, mask),
      hint: open.hint,
      question: one.question ?? '',
    })),
  )
  const text = stringify(rows, {
    header: true,
    columns: [...HOLD_COLUMNS],
    quoted: true,
    record_delimiter: '\r\n',
    cast: { string: neutral },
  })
  return `\ufeff${text}`
}

/** A row that says something. */
export interface DecisionRow {
  readonly line: number
  readonly id: string
  readonly field: string | null
  readonly choice: Choice | 'ask'
  readonly question: string
}
export interface RowProblem {
  readonly line: number
  readonly message: string
}

/** Rows without a decision say nothing. Throws what the parser of CSV throws. */
export function readDecisions(text: string): {
  readonly rows: readonly DecisionRow[]
  readonly problems: readonly RowProblem[]
} {
  const parsed = parse(text, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    relax_column_count_less: true,
    info: true,
  }) as unknown as readonly {
    readonly info: { readonly lines: number }
    readonly record: Readonly<Record<string, string>>
  }[]
  const rows: DecisionRow[] = []
  const problems: RowProblem[] = []
  const [first] = parsed
  const missing = ['decision', 'id', 'field', 'question'].filter(
    (column) => first !== undefined && !(column in first.record),
  )
  if (missing.length > 0)
    return { rows, problems: [{ line: 1, message: `there is no column ${missing.join(', ')}` }] }
  for (const { info, record } of parsed) {
    const { id = '', field = '', decision = '', question = '' } = record
    const word = decision.trim()
    if (word === '') continue
    const choice = word.toLowerCase() === 'ask' ? 'ask' : readChoice(bare(word))
    if (choice === null) problems.push({ line: info.lines, message: `"${word}" is no decision` })
    else if (id.trim() === '') problems.push({ line: info.lines, message: 'it has no id' })
    else
      rows.push({
        line: info.lines,
        id: id.trim(),
        field: field === '' ? null : bare(field),
        choice,
        // A hash may begin with what a spreadsheet would run.
        question: bare(question.trim()),
      })
  }
  return { rows, problems }
}

/** Without the apostrophe that keeps a spreadsheet from running a cell. */
function bare(cell: string): string {
  return /^'\s*[=+\-@]/.test(cell) ? cell.slice(1) : cell
}
