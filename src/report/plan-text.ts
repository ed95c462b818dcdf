/** A plan on one screen: counts per bucket, most changed fields with samples, refusals by cause, irreversible steps, guards and cost. */
import { styleText } from 'node:util'
import type { PlanHeader } from '../plan/plan.ts'
import { mayApply } from '../plan/plan.ts'
import { type Mask, masked } from './mask.ts'
import { safeText } from './safe-text.ts'
import { number, table } from './table.ts'

const ROWS_MAX = 8
const SAMPLE_MAX = 34

/** Lines. `colour` false: plain. */
export function planText(
  plan: PlanHeader,
  options: { readonly mask: Mask; readonly colour: boolean },
): readonly string[] {
  const paint = (format: 'bold' | 'green' | 'red' | 'yellow' | 'dim', text: string) =>
    options.colour ? styleText(format, text, { validateStream: false }) : text
  const show = (text: string | null) =>
    text === null ? '(empty)' : `"${safeText(masked(text, options.mask), SAMPLE_MAX)}"`
  const { counts } = plan
  const lines = [
    paint('bold', `plan ${plan.id}`) +
      `  ${plan.sync}, ${plan.isFull ? 'full' : 'incremental'}, read ${number(plan.read.from)} + ${number(plan.read.to)} contacts`,
    ...table(
      [
        ['  + create', number(counts.create), '= unchanged', number(counts.unchanged)],
        ['  ~ update', number(counts.update), 'x excluded', number(counts.excluded)],
        ['  o link', number(counts.link), '- delete', number(counts.delete)],
        ['  ? hold', number(counts.hold), '# reject', number(counts.reject)],
      ],
      ['left', 'right', 'left', 'right'],
    ),
  ]
  const { fields, tags, groups } = plan.vocabulary
  if (fields.length + tags.length + groups.length > 0) {
    lines.push(paint('bold', 'Created first'))
    if (fields.length > 0)
      lines.push(
        `  ${fields.length} fields: ${safeText(fields.map((field) => `${field.draft.label} (${field.definition.type})`).join(', '), 240)}`,
      )
    if (tags.length > 0)
      lines.push(`  ${tags.length} tags: ${safeText(tags.map((tag) => tag.name).join(', '), 160)}`)
    if (groups.length > 0)
      lines.push(
        `  ${groups.length} groups: ${safeText(groups.map((group) => group.name).join(', '), 160)}`,
      )
  }
  section(
    lines,
    paint('bold', 'Most changed fields'),
    plan.changes.map((change) => {
      const [sample] = change.sample
      return [
        `  ${change.path}`,
        number(change.count),
        sample === undefined ? '' : `${show(sample.before)} -> ${show(sample.after)}`,
      ]
    }),
  )
  section(
    lines,
    paint('bold', 'Losses (the rest of the record travels)'),
    plan.losses.map((loss) => {
      const [sample] = loss.sample
      return [
        `  ${loss.field}`,
        number(loss.count),
        `${safeText(loss.cause, 70)}${sample === undefined ? '' : `: ${show(sample.before)}`}`,
      ]
    }),
  )
  section(
    lines,
    paint('bold', 'Predicted rejects'),
    plan.rejects.map((reject) => [
      `  ${safeText(reject.cause, 80)}`,
      number(reject.count),
      show(reject.sample[0] ?? null),
    ]),
  )
  section(
    lines,
    paint('bold', 'Waiting for a decision'),
    plan.holds.map((hold) => [
      `  ${safeText(hold.cause, 80)}`,
      number(hold.count),
      show(hold.sample[0] ?? null),
    ]),
  )
  if (plan.consents.irreversible > 0) {
    lines.push(
      paint(
        'yellow',
        `One-way  ${number(plan.consents.irreversible)} opt-outs of existing people would be written; the target will not take them back`,
      ),
    )
  } else if (plan.consents.optOuts > 0)
    lines.push(`Consent  ${number(plan.consents.optOuts)} people travel opted out`)
  for (const warning of plan.warnings.slice(0, ROWS_MAX))
    lines.push(paint('yellow', `Note  ${safeText(warning, 200)}`))
  const { cost } = plan
  lines.push(
    `Cost  ${number(cost.requests)} requests, about ${cost.minutes} min at the permitted rate${cost.dailyShare === null ? '' : `, ${Math.round(cost.dailyShare * 100)} % of a day's quota`}`,
  )
  for (const guard of plan.guards) {
    if (guard.ok) continue
    lines.push(paint('red', `Stopped by guard ${guard.name}: ${guard.message}`), `  ${guard.hint}`)
  }
  if (mayApply(plan)) lines.push(`Guards  ${paint('green', 'ok')}`)
  lines.push(`Next  ferry show ${plan.id} --only hold,reject · ferry apply ${plan.id}`)
  return lines
}

function section(lines: string[], title: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return
  lines.push(title, ...table(rows.slice(0, ROWS_MAX), ['left', 'right', 'left']))
  if (rows.length > ROWS_MAX) lines.push(`  … and ${rows.length - ROWS_MAX} more`)
}
