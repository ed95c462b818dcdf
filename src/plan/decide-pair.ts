/** A contact and its counterpart: one decision for both directions, as one op for each side that is written. */
import { type Consent, isOptedOut } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import type { Sighting } from '../model/sighting.ts'
import {
  type Base,
  keepSlots,
  type OpBase,
  optOutText,
  packBase,
  type Part,
  recordHash,
  recordOf,
  unpackBase,
} from './base.ts'
import { elementHash } from './slot-hash.ts'
import type { PlanContext } from './context.ts'
import { decideFields, type DecidedFields } from './decide-fields.ts'
import { decideSets, type DecidedSets } from './decide-sets.ts'
import {
  consentOf,
  countOf,
  type Draft,
  draft,
  markerOf,
  record,
  riskOf,
  type Written,
} from './draft.ts'
import type { Match } from './match.ts'
import type { Obeyed, Ruling } from './ruling.ts'
import type { Bases } from './settled.ts'
import { type ShownFrom, showTo } from './shown.ts'
import type { FieldChange, TurnNote } from './op.ts'
import { addressesOf } from './person.ts'
import { hasFlapped, heldCause, type TurnsOf } from './turns.ts'

export interface Pair {
  readonly source: Sighting
  readonly target: Sighting | null
  readonly match: Extract<Match, { kind: 'linked' | 'found' | 'repoint' | 'heir' }>
  /** Of the live link; null without one. */
  readonly bases: Bases | null
  readonly rulings: readonly Ruling[]
  /** Fields of the pair in which two values take turns. */
  readonly turns?: TurnsOf | undefined
  /** What the source says of addresses that the target's contact has and its own has not. */
  readonly foreignConsents?: readonly Consent[] | undefined
}

/** No op: nothing changed. Two: both sides are written, the target's op first. */
export function decidePair(context: PlanContext, pair: Pair, shown: ShownFrom): readonly Draft[] {
  const { source, target, match, bases, rulings, turns } = pair
  const agreed = { from: recordOf(bases?.from ?? null), to: recordOf(bases?.to ?? null) }
  const isSame = agreed.from === recordHash(context.key, shown)
  if (target === null) return isSame ? [] : [{ ...draft(context, source, shown), ...NOT_READ }]
  const there = showTo(context, target)
  // Nothing changed on either side since both last agreed; what was held as flapping and is as it was then is over all the same.
  const isQuiet = match.kind === 'linked' && isSame && !hasFlapped(turns)
  if (isQuiet && agreed.to === recordHash(context.key, there)) return []
  const op = draft(context, source, shown)
  const base = { from: unpackBase(bases?.from ?? null), to: unpackBase(bases?.to ?? null) }
  const facts = { source, target, shown, base, there: there.fields, rulings, turns }
  const fields = decideFields(context, facts)
  const sets = decideSets(context, facts)
  const unconsented = unconsentedOf(context, base)
  const passed = base.from?.optOuts
  const told = withForeign(pair, target, fields.changes.to)
  const forth = consentOf(context, { source: told, target, passed }, fields.changes.to, unconsented)
  const back = consentBack(context, { source, target }, fields, { base: base.to, unconsented })
  const held = [...fields.held, ...sets.held]
  const kept = [...fields.kept, ...sets.kept]
  const isSettled = held.length === 0
  const over = [...fields.turns.over, ...sets.turns.over]
  const slotsFrom = [...fields.slots.from, ...sets.slots.from]
  const packed = { from: packBase(context.key, shown), to: packBase(context.key, there) }
  const whole: Draft = {
    ...op,
    toId: target.id,
    losses: [...op.losses, ...forth.losses],
    held,
    ...obeyed(match, [...fields.obeys, ...sets.obeys]),
    cause: causeOf(match),
    ...(match.kind === 'heir' ? { takesOver: match.was } : {}),
    base: keptBases(packed, bases, kept, isSettled),
  }
  const written = {
    to: writtenOf(fields, sets, 'to', forth.write),
    from: writtenOf(fields, sets, 'from', back.write),
  }
  const ops: Draft[] = []
  if (countOf(written.to) > 0) {
    const own = partOf(context, fields, sets, { side: 'to', hasOptOuts: forth.write.length > 0 })
    ops.push({
      ...whole,
      ...written.to,
      risk: riskOf(written.to, context.to.capabilities.consent.optOutReversible),
      ...refusedAt(context, written.to),
      ...(whole.obeys === undefined ? {} : { obeys: obeyedForth(whole.obeys, slotsFrom) }),
      ...noted([...over, ...fields.turns.to, ...sets.turns.to]),
      ...(context.mirror === null
        ? {}
        : { base: { ...packed, kept, isSettled, own } satisfies OpBase }),
    })
  }
  if (context.mirror !== null && countOf(written.from) > 0) {
    const own = partOf(context, fields, sets, { side: 'from', hasOptOuts: back.write.length > 0 })
    ops.push({
      ...whole,
      ...written.from,
      writes: 'from',
      marker: context.mirror.mapping.marker === null ? null : markerOf(context.to.name, target.id),
      losses: [...fields.losses, ...sets.losses, ...back.losses],
      ...(ops.length === 0 ? {} : { obeys: obeyedBack(whole.obeys ?? [], slotsFrom) }),
      // A question is told once, with the op that comes first.
      held: ops.length === 0 ? held : [],
      risk: riskOf(written.from, context.from.capabilities.consent.optOutReversible),
      ...refusedAt(context.mirror, written.from),
      base: { ...packed, kept, isSettled, own },
      ...noted([...(ops.length === 0 ? over : []), ...fields.turns.from, ...sets.turns.from]),
    })
  }
  if (ops.length > 0) return ops
  if (held.length > 0)
    return [{ ...whole, bucket: 'hold', ...heldCause(held), candidates: [target.id] }]
  const bucket = match.kind === 'linked' ? 'unchanged' : 'link'
  return [{ ...whole, bucket, ...noted(over) }]
}

/**
 * The source contact with what is said there of addresses that its counterpart keeps. Without, an address that somebody gave the counterpart would be
 * known as opted out only once it was carried to the source and read there, and we might have tagged the person meanwhile.
 */
function withForeign(
  { source, foreignConsents = [] }: Pair,
  target: Sighting,
  changes: readonly FieldChange[],
): Sighting {
  if (foreignConsents.length === 0) return source
  const after = { ...target.fields, ...record(changes) }
  const kept = new Set(addressesOf(after).map(normEmail))
  const about = foreignConsents.filter(({ address }) => kept.has(normEmail(address ?? '')))
  return about.length === 0
    ? source
    : { ...source, consents: [...(source.consents ?? []), ...about] }
}

function noted(turns: readonly TurnNote[]): Pick<Draft, 'turns'> {
  return turns.length === 0 ? {} : { turns }
}

const NOT_READ = {
  bucket: 'hold',
  cause: 'its counterpart was not read',
  hint: 'Run "ferry plan --full".',
} as const
function writtenOf(
  fields: DecidedFields,
  sets: DecidedSets,
  side: 'from' | 'to',
  consents: readonly Consent[],
): Written {
  return { fields: fields.changes[side], ...sets.changes[side], consents }
}

function refusedAt(
  context: PlanContext,
  { fields }: Written,
): Pick<Draft, 'bucket'> & Partial<Pick<Draft, 'cause' | 'hint'>> {
  const refusal = context.to.rules.refuse('update', record(fields))
  if (refusal === null) return { bucket: 'update' }
  return { bucket: 'reject', cause: refusal.cause, hint: refusal.hint }
}

/**
 * "Never consented" says how a contact began on its side, and travels when two contacts first meet. Later it would be our own doing: a platform may
 * say it of everybody whom a program created, and would have the person opted out where they came from.
 */
function unconsentedOf(
  context: PlanContext,
  base: { readonly from: Base | null; readonly to: Base | null },
): 'opt-out' | 'leave' {
  const havePassed = context.mirror !== null && base.from !== null && base.to !== null
  return havePassed ? 'leave' : context.policy.consent.unconsented
}

/**
 * Opt-outs that were made at the target, for the source. Where the source forbids it already, only what is new there travels: our own opt-out of
 * somebody who never consented must not come back as a refusal.
 */
function consentBack(
  context: PlanContext,
  { source, target }: { readonly source: Sighting; readonly target: Sighting },
  fields: DecidedFields,
  { base, unconsented }: { readonly base: Base | null; readonly unconsented: 'opt-out' | 'leave' },
): ReturnType<typeof consentOf> {
  const { mirror } = context
  if (mirror === null || context.from.capabilities.update === false)
    return { write: [], losses: [] }
  const isNew = (consent: Consent) => {
    const text = optOutText(consent)
    return base !== null && text !== null && !base.optOuts.has(elementHash(context.key, text))
  }
  const forbids = ({ channel }: Consent) =>
    (source.consents ?? []).some(
      (own) => own.channel === channel && own.scope === null && isOptedOut(own.state),
    )
  const consents = (target.consents ?? []).filter((each) => isNew(each) || !forbids(each))
  const seen = { source: { ...target, consents }, target: source }
  return consentOf(mirror, seen, fields.changes.from, unconsented)
}

function partOf(
  context: PlanContext,
  fields: DecidedFields,
  sets: DecidedSets,
  { side, hasOptOuts }: { readonly side: 'from' | 'to'; readonly hasOptOuts: boolean },
): Part {
  const hashes = (names: readonly string[]) => names.map((name) => elementHash(context.key, name))
  const { tags, groups } = sets.names[side]
  return { fields: fields.slots[side], tags: hashes(tags), groups: hashes(groups), hasOptOuts }
}

/** Both bases as they will be once this op is done: apply replaces the written side's by what it read back. See `OpBase`. */
function keptBases(
  packed: { readonly from: string; readonly to: string },
  old: Bases | null,
  kept: readonly string[],
  isSettled: boolean,
): OpBase {
  return {
    from: keepSlots(packed.from, { old: old?.from ?? null, kept, isSettled }),
    to: keepSlots(packed.to, { old: old?.to ?? null, kept, isSettled }),
    kept,
    isSettled,
  }
}

function obeyed(match: Pair['match'], ofFields: readonly Obeyed[]): Pick<Draft, 'obeys'> {
  const ruled = match.kind === 'found' ? match.ruled : undefined
  const obeys = ruled === undefined ? ofFields : [ruled.obeyed, ...ofFields]
  return obeys.length === 0 ? {} : { obeys }
}

/** Each decision about a field is followed by the op that writes it, one that writes nothing by the first. */
function obeyedForth(obeys: readonly Obeyed[], slotsFrom: readonly string[]): readonly Obeyed[] {
  return obeys.filter(({ field }) => field === null || !slotsFrom.includes(field))
}

function obeyedBack(obeys: readonly Obeyed[], slotsFrom: readonly string[]): readonly Obeyed[] {
  return obeys.filter(({ field }) => field !== null && slotsFrom.includes(field))
}

function causeOf(match: Pair['match']): string {
  switch (match.kind) {
    case 'linked':
      return 'linked'
    case 'repoint':
      return `its counterpart ${match.was} was merged into ${match.target.id}`
    case 'heir':
      return `${match.was}, whose counterpart it takes over, was merged into it`
    case 'found':
      return match.ruled?.text ?? `found by ${match.by}`
  }
}
