/** Fields that are one thing: the parts of an address, a number and its extension. When both sides differ on one part, they differ on all. */
import { unitOf } from '../model/field.ts'
import type { FieldFacts } from './field-decision.ts'
import { fieldQuestion, type Ruling } from './ruling.ts'

/** One slot, compared with its own base. */
export type Compared = Pick<
  FieldFacts,
  'wanted' | 'present' | 'fromChanged' | 'toChanged' | 'isDisputed'
> & {
  /** The rule's target path. */
  readonly slot: string
}

/**
 * Parts that differ share their fate: a street edited here and a city edited there are one conflict, not a mixed address. Parts that are equal, or
 * that the source does not tell, take no part in it.
 */
export function asUnits(slots: readonly Compared[]): readonly Compared[] {
  const differing = slots.filter(differs)
  if (differing.length < 2) return slots
  const units = Map.groupBy(differing, ({ slot }) => unitOf(slot))
  if (units.size === differing.length) return slots
  return slots.map((one) => (differs(one) ? joined(one, units.get(unitOf(one.slot)) ?? []) : one))
}

function joined(one: Compared, parts: readonly Compared[]): Compared {
  if (parts.length < 2) return one
  return {
    ...one,
    fromChanged: one.fromChanged === null ? null : parts.some((part) => part.fromChanged),
    toChanged: one.toChanged === null ? null : parts.some((part) => part.toChanged),
    isDisputed: parts.some(({ wanted, present }) => wanted !== '' && (present ?? '') !== ''),
  }
}

function differs({ wanted, present }: Compared): boolean {
  return wanted !== null && wanted !== (present ?? '')
}

/** What was decided about each slot that is asked about. Parts of one unit need one answer, given about all of them: half an address is no decision. */
export function ruledSlots(
  key: string,
  asked: readonly Compared[],
  rulings: readonly Ruling[],
): ReadonlyMap<string, readonly Ruling[]> {
  const bySlot = Map.groupBy(rulings, ({ field }) => field ?? '')
  const units = Map.groupBy(asked, ({ slot }) => unitOf(slot))
  const ruled = new Map<string, readonly Ruling[]>()
  for (const parts of units.values()) {
    const answers = parts.map((part) =>
      bySlot.get(part.slot)?.find(({ question }) => question === fieldQuestion(key, part)),
    )
    const [first] = answers
    const isOne = first !== undefined && answers.every((answer) => answer?.choice === first.choice)
    for (const { slot } of parts) {
      const known = bySlot.get(slot) ?? []
      const counts = isOne ? known : known.filter((one) => !answers.includes(one))
      if (counts.length > 0) ruled.set(slot, counts)
    }
  }
  return ruled
}
