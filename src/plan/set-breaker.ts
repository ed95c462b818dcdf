/**
 * The flapping breaker for tags and groups: an element that is put on and taken off in turn, on either side, is left alone like a field whose two values
 * take turns. Its two values are being there and not. Pure.
 */
import { foldName, keptElement } from './base.ts'
import { elementHash } from './slot-hash.ts'
import type { PlanContext } from './context.ts'
import type { PairFacts, Sides } from './decide-fields.ts'
import type { HeldField, TurnNote } from './op.ts'
import { fieldQuestion, type Obeyed } from './ruling.ts'
import type { BothChanged, Gate, HeldElement, SetFacts } from './set-decision.ts'
import { flapsOf, hasFlapped, turnOf, TURNS_MAX } from './turns.ts'

interface Noted {
  readonly held: readonly HeldField[]
  readonly kept: readonly string[]
  readonly obeys: readonly Obeyed[]
  readonly slots: Sides<readonly string[]>
  readonly turns: Sides<readonly TurnNote[]> & { readonly over: readonly TurnNote[] }
}

export interface SetBreaker {
  readonly gate: Gate
  noted(facts: SetFacts, both: BothChanged): Noted
}

const ON = 'on'

export function breakerOf(
  { key, to }: PlanContext,
  { turns, rulings }: Pick<PairFacts, 'turns' | 'rulings'>,
  kind: 'tag' | 'group',
): SetBreaker {
  const plural = kind === 'tag' ? 'tags' : 'groups'
  const slotOf = (folded: string) => `${plural}.${folded}`
  const compared = ({ folded, isHere }: HeldElement) => ({
    slot: slotOf(folded),
    wanted: isHere ? ON : null,
    present: isHere ? null : ON,
  })
  const obeys: Obeyed[] = []
  const note = (folded: string): TurnNote => turnOf(key, compared({ folded, isHere: true }))
  return {
    gate(element) {
      const asked = compared(element)
      if (flapsOf(key, asked, turns) === 0) return 'free'
      const question = fieldQuestion(key, asked)
      const ruling = rulings.find((one) => one.field === asked.slot && one.question === question)
      if (ruling?.choice !== 'from' && ruling?.choice !== 'to') return 'held'
      obeys.push({ id: ruling.id, field: asked.slot, choice: ruling.choice, stands: false })
      return ruling.choice
    },
    noted(facts, both) {
      const nameOf = (folded: string) =>
        facts.wanted?.find((element) => element.folded === folded)?.name ??
        to.catalog[plural].find(({ name }) => foldName(name) === folded)?.name ??
        folded
      return {
        held: both.held.map((element) => ({
          path: slotOf(element.folded),
          from: element.isHere ? nameOf(element.folded) : null,
          to: element.isHere ? null : nameOf(element.folded),
          question: fieldQuestion(key, compared(element)),
          flaps: flapsOf(key, compared(element), turns),
        })),
        kept: both.held.map(({ folded }) => keptElement(plural, elementHash(key, folded))),
        // One that may not be written waits on, and so does the decision about it.
        obeys: obeys.filter(({ field }) =>
          [...both.names.to, ...both.names.from].some((folded) => slotOf(folded) === field),
        ),
        slots: { to: both.names.to.map(slotOf), from: both.names.from.map(slotOf) },
        turns: {
          to: both.names.to.map(note),
          from: both.names.from.map(note),
          over: agreed(facts).flatMap((folded) => {
            const { slot } = note(folded)
            const isOver = (turns?.get(slot)?.count ?? 0) >= TURNS_MAX
            return isOver ? [{ slot, pair: null }] : []
          }),
        },
      }
    },
  }

  /** Elements that both sides have, or neither; asked for only where something has flapped. */
  function agreed({ wanted, present, listed }: SetFacts): readonly string[] {
    if (!hasFlapped(turns) || wanted === null || present === null) return []
    const here = new Set(wanted.map(({ folded }) => folded))
    const there = new Set(present.map(({ folded }) => folded))
    const all = new Set([...here, ...there, ...listed.map(({ folded }) => folded)])
    return [...all].filter((folded) => here.has(folded) === there.has(folded))
  }
}
