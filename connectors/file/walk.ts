/** Goes through a file as its log has left it: rows in their order, each as it is now, then the contacts that only the log holds. */
import type { Sighting } from '../../src/model/sighting.ts'
import type { BaseRow } from './base.ts'
import type { View } from './client.ts'
import { isLatest, latestEntry, rowOf } from './contacts.ts'

export interface WalkPlace {
  readonly part: 'file' | 'log'
  readonly offset: number
  readonly line: number
}
export type Item =
  /** As the file has it. */
  | { readonly kind: 'kept'; readonly row: BaseRow; readonly sighting: Sighting }
  /** As the log has it; `row` null: the file does not know it yet. */
  | { readonly kind: 'written'; readonly row: BaseRow | null; readonly sighting: Sighting }
  | { readonly kind: 'removed'; readonly row: BaseRow }
  | {
      readonly kind: 'broken'
      readonly row: BaseRow
      readonly message: string
      readonly hint: string
    }
export interface Step {
  readonly item: Item
  /** Where to go on after it. */
  readonly next: WalkPlace
}

export function startOf(view: View): WalkPlace {
  if (view.base === null) return LOG_START
  return { part: 'file', ...view.base.start }
}

export async function* walk(
  view: View,
  from: WalkPlace,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const { base, log } = view
  if (from.part === 'file' && base !== null) {
    for await (const rows of base.rows(from, signal)) {
      for (const row of rows) yield { item: await itemOf(view, row, signal), next: after(row) }
    }
  }
  const offset = from.part === 'log' ? from.offset : 0
  for await (const entry of log.entries(offset, signal)) {
    const { id, sighting } = entry
    if (sighting === null || !(await isLatest(view, entry, signal))) continue
    if ((await rowOf(view, id, signal)) !== null) continue
    const next: WalkPlace = { part: 'log', offset: entry.next, line: 1 }
    yield { item: { kind: 'written', row: null, sighting }, next }
  }
}

const LOG_START: WalkPlace = { part: 'log', offset: 0, line: 1 }

async function itemOf(view: View, row: BaseRow, signal: AbortSignal): Promise<Item> {
  const identified = view.survey.identify(row)
  if (identified.kind === 'broken') return identified
  const { sighting } = identified
  const entry = view.log.known.isEmpty ? null : await latestEntry(view, sighting.id, signal)
  if (entry === null) return { kind: 'kept', row, sighting }
  if (entry.sighting === null) return { kind: 'removed', row }
  return { kind: 'written', row, sighting: entry.sighting }
}

function after({ raw }: BaseRow): WalkPlace {
  let inside = 0
  for (let at = raw.bytes.indexOf(LF); at >= 0; at = raw.bytes.indexOf(LF, at + 1)) inside += 1
  return { part: 'file', offset: raw.next, line: raw.line + inside + 1 }
}
const LF = 0x0a
