/** A plan as JSON: the outside contract of `plan --json`. Keys are only ever added. */
import type { PlanHeader } from '../plan/plan.ts'
import { mayApply } from '../plan/plan.ts'
import { type Mask, masked } from './mask.ts'

export function planDocument(plan: PlanHeader, mask: Mask): Readonly<Record<string, unknown>> {
  const hide = (text: string | null) => (text === null ? null : masked(text, mask))
  return {
    schema: 1,
    plan: plan.id,
    sync: plan.sync,
    run: plan.run,
    hash: plan.hash,
    full: plan.isFull,
    read: plan.read,
    counts: plan.counts,
    vocabulary: {
      fields: plan.vocabulary.fields.map(({ definition, draft, count }) => ({
        label: draft.label,
        name: draft.name,
        type: definition.type,
        count,
      })),
      options: plan.vocabulary.options.map(({ path, label, options }) => ({
        path,
        label,
        options,
      })),
      tags: plan.vocabulary.tags.map(({ name, count }) => ({ name, count })),
      groups: plan.vocabulary.groups.map(({ name, count }) => ({ name, count })),
    },
    losses: plan.losses.map((loss) => ({
      ...loss,
      sample: loss.sample.map(({ record, before, after }) => ({
        record,
        before: hide(before),
        after: hide(after),
      })),
    })),
    changes: plan.changes.map((change) => ({
      ...change,
      sample: change.sample.map(({ record, before, after }) => ({
        record: hide(record),
        before: hide(before),
        after: hide(after),
      })),
    })),
    rejects: plan.rejects.map((reject) => ({ ...reject, sample: reject.sample.map(hide) })),
    holds: plan.holds.map((hold) => ({ ...hold, sample: hold.sample.map(hide) })),
    risks: plan.risks,
    consents: plan.consents,
    ...(plan.sequences === undefined ? {} : { sequences: plan.sequences }),
    ...(plan.companies === undefined ? {} : { companies: plan.companies }),
    ...(plan.notes === undefined ? {} : { notes: plan.notes }),
    guards: plan.guards,
    mayApply: mayApply(plan),
    warnings: plan.warnings,
    cost: plan.cost,
    mapping: plan.mapping,
    watermarks: plan.watermarks,
    ...(plan.undoes === undefined ? {} : { undoes: plan.undoes }),
    createdAt: plan.createdAt,
    expiresAt: plan.expiresAt,
  }
}
