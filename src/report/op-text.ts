/** One record of a plan: who matched whom and why, then one line per field. */
import type { FieldValue } from '../model/field.ts'
import type { StoredOp } from '../state/plans.ts'
import { choiceText } from '../plan/ruling.ts'
import { type Mask, masked } from './mask.ts'
import { safeText } from './safe-text.ts'

const MARKS = {
  create: '+',
  update: '~',
  link: 'o',
  unchanged: '=',
  excluded: 'x',
  hold: '?',
  reject: '#',
  blocked: '!',
  delete: '-',
} as const

export function opLine({ op, state }: StoredOp, mask: Mask): string {
  const ids = safeText(
    op.writes === 'from'
      ? `${op.fromId ?? 'new'} <- ${op.toId ?? ''}`
      : `${op.fromId ?? ''} -> ${op.toId ?? 'new'}`,
  )
  return `${MARKS[op.bucket]} ${op.bucket.padEnd(9)} ${ids.padEnd(20)} ${state.padEnd(8)} ${safeText(masked(op.label, mask), 40)}  ${safeText(op.cause, 90)}`
}

/** What the two sides are called. */
export interface SideNames {
  readonly from: string
  readonly to: string
}
const SIDE_NAMES: SideNames = { from: 'the source', to: 'the target' }

export function opText(
  stored: StoredOp,
  mask: Mask,
  names: SideNames = SIDE_NAMES,
): readonly string[] {
  const { op, outcome } = stored
  const show = (value: FieldValue | undefined) => {
    if (value === undefined) return '(not told)'
    if (value === null) return '(empty)'
    return `"${safeText(masked(typeof value === 'string' ? value : value.join(', '), mask), 80)}"`
  }
  return [
    opLine(stored, mask),
    ...(op.hint === '' ? [] : [`  ${safeText(op.hint, 200)}`]),
    ...(isWritten(op.bucket)
      ? [
          `  writes ${safeText(names[op.writes], 60)}${op.risk === 'none' ? '' : `, risk: ${op.risk}`}`,
        ]
      : []),
    ...op.fields.map(
      (change) =>
        `  ${safeText(change.path)}: ${show(change.before)} -> ${show(change.after)}  [${change.risk}] ${safeText(change.why, 80)}`,
    ),
    ...setLine('tags', op.tags),
    ...setLine('groups', op.groups),
    ...op.consents.map(
      (consent) =>
        `  consent ${consent.channel}: ${consent.state} ${safeText(masked(consent.address ?? '', mask))}`,
    ),
    ...op.losses.map(
      (loss) =>
        `  loss ${safeText(loss.field)}: ${safeText(loss.cause)}: ${show(loss.before)} -> ${show(loss.after)}`,
    ),
    ...op.held.flatMap(({ path, from, to, lapsed }) => [
      `  held ${safeText(path)}: ${show(from)} | ${show(to)}`,
      ...(lapsed === undefined ? [] : [`    ${safeText(lapsed, 160)}`]),
    ]),
    ...(op.obeys ?? []).map(
      ({ field, choice }) =>
        `  decided${field === null ? '' : ` ${safeText(field)}`}: ${safeText(choiceText(choice))}`,
    ),
    ...(outcome?.message == null ? [] : [`  outcome: ${safeText(outcome.message, 200)}`]),
  ]
}

function isWritten(bucket: StoredOp['op']['bucket']): boolean {
  return bucket === 'create' || bucket === 'update' || bucket === 'delete'
}

function setLine(name: string, change: StoredOp['op']['tags']): readonly string[] {
  const words = [...change.add.map((key) => `+${key}`), ...change.remove.map((key) => `-${key}`)]
  return words.length === 0 ? [] : [`  ${name}: ${safeText(words.join(' '), 200)}`]
}

/** The same as data; the bases stay inside. */
export function opDocument(
  { op, state, outcome }: StoredOp,
  mask: Mask,
): Readonly<Record<string, unknown>> {
  const { base: _, ...told } = op
  const hide = (value: FieldValue | undefined) => {
    if (value === undefined || value === null) return value
    return typeof value === 'string' ? masked(value, mask) : value.map((item) => masked(item, mask))
  }
  return {
    ...told,
    label: masked(op.label, mask),
    email: op.email === null ? null : masked(op.email, mask),
    fields: op.fields.map((change) => ({
      ...change,
      ...('before' in change ? { before: hide(change.before) } : {}),
      after: hide(change.after),
    })),
    consents: op.consents.map((consent) => ({ ...consent, address: hide(consent.address) })),
    losses: op.losses.map((loss) => ({
      ...loss,
      before: hide(loss.before),
      after: hide(loss.after),
    })),
    held: op.held.map((field) => ({ ...field, from: hide(field.from), to: hide(field.to) })),
    state,
    outcome,
  }
}
