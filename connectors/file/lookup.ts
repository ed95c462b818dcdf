/** Contacts by id, e-mail or marker, without reading the whole file each time. */
import type { Fetched, Probe } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { RemoteId } from '../../src/model/id.ts'
import { normEmail } from '../../src/model/email.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Client, View } from './client.ts'
import { contactOf, isLatest, latestEntry } from './contacts.ts'
import { type KeyKind, keysOf, packed, unpacked } from './keys.ts'
import type { OffsetTable } from './offset-table.ts'

export async function fetchContacts(
  client: Client,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  const view = await client.view(signal)
  const fetched: Fetched[] = []
  for (const id of ids) {
    const sighting = await contactOf(view, id, signal)
    fetched.push(sighting === null ? { kind: 'gone', id } : { kind: 'found', id, sighting })
  }
  return fetched
}

export async function findContacts(
  client: Client,
  probe: Probe,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const kind = kindOf(probe)
  const view = await client.view(signal)
  const table = await tableOf(view, kind, signal)
  const found = new Map<string, Sighting>()
  for (const value of probe.values) {
    const key = kind.by === 'email' ? normEmail(value) : value
    for (const place of table.candidates(key)) {
      const sighting = await currentAt(view, place, signal)
      if (sighting !== null && keysOf(sighting, kind).includes(key))
        found.set(sighting.id, sighting)
    }
  }
  return [...found.values()]
}

function kindOf(probe: Probe): KeyKind {
  switch (probe.by) {
    case 'email':
      return { by: 'email' }
    case 'marker':
      return { by: 'marker', path: probe.path }
    case 'phone':
      throw new ConnectorError('unsupported', 'contacts of a file are not found by phone')
  }
}

/** One pass over file and log when somebody first asks by this kind. */
async function tableOf(view: View, kind: KeyKind, signal: AbortSignal): Promise<OffsetTable> {
  const known = view.keys.tableOf(kind)
  if (known !== null) return known
  const table = view.keys.begin(kind)
  try {
    if (view.base !== null) {
      for await (const rows of view.base.rows(view.base.start, signal)) {
        for (const row of rows) {
          const identified = view.survey.identify(row)
          if (identified.kind !== 'contact') continue
          const place = packed({ part: 'file', offset: row.raw.start })
          for (const key of keysOf(identified.sighting, kind)) table.add(key, place)
        }
      }
    }
    for await (const entry of view.log.entries(0, signal)) {
      if (entry.sighting === null) continue
      const place = packed({ part: 'log', offset: entry.offset })
      for (const key of keysOf(entry.sighting, kind)) table.add(key, place)
    }
  } catch (error) {
    view.keys.forget(kind)
    throw error
  }
  return table
}

/** null: what stands there is not how the contact is now. */
async function currentAt(view: View, place: number, signal: AbortSignal): Promise<Sighting | null> {
  const { part, offset } = unpacked(place)
  if (part === 'log') {
    const entry = await view.log.entryAt(offset, signal)
    return entry !== null && (await isLatest(view, entry, signal)) ? entry.sighting : null
  }
  const row = (await view.base?.rowAt(offset, signal)) ?? null
  if (row === null) return null
  const identified = view.survey.identify(row)
  if (identified.kind !== 'contact') return null
  const { sighting } = identified
  return (await latestEntry(view, sighting.id, signal)) === null ? sighting : null
}
