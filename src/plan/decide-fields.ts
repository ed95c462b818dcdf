/** Decides every field of a pair: what is written on which side, what waits for a person, and which slots keep their old base. */
import type { FieldValue } from '../model/field.ts'
import { SIDES } from '../model/id.ts'
import { norm } from '../model/norm.ts'
import type { Sighting } from '../model/sighting.ts'
import { type Base, slotChanged } from './base.ts'
import { mergeChoices } from './choices.ts'
import type { PlanContext } from './context.ts'
import { decideSlot, mayReverse, rulingsOf } from './decide-slot.ts'
import type { FieldDecision } from './field-decision.ts'
import type { FieldChange, HeldField, OpLoss, Risk, TurnNote } from './op.ts'
import { fieldQuestion, lapsedText, type Obeyed, type Ruling, rulingText } from './ruling.ts'
import { type Projected, type ShownFrom, shownValue } from './shown.ts'
import { turnOf, TURNS_MAX, type TurnsOf } from './turns.ts'
import { asUnits, type Compared } from './unit.ts'

export interface Sides<T> {
  readonly from: T
  readonly to: T
}
export interface PairFacts {
  readonly source: Sighting
  readonly target: Sighting
  readonly shown: ShownFrom
  readonly base: Sides<Base | null>
  readonly there: ReadonlyMap<string, string>
  readonly turns?: TurnsOf | undefined
  readonly rulings: readonly Ruling[]
}

export interface DecidedFields {
  /** What is written on each side. */
  readonly changes: Sides<readonly FieldChange[]>
  /** The slots of these changes. */
  readonly slots: Sides<readonly string[]>
  /** Of what travels to the source. */
  readonly losses: readonly OpLoss[]
  readonly held: readonly HeldField[]
  /** Slots on which the sides still differ: their old bases stay. */
  readonly kept: readonly string[]
  readonly obeys: readonly Obeyed[]
  /** What the breaker counts for what is written on each side, and what is over since both agree. */
  readonly turns: Sides<readonly TurnNote[]> & { readonly over: readonly TurnNote[] }
}

export function decideFields(context: PlanContext, facts: PairFacts): DecidedFields {
  const { shown, source, target } = facts
  const decided = {
    changes: { from: [] as FieldChange[], to: [] as FieldChange[] },
    slots: { from: [] as string[], to: [] as string[] },
    losses: [] as OpLoss[],
    held: [] as HeldField[],
    kept: [] as string[],
    obeys: [] as Obeyed[],
    turns: { from: [] as TurnNote[], to: [] as TurnNote[], over: [] as TurnNote[] },
  }
  const note = (side: 'from' | 'to' | 'over', slot: Compared) => {
    if (context.mirror === null || slot.slot.startsWith('custom.new:')) return
    const turn = turnOf(context.key, slot)
    if (side !== 'over') decided.turns[side].push(turn)
    else if (
      facts.turns?.has(turn.slot) === true &&
      (facts.turns.get(turn.slot)?.count ?? 0) >= TURNS_MAX
    )
      decided.turns.over.push({ slot: turn.slot, pair: null })
  }
  const newer = newerSide(context, facts)
  const projected = shown.projected.filter(({ projection }) => isTold(projection))
  const slots = asUnits(projected.map((one) => compared(context, facts, one)))
  const ruled = rulingsOf(context, facts, {
    rules: projected.map(({ rule }) => rule),
    slots,
    newer,
  })
  for (const [place, { rule, projection }] of projected.entries()) {
    const slot = slots[place]
    if (slot === undefined) continue
    const { decision, ruling, lapsed, flaps } = decideSlot(context, rule, {
      slot,
      newer,
      rulings: ruled.get(rule.to) ?? [],
      turns: facts.turns,
    })
    if (ruling !== null) {
      const stands = decision === 'leave'
      decided.obeys.push({ id: ruling.id, field: rule.to, choice: ruling.choice, stands })
    }
    const why = ruling === null ? null : rulingText(ruling)
    const after = projection.kind === 'value' ? projection.value : null
    const hold = (asked: Pick<HeldField, 'question' | 'lapsed' | 'flaps'>) => {
      decided.held.push({ path: rule.to, from: after, to: target.fields[rule.to], ...asked })
      decided.kept.push(rule.to)
    }
    switch (decision) {
      case 'equal':
        note('over', slot)
        break
      case 'leave':
        decided.kept.push(rule.to)
        break
      case 'hold': {
        const merged = flaps > 0 ? null : mergedChoices(context, facts, { rule, projection })
        if (merged !== null) {
          for (const side of SIDES) {
            const change = merged[side]
            if (change === null) continue
            decided.changes[side].push(change)
            decided.slots[side].push(rule.to)
          }
          break
        }
        hold({
          question: fieldQuestion(context.key, slot),
          ...(lapsed === null ? {} : { lapsed: lapsedText(lapsed) }),
          ...(flaps === 0 ? {} : { flaps }),
        })
        break
      }
      case 'write-from': {
        const back = backward(rule, source, target)
        if (back.kind === 'leave') decided.kept.push(rule.to)
        if (back.kind === 'hold') hold({})
        if (back.kind !== 'write') break
        decided.changes.from.push(why === null ? back.change : { ...back.change, why })
        decided.losses.push(...back.losses)
        decided.slots.from.push(rule.to)
        note('from', slot)
        break
      }
      case 'fill-to':
      case 'overwrite-to':
      case 'clear-to': {
        const before = target.fields[rule.to]
        decided.slots.to.push(rule.to)
        note('to', slot)
        decided.changes.to.push({
          path: rule.to,
          ...(before === undefined ? {} : { before }),
          after: decision === 'clear-to' ? null : after,
          risk: RISK_OF[decision],
          why: why ?? rule.title,
        })
      }
    }
  }
  return decided
}

/** null: not a field whose choices can be merged, or what it was is not known. */
function mergedChoices(
  context: PlanContext,
  { source, target, base }: PairFacts,
  { rule, projection }: Pick<Projected, 'rule' | 'projection'>,
): Sides<FieldChange | null> | null {
  if (!context.choices.has(rule.to) || projection.kind !== 'value') return null
  const [here, there] = [listOf(projection.value), listOf(target.fields[rule.to])]
  const merged = mergeChoices({
    key: context.key,
    slot: rule.to,
    here,
    there,
    fromBase: base.from,
    toBase: base.to,
  })
  if (merged === null) return null
  const isAt = (side: readonly string[]) => norm('choices', merged) === norm('choices', side)
  const back = isAt(here) ? null : backward(rule, source, withValue(target, rule.to, merged))
  // What cannot be said at the source is a person's question.
  if (back !== null && back.kind !== 'write' && back.kind !== 'equal') return null
  const before = target.fields[rule.to]
  const why = `${rule.title}: what both sides chose`
  return {
    to: isAt(there)
      ? null
      : {
          path: rule.to,
          ...(before === undefined ? {} : { before }),
          after: merged.length === 0 ? null : merged,
          risk: there.length === 0 ? 'fill' : 'overwrite',
          why,
        },
    from: back?.kind === 'write' ? { ...back.change, why } : null,
  }
}

function listOf(value: FieldValue | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  return typeof value === 'string' ? [value] : value
}

function withValue(sighting: Sighting, path: string, value: readonly string[]): Sighting {
  return { ...sighting, fields: { ...sighting.fields, [path]: value } }
}

function isTold({ kind }: Projected['projection']): boolean {
  return kind === 'value' || kind === 'absent'
}

function compared(context: PlanContext, facts: PairFacts, projected: Projected): Compared {
  const { base, source, target, there } = facts
  const { rule } = projected
  // Where the source may be written, its emptiness counts as one, although it would say nothing at the target.
  const isEmpty =
    projected.norm === null && mayReverse(context, rule) && isEmptyAt(source, rule.reverse?.to)
  const wanted = isEmpty ? '' : projected.norm
  return {
    slot: rule.to,
    wanted,
    present: shownValue(rule, target.fields[rule.to]),
    fromChanged:
      base.from === null || wanted === null
        ? null
        : slotChanged(base.from, context.key, rule.to, wanted),
    toChanged:
      base.to === null
        ? null
        : slotChanged(base.to, context.key, rule.to, there.get(rule.to) ?? ''),
    isDisputed: false,
  }
}

/** Known to be empty: the source says so, or the field does not exist there yet. */
function isEmptyAt(source: Sighting, path: string | undefined): boolean {
  if (path === undefined) return false
  const value = source.fields[path]
  if (value === undefined) return path.startsWith('custom.new:')
  return value === null || value.length === 0
}

type Backward =
  | { readonly kind: 'equal' | 'leave' | 'hold' }
  | { readonly kind: 'write'; readonly change: FieldChange; readonly losses: readonly OpLoss[] }

/** What the target's value means at the source. Nothing to write where it means what is there already. */
function backward({ reverse }: Projected['rule'], source: Sighting, target: Sighting): Backward {
  if (reverse === null) return { kind: 'leave' }
  const projection = reverse.project(target.fields)
  if (projection.kind === 'absent') return { kind: 'leave' }
  if (projection.kind !== 'value') return { kind: 'hold' }
  const before = source.fields[reverse.to]
  const { type } = reverse.definition
  const [was, will] = [norm(type, before ?? null), norm(type, projection.value)]
  if (was === will) return { kind: 'equal' }
  return {
    kind: 'write',
    change: {
      path: reverse.to,
      ...(before === undefined ? {} : { before }),
      after: projection.value,
      risk: will === '' ? 'destructive' : was === '' ? 'fill' : 'overwrite',
      why: reverse.title,
    },
    losses: projection.losses.map(({ path: field, cause, before: lost, after }) => ({
      field,
      cause,
      before: lost,
      after,
    })),
  }
}

const RISK_OF: Readonly<
  Record<Extract<FieldDecision, 'fill-to' | 'overwrite-to' | 'clear-to'>, Risk>
> = {
  'fill-to': 'fill',
  'overwrite-to': 'overwrite',
  'clear-to': 'destructive',
}

/** Clocks of two platforms may differ; closer than this, and than what their stamps tell apart, is "cannot be told". */
const SKEW_MS = 5 * 60_000

function newerSide(context: PlanContext, { source, target }: PairFacts): 'from' | 'to' | null {
  if (source.updatedAt === null || target.updatedAt === null) return null
  const difference = Date.parse(source.updatedAt) - Date.parse(target.updatedAt)
  const resolutionMs = Math.max(
    context.from.capabilities.resolutionMs,
    context.to.capabilities.resolutionMs,
  )
  if (Math.abs(difference) <= Math.max(SKEW_MS, resolutionMs)) return null
  return difference > 0 ? 'from' : 'to'
}
