/** A plan as CSV in long form, one row per field, for spreadsheets: no cell of it is a formula, whatever a contact is called. */
import { stringify } from 'csv-stringify/sync'
import type { FieldValue } from '../model/field.ts'
import type { Mask } from './mask.ts'
import { type PlanRecord, recordDocument } from './plan-record.ts'

export const CSV_COLUMNS = [
  'seq',
  'bucket',
  'state',
  'from',
  'to',
  'label',
  'what',
  'path',
  'before',
  'after',
  'risk',
  'why',
  'cause',
  'hint',
  'outcome',
] as const
type Row = Readonly<Record<(typeof CSV_COLUMNS)[number], string>>
type Part = Pick<Row, 'what' | 'path' | 'before' | 'after' | 'risk' | 'why'>

/** First line, with the mark by which spreadsheets know UTF-8. */
export function csvHead(): string {
  return `\ufeff${written([Object.fromEntries(CSV_COLUMNS.map((name) => [name, name]))])}`
}

/** Rows of some records; '' for none. */
export function csvRows(records: readonly PlanRecord[], mask: Mask): string {
  return written(records.flatMap((record) => rowsOf(record, mask)))
}

function rowsOf(record: PlanRecord, mask: Mask): readonly Row[] {
  const { op, state, outcome } = record
  const shown = recordDocument(record, mask)
  const about = {
    seq: String(op.seq),
    bucket: op.bucket,
    state,
    from: op.fromId ?? '',
    to: op.toId ?? outcome?.id ?? '',
    label: String(shown['label']),
    cause: String(shown['cause']),
    hint: String(shown['hint']),
    outcome: String((shown['outcome'] as PlanRecord['outcome'])?.message ?? ''),
  }
  const parts = partsOf(shown, record)
  return (parts.length === 0 ? [WHOLE] : parts).map((part) => ({ ...about, ...part }))
}
const WHOLE: Part = { what: 'record', path: '', before: '', after: '', risk: '', why: '' }

function partsOf(shown: Readonly<Record<string, unknown>>, { op }: PlanRecord): readonly Part[] {
  const fields = shown['fields'] as PlanRecord['op']['fields']
  const losses = shown['losses'] as PlanRecord['op']['losses']
  const held = shown['held'] as PlanRecord['op']['held']
  const consents = shown['consents'] as PlanRecord['op']['consents']
  const set = (what: string, change: PlanRecord['op']['tags']): readonly Part[] => [
    ...change.add.map((key) => ({ ...WHOLE, what, after: key })),
    ...change.remove.map((key) => ({ ...WHOLE, what, before: key })),
  ]
  return [
    ...fields.map((change) => ({
      what: 'field',
      path: change.path,
      before: text(change.before),
      after: text(change.after),
      risk: change.risk,
      why: change.why,
    })),
    ...set('tag', op.tags),
    ...set('group', op.groups),
    ...consents.map(({ channel, address, state, reason }) => ({
      ...WHOLE,
      what: 'consent',
      path: channel,
      before: address ?? '',
      after: state,
      why: reason ?? '',
    })),
    ...losses.map(({ field, cause, before, after }) => ({
      ...WHOLE,
      what: 'loss',
      path: field,
      before,
      after: text(after),
      why: cause,
    })),
    ...held.map(({ path, from, to }) => ({
      ...WHOLE,
      what: 'held',
      path,
      before: text(to),
      after: text(from),
      why: 'waits for a decision: after is the source, before the target',
    })),
    ...op.candidates.map((id) => ({ ...WHOLE, what: 'candidate', after: id })),
  ]
}

/** Not told, empty and a value are three things. */
function text(value: FieldValue | undefined): string {
  if (value === undefined) return '(not told)'
  if (value === null) return '(empty)'
  return typeof value === 'string' ? value : value.join(', ')
}

function written(rows: readonly object[]): string {
  return stringify([...rows], {
    columns: [...CSV_COLUMNS],
    quoted: true,
    record_delimiter: '\r\n',
    cast: { string: neutral },
  })
}

/** What a spreadsheet would run is text with an apostrophe in front; the wide forms count too. */
export function neutral(cell: string): string {
  return /^\s*[=+\-@＝＋－＠\t\r]/.test(cell) ? `'${cell}` : cell
}
