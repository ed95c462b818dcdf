/** What the written side shows once an op is applied, as far as its answer tells. */
import type { FieldValue } from '../../model/field.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Op } from '../../plan/op.ts'
import type { Applied } from './ending.ts'
import type { Terms } from './terms.ts'

/** As it was shown, or else as it should be; what an answer does not tell of sets is as it should be, too. */
export function shownBy(terms: Terms, ending: Applied): Sighting {
  const { echo, stored } = ending
  if (echo === null) return assumed(terms, ending)
  if (stored.op.base?.own === undefined) return echo
  const { tags, groups, consents } = assumed(terms, ending)
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(groups === undefined ? {} : { groups }),
    ...(consents === undefined ? {} : { consents }),
    ...echo,
  }
}

/** What the written side should show now, until a read-back tells. */
function assumed(terms: Terms, { stored: { op }, id, current }: Applied): Sighting {
  const fields: Record<string, FieldValue> = { ...current?.fields }
  for (const change of op.fields) fields[terms.path(change.path)] = change.after
  const removed = new Set(op.tags.remove.map((key) => terms.tag(key).key))
  const tags = [
    ...(current?.tags ?? []).filter((key) => !removed.has(key)),
    ...op.tags.add.map((key) => terms.tag(key).key),
  ]
  return {
    id,
    version: null,
    createdAt: current?.createdAt ?? null,
    updatedAt: null,
    fields,
    tags: [...new Set(tags)].sort(),
    ...(current?.groups === undefined ? {} : { groups: groupsAfter(terms, op, current.groups) }),
    ...(current?.consents === undefined && op.consents.length === 0
      ? {}
      : { consents: [...(current?.consents ?? []), ...op.consents] }),
  }
}

function groupsAfter(terms: Terms, op: Op, groups: readonly string[]): readonly string[] {
  // Those that are written in bulk are not there yet.
  if (terms.joinsInBulk && op.base?.own === undefined) return groups
  const removed = new Set(op.groups.remove.map((key) => terms.group(key).key))
  const kept = groups.filter((key) => !removed.has(key))
  return [...new Set([...kept, ...op.groups.add.map((key) => terms.group(key).key)])].sort()
}
