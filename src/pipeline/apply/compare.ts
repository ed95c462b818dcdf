/** Compares a fresh reading with what an op expected and with what it wants: drifted, done already, or what is left to do. Pure. */
import type { FieldValue } from '../../model/field.ts'
import { type Consent, isOptedOut, isStricter, withoutBounces } from '../../model/consent.ts'
import { normEmail } from '../../model/email.ts'
import { norm } from '../../model/norm.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Op } from '../../plan/op.ts'
import type { Terms } from './terms.ts'

export type Comparison =
  /** Everything the op wants is there. */
  | { readonly kind: 'done' }
  /** Still what the plan saw (or partly what the op wants): this is left to write. */
  | { readonly kind: 'left'; readonly op: Op }
  /** Somebody edited a field that the op touches. */
  | { readonly kind: 'drifted'; readonly path: string }

/** `mayHaveSent`: an earlier try may have written some of it, so values as wanted are no drift. */
export function compare(terms: Terms, op: Op, current: Sighting): Comparison {
  const left: Op['fields'][number][] = []
  for (const change of op.fields) {
    const path = terms.path(change.path)
    const present: FieldValue = current.fields[path] ?? null
    // Most arrive as they were sent, to the letter.
    if (present === change.after) continue
    const type = terms.typeOf(path)
    const shown = norm(type, present)
    if (shown === norm(type, change.after)) continue
    const expected = change.before === undefined ? '' : norm(type, change.before)
    if (op.bucket !== 'create' && shown !== expected) return { kind: 'drifted', path }
    left.push(change)
  }
  const tags = remaining(op.tags, current.tags, (key) => terms.tag(key).key)
  const groups = remaining(op.groups, current.groups, (key) => terms.group(key).key)
  const isReaddressed = left.some(({ path }) => path === 'emails.1')
  const there = isReaddressed
    ? { ...current, consents: withoutBounces(current.consents ?? []) }
    : current
  const consents = op.consents.filter((consent) => !hasOptOut(there, consent))
  const count =
    left.length +
    tags.add.length +
    tags.remove.length +
    groups.add.length +
    groups.remove.length +
    consents.length
  return count === 0
    ? { kind: 'done' }
    : { kind: 'left', op: { ...op, fields: left, tags, groups, consents } }
}

function remaining(
  change: Op['tags'],
  present: readonly string[] | undefined,
  real: (key: string) => string,
): Op['tags'] {
  if (present === undefined) return change
  const there = new Set(present)
  return {
    add: change.add.filter((key) => !there.has(real(key))),
    remove: change.remove.filter((key) => there.has(real(key))),
  }
}

/** Shown as strictly at least: a bounce is no refusal, and what the plan writes because it is stricter is not there yet. */
function hasOptOut(current: Sighting, wanted: Op['consents'][number]): boolean {
  return optOutsOn(current, wanted).some(({ state }) => !isStricter(wanted.state, state))
}

/** Opt-outs of any kind that the contact shows for the channel and address of this one. */
export function optOutsOn(current: Sighting, wanted: Consent): readonly Consent[] {
  return (current.consents ?? []).filter(
    (consent) =>
      consent.channel === wanted.channel &&
      isOptedOut(consent.state) &&
      (consent.address === null ||
        wanted.address === null ||
        normEmail(consent.address) === normEmail(wanted.address)),
  )
}
