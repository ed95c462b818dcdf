/** Rejects as JSON, text and CSV. */
import { stringify } from 'csv-stringify/sync'
import { neutral } from './csv.ts'
import type { ShownHold } from './hold-document.ts'
import { type Mask, masked } from './mask.ts'
import { withoutAddresses } from './plan-record.ts'
import { safeText } from './safe-text.ts'

/** A reject as the store tells it. */
export type ShownReject = ShownHold['case']

export function rejectDocument(open: ShownReject, mask: Mask): Readonly<Record<string, unknown>> {
  const { id, sync, record, side, kind, cause, hint, fields, candidates, label, run } = open
  return {
    id,
    sync,
    record,
    side,
    kind,
    cause: withoutAddresses(cause, mask),
    hint,
    fields,
    candidates,
    label: masked(label, mask),
    run,
  }
}

export function rejectLines(open: ShownReject, mask: Mask): readonly string[] {
  const { id, sync, record, label, cause, hint } = open
  return [
    `${id}  ${sync}  ${record}  ${safeText(masked(label, mask), 50)}  ${safeText(withoutAddresses(cause, mask), 140)}`,
    `    ${safeText(hint, 200)}`,
  ]
}

const COLUMNS = ['id', 'sync', 'side', 'record', 'label', 'cause', 'hint', 'run'] as const

export function rejectsCsv(cases: readonly ShownReject[], mask: Mask): string {
  const rows = cases.map((open) => {
    const { id, sync, side, record, label, cause, hint, run } = open
    return {
      id,
      sync,
      side,
      record,
      label: masked(label, mask),
      cause: withoutAddresses(cause, mask),
      hint,
      run,
    }
  })
  const text = stringify(rows, {
    header: true,
    columns: [...COLUMNS],
    quoted: true,
    record_delimiter: '\r\n',
    cast: { string: neutral },
  })
  return `\ufeff${text}`
}
