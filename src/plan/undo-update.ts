/** A contact that was there before the run: each value goes back, unless somebody edited it since. */
import { isOptedOut } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import { type FieldPath, type FieldValue, unitOf } from '../model/field.ts'
import { norm } from '../model/norm.ts'
import type { Sighting } from '../model/sighting.ts'
import { labelOf } from './person.ts'
import { type FieldChange, graver, type OpLoss, type Risk, type SetChange } from './op.ts'
import {
  EDITED,
  stays,
  type UndoContext,
  type UndoDecision,
  type UndoFacts,
  undoOp,
} from './undo-facts.ts'
import { isOwn, netElements, netFields, textOf } from './undo-own.ts'

export function undoUpdate(context: UndoContext, facts: UndoFacts, now: Sighting): UndoDecision {
  const fields = restoredFields(context, facts, now)
  const tags = restoredElements(context, facts, now, 'tag')
  const groups = restoredElements(context, facts, now, 'group')
  const losses = [...fields.left, ...tags.left, ...groups.left, ...optOutsLeft(facts, now)]
  const label = labelOf(now)
  const isNothing = fields.changes.length + countOf(tags.change) + countOf(groups.change) === 0
  if (isNothing && losses.length === 0) return null
  if (isNothing) {
    const isEdited = losses.some(({ cause }) => cause === EDITED)
    return undoOp(context, facts, {
      bucket: 'excluded',
      label,
      cause: isEdited ? EDITED : 'what the run wrote cannot be taken back; it stays',
      losses,
    })
  }
  if (context.capabilities.update === false) {
    return undoOp(context, facts, {
      bucket: 'reject',
      label,
      cause: 'cannot be undone: contacts cannot be changed through the API there',
      hint: 'Correct it by hand; "ferry show" tells what it held before.',
      fields: fields.changes,
      losses,
    })
  }
  return undoOp(context, facts, {
    bucket: 'update',
    label,
    cause: `as it was before ${context.run}`,
    risk: fields.changes.reduce<Risk>((risk, change) => graver(risk, change.risk), 'none'),
    fields: fields.changes,
    tags: tags.change,
    groups: groups.change,
    losses,
  })
}

function countOf({ add, remove }: SetChange): number {
  return add.length + remove.length
}

function restoredFields(
  context: UndoContext,
  facts: UndoFacts,
  now: Sighting,
): { readonly changes: readonly FieldChange[]; readonly left: readonly OpLoss[] } {
  const { before, after } = netFields(facts.writes)
  const changes: FieldChange[] = []
  const edited = new Set<FieldPath>()
  const left: OpLoss[] = []
  for (const [path, was] of Object.entries(before)) {
    const type = context.typeOf(path)
    const present = now.fields[path] ?? null
    if (norm(type ?? 'text', present) === norm(type ?? 'text', was)) continue
    if (type === null) left.push(stays(path, 'the field does not exist any more', textOf(was)))
    else if (!isOwn(context, facts, path, { present, after: after[path] ?? null })) edited.add(path)
    else if (norm(type, was) === '' && !mayClear(context))
      left.push(stays(path, 'the target cannot be given an empty value', textOf(present)))
    else {
      const { value, cause } = fitted(context, path, was)
      if (cause !== null)
        left.push({ field: path, cause, before: textOf(was), after: shownOr(value) })
      if (value !== undefined && norm(type, value) !== norm(type, present))
        changes.push(restore(path, { present, was: value }, context.run))
    }
  }
  // Half of an old address in a new one would be neither: a unit that somebody touched stays whole.
  const units = new Set([...edited].map(unitOf))
  const stay = changes.filter(({ path }) => units.has(unitOf(path))).map(({ path }) => path)
  for (const path of [...edited, ...stay])
    left.push(stays(path, EDITED, textOf(now.fields[path] ?? null)))
  return { changes: changes.filter(({ path }) => !units.has(unitOf(path))), left }
}

/** A value that the side shows and would not take again goes back as near as it can. `undefined`: not at all. */
function fitted(
  context: UndoContext,
  path: FieldPath,
  was: FieldValue,
): { readonly value: FieldValue | undefined; readonly cause: string | null } {
  const fit = context.fit(path, was)
  switch (fit.kind) {
    case 'ok':
      return { value: fit.value, cause: null }
    case 'loss':
      return { value: fit.value, cause: fit.cause }
    case 'reject':
      return { value: undefined, cause: fit.cause }
  }
}

function shownOr(value: FieldValue | undefined): string | null {
  return value === undefined ? null : textOf(value)
}

function mayClear({ capabilities: { update } }: UndoContext): boolean {
  return update !== false && update.clears
}

function restore(
  path: FieldPath,
  { present, was }: { readonly present: FieldChange['after']; readonly was: FieldChange['after'] },
  run: string,
): FieldChange {
  const risk = textOf(present) === '' ? 'fill' : textOf(was) === '' ? 'destructive' : 'overwrite'
  return { path, before: present, after: was, risk, why: `as it was before ${run}` }
}

function restoredElements(
  context: UndoContext,
  facts: UndoFacts,
  now: Sighting,
  kind: 'tag' | 'group',
): { readonly change: SetChange; readonly left: readonly OpLoss[] } {
  const field = `${kind}s`
  const present = kind === 'tag' ? now.tags : now.groups
  const { net, vanished } = netElements(context, facts.writes, kind)
  const { mayAdd, mayRemove } = rightsOf(context, kind)
  const add: string[] = []
  const remove: string[] = []
  const left: OpLoss[] = [...vanished].map((key) => stays(field, `the ${kind} is gone`, key))
  for (const [key, { had, has }] of net) {
    const isThere = present === undefined ? has : present.includes(key)
    if (had === isThere) continue
    if (had === null) {
      if (isThere) left.push(stays(field, `it is not known whether the ${kind} was there`, key))
    } else if (had && mayAdd) add.push(key)
    else if (!had && mayRemove) remove.push(key)
    else left.push(stays(field, `a ${kind} cannot be ${had ? 'added' : 'taken off'} there`, key))
  }
  return { change: { add, remove }, left }
}

function rightsOf(
  { capabilities: { tags, groups } }: UndoContext,
  kind: 'tag' | 'group',
): { readonly mayAdd: boolean; readonly mayRemove: boolean } {
  if (kind === 'tag') return { mayAdd: tags.add, mayRemove: tags.remove }
  const mayWrite = groups.write !== false
  return { mayAdd: mayWrite, mayRemove: mayWrite && groups.remove }
}

/** Nobody is subscribed again by an undo: what was opted out stays so, and is named. */
function optOutsLeft({ writes }: UndoFacts, now: Sighting): readonly OpLoss[] {
  const had = writes[0].before.optedOut
  const isSame = (a: string | null, b: string | null) =>
    a === null || b === null || normEmail(a) === normEmail(b)
  const wrote = writes
    .flatMap(({ op }) => op.consents)
    .filter(
      ({ channel, address }) =>
        !had.some((known) => known.channel === channel && isSame(known.address, address)),
    )
  const present = now.consents?.filter(({ state }) => isOptedOut(state))
  return wrote
    .filter(
      ({ channel }) => present === undefined || present.some((each) => each.channel === channel),
    )
    .map(({ channel, address, reason }) =>
      stays(
        `consent.${channel}`,
        'an opt-out is never taken back; it stays',
        address ?? reason ?? '',
      ),
    )
}
