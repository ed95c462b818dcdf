/** Creates of which the journal knows no id: found again by their marker, where the run had one. */
import type { Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Now } from '../plan/undo-facts.ts'
import type { JournalEntry } from '../state/journal.ts'
import type { OpState, StoredOp } from '../state/plans.ts'
import { planContext } from './compiled.ts'
import type { Job } from './env.ts'

/** What a run wrote, with the op that it belongs to. */
export interface Entry {
  readonly entry: JournalEntry
  readonly stored: StoredOp
}

/** Whether a create that ended so, and that nothing finds, may be there all the same. */
const MAY_BE_THERE: Readonly<Record<OpState, boolean>> = {
  planned: false,
  drifted: false,
  rejected: false,
  skipped: false,
  sent: true,
  unknown: true,
  held: true,
  applied: true,
}

export async function findLost(
  job: Job,
  side: Side,
  entries: readonly Entry[],
): Promise<ReadonlyMap<JournalEntry, Now>> {
  const found = new Map<JournalEntry, Now>()
  if (entries.length === 0) return found
  const hits = await lookByMarker(job, side, entries)
  for (const { entry, stored } of entries) {
    const there = hits?.get(stored.op.marker ?? '') ?? []
    const [sighting] = there
    if (sighting !== undefined && there.length === 1) found.set(entry, { kind: 'found', sighting })
    else {
      const isProvenAbsent = hits !== null && stored.op.marker !== null && there.length === 0
      const isOpen = MAY_BE_THERE[stored.state] && !isProvenAbsent
      found.set(entry, { kind: isOpen ? 'lost' : 'never' })
    }
  }
  return found
}

/** null: there is no way to look. The run is over, so one look is proof. */
async function lookByMarker(
  job: Job,
  side: Side,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, readonly Sighting[]> | null> {
  const context = await planContext(job)
  const mapping = side === 'to' ? context.mapping : context.mirror?.mapping
  const reader = job.env.accounts(job.run.sync).reader(side)
  const { find, findMax } = reader.capabilities
  if (
    mapping === undefined ||
    mapping.marker === null ||
    mapping.isMarkerDrafted ||
    !find.includes('marker')
  )
    return null
  const { path } = mapping.marker
  const values = [...new Set(entries.flatMap(({ stored }) => stored.op.marker ?? []))]
  const hits = new Map<string, Sighting[]>()
  const size = Math.max(1, findMax)
  for (let start = 0; start < values.length; start += size) {
    const probe = { by: 'marker', path, values: values.slice(start, start + size) } as const
    for (const sighting of await reader.find(probe, job.signal)) {
      const marker = String(sighting.fields[path] ?? '')
      hits.set(marker, [...(hits.get(marker) ?? []), sighting])
    }
  }
  return hits
}
