/** One page of contacts. A scan reads one state of the file: when it changes on the way, the scan fails instead of mixing two. */
import type { BrokenRow } from '../../src/connector/broken-row.ts'
import type { Page, Row, ScanRequest } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { readPosition } from '../../src/connector/position.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Client, View } from './client.ts'
import { SCAN_POSITION, type ScanPosition } from './schema.ts'
import { stampOf } from './stamp.ts'
import { type Item, startOf, type WalkPlace, walk } from './walk.ts'

export async function scanPage(
  client: Client,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  const view = await client.view(signal)
  const position = positionOf(view, request.position)
  if (position.stamp !== view.text) throw changed(view)
  const rows: Row[] = []
  const broken: BrokenRow[] = []
  let next: WalkPlace | null = null
  for await (const step of walk(view, position, signal)) {
    take(step.item, rows, broken)
    if (rows.length + broken.length < client.options.pageRows) continue
    next = step.next
    break
  }
  const now = await stampOf(view.options.path)
  if (now?.identity !== view.stamp?.identity) throw changed(view)
  const isBroken = position.isBroken || broken.length > 0
  return {
    rows,
    broken,
    next: next === null ? null : positionText({ ...next, stamp: view.text, isBroken }),
    isProven: next === null && !isBroken,
    high: null,
    total: view.log.known.isEmpty ? view.survey.rows : null,
    notes: request.position === null ? notesOf(view) : [],
  }
}

function take(item: Item, rows: Row[], broken: BrokenRow[]): void {
  switch (item.kind) {
    case 'kept':
    case 'written':
      rows.push({ kind: 'contact', sighting: item.sighting })
      break
    case 'broken':
      broken.push({
        // Not the contact's, which may be unreadable or another's; it tells a row read twice from two rows.
        id: remoteId(`line-${item.row.raw.line}`),
        message: `line ${item.row.raw.line}: ${item.message}`,
        hint: item.hint,
      })
      break
    case 'removed':
  }
}

function notesOf(view: View): readonly string[] {
  const { base, log, options } = view
  const notes: string[] = []
  if (base === null) notes.push(`${options.path} does not exist yet`)
  if (!log.known.isEmpty) {
    notes.push(`${log.path} holds writes that are not in the file yet; they were read with it`)
  }
  return notes
}

function positionOf(view: View, text: string | null): ScanPosition {
  return (
    readPosition(SCAN_POSITION, text) ?? {
      ...startOf(view),
      stamp: view.text,
      isBroken: false,
    }
  )
}

function positionText(position: ScanPosition): string {
  return JSON.stringify(position)
}

function changed({ options }: View): ConnectorError {
  return new ConnectorError('scan', `${options.path} changed while it was read`, {
    hint: 'Close other programs that write to it, then run again: the file is read anew from its beginning.',
  })
}
