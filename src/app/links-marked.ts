/** Who belongs to whom by the markers of the target alone. Pure; whatever is not certain is a conflict for a person. */
import type { RemoteId } from '../model/id.ts'

/** A target contact that carries a marker of the source's connection. */
export interface Marked {
  readonly fromId: RemoteId
  readonly toId: RemoteId
}
export interface Conflict {
  readonly fromId: RemoteId
  readonly toIds: readonly RemoteId[]
  readonly cause: string
  readonly hint: string
}
export interface Repair {
  readonly links: readonly Marked[]
  /** Linked like this already. */
  readonly existing: number
  readonly conflicts: readonly Conflict[]
}
export interface Known {
  /** Live links, by either id. */
  readonly toOf: ReadonlyMap<RemoteId, RemoteId>
  readonly fromOf: ReadonlyMap<RemoteId, RemoteId>
  /** Why a source contact cannot be linked; absent: it is there. */
  readonly absent: ReadonlyMap<RemoteId, string>
}

export function judgeMarkers(marked: readonly Marked[], known: Known): Repair {
  const links: Marked[] = []
  const conflicts: Conflict[] = []
  let existing = 0
  for (const [fromId, ones] of Map.groupBy(marked, (each) => each.fromId)) {
    const toIds = ones.map(({ toId }) => toId)
    const [toId] = toIds
    if (toId === undefined) continue
    const conflict = (cause: string, hint: string) => conflicts.push({ fromId, toIds, cause, hint })
    const linked = known.toOf.get(fromId)
    const owner = known.fromOf.get(toId)
    const absent = known.absent.get(fromId)
    if (linked !== undefined && toIds.includes(linked)) existing += 1
    else if (toIds.length > 1)
      conflict(
        `${toIds.length} contacts at the target carry its marker`,
        'Merge them there, or empty the marker of all but one, then repair again.',
      )
    else if (linked !== undefined)
      conflict(
        `it is linked to ${linked}, and ${toId} carries its marker`,
        'Correct the marker at the target, or end the link with "ferry links end" and repair again.',
      )
    else if (owner !== undefined)
      conflict(
        `${toId} carries its marker and is linked to ${owner}`,
        'Correct the marker at the target, or end that link with "ferry links end" and repair again.',
      )
    else if (absent !== undefined)
      conflict(absent, 'Nothing is linked. Look at both contacts and decide by hand.')
    else links.push({ fromId, toId })
  }
  return { links, existing, conflicts }
}
