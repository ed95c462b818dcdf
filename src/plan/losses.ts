/** Losses of records that are no contacts, counted one by one by field and cause. Pure. */
import type { RemoteId } from '../model/id.ts'
import type { OpLoss } from './op.ts'
import { LOSS_SAMPLES_MAX, type LossCount } from './plan.ts'

export function countLosses(
  losses: readonly LossCount[],
  record: RemoteId,
  lost: readonly OpLoss[],
): readonly LossCount[] {
  return lost.reduce<readonly LossCount[]>((all, { field, cause, before, after }) => {
    const known = all.find((one) => one.field === field && one.cause === cause)
    const one = { record, before: short(before), after: after === null ? null : short(after) }
    const sample = [...(known?.sample ?? []), one].slice(0, LOSS_SAMPLES_MAX)
    const count = (known?.count ?? 0) + 1
    return [...all.filter((each) => each !== known), { field, cause, count, sample }]
  }, losses)
}

function short(text: string): string {
  return text.slice(0, SAMPLE_CHARACTERS)
}
const SAMPLE_CHARACTERS = 80
