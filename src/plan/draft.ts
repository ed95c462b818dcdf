/** An op in the making, and what every kind of it begins with. */
import { EMAIL_PATHS, emptyTable, type FieldValue } from '../model/field.ts'
import { normEmail } from '../model/email.ts'
import type { RemoteId } from '../model/id.ts'
import { type Consent, withoutBounces } from '../model/consent.ts'
import type { Sighting } from '../model/sighting.ts'
import type { PlanContext } from './context.ts'
import { optOutText } from './base.ts'
import { elementHash } from './slot-hash.ts'
import { decideConsent } from './consent-decision.ts'
import { addressesOf, labelOf, primaryEmail } from './person.ts'
import { type FieldChange, graver, type Op, type OpLoss, type Risk, type SetChange } from './op.ts'
import { EMPTY } from './set-decision.ts'
import type { ShownFrom } from './shown.ts'

/** An op without its place in the plan. */
export type Draft = Omit<Op, 'seq' | 'partner'>

export function draft(context: PlanContext, source: Sighting, shown: ShownFrom): Draft {
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
    losses: lossesOf(shown),
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

function lossesOf(shown: ShownFrom): readonly OpLoss[] {
  let losses: OpLoss[] | null = null
  for (const { projection } of shown.projected) {
    if (projection.kind !== 'value' && projection.kind !== 'absent') continue
    if (projection.losses === undefined || projection.losses.length === 0) continue
    losses ??= []
    for (const { path: field, cause, before, after } of projection.losses)
      losses.push({ field, cause, before, after })
  }
  return losses === null ? shown.losses : [...losses, ...shown.losses]
}

/** Opt-outs to be written at the context's target, for a contact that has these fields there afterwards. */
export function consentOf(
  context: PlanContext,
  pair: {
    readonly source: Sighting
    readonly target: Sighting | null
    /** Hashes of opt-outs of the source that both sides have agreed on. */
    readonly passed?: ReadonlySet<string> | undefined
  },
  changes: readonly FieldChange[],
  unconsented: 'opt-out' | 'leave' = context.policy.consent.unconsented,
): ReturnType<typeof decideConsent> {
  const { source, target } = pair
  const { consents = [] } = source
  if (context.policy.consent.write === 'none' || consents.length === 0) return NO_CONSENT
  const after = emptyTable<FieldValue>()
  for (const path of EMAIL_PATHS) after[path] = target?.fields[path] ?? null
  for (const change of changes) if (change.path in after) after[change.path] = change.after
  const isReaddressed = changes.some(({ path }) => path === 'emails.1')
  const there = target?.consents ?? null
  return decideConsent({
    source: consents,
    target: there !== null && isReaddressed ? withoutBounces(there) : there,
    addresses: addressesOf(after),
    sourceAddresses: addressesOf(source.fields),
    unconsented,
    isPassed: (consent) => isAmong(context, pair.passed, consent),
    capabilities: context.to.capabilities.consent,
  })
}

const NO_CONSENT: ReturnType<typeof decideConsent> = { write: [], losses: [] }

function isAmong(
  context: PlanContext,
  passed: ReadonlySet<string> | undefined,
  consent: Consent,
): boolean {
  const text = optOutText(consent)
  return text !== null && passed?.has(elementHash(context.key, text)) === true
}

export interface Written {
  readonly fields: readonly FieldChange[]
  readonly tags: SetChange
  readonly groups: SetChange
  readonly consents: readonly Consent[]
}

export function countOf({ fields, tags, groups, consents }: Written): number {
  const inSets = [tags, groups].flatMap(({ add, remove }) => [...add, ...remove])
  return fields.length + consents.length + inSets.length
}

export function riskOf(written: Written, isOptOutReversible: boolean): Risk {
  const { fields, tags, groups, consents } = written
  let risk: Risk = 'none'
  for (const field of fields) risk = graver(risk, field.risk)
  if (tags.add.length + groups.add.length > 0) risk = graver(risk, 'fill')
  if (tags.remove.length + groups.remove.length > 0) risk = graver(risk, 'destructive')
  if (consents.length > 0) risk = graver(risk, isOptOutReversible ? 'overwrite' : 'irreversible')
  return risk
}

export function record(fields: readonly FieldChange[]): Record<string, FieldValue> {
  const values = emptyTable<FieldValue>()
  for (const { path, after } of fields) values[path] = after
  return values
}
