/** One field of a pair: its facts and policy brought together, and what people decided about just these two values. */
import type { PlanContext } from './context.ts'
import { decideField, type FieldDecision, type FieldFacts } from './field-decision.ts'
import { fieldQuestion, type Ruling } from './ruling.ts'
import type { Projected } from './shown.ts'
import { flapsOf, type TurnsOf } from './turns.ts'
import { type Compared, ruledSlots } from './unit.ts'

const NOTHING_RULED: ReadonlyMap<string, readonly Ruling[]> = new Map()

/** By slot. Only of slots that a person would be asked about. */
export function rulingsOf(
  context: PlanContext,
  { rulings, turns }: { readonly rulings: readonly Ruling[]; readonly turns?: TurnsOf | undefined },
  pair: {
    readonly rules: readonly Projected['rule'][]
    readonly slots: readonly Compared[]
    readonly newer: 'from' | 'to' | null
  },
): ReadonlyMap<string, readonly Ruling[]> {
  if (rulings.length === 0) return NOTHING_RULED
  const asked = pair.slots.filter((slot, place) => {
    const rule = pair.rules[place]
    if (rule === undefined) return false
    const decision = decideField(fieldFacts(context, rule, { ...pair, slot }))
    return decision === 'hold' || (isWritten(decision) && flapsOf(context.key, slot, turns) > 0)
  })
  return ruledSlots(context.key, asked, rulings)
}

/** A ruling counts only where a person would be asked, and about just these two values. */
export function decideSlot(
  context: PlanContext,
  rule: Projected['rule'],
  asked: {
    readonly slot: Compared
    readonly newer: 'from' | 'to' | null
    readonly rulings: readonly Ruling[]
    readonly turns: TurnsOf | undefined
  },
): {
  readonly decision: FieldDecision
  readonly ruling: Ruling | null
  /** Is about other values. */
  readonly lapsed: Ruling | null
  /** 0: it may be written. */
  readonly flaps: number
} {
  const { slot, rulings, turns } = asked
  const facts = fieldFacts(context, rule, asked)
  const free = decideField(facts)
  const flaps = isWritten(free) ? flapsOf(context.key, slot, turns) : 0
  const decision = flaps > 0 ? 'hold' : free
  const none = { decision, ruling: null, lapsed: null, flaps } as const
  if (decision !== 'hold' || rulings.length === 0) return none
  const question = fieldQuestion(context.key, slot)
  const ruling = rulings.find((one) => one.question === question)
  if (ruling === undefined) return { ...none, lapsed: rulings[0] ?? null }
  if (ruling.choice !== 'from' && ruling.choice !== 'to') return none
  const both = flaps > 0 ? { fromChanged: true, toChanged: true } : {}
  const obeyed = decideField({ ...facts, ...both, ruled: ruling.choice })
  return { decision: obeyed, ruling, lapsed: null, flaps: 0 }
}

function isWritten(decision: FieldDecision): boolean {
  return decision !== 'equal' && decision !== 'leave' && decision !== 'hold'
}

function fieldFacts(
  context: PlanContext,
  rule: Projected['rule'],
  { slot, newer }: { readonly slot: Compared; readonly newer: 'from' | 'to' | null },
): FieldFacts {
  return {
    ...slot,
    blank: rule.blank,
    owner: rule.owner ?? 'both',
    conflict: rule.conflict ?? context.conflicts,
    mayReverse: mayReverse(context, rule),
    newer,
  }
}

export function mayReverse(context: PlanContext, { reverse }: Projected['rule']): boolean {
  return (
    context.direction === 'two-way' &&
    reverse !== null &&
    context.from.capabilities.update !== false
  )
}
