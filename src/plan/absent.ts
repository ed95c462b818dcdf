/**
 * A linked contact that two whole readings of the source did not show: what becomes of its counterpart. Only what the source itself says is
 * gone counts as deleted, and only while the counterpart shows what both sides last agreed on: a change beats a deletion.
 */
import type { Consent } from '../model/consent.ts'
import { isOptedOut } from '../model/consent.ts'
import type { RemoteId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { foldName, recordHash, recordOf } from './base.ts'
import type { PlanContext } from './context.ts'
import type { LinkedTarget } from './match.ts'
import { addressesOf, labelOf } from './person.ts'
import type { Op, Risk } from './plan.ts'
import { type Choice, lapsedText, questionHash, type Ruling, rulingText } from './ruling.ts'
import { EMPTY } from './set-decision.ts'
import { showTo } from './shown.ts'

export interface AbsentFacts {
  readonly fromId: RemoteId
  readonly toId: RemoteId
  readonly toBase: string | null
  /** What the source answers when asked for it by id. */
  readonly proof:
    | { readonly kind: 'found' | 'gone' }
    | { readonly kind: 'merged'; readonly into: Sighting }
    | { readonly kind: 'inconclusive'; readonly message: string }
  readonly target: LinkedTarget
  /** What a person decided about it; absent: nothing. */
  readonly ruling?: Ruling | undefined
}
export type DeletePolicy = 'unsubscribe' | 'tag' | 'delete'

/** null: nothing is done about it in this plan. */
export function decideAbsent(
  context: PlanContext,
  policy: DeletePolicy,
  facts: AbsentFacts,
): Omit<Op, 'seq'> | null {
  const { proof, target } = facts
  const op = draft(context, facts)
  if (proof.kind === 'found' || proof.kind === 'inconclusive') return null
  if (proof.kind === 'merged') {
    return asked(context, facts, {
      op: {
        ...op,
        cause: `it was merged into ${proof.into.id} at the source`,
        hint: 'Merge the counterparts at the target likewise, or say with "ferry holds resolve" that this one stays.',
        candidates: [proof.into.id],
      },
      about: ['merged', proof.into.id],
      choices: ['keep'],
    })
  }
  switch (target.kind) {
    case 'gone':
      return null
    case 'unread':
    case 'inconclusive':
    case 'merged':
      return {
        ...op,
        bucket: 'hold',
        cause: 'it was deleted at the source, and its counterpart could not be read as it was',
        hint: 'Look at the counterpart by hand, and end the link with "ferry links end".',
      }
    case 'found':
      return decideFound(context, policy, facts, target.sighting)
  }
}

function decideFound(
  context: PlanContext,
  policy: DeletePolicy,
  facts: AbsentFacts,
  target: Sighting,
): Omit<Op, 'seq'> {
  const op = { ...draft(context, facts), label: labelOf(target) }
  const shown = recordHash(context.key, showTo(context, target))
  if (recordOf(facts.toBase) !== shown) {
    const held = asked(context, facts, {
      op: {
        ...op,
        cause: 'it was deleted at the source, but edited at the target since both last agreed',
        hint: 'Say with "ferry holds resolve" whether it goes or stays.',
        candidates: [facts.toId],
      },
      about: ['edited', shown],
      choices: ['delete', 'keep'],
    })
    if (held.obeys?.[0]?.choice !== 'delete') return held
    const gone = removed(context, policy, op, target)
    return { ...gone, cause: `${gone.cause}; ${held.cause}`, obeys: held.obeys }
  }
  return removed(context, policy, op, target)
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

function removed(context: PlanContext, policy: DeletePolicy, op: Draft, target: Sighting): Draft {
  switch (policy) {
    case 'delete':
      return removal(context, op, target)
    case 'unsubscribe':
      return optOut(context, op, target)
    case 'tag':
      return tagging(context, op, target)
  }
}

type Draft = Omit<Op, 'seq'>

function draft(context: PlanContext, { fromId, toId }: AbsentFacts): Draft {
  return {
    bucket: 'hold',
    writes: 'to',
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
    cause: `it was deleted at ${context.from.name}`,
    hint: '',
    candidates: [],
    marker: null,
    email: null,
    base: null,
  }
}

/** Carries all that the contact shows: it is removed only while it shows just this, and this is what an undo has to go by. */
function removal(context: PlanContext, op: Draft, target: Sighting): Draft {
  const { remove } = context.to.capabilities
  if (remove === false) return refused(op, 'the target cannot delete contacts through its API')
  const risk: Risk = remove === 'archive' ? 'destructive' : 'irreversible'
  return {
    ...op,
    bucket: 'delete',
    risk,
    fields: Object.entries(target.fields).flatMap(([path, before]) =>
      before === null || before.length === 0
        ? []
        : [{ path, before, after: null, risk, why: 'goes with the contact' }],
    ),
    tags: { add: [], remove: target.tags ?? [] },
    groups: { add: [], remove: target.groups ?? [] },
    consents: (target.consents ?? []).filter(({ state }) => isOptedOut(state)),
  }
}

function optOut(context: PlanContext, op: Draft, target: Sighting): Draft {
  const { consent } = context.to.capabilities
  if (!consent.optOut || !consent.channels.includes('email'))
    return refused(op, 'the target cannot record an opt-out')
  const isOut = (target.consents ?? []).some(
    ({ channel, state, scope }) => channel === 'email' && scope === null && isOptedOut(state),
  )
  const addresses = addressesOf(target.fields)
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

function tagging(context: PlanContext, op: Draft, target: Sighting): Draft {
  const { tags } = context.to.capabilities
  if (!tags.add) return refused(op, 'the target has no tags that could say so')
  const folded = foldName(`deleted at ${context.from.name}`)
  const known = context.elements.listed('tag').find((tag) => tag.folded === folded)
  if (known === undefined && !tags.create)
    return refused(op, `the target has no tag "${folded}" and cannot create one`)
  const key = known?.key ?? `new:${folded}`
  const isTagged = known !== undefined && (target.tags ?? []).includes(known.key)
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
