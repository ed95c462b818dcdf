/**
 * Readings right before a write. An account may take one contact a call and show a thousand: so whoever is written next is looked at together with
 * those whose turn comes after them. What was seen counts once, and not for long; then it is looked at again.
 */
import type { Fetched, Reader } from '../../connector/connector.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Job } from '../env.ts'

export interface Looks {
  /** Readings of `ids`, none older than `SEEN_MS`. `next`: ids that will be asked for soon. */
  at(ids: readonly RemoteId[], next: readonly RemoteId[]): Promise<ReadonlyMap<RemoteId, Fetched>>
}

/**
 * How old a reading may be when its write begins. Nobody notices an edit that falls in between. Four batches of ten that took turns under the slowest
 * permitted rate, each with a look of its own, waited as long for their last write.
 */
export const SEEN_MS = 20_000

export function looksThrough(job: Job, reader: Reader): Looks {
  const seen = new Map<RemoteId, { readonly reading: Fetched; readonly atMs: number }>()
  const { clock } = job.env
  const isUnseen = (id: RemoteId) => {
    const known = seen.get(id)
    return known === undefined || clock.now() - known.atMs > SEEN_MS
  }
  return {
    async at(ids, next) {
      const unseen = ids.filter(isUnseen)
      if (unseen.length > 0) {
        const size = Math.max(1, reader.capabilities.fetchMax)
        const room = Math.max(0, size - (unseen.length % size || size))
        const atMs = clock.now()
        const wanted = [...unseen, ...next.filter(isUnseen).slice(0, room)]
        for (const [id, reading] of await readAgain(job, reader, [...new Set(wanted)]))
          seen.set(id, { reading, atMs })
      }
      const readings = new Map<RemoteId, Fetched>()
      for (const id of ids) {
        const known = seen.get(id)
        if (known !== undefined) readings.set(id, known.reading)
        seen.delete(id)
      }
      return readings
    },
  }
}

export async function readAgain(
  job: Job,
  reader: Reader,
  ids: readonly RemoteId[],
): Promise<ReadonlyMap<RemoteId, Fetched>> {
  const readings = new Map<RemoteId, Fetched>()
  const size = Math.max(1, reader.capabilities.fetchMax)
  for (let start = 0; start < ids.length; start += size) {
    for (const entry of await reader.fetch(ids.slice(start, start + size), job.signal))
      readings.set(entry.id, entry)
  }
  return readings
}
