/** A hold or a reject as JSON: what both show. */
import { type Mask, masked } from './mask.ts'
import { withoutAddresses } from './plan-record.ts'

/** As the store tells it. */
export interface ShownCase {
  readonly id: string
  readonly sync: string
  readonly side: string
  readonly record: string
  readonly kind: string
  readonly label: string
  readonly cause: string
  readonly hint: string
  readonly fields: readonly string[]
  readonly candidates: readonly string[]
  readonly run: string
}

export function caseDocument(open: ShownCase, mask: Mask): Readonly<Record<string, unknown>> {
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
