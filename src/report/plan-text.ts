/** A plan on one screen: counts per bucket, most changed fields with samples, refusals by cause, irreversible steps, guards and cost. */
import { styleText } from 'node:util'
import type { PlanHeader } from '../plan/plan.ts'
import { mayApply } from '../plan/plan.ts'
import type { PlannedSequence } from '../plan/starts.ts'
import { columns, cut, WIDTH, wrapped } from './fit.ts'
import { type Mask, masked } from './mask.ts'
import { safeText } from './safe-text.ts'
import { number, table } from './table.ts'

/** Lines of one screen. */
const LINES_MAX = 60
/** Rows of a section that are shown where there is room. */
const ROWS_MAX = 8
const NOTES_MAX = 3
/** Lines that one note, guard or hint may take. */
const WRAP_MAX = 2
const SAMPLE_MAX = 34
const CAUSE_MAX = 64
const PATH_MAX = 36

interface Section {
  readonly title: string
  readonly rows: readonly (readonly string[])[]
}
type Paint = (format: 'bold' | 'green' | 'red' | 'yellow', text: string) => string

/** At most 60 lines of 100 columns. `colour` false: plain. */
export function planText(plan: PlanHeader, options: TextOptions): readonly string[] {
  const lines = textWith(plan, options, NOTES_MAX)
  return lines.length <= LINES_MAX ? lines : textWith(plan, options, 1)
}
interface TextOptions {
  readonly mask: Mask
  readonly colour: boolean
}

function textWith(plan: PlanHeader, options: TextOptions, notesMax: number): readonly string[] {
  const paint: Paint = (format, text) =>
    options.colour ? styleText(format, text, { validateStream: false }) : text
  const above = [...head(plan, paint), ...createdFirst(plan, paint)]
  const below = [
    ...consent(plan, paint),
    ...noteLine(plan),
    ...notes(plan, paint, notesMax),
    costLine(plan),
    ...guards(plan, paint),
    ...next(plan),
  ]
  const told = sections(plan, options.mask).filter(({ rows }) => rows.length > 0)
  const room = LINES_MAX - above.length - below.length
  // Each section has a title, its rows, and a line that says how many more there are.
  const rowsMax = Math.max(1, Math.min(ROWS_MAX, Math.floor(room / told.length) - 2))
  return [...above, ...told.flatMap((section) => sectionLines(section, rowsMax, paint)), ...below]
}

function head(plan: PlanHeader, paint: Paint): readonly string[] {
  const { counts } = plan
  const title = `plan ${plan.id}`
  const { undoes } = plan
  const read =
    undoes === undefined
      ? `${plan.isFull ? 'full' : 'incremental'}, read ${number(plan.read.from)} + ${number(plan.read.to)} contacts`
      : `undoes ${undoes.run}, which wrote ${number(undoes.written)} contacts`
  const what = `  ${plan.sync}, ${read}`
  return [
    paint('bold', title) + cut(safeText(what, WIDTH), WIDTH - columns(title)),
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
}

function createdFirst({ vocabulary, companies }: PlanHeader, paint: Paint): readonly string[] {
  const fields = vocabulary.fields.map(
    ({ draft, definition }) => `${draft.label} (${definition.type})`,
  )
  const lines = [
    { what: 'fields', names: fields },
    {
      what: 'options',
      names: vocabulary.options.flatMap(({ label, options }) =>
        options.map((option) => `${option.label} (${label})`),
      ),
    },
    { what: 'tags', names: vocabulary.tags.map(({ name }) => name) },
    { what: 'groups', names: vocabulary.groups.map(({ name }) => name) },
  ]
    .filter(({ names }) => names.length > 0)
    .map(({ what, names }) => safeText(`  ${names.length} ${what}: ${names.join(', ')}`, WIDTH))
  if ((companies?.create ?? 0) > 0) lines.push(`  ${number(companies?.create ?? 0)} companies`)
  if ((companies?.update ?? 0) > 0)
    lines.push(`  ${number(companies?.update ?? 0)} companies, edited since, are written over`)
  return lines.length === 0 ? [] : [paint('bold', 'Created first'), ...lines]
}

function sections(plan: PlanHeader, mask: Mask): readonly Section[] {
  const show = (text: string | null) =>
    text === null ? '(empty)' : `"${safeText(masked(text, mask), SAMPLE_MAX)}"`
  const causes = (all: PlanHeader['holds']) =>
    all.map(({ cause, count, sample }) => [
      `  ${safeText(cause, CAUSE_MAX)}`,
      number(count),
      sample[0] === undefined ? '' : show(sample[0]),
    ])
  return [
    {
      title: 'Most changed fields',
      rows: plan.changes.map(({ path, count, sample: [sample] }) => [
        `  ${safeText(path, PATH_MAX)}`,
        number(count),
        sample === undefined ? '' : `${show(sample.before)} -> ${show(sample.after)}`,
      ]),
    },
    {
      title:
        plan.undoes === undefined
          ? 'Losses (the rest of the record travels)'
          : 'Stays as it is (the rest goes back)',
      rows: plan.losses.map(({ field, count, cause, sample: [sample] }) => [
        `  ${safeText(field, PATH_MAX)}`,
        number(count),
        `${safeText(cause, CAUSE_MAX)}${sample === undefined ? '' : `: ${show(sample.before)}`}`,
      ]),
    },
    {
      title: plan.undoes === undefined ? 'Predicted rejects' : 'Cannot be undone',
      rows: causes(plan.rejects),
    },
    { title: 'Waiting for a decision', rows: causes(plan.holds) },
    { title: 'Started in a sequence (may mail)', rows: (plan.sequences ?? []).map(startRow) },
  ]
}

function sectionLines({ title, rows }: Section, rowsMax: number, paint: Paint): readonly string[] {
  const lines = table(rows.slice(0, rowsMax), ['left', 'right', 'left'])
  return [
    paint('bold', title),
    ...lines.map((line) => cut(line, WIDTH)),
    ...(rows.length > rowsMax ? [`  … and ${number(rows.length - rowsMax)} more`] : []),
  ]
}

function consent({ consents }: PlanHeader, paint: Paint): readonly string[] {
  if (consents.irreversible > 0) {
    const text = `${number(consents.irreversible)} opt-outs of existing people would be written; the target will not take them back`
    return wrapped('One-way  ', text, WRAP_MAX).map((line) => paint('yellow', line))
  }
  return consents.optOuts > 0
    ? [`Consent  ${number(consents.optOuts)} people travel opted out`]
    : []
}

function noteLine({ notes: planned }: PlanHeader): readonly string[] {
  if (planned === undefined) return []
  if ('remove' in planned)
    return [
      ...(planned.remove > 0
        ? [`Notes  ${number(planned.remove)} are taken away again, unless edited since`]
        : []),
      ...((planned.restore ?? 0) > 0
        ? [`Notes  ${number(planned.restore ?? 0)} get their text back, unless edited since`]
        : []),
    ]
  const { add, edit = 0, settled, left } = planned
  const others = [
    ...(edit > 0 ? [`${number(edit)} were edited since and are written over`] : []),
    ...(settled > 0 ? [`${number(settled)} are there already`] : []),
    ...(left > 0 ? [`${number(left)} wait for their contact`] : []),
  ]
  return [`Notes  ${[`${number(add)} are added`, ...others].join(', ')}`]
}

function startRow({ from, to, start, optedOut, left }: PlannedSequence): readonly string[] {
  const name = ({ id, name: title }: PlannedSequence['from']) =>
    `${safeText(id, ID_MAX)} "${safeText(title, NAME_MAX)}"`
  const others = [
    ...(optedOut > 0 ? [`${number(optedOut)} opted out`] : []),
    ...(left > 0 ? [`${number(left)} not there yet`] : []),
  ]
  const rest = others.length === 0 ? '' : `not: ${others.join(', ')}`
  return [`  ${name(from)} -> ${name(to)}`, number(start), rest]
}
const ID_MAX = 10
const NAME_MAX = 16

function notes({ warnings }: PlanHeader, paint: Paint, notesMax: number): readonly string[] {
  const lines = warnings
    .slice(0, notesMax)
    .flatMap((warning) => wrapped('Note  ', safeText(warning, 400), WRAP_MAX))
  const more = warnings.length - notesMax
  return [...lines, ...(more > 0 ? [`      … and ${number(more)} more notes`] : [])].map((line) =>
    paint('yellow', line),
  )
}

function costLine({ cost }: PlanHeader): string {
  const share =
    cost.dailyShare === null ? '' : `, ${Math.round(cost.dailyShare * 100)} % of a day's quota`
  return `Cost  ${number(cost.requests)} requests, about ${cost.minutes} min at the permitted rate${share}`
}

function guards(plan: PlanHeader, paint: Paint): readonly string[] {
  if (mayApply(plan)) return [`Guards  ${paint('green', 'ok')}`]
  return plan.guards
    .filter(({ ok }) => !ok)
    .flatMap(({ name, message, hint }) => [
      ...wrapped(`Stopped by guard ${name}: `, safeText(message, 400), WRAP_MAX).map((line) =>
        paint('red', line),
      ),
      ...(hint === '' ? [] : wrapped('  ', safeText(hint, 400), WRAP_MAX)),
    ])
}

function next({ id, undoes }: PlanHeader): readonly string[] {
  const only = undoes === undefined ? 'hold,reject' : 'excluded,reject'
  return [`Next  ferry show ${id} --only ${only}`, `      ferry apply ${id}`]
}
