/** Holds as JSON and as text: both values of what waits, the rule or cause, and what to do. */
import type { FieldValue } from '../model/field.ts'
import { choiceText, type Choice } from '../plan/ruling.ts'
import { caseDocument, type ShownCase } from './case-document.ts'
import { type Mask, masked } from './mask.ts'
import { withoutAddresses } from './plan-record.ts'
import { safeText } from './safe-text.ts'

/** A hold with what is asked and what was decided, as the app tells it. */
export interface ShownHold {
  readonly case: ShownCase
  readonly asked: readonly {
    readonly field: string | null
    readonly kind: string
    readonly question: string | null
    readonly choices: readonly Choice[]
    readonly from?: FieldValue | undefined
    readonly to?: FieldValue | undefined
    readonly lapsed: string | null
    readonly ruling: {
      readonly choice: Choice
      readonly who: string
      readonly at: number
      readonly obeyedBy: string | null
    } | null
  }[]
}
type Asked = ShownHold['asked'][number]

export function holdDocument(hold: ShownHold, mask: Mask): Readonly<Record<string, unknown>> {
  return {
    ...caseDocument(hold.case, mask),
    asks: hold.asked.map(({ field, kind: about, question, choices, from, to, lapsed, ruling }) => ({
      field,
      about,
      ...(field === null ? {} : { from: hidden(from, mask), to: hidden(to, mask) }),
      question,
      choices,
      lapsed,
      decision:
        ruling === null
          ? null
          : {
              choice: ruling.choice,
              who: ruling.who,
              at: new Date(ruling.at).toISOString(),
              obeyedBy: ruling.obeyedBy,
            },
    })),
  }
}

export function holdLines(hold: ShownHold, mask: Mask): readonly string[] {
  const { id, sync, record, label, cause, hint } = hold.case
  return [
    `${id}  ${sync}  ${record}  ${safeText(masked(label, mask), 50)}  ${safeText(withoutAddresses(cause, mask), 140)}`,
    `    ${safeText(hint, 200)}`,
    ...hold.asked.flatMap((asked) => askedLines(asked, mask)),
    ...answerLine(id, hold.asked),
  ]
}

function askedLines(asked: Asked, mask: Mask): readonly string[] {
  const [source, target] = shownPair(asked, mask)
  const values =
    asked.field === null
      ? []
      : [`    ${safeText(asked.field, 60)}: source ${source} | target ${target}`]
  return [
    ...values,
    ...(asked.lapsed === null ? [] : [`      ${safeText(asked.lapsed, 140)}`]),
    ...(asked.ruling === null ? [] : [`      ${decisionText(asked.ruling)}`]),
  ]
}

export function decisionText({ choice, who, at, obeyedBy }: NonNullable<Asked['ruling']>): string {
  const day = new Date(at).toISOString().slice(0, 10)
  const then = obeyedBy === null ? 'the next run obeys' : `obeyed by ${obeyedBy}`
  return `decided by ${safeText(who, 40)} on ${day}: ${safeText(choiceText(choice), 60)}; ${then}`
}

function answerLine(id: string, asked: readonly Asked[]): readonly string[] {
  const choices = [...new Set(asked.flatMap((one) => one.choices))]
  if (choices.length === 0) return []
  return [`    ferry holds resolve ${id} --take ${safeText(choices.join('|'), 120)}`]
}

/** Not told, empty and a value are three things. */
export function shown(value: FieldValue | undefined, mask: Mask, max = VALUE_MAX): string {
  if (value === undefined) return '(not told)'
  if (value === null || value.length === 0) return '(empty)'
  return `"${safeText(masked(typeof value === 'string' ? value : value.join(', '), mask), max)}"`
}
const VALUE_MAX = 80
/** So much of what is the same stands before the first difference of two long values. */
const BEFORE_DIFFERENCE = 20

/** Of two long values, what is around their first difference: their beginnings alone may be equal. */
function shownPair({ from, to }: Asked, mask: Mask): readonly [string, string] {
  const isLong =
    typeof from === 'string' &&
    typeof to === 'string' &&
    Math.max(from.length, to.length) > VALUE_MAX
  if (!isLong) return [shown(from, mask), shown(to, mask)]
  const [here, there] = [masked(from, mask), masked(to, mask)]
  let at = 0
  while (at < here.length && here[at] === there[at]) at += 1
  const start = Math.max(0, at - BEFORE_DIFFERENCE)
  const part = (text: string) => `${start > 0 ? '…' : ''}${text.slice(start)}`
  return [shown(part(here), 'none'), shown(part(there), 'none')]
}

function hidden(value: FieldValue | undefined, mask: Mask): FieldValue | undefined {
  if (value === undefined || value === null) return value
  return typeof value === 'string' ? masked(value, mask) : value.map((item) => masked(item, mask))
}
