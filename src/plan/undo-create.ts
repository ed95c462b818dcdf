/** A contact that a run created: removed, unless anything of it is not the run's work any more. */
import { type Consent, isOptedOut } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import { norm } from '../model/norm.ts'
import type { Sighting } from '../model/sighting.ts'
import { labelOf } from './person.ts'
import type { OpLoss, Risk } from './op.ts'
import {
  EDITED,
  stays,
  type UndoContext,
  type UndoDecision,
  type UndoFacts,
  undoOp,
} from './undo-facts.ts'
import { isOwn, netElements, netFields, textOf } from './undo-own.ts'

export function undoCreate(context: UndoContext, facts: UndoFacts, now: Sighting): UndoDecision {
  const label = labelOf(now)
  if (context.capabilities.remove === false) {
    return undoOp(context, facts, {
      bucket: 'reject',
      label,
      cause: 'cannot be undone: contacts cannot be removed through the API there',
      hint: 'Remove it by hand.',
    })
  }
  if (wasThere(facts, now)) {
    return undoOp(context, facts, {
      bucket: 'reject',
      label,
      cause: 'cannot be undone: the contact was there before the run, which wrote into it',
      hint: 'Correct it by hand; what it held before is not known.',
    })
  }
  const edits = [
    ...editedFields(context, facts, now),
    ...editedElements(context, facts, now),
    ...newOptOuts(facts, now),
    ...touchedLater(facts, now),
  ]
  if (edits.length > 0)
    return undoOp(context, facts, { bucket: 'excluded', label, cause: EDITED, losses: edits })
  return removal(context, facts, now)
}

function removal(context: UndoContext, facts: UndoFacts, now: Sighting): UndoDecision {
  const risk: Risk = context.capabilities.remove === 'archive' ? 'destructive' : 'irreversible'
  const optOuts = facts.writes.flatMap(({ op }) => op.consents)
  return undoOp(context, facts, {
    bucket: 'delete',
    label: labelOf(now),
    cause: `created by ${context.run}, not edited since`,
    risk,
    // All it shows goes with it, and it is removed only while it shows just this.
    fields: Object.entries(now.fields).flatMap(([path, before]) =>
      textOf(before) === ''
        ? []
        : [{ path, before, after: null, risk, why: 'goes with the contact' }],
    ),
    tags: { add: [], remove: now.tags ?? [] },
    groups: { add: [], remove: now.groups ?? [] },
    consents: (now.consents ?? []).filter(({ state }) => isOptedOut(state)),
    losses: context.capabilities.consent.holder === 'address' ? optOuts.map(outlives) : [],
  })
}

function outlives({ channel, address, reason }: Consent): OpLoss {
  const cause = 'an opt-out kept by address may outlive the contact'
  return stays(`consent.${channel}`, cause, address ?? reason ?? '')
}

/** Clocks differ by little, but the zone of an account's stamps is not always told: from one end of the world to the other. */
const CLOCKS_APART_MS = 26 * 3_600_000

/** An account may give a create to the contact that has the e-mail already, and need not say so. */
function wasThere({ writes }: UndoFacts, { createdAt }: Sighting): boolean {
  const [first] = writes
  if (writes.some((write) => write.wasThere)) return true
  if (createdAt === null || 'createdAt' in first.after) return false
  return Date.parse(createdAt) < first.at - CLOCKS_APART_MS
}

function editedFields(context: UndoContext, facts: UndoFacts, now: Sighting): readonly OpLoss[] {
  const { after } = netFields(facts.writes)
  const edits: OpLoss[] = []
  for (const [path, wanted] of Object.entries(after)) {
    const present = now.fields[path] ?? null
    if (isOwn(context, facts, path, { present, after: wanted })) continue
    edits.push(stays(path, EDITED, textOf(present)))
  }
  if (lifeOf(facts, now) !== null) return edits
  // Without stamps, anything that the run did not write is somebody's.
  for (const [path, present] of Object.entries(now.fields)) {
    if (path in after || path === 'createdAt' || norm('text', present) === '') continue
    edits.push(stays(path, EDITED, textOf(present)))
  }
  return edits
}

function editedElements(context: UndoContext, facts: UndoFacts, now: Sighting): readonly OpLoss[] {
  const edits: OpLoss[] = []
  for (const [kind, present] of [
    ['tag', now.tags],
    ['group', now.groups],
  ] as const) {
    const { net } = netElements(context, facts.writes, kind)
    for (const key of present ?? [])
      if (net.get(key)?.has !== true) edits.push(stays(`${kind}s`, 'added since the run', key))
  }
  return edits
}

/** Somebody said no after the run: that must not be forgotten with the contact. */
function newOptOuts({ writes }: UndoFacts, now: Sighting): readonly OpLoss[] {
  const written = writes.flatMap(({ op }) => op.consents)
  return (now.consents ?? [])
    .filter(isRefusal)
    .filter(
      (consent) =>
        !written.some(
          ({ channel, address }) =>
            channel === consent.channel &&
            (address === null ||
              consent.address === null ||
              normEmail(address) === normEmail(consent.address)),
        ),
    )
    .map(({ channel, address }) =>
      stays(`consent.${channel}`, 'opted out since the run', address ?? ''),
    )
}

function isRefusal({ state }: Consent): boolean {
  return state === 'refused'
}

/** The account's stamps, and ours, are cut to seconds, and a write takes a moment. */
const STAMPS_APART_MS = 60_000

/** How long it lived at the account before its last edit there, by that account's clock alone; null: it has no stamps of its own. */
function lifeOf({ writes }: UndoFacts, { createdAt, updatedAt }: Sighting): number | null {
  const isWritten = writes.some(({ after }) => 'createdAt' in after)
  if (createdAt === null || updatedAt === null || isWritten) return null
  return Date.parse(updatedAt) - Date.parse(createdAt)
}

/** Compares two spans of time, not two clocks: the run did not touch it longer than it ran. */
function touchedLater(facts: UndoFacts, now: Sighting): readonly OpLoss[] {
  const life = lifeOf(facts, now)
  if (life === null || life <= facts.endedAt - facts.writes[0].at + STAMPS_APART_MS) return []
  return [stays('contact', EDITED, now.updatedAt ?? '')]
}
