/** One source contact and what is known of its counterpart: what is to be done with it. Pure; every outcome of a record is named here. */
import type { Consent } from '../model/consent.ts'
import type { FieldValue } from '../model/field.ts'
import type { RemoteId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { normEmail } from '../model/email.ts'
import {
  type Base,
  foldName,
  keepSlots,
  packBase,
  packOpBase,
  recordHash,
  slotChanged,
  unpackBase,
} from './base.ts'
import { decideConsent } from './consent-decision.ts'
import type { PlanContext } from './context.ts'
import { decideField, type FieldDecision } from './field-decision.ts'
import type { Match } from './match.ts'
import {
  type FieldChange,
  graver,
  type HeldField,
  type Op,
  type OpLoss,
  type Risk,
} from './plan.ts'
import { decideSet, EMPTY } from './set-decision.ts'
import { type Projected, type ShownFrom, showFrom, shownValue, showTo } from './shown.ts'
import { asUnits, type Compared } from './unit.ts'

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
  const base = unpackBase(fromBase)
  if (base === null) return true
  const shown = showFrom(context, source)
  return base.record !== recordHash(context.key, shown)
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
    base: '',
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
  const base = {
    from: unpackBase(facts.bases?.from ?? null),
    to: unpackBase(facts.bases?.to ?? null),
  }
  const hash = recordHash(context.key, shown)
  if (target === null)
    return base.from?.record === hash
      ? null
      : {
          ...op,
          bucket: 'hold',
          cause: 'its counterpart was not read',
          hint: 'Run "ferry plan --full".',
          candidates: [],
        }
  if (isSettled(context, base, hash, target, match)) return null

  const there = showTo(context, target)
  const decided = decideFields(context, { source, target, shown, base, there: there.fields })
  const tags = decideSet({
    key: context.key,
    wanted: shown.wantedTags,
    present: elements(context, 'tag', target.tags),
    listed: listed(context, 'tag'),
    fromBase: base.from?.tags ?? null,
    mayAdd: context.to.capabilities.tags.add,
    mayRemove: context.policy.tags.remove && context.to.capabilities.tags.remove,
    isLeft: context.elements.isLeft,
  })
  const groups = decideSet({
    key: context.key,
    wanted: shown.wantedGroups,
    present: elements(context, 'group', target.groups),
    listed: listed(context, 'group'),
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
      target,
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

/** Nothing changed on either side since both last agreed. */
function isSettled(
  context: PlanContext,
  base: Sides<Base | null>,
  hash: string,
  target: Sighting,
  match: Match,
): boolean {
  if (match.kind !== 'linked' || base.from === null || base.to === null) return false
  return (
    base.from.record === hash && base.to.record === recordHash(context.key, showTo(context, target))
  )
}

interface Sides<T> {
  readonly from: T
  readonly to: T
}
interface PairFacts {
  readonly source: Sighting
  readonly target: Sighting
  readonly shown: ShownFrom
  readonly base: Sides<Base | null>
  readonly there: ReadonlyMap<string, string>
}

interface DecidedFields {
  readonly fields: readonly FieldChange[]
  readonly held: readonly HeldField[]
  /** Slots on which the sides still differ: their old bases stay. */
  readonly kept: readonly string[]
}

function decideFields(context: PlanContext, facts: PairFacts): DecidedFields {
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
    readonly target: Sighting
    readonly old: RecordFacts['bases']
    readonly kept: readonly string[]
    readonly isSettled: boolean
  } | null,
): string {
  const from = packBase(context.key, shown)
  if (pair === null) return packOpBase({ from, to: null, kept: [], isSettled: true })
  const to = packBase(context.key, showTo(context, pair.target))
  const { old, kept, isSettled } = pair
  return packOpBase({
    from: keepSlots(from, { old: old?.from ?? null, kept, isSettled }),
    to: keepSlots(to, { old: old?.to ?? null, kept, isSettled }),
    kept,
    isSettled,
  })
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

function elements(
  context: PlanContext,
  kind: 'tag' | 'group',
  keys: readonly string[] | undefined,
): readonly { readonly key: string; readonly folded: string }[] | null {
  if (keys === undefined) return null
  return keys.map((key) => ({ key, folded: context.elements.nameAt(kind, key) }))
}

function listed(
  context: PlanContext,
  kind: 'tag' | 'group',
): readonly { readonly key: string; readonly folded: string }[] {
  const all = kind === 'tag' ? context.to.catalog.tags : context.to.catalog.groups
  return all.map((element) => ({ key: element.key, folded: foldName(element.name) }))
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

function addressesOf(fields: Readonly<Record<string, FieldValue>>): string[] {
  const addresses: string[] = []
  for (let place = 1; place <= EMAILS_MAX; place += 1) {
    const value = fields[`emails.${place}`]
    if (typeof value === 'string' && value.trim() !== '') addresses.push(value)
  }
  return addresses
}
const EMAILS_MAX = 9

export function primaryEmail(sighting: Sighting): string | null {
  const value = sighting.fields['emails.1']
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** What people know the contact by. */
export function labelOf(sighting: Sighting): string {
  const name = [sighting.fields['givenName'], sighting.fields['familyName']]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ')
  const email = primaryEmail(sighting)
  if (name !== '' && email !== null) return `${name} <${email}>`
  return name || email || `#${sighting.id}`
}
