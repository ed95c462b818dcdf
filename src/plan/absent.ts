/**
 * A linked contact that two whole readings of its side did not show: what becomes of its counterpart. Only what that side itself says is
 * gone counts as deleted, and only while the counterpart shows what both sides last agreed on: a change beats a deletion.
 */
import { type Consent, isOptedOut } from '../model/consent.ts'
import { otherSide, type RemoteId, type Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { foldName, recordHash, recordOf } from './base.ts'
import type { PlanContext } from './context.ts'
import { type LinkedTarget, WORD_OF } from './match.ts'
import type { Draft } from './draft.ts'
import { addressesOf, labelOf } from './person.ts'
import type { Risk } from './op.ts'
import { type Choice, lapsedText, questionHash, type Ruling, rulingText } from './ruling.ts'
import { EMPTY } from './set-decision.ts'
import { showFrom, showTo } from './shown.ts'

export interface AbsentFacts {
  readonly fromId: RemoteId
  readonly toId: RemoteId
  /** Where it is missing. */
  readonly side: Side
  /** What its counterpart showed when both sides last agreed. */
  readonly base: string | null
  /** What that side answers when asked for it by id. */
  readonly proof:
    | { readonly kind: 'found' | 'gone' }
    | { readonly kind: 'merged'; readonly into: Sighting }
    | { readonly kind: 'inconclusive'; readonly message: string }
  readonly counterpart: LinkedTarget
  /** Somebody of the same e-mail where it is missing: some platforms do not tell a merge from a deletion. null: nobody. */
  readonly namesake: RemoteId | null
  /** What a person decided about it; absent: nothing. */
  readonly ruling?: Ruling | undefined
}
export type DeletePolicy = 'unsubscribe' | 'tag' | 'delete'

/** null: nothing is done about it in this plan. */
export function decideAbsent(
  context: PlanContext,
  policy: DeletePolicy,
  facts: AbsentFacts,
): Draft | null {
  const { proof, counterpart } = facts
  const op = draft(context, facts)
  const { here, there } = wordsOf(facts)
  if (proof.kind === 'found' || proof.kind === 'inconclusive') return null
  if (proof.kind === 'merged') {
    return asked(context, facts, {
      op: {
        ...op,
        cause: `it was merged into ${proof.into.id} at ${here}`,
        hint: `Merge the counterparts at ${there} likewise, or say with "ferry holds resolve" that this one stays.`,
        candidates: [proof.into.id],
      },
      about: ['merged', proof.into.id],
      choices: ['keep'],
    })
  }
  switch (counterpart.kind) {
    case 'gone':
      return null
    case 'unread':
    case 'inconclusive':
    case 'merged':
      return {
        ...op,
        bucket: 'hold',
        cause: `it was deleted at ${here}, and its counterpart could not be read as it was`,
        hint: 'Look at the counterpart by hand, and end the link with "ferry links end".',
      }
    case 'found':
      return decideFound(context, policy, facts, counterpart.sighting)
  }
}

function decideFound(
  context: PlanContext,
  policy: DeletePolicy,
  facts: AbsentFacts,
  survivor: Sighting,
): Draft {
  const op = { ...draft(context, facts), label: labelOf(survivor) }
  const { here, there } = wordsOf(facts)
  const shown = shownHash(context, facts, survivor)
  const { namesake } = facts
  const isEdited = recordOf(facts.base) !== shown
  if (isEdited || namesake !== null) {
    const held = asked(context, facts, {
      op: {
        ...op,
        cause: isEdited
          ? `it was deleted at ${here}, but edited at ${there} since both last agreed`
          : `it is gone at ${here}, where ${namesake} has its e-mail: it was deleted, or merged into that one`,
        hint: 'Say with "ferry holds resolve" whether it goes or stays.',
        candidates: [
          facts.side === 'from' ? facts.toId : facts.fromId,
          ...(namesake === null ? [] : [namesake]),
        ],
      },
      about: isEdited ? ['edited', shown] : ['namesake', namesake ?? '', shown],
      choices: ['delete', 'keep'],
    })
    if (held.obeys?.[0]?.choice !== 'delete') return held
    const gone = removed(context, policy, op, { facts, survivor })
    return { ...gone, cause: `${gone.cause}; ${held.cause}`, obeys: held.obeys }
  }
  return removed(context, policy, op, { facts, survivor })
}

/** What is asked, or what was decided about it. */
function asked(
  context: PlanContext,
  { fromId, toId, ruling }: AbsentFacts,
  question: {
    readonly op: Draft
    readonly about: readonly string[]
    readonly choices: readonly Choice[]
  },
): Draft {
  const { op, about, choices } = question
  const hash = questionHash(context.key, ['deleted', fromId, toId, ...about])
  const held: Draft = { ...op, bucket: 'hold', question: { kind: 'deleted', hash, choices } }
  if (ruling === undefined) return held
  if (ruling.question !== hash || !choices.includes(ruling.choice))
    return { ...held, cause: `${op.cause} (${lapsedText(ruling)})` }
  const { id, choice } = ruling
  return {
    ...op,
    bucket: 'excluded',
    cause: rulingText(ruling),
    hint: '',
    obeys: [{ id, field: null, choice, stands: choice === 'keep' }],
  }
}

function removed(
  context: PlanContext,
  policy: DeletePolicy,
  op: Draft,
  { facts, survivor }: { readonly facts: AbsentFacts; readonly survivor: Sighting },
): Draft {
  const written = seenFrom(context, facts)
  switch (policy) {
    case 'delete':
      return removal(written, op, survivor)
    case 'unsubscribe':
      return optOut(written, op, survivor)
    case 'tag':
      return tagging(written, op, survivor)
  }
}

function wordsOf({ side }: AbsentFacts): { readonly here: string; readonly there: string } {
  return { here: WORD_OF[side], there: WORD_OF[otherSide(side)] }
}

function shownHash(context: PlanContext, { side }: AbsentFacts, survivor: Sighting): string {
  const shown = side === 'from' ? showTo(context, survivor) : showFrom(context, survivor)
  return recordHash(context.key, shown)
}

/** The sync as seen from where the contact is missing: its `to` is what is written. */
function seenFrom(context: PlanContext, { side }: AbsentFacts): PlanContext {
  if (side === 'from') return context
  if (context.mirror === null) throw new Error('a one-way sync writes nothing to its source')
  return context.mirror
}

function draft(context: PlanContext, facts: AbsentFacts): Draft {
  const { fromId, toId, side } = facts
  return {
    bucket: 'hold',
    writes: otherSide(side),
    fromId,
    toId,
    label: `#${toId}`,
    fields: [],
    tags: EMPTY,
    groups: EMPTY,
    consents: [],
    losses: [],
    held: [],
    risk: 'none',
    cause: `it was deleted at ${context[side].name}`,
    hint: '',
    candidates: [],
    marker: null,
    email: null,
    base: null,
  }
}

/** Carries all that the contact shows: it is removed only while it shows just this, and this is what an undo has to go by. */
function removal(context: PlanContext, op: Draft, survivor: Sighting): Draft {
  const { remove } = context.to.capabilities
  if (remove === false)
    return refused(op, `${context.to.name} cannot delete contacts through its API`)
  const risk: Risk = remove === 'archive' ? 'destructive' : 'irreversible'
  return {
    ...op,
    bucket: 'delete',
    risk,
    fields: Object.entries(survivor.fields).flatMap(([path, before]) =>
      before === null || before.length === 0
        ? []
        : [{ path, before, after: null, risk, why: 'goes with the contact' }],
    ),
    tags: { add: [], remove: survivor.tags ?? [] },
    groups: { add: [], remove: survivor.groups ?? [] },
    consents: (survivor.consents ?? []).filter(({ state }) => isOptedOut(state)),
  }
}

function optOut(context: PlanContext, op: Draft, survivor: Sighting): Draft {
  const { consent } = context.to.capabilities
  if (!consent.optOut || !consent.channels.includes('email'))
    return refused(op, `${context.to.name} cannot record an opt-out`)
  const isOut = (survivor.consents ?? []).some(
    ({ channel, state, scope }) => channel === 'email' && scope === null && isOptedOut(state),
  )
  const addresses = addressesOf(survivor.fields)
  const about = consent.holder === 'address' ? addresses : [addresses[0] ?? null]
  const consents = about.map(
    (address): Consent => ({
      channel: 'email',
      address,
      state: 'refused',
      reason: op.cause,
      scope: null,
      since: null,
    }),
  )
  return {
    ...op,
    bucket: 'update',
    consents: isOut ? [] : consents,
    risk: consent.optOutReversible ? 'overwrite' : 'irreversible',
    ends: op.cause,
  }
}

function tagging(context: PlanContext, op: Draft, survivor: Sighting): Draft {
  const { tags } = context.to.capabilities
  if (!tags.add) return refused(op, `${context.to.name} has no tags that could say so`)
  const folded = foldName(`deleted at ${context.from.name}`)
  const known = context.elements.listed('tag').find((tag) => tag.folded === folded)
  if (known === undefined && !tags.create)
    return refused(op, `${context.to.name} has no tag "${folded}" and cannot create one`)
  const key = known?.key ?? `new:${folded}`
  const isTagged = known !== undefined && (survivor.tags ?? []).includes(known.key)
  return {
    ...op,
    bucket: 'update',
    tags: { add: isTagged ? [] : [key], remove: [] },
    risk: 'fill',
    ends: op.cause,
  }
}

function refused(op: Draft, cause: string): Draft {
  return {
    ...op,
    bucket: 'reject',
    cause: `${op.cause}; ${cause}`,
    hint: 'Delete it by hand and end the link with "ferry links end", or choose another policy for "deletes".',
  }
}
