/** Rejects as text and CSV; their JSON is that of any case. */
import { stringify } from 'csv-stringify/sync'
import type { ShownCase } from './case-document.ts'
import { neutral } from './csv.ts'
import { type Mask, masked } from './mask.ts'
import { withoutAddresses } from './plan-record.ts'
import { safeText } from './safe-text.ts'

export function rejectLines(open: ShownCase, mask: Mask): readonly string[] {
  const { id, sync, record, label, cause, hint } = open
  return [
    `${id}  ${sync}  ${record}  ${safeText(masked(label, mask), 50)}  ${safeText(withoutAddresses(cause, mask), 140)}`,
    `    ${safeText(hint, 200)}`,
  ]
}

const COLUMNS = ['id', 'sync', 'side', 'record', 'label', 'cause', 'hint', 'run'] as const

export function rejectsCsv(cases: readonly ShownCase[], mask: Mask): string {
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
