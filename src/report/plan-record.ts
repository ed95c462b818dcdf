/** A record of a plan for files that leave the terminal: masked through and through, the prose about people included. */
import type { Cost, PlanHeader } from '../plan/plan.ts'
import { masked, type Mask } from './mask.ts'
import { opDocument } from './op-text.ts'
import { planDocument } from './plan-document.ts'

/** An op with how it ended, as the store tells it. */
export type PlanRecord = Parameters<typeof opDocument>[0]
export type Shown = Readonly<Record<string, unknown>>

export function recordDocument(record: PlanRecord, mask: Mask): Shown {
  const { op, outcome } = record
  return {
    ...opDocument(record, mask),
    cause: withoutAddresses(op.cause, mask),
    hint: withoutAddresses(op.hint, mask),
    losses: op.losses.map(({ field, cause, before, after }) => ({
      field,
      cause: withoutAddresses(cause, mask),
      before: masked(before, mask),
      after: after === null ? null : masked(after, mask),
    })),
    fields: op.fields.map((change) => ({
      path: change.path,
      ...('before' in change ? { before: hide(change.before, mask) } : {}),
      after: hide(change.after, mask),
      risk: change.risk,
      why: withoutAddresses(change.why, mask),
    })),
    consents: op.consents.map((consent) => ({
      ...consent,
      address: hide(consent.address, mask),
      reason: hide(consent.reason, mask),
    })),
    outcome:
      outcome === null
        ? null
        : {
            ...outcome,
            message: outcome.message === null ? null : withoutAddresses(outcome.message, mask),
            hint: outcome.hint === null ? null : withoutAddresses(outcome.hint, mask),
          },
  }
}

export function headerDocument(plan: PlanHeader, mask: Mask): Shown & { readonly cost: Cost } {
  const causes = (all: PlanHeader['holds']) =>
    all.map(({ cause, count, sample }) => ({
      cause: withoutAddresses(cause, mask),
      count,
      sample: sample.map((text) => masked(text, mask)),
    }))
  return {
    ...planDocument(plan, mask),
    holds: causes(plan.holds),
    rejects: causes(plan.rejects),
    warnings: plan.warnings.map((text) => withoutAddresses(text, mask)),
    guards: plan.guards.map((guard) => ({
      ...guard,
      message: withoutAddresses(guard.message, mask),
    })),
    cost: plan.cost,
  }
}

/** Reasons are written for people and may name one by address. */
export function withoutAddresses(text: string, mask: Mask): string {
  if (mask === 'none') return text
  return text.replace(/[^\s<>"'@]+@[^\s<>"'@]+/g, (address) => masked(address, mask))
}

function hide(
  value: string | readonly string[] | null | undefined,
  mask: Mask,
): string | readonly string[] | null | undefined {
  if (value === undefined || value === null) return value
  return typeof value === 'string' ? masked(value, mask) : value.map((item) => masked(item, mask))
}
