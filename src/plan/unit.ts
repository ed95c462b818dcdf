/** Fields that are one thing: the parts of an address, a number and its extension. When both sides differ on one part, they differ on all. */
import { unitOf } from '../model/field.ts'
import type { FieldFacts } from './field-decision.ts'

/** One slot, compared with its own base. */
export type Compared = Pick<FieldFacts, 'wanted' | 'present' | 'fromChanged' | 'toChanged'> & {
  /** The rule's target path. */
  readonly slot: string
}
export type InUnit = Compared & Pick<FieldFacts, 'isDisputed'>

/**
 * Parts that differ share their fate: a street edited here and a city edited there are one conflict, not a mixed address. Parts that are equal, or
 * that the source does not tell, take no part in it.
 */
export function asUnits(slots: readonly Compared[]): readonly InUnit[] {
  const units = Map.groupBy(slots, ({ slot }) => unitOf(slot))
  return slots.map((one) => {
    const differing = (units.get(unitOf(one.slot)) ?? []).filter(differs)
    if (differing.length < 2 || !differs(one)) return { ...one, isDisputed: false }
    return {
      ...one,
      fromChanged: one.fromChanged === null ? null : differing.some((part) => part.fromChanged),
      toChanged: one.toChanged === null ? null : differing.some((part) => part.toChanged),
      isDisputed: differing.some(({ wanted, present }) => wanted !== '' && (present ?? '') !== ''),
    }
  })
}

function differs({ wanted, present }: Compared): boolean {
  return wanted !== null && wanted !== (present ?? '')
}
