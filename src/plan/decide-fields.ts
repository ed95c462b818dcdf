/** The fields of one pair: what is written, what waits for a decision, and which slots keep their old base. */
import type { Sighting } from '../model/sighting.ts'
import { type Base, slotChanged } from './base.ts'
import type { PlanContext } from './context.ts'
import { decideField, type FieldDecision } from './field-decision.ts'
import type { FieldChange, HeldField, Risk } from './plan.ts'
import { type Projected, type ShownFrom, shownValue } from './shown.ts'
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
}

export interface DecidedFields {
  readonly fields: readonly FieldChange[]
  readonly held: readonly HeldField[]
  /** Slots on which the sides still differ: their old bases stay. */
  readonly kept: readonly string[]
}

export function decideFields(context: PlanContext, facts: PairFacts): DecidedFields {
  const { shown, target } = facts
  const fields: FieldChange[] = []
  const kept: string[] = []
  const held: HeldField[] = []
  const newer = newerSide(facts)
  const projected = shown.projected.filter(({ projection }) => isTold(projection))
  const slots = asUnits(projected.map((one) => compared(context, facts, one)))
  for (const [place, { rule, projection }] of projected.entries()) {
    const slot = slots[place]
    if (slot === undefined) continue
    const value = target.fields[rule.to]
    const decision = decideField({
      ...slot,
      blank: rule.blank,
      owner: rule.owner ?? 'both',
      conflict: rule.conflict ?? context.conflicts,
      mayReverse: false,
      newer,
    })
    const after = projection.kind === 'value' ? projection.value : null
    if (decision === 'hold') held.push({ path: rule.to, from: after, to: value })
    const risk = RISK_OF[decision]
    if (decision === 'leave' || decision === 'hold') kept.push(rule.to)
    if (risk === null) continue
    fields.push({
      path: rule.to,
      ...(value === undefined ? {} : { before: value }),
      after: decision === 'clear-to' ? null : after,
      risk,
      why: rule.title,
    })
  }
  return { fields, held, kept }
}

function isTold({ kind }: Projected['projection']): boolean {
  return kind === 'value' || kind === 'absent'
}

function compared(context: PlanContext, facts: PairFacts, { rule, norm }: Projected): Compared {
  const { base, target, there } = facts
  return {
    slot: rule.to,
    wanted: norm,
    present: shownValue(rule, target.fields[rule.to]),
    fromChanged:
      base.from === null || norm === null
        ? null
        : slotChanged(base.from, context.key, rule.to, norm),
    toChanged:
      base.to === null
        ? null
        : slotChanged(base.to, context.key, rule.to, there.get(rule.to) ?? ''),
    isDisputed: false,
  }
}

/** null: this decision writes nothing at the target. */
const RISK_OF: Readonly<Record<FieldDecision, Risk | null>> = {
  equal: null,
  leave: null,
  'fill-to': 'fill',
  'overwrite-to': 'overwrite',
  'clear-to': 'destructive',
  'write-from': null,
  hold: null,
}

/** Clocks of two platforms may differ; closer than this is "cannot be told". */
const SKEW_MS = 5 * 60_000

function newerSide({ source, target }: PairFacts): 'from' | 'to' | null {
  if (source.updatedAt === null || target.updatedAt === null) return null
  const difference = Date.parse(source.updatedAt) - Date.parse(target.updatedAt)
  if (Math.abs(difference) <= SKEW_MS) return null
  return difference > 0 ? 'from' : 'to'
}
