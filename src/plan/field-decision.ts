/** The one place where a field's fate is decided: three-way, with a base per side. */
import type { ConflictPolicy, FieldOwner } from '../mapping/mapping.ts'

export interface FieldFacts {
  /** Normal form of what the source wants at the target; null: the source does not know, or says nothing when empty. */
  readonly wanted: string | null
  /** Normal form of what the target shows; null: it does not tell. */
  readonly present: string | null
  /** Whether each side differs from its own base; null: there is no base. */
  readonly fromChanged: boolean | null
  readonly toChanged: boolean | null
  readonly blank: 'skip' | 'clear' | 'fill'
  readonly owner: FieldOwner
  readonly conflict: ConflictPolicy
  /** Whether the way back exists and the direction allows it. */
  readonly mayReverse: boolean
  /** Which side is newer beyond resolution and skew; null: cannot be told. */
  readonly newer: 'from' | 'to' | null
  /** Whether another part of the same unit (an address) holds different values on both sides, which never agreed. */
  readonly isDisputed: boolean
  /** What a person decided about just these two values; absent: nothing. */
  readonly ruled?: 'from' | 'to'
}

export type FieldDecision =
  | 'equal'
  /** They differ, and nothing is to be written. */
  | 'leave'
  | 'fill-to'
  | 'overwrite-to'
  | 'clear-to'
  | 'write-from'
  | 'hold'

export function decideField(facts: FieldFacts): FieldDecision {
  const { wanted, present } = facts
  if (wanted === null) return facts.toChanged === true ? backward(facts) : 'leave'
  if (wanted === (present ?? '')) return 'equal'
  if (facts.fromChanged === null || facts.toChanged === null) return withoutBase(facts, wanted)
  if (facts.fromChanged && facts.toChanged) return bothChanged(facts, wanted)
  if (facts.fromChanged) return forward(facts, wanted)
  return facts.toChanged ? backward(facts) : 'leave'
}

/**
 * No base: equal adopts (seen above), empty fills, else the policy. Never a silent overwrite, and never the city of one address in the
 * street of another.
 */
function withoutBase(facts: FieldFacts, wanted: string): FieldDecision {
  if (wanted === '') {
    if (facts.blank === 'clear' && facts.conflict === 'from') return forward(facts, wanted)
    return facts.isDisputed ? conflict(facts) : backward(facts)
  }
  if ((facts.present ?? '') === '' && !facts.isDisputed) return forward(facts, wanted)
  if (facts.blank === 'fill') return 'leave'
  return conflict(facts)
}

/** Where both may speak, an emptiness that says nothing gives way to a value; not to a part of another address than the one that is asked about. */
function bothChanged(facts: FieldFacts, wanted: string): FieldDecision {
  if (!facts.mayReverse || facts.blank === 'clear' || facts.isDisputed) return conflict(facts)
  if (wanted === '') return backward(facts)
  return (facts.present ?? '') === '' ? forward(facts, wanted) : conflict(facts)
}

function conflict(facts: FieldFacts): FieldDecision {
  if (facts.owner === 'from') return forward(facts, facts.wanted ?? '')
  if (facts.owner === 'to') return backward(facts)
  switch (facts.conflict) {
    case 'from':
      return forward(facts, facts.wanted ?? '')
    case 'to':
      return backward(facts)
    case 'newer':
      if (facts.newer === null) return ask(facts)
      return facts.newer === 'from' ? forward(facts, facts.wanted ?? '') : backward(facts)
    case 'hold':
      return ask(facts)
  }
}

/** Nobody is asked where no answer would change anything, or twice. */
function ask(facts: FieldFacts): FieldDecision {
  if (facts.ruled === 'from') return forward(facts, facts.wanted ?? '')
  if (facts.ruled === 'to') return backward(facts)
  const answers = [forward(facts, facts.wanted ?? ''), backward(facts)]
  return answers.every((answer) => answer === 'leave') ? 'leave' : 'hold'
}

function forward(facts: FieldFacts, wanted: string): FieldDecision {
  if (facts.owner === 'to') return 'leave'
  const isEmptyThere = (facts.present ?? '') === ''
  if (wanted === '') return facts.blank === 'clear' ? 'clear-to' : 'leave'
  if (isEmptyThere) return 'fill-to'
  return facts.blank === 'fill' ? 'leave' : 'overwrite-to'
}

function backward(facts: FieldFacts): FieldDecision {
  const { mayReverse, owner, present, wanted, blank } = facts
  if (!mayReverse || owner === 'from' || present === null) return 'leave'
  if (present === '') return blank === 'clear' && wanted !== '' ? 'write-from' : 'leave'
  return blank === 'fill' && (wanted ?? '') !== '' ? 'leave' : 'write-from'
}
