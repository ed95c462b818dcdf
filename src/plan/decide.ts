/** One source contact and what is known of its counterpart: what is to be done with it. Pure; every outcome of a record is named here. */
import type { Consent } from '../model/consent.ts'
import type { FieldValue } from '../model/field.ts'
import type { RemoteId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { normEmail } from '../model/email.ts'
import {
  keepSlots,
  type OpBase,
  packBase,
  recordHash,
  recordOf,
  type Shown,
  unpackBase,
} from './base.ts'
import { decideConsent } from './consent-decision.ts'
import type { PlanContext } from './context.ts'
import { decideFields } from './decide-fields.ts'
import type { TargetElement } from './element.ts'
import type { Match } from './match.ts'
import { addressesOf, labelOf, primaryEmail } from './person.ts'
import { type FieldChange, graver, type Op, type OpLoss, type Risk } from './plan.ts'
import { decideSet, EMPTY } from './set-decision.ts'
import { type Projected, type ShownFrom, showFrom, showTo } from './shown.ts'

export interface RecordFacts {
  readonly source: Sighting
  readonly match: Match
  /** Of the live link; null without one. */
  readonly bases: { readonly from: string | null; readonly to: string | null } | null
}
/** An op without its place in the plan; null: unchanged. */
export type Decision = Omit<Op, 'seq'> | null

export function decideRecord(context: PlanContext, facts: RecordFacts): Decision {
  const { source, match } = facts
  const shown = showFrom(context, source)
  const op = draft(context, source, shown)
  if (match.kind === 'hold') {
    return {
      ...op,
      bucket: 'hold',
      cause: match.cause,
      hint: match.hint,
      candidates: match.candidates,
    }
  }
  if (match.kind === 'excluded') {
    return { ...op, bucket: 'excluded', cause: match.cause, candidates: [match.inFavourOf] }
  }
  const refusal = refused(shown.projected)
  if (refusal !== null) return { ...op, ...refusal }
  return match.kind === 'new' ? create(context, op, source, shown) : pair(context, op, facts, shown)
}

/**
 * The quick question for an incremental run: does the source show, under the mapping, anything but what its base says? When not, its
 * counterpart need not be read.
 */
export function sourceChanged(
  context: PlanContext,
  source: Sighting,
  fromBase: string | null,
): boolean {
  const record = recordOf(fromBase)
  return record === null || record !== recordHash(context.key, showFrom(context, source))
}

type Draft = Omit<Op, 'seq'>

function draft(context: PlanContext, source: Sighting, shown: ShownFrom): Draft {
  const email = primaryEmail(source)
  return {
    bucket: 'update',
    writes: 'to',
    fromId: source.id,
    toId: null,
    label: labelOf(source),
    fields: [],
    tags: EMPTY,
    groups: EMPTY,
    consents: [],
    losses: [...lossesOf(shown.projected), ...shown.losses],
    held: [],
    risk: 'none',
    cause: '',
    hint: '',
    candidates: [],
    marker: context.mapping.marker === null ? null : markerOf(context.from.name, source.id),
    email: email === null ? null : normEmail(email),
    base: null,
  }
}

/** Text of the marker field: which contact of which account this is. */
export function markerOf(connection: string, id: RemoteId): string {
  return `${connection}:${id}`
}

function refused(
  projected: readonly Projected[],
): Pick<Draft, 'bucket' | 'cause' | 'hint' | 'held'> | null {
  for (const { rule, projection } of projected) {
    if (projection.kind !== 'reject' && projection.kind !== 'hold') continue
    return {
      bucket: projection.kind,
      cause: projection.cause,
      hint: projection.hint,
      held: [{ path: rule.to, from: undefined, to: undefined }],
    }
  }
  return null
}

function create(context: PlanContext, op: Draft, source: Sighting, shown: ShownFrom): Draft {
  const fields: FieldChange[] = []
  for (const { rule, projection, norm } of shown.projected) {
    if (projection.kind !== 'value' || norm === '' || rule.owner === 'to') continue
    fields.push({ path: rule.to, after: projection.value, risk: 'none', why: rule.title })
  }
  const marker = context.mapping.marker
  if (marker !== null && op.marker !== null) {
    fields.push({ path: marker.path, after: op.marker, risk: 'none', why: 'marker' })
  }
  const refusal = context.to.rules.refuse('create', record(fields))
  if (refusal !== null) return { ...op, bucket: 'reject', cause: refusal.cause, hint: refusal.hint }
  const consent = consentOf(context, source, null, fields)
  return {
    ...op,
    bucket: 'create',
    fields,
    tags: { add: keysOf(shown.wantedTags), remove: [] },
    groups: { add: keysOf(shown.wantedGroups), remove: [] },
    consents: consent.write,
    losses: [...op.losses, ...consent.losses],
    cause: 'no counterpart at the target',
    base: bases(context, shown, null),
  }
}

function pair(context: PlanContext, op: Draft, facts: RecordFacts, shown: ShownFrom): Decision {
  const { source, match } = facts
  if (match.kind === 'new' || match.kind === 'hold' || match.kind === 'excluded') return null
  const target = match.target
  const agreed = {
    from: recordOf(facts.bases?.from ?? null),
    to: recordOf(facts.bases?.to ?? null),
  }
  const isSame = agreed.from === recordHash(context.key, shown)
  if (target === null)
    return isSame
      ? null
      : {
          ...op,
          bucket: 'hold',
          cause: 'its counterpart was not read',
          hint: 'Run "ferry plan --full".',
          candidates: [],
        }
  const there = showTo(context, target)
  // Nothing changed on either side since both last agreed.
  if (match.kind === 'linked' && isSame && agreed.to === recordHash(context.key, there)) return null
  const base = {
    from: unpackBase(facts.bases?.from ?? null),
    to: unpackBase(facts.bases?.to ?? null),
  }
  const decided = decideFields(context, { source, target, shown, base, there: there.fields })
  const tags = decideSet({
    key: context.key,
    wanted: shown.wantedTags,
    present: named(context, 'tag', target.tags),
    listed: context.elements.listed('tag'),
    fromBase: base.from?.tags ?? null,
    mayAdd: context.to.capabilities.tags.add,
    mayRemove: context.policy.tags.remove && context.to.capabilities.tags.remove,
    isLeft: context.elements.isLeft,
  })
  const groups = decideSet({
    key: context.key,
    wanted: shown.wantedGroups,
    present: named(context, 'group', target.groups),
    listed: context.elements.listed('group'),
    fromBase: base.from?.groups ?? null,
    mayAdd: context.to.capabilities.groups.write !== false,
    mayRemove: context.policy.groups.remove && context.to.capabilities.groups.remove,
    isLeft: context.elements.isLeft,
  })
  const consent = consentOf(context, source, target, decided.fields)
  const writes =
    decided.fields.length +
    tags.add.length +
    tags.remove.length +
    groups.add.length +
    groups.remove.length +
    consent.write.length
  const isNewLink = match.kind !== 'linked'
  const full: Draft = {
    ...op,
    toId: target.id,
    fields: decided.fields,
    tags,
    groups,
    consents: consent.write,
    losses: [...op.losses, ...consent.losses],
    held: decided.held,
    risk: riskOf(context, decided.fields, tags, groups, consent.write),
    cause: causeOf(match),
    base: bases(context, shown, {
      there,
      old: facts.bases,
      kept: decided.kept,
      isSettled: decided.held.length === 0,
    }),
  }
  if (writes > 0) {
    const refusal = context.to.rules.refuse('update', record(decided.fields))
    if (refusal !== null)
      return { ...full, bucket: 'reject', cause: refusal.cause, hint: refusal.hint }
    return { ...full, bucket: 'update' }
  }
  if (decided.held.length > 0) {
    return {
      ...full,
      bucket: 'hold',
      cause: 'both sides hold different values',
      hint: 'Decide which side is right, or set "conflict" for these fields in the mapping.',
      candidates: [target.id],
    }
  }
  return { ...full, bucket: isNewLink ? 'link' : 'unchanged' }
}

function named(
  context: PlanContext,
  kind: 'tag' | 'group',
  keys: readonly string[] | undefined,
): readonly TargetElement[] | null {
  if (keys === undefined) return null
  return keys.map((key) => ({ key, folded: context.elements.nameAt(kind, key) }))
}

function consentOf(
  context: PlanContext,
  source: Sighting,
  target: Sighting | null,
  changes: readonly FieldChange[],
): ReturnType<typeof decideConsent> {
  if (context.policy.consent.write === 'none') return { write: [], losses: [] }
  const after: Record<string, FieldValue> = target === null ? {} : { ...target.fields }
  for (const change of changes) after[change.path] = change.after
  return decideConsent({
    source: source.consents ?? [],
    target: target?.consents ?? null,
    addresses: addressesOf(after),
    sourceAddresses: addressesOf(source.fields),
    unconsented: context.policy.consent.unconsented,
    capabilities: context.to.capabilities.consent,
  })
}

/** Both bases as they will be once this op is done: apply replaces `to` by what it read back. See `OpBase`. */
function bases(
  context: PlanContext,
  shown: ShownFrom,
  pair: {
    readonly there: Shown
    readonly old: RecordFacts['bases']
    readonly kept: readonly string[]
    readonly isSettled: boolean
  } | null,
): OpBase {
  const from = packBase(context.key, shown)
  if (pair === null) return { from, to: null, kept: [], isSettled: true }
  const to = packBase(context.key, pair.there)
  const { old, kept, isSettled } = pair
  return {
    from: keepSlots(from, { old: old?.from ?? null, kept, isSettled }),
    to: keepSlots(to, { old: old?.to ?? null, kept, isSettled }),
    kept,
    isSettled,
  }
}

function riskOf(
  context: PlanContext,
  fields: readonly FieldChange[],
  tags: Op['tags'],
  groups: Op['groups'],
  consents: readonly Consent[],
): Risk {
  let risk: Risk = 'none'
  for (const field of fields) risk = graver(risk, field.risk)
  if (tags.add.length + groups.add.length > 0) risk = graver(risk, 'fill')
  if (tags.remove.length + groups.remove.length > 0) risk = graver(risk, 'destructive')
  if (consents.length > 0) {
    risk = graver(
      risk,
      context.to.capabilities.consent.optOutReversible ? 'overwrite' : 'irreversible',
    )
  }
  return risk
}

function causeOf(match: Match): string {
  switch (match.kind) {
    case 'linked':
      return 'linked'
    case 'repoint':
      return `its counterpart ${match.was} was merged into ${match.target.id}`
    case 'found':
      return `found by ${match.by}`
    case 'new':
    case 'hold':
    case 'excluded':
      return ''
  }
}

function keysOf(wanted: ShownFrom['wantedTags']): readonly string[] {
  return wanted === null ? [] : wanted.map((element) => element.key)
}

function lossesOf(projected: readonly Projected[]): OpLoss[] {
  const losses: OpLoss[] = []
  for (const { projection } of projected) {
    if (projection.kind !== 'value' && projection.kind !== 'absent') continue
    for (const loss of projection.losses ?? []) {
      losses.push({ field: loss.path, cause: loss.cause, before: loss.before, after: loss.after })
    }
  }
  return losses
}

function record(fields: readonly FieldChange[]): Record<string, FieldValue> {
  return Object.fromEntries(fields.map((field) => [field.path, field.after]))
}
