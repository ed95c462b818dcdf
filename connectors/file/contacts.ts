/** One contact by its id, as the file and its log have it now. */
import type { Sighting } from '../../src/model/sighting.ts'
import type { BaseRow } from './base.ts'
import type { View } from './client.ts'
import type { LogEntry } from './log.ts'

/** null: there is none. */
export async function contactOf(
  view: View,
  id: string,
  signal: AbortSignal,
): Promise<Sighting | null> {
  const entry = await latestEntry(view, id, signal)
  if (entry !== null) return entry.sighting
  return (await rowOf(view, id, signal))?.sighting ?? null
}

/** What the log says of it last; null: nothing. */
export async function latestEntry(
  view: View,
  id: string,
  signal: AbortSignal,
): Promise<LogEntry | null> {
  const offsets = view.log.known.ids.candidates(id).sort((a, b) => b - a)
  for (const offset of offsets) {
    const entry = await view.log.entryAt(offset, signal)
    if (entry !== null && entry.id === id) return entry
  }
  return null
}

/** False: a later line speaks of the same contact. */
export async function isLatest(view: View, entry: LogEntry, signal: AbortSignal): Promise<boolean> {
  const later = view.log.known.ids.candidates(entry.id).filter((offset) => offset > entry.offset)
  for (const offset of later) {
    const other = await view.log.entryAt(offset, signal)
    if (other?.id === entry.id) return false
  }
  return true
}

/** As the file alone has it. */
export async function rowOf(
  view: View,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly row: BaseRow; readonly sighting: Sighting } | null> {
  const { base, survey } = view
  if (base === null) return null
  for (const offset of survey.ids.candidates(id)) {
    const row = await base.rowAt(offset, signal)
    if (row === null) continue
    const identified = survey.identify(row)
    if (identified.kind === 'contact' && identified.sighting.id === id) return identified
  }
  return null
}
