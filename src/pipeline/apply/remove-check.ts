/** The last look before a removal: the contact must show all that the plan saw, and nothing else. Pure. */
import { isOptedOut } from '../../model/consent.ts'
import type { FieldValue } from '../../model/field.ts'
import { norm } from '../../model/norm.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Op } from '../../plan/op.ts'

/** The path of the first difference; null: it is as the plan saw it. */
export function movedSince(op: Op, now: Sighting): string | null {
  const seen = new Map<string, FieldValue>(
    op.fields.map(({ path, before }) => [path, before ?? null]),
  )
  for (const path of new Set([...seen.keys(), ...Object.keys(now.fields)]))
    if (norm('text', now.fields[path] ?? null) !== norm('text', seen.get(path) ?? null)) return path
  if (now.tags !== undefined && !isSame(now.tags, op.tags.remove)) return 'tags'
  if (now.groups !== undefined && !isSame(now.groups, op.groups.remove)) return 'groups'
  const seenOptOuts = op.consents.filter(({ state }) => isOptedOut(state))
  const isNew = (now.consents ?? []).find(
    ({ state, channel, address }) =>
      isOptedOut(state) &&
      !seenOptOuts.some((seenOne) => seenOne.channel === channel && seenOne.address === address),
  )
  return isNew === undefined ? null : `consent.${isNew.channel}`
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  const there = new Set(a)
  return there.size === new Set(b).size && b.every((key) => there.has(key))
}
