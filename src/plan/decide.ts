/** One contact and what is known of its counterpart: what is to be done with it. Pure; every outcome of a record is named here. */
import type { Consent } from '../model/consent.ts'
import type { Sighting } from '../model/sighting.ts'
import { type OpBase, packBase, recordHash, recordOf } from './base.ts'
import { elementHash } from './slot-hash.ts'
import type { PlanContext } from './context.ts'
import { decidePair } from './decide-pair.ts'
import { consentOf, type Draft, draft, record } from './draft.ts'
import type { Match, Ruled } from './match.ts'
import type { FieldChange } from './op.ts'
import type { Ruling } from './ruling.ts'
import type { Bases } from './settled.ts'
import { type Projected, type ShownFrom, showFrom, showTo } from './shown.ts'
import type { TurnsOf } from './turns.ts'

export interface RecordFacts {
  readonly source: Sighting
  readonly match: Match
  /** Of the live link; null without one. */
  readonly bases: Bases | null
  /** What people decided about fields of this pair. */
  readonly rulings?: readonly Ruling[]
  /** Fields of this pair in which two values take turns. */
  readonly turns?: TurnsOf | undefined
  /** See `Pair`. */
  readonly foreignConsents?: readonly Consent[] | undefined
}
/** No op: unchanged. Two: both sides of one pair are written. */
export type Decision = readonly Draft[]

export function decideRecord(context: PlanContext, facts: RecordFacts): Decision {
  const { source, match } = facts
  const shown = showFrom(context, source)
  // Nearly every pair is unchanged and needs none.
  const op = () => draft(context, source, shown)
  if (match.kind === 'hold') {
    const { cause, hint, candidates, question } = match
    const asked = question === undefined ? {} : { question }
    return [{ ...op(), bucket: 'hold', cause, hint, candidates, ...asked }]
  }
  if (match.kind === 'excluded') {
    const { cause, inFavourOf } = match
    const candidates = inFavourOf === null ? [] : [inFavourOf]
    return [{ ...op(), bucket: 'excluded', cause, candidates, ...obeyedBy(match.ruled) }]
  }
  const refusal = refused(shown.projected)
  if (refusal !== null) return [{ ...op(), ...refusal }]
  if (match.kind === 'new') return [create(context, op(), source, { shown, ruled: match.ruled })]
  const { bases, rulings = [], turns, foreignConsents } = facts
  const pair = { source, target: match.target, match, bases, rulings, turns, foreignConsents }
  return decidePair(context, pair, shown)
}

function obeyedBy(ruled: Ruled | undefined): Pick<Draft, 'obeys'> {
  return ruled === undefined ? {} : { obeys: [ruled.obeyed] }
}

/** A contact of the target that the source does not have, as `match` says from its end: what is to be done at the source. */
export function decideBack(
  context: PlanContext,
  mirror: PlanContext,
  facts: { readonly target: Sighting; readonly match: Match },
): Decision {
  const { target, match } = facts
  return decideRecord(mirror, { source: target, match, bases: null }).map((op): Draft => {
    const base = op.bucket === 'create' ? baseOfNew(context, target) : null
    return { ...op, writes: 'from', fromId: null, toId: target.id, base }
  })
}

/** Of a contact that the source is given: bases of either side speak of tags and groups as the target knows them. */
function baseOfNew(context: PlanContext, target: Sighting): OpBase {
  const there = showTo(context, target)
  const hashes = (names: ReadonlySet<string> | null) =>
    [...(names ?? [])].map((name) => elementHash(context.key, name))
  return {
    from: null,
    to: packBase(context.key, there),
    kept: [],
    isSettled: true,
    given: { tags: hashes(there.tags), groups: hashes(there.groups) },
  }
}

/**
 * The quick question for an incremental run: does a side show, under the mapping, anything but what its base says? When not, its
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
export function targetChanged(
  context: PlanContext,
  target: Sighting,
  toBase: string | null,
): boolean {
  const record = recordOf(toBase)
  return record === null || record !== recordHash(context.key, showTo(context, target))
}

/** A source contact whose record the mapping itself stops. */
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

function create(
  context: PlanContext,
  op: Draft,
  source: Sighting,
  { shown, ruled }: { readonly shown: ShownFrom; readonly ruled: Ruled | undefined },
): Draft {
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
  const carrying =
    ruled === undefined
      ? source
      : { ...source, consents: [...(source.consents ?? []), ...ruled.carried] }
  const consent = consentOf(context, { source: carrying, target: null }, fields)
  return {
    ...op,
    bucket: 'create',
    fields,
    tags: { add: keysOf(shown.wantedTags), remove: [] },
    groups: { add: keysOf(shown.wantedGroups), remove: [] },
    consents: consent.write,
    losses: consent.losses.length === 0 ? op.losses : [...op.losses, ...consent.losses],
    cause: ruled?.text ?? 'no counterpart at the target',
    ...obeyedBy(ruled),
    base: {
      from: packBase(context.key, shown),
      to: null,
      kept: [],
      isSettled: true,
      ...(context.direction === 'one-way' ? {} : { given: givenBy(context, shown) }),
    },
  }
}

function givenBy(
  { key }: PlanContext,
  { wantedTags, wantedGroups }: ShownFrom,
): NonNullable<OpBase['given']> {
  const hashes = (wanted: ShownFrom['wantedTags']) =>
    (wanted ?? []).map(({ folded }) => elementHash(key, folded))
  return { tags: hashes(wantedTags), groups: hashes(wantedGroups) }
}

function keysOf(wanted: ShownFrom['wantedTags']): readonly string[] {
  return wanted === null ? [] : wanted.map((element) => element.key)
}
