/** Reads a stream to its end, page by page. */
import type { Page, Reader, Row } from '../connector/connector.ts'
import type { StreamName } from '../connector/capabilities.ts'
import type { RemoteId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { Bench } from './bench.ts'
import { Unmet } from './unmet.ts'

export interface Census {
  readonly pages: readonly Page[]
  /** Positions that were asked for, the first being null. */
  readonly positions: readonly (string | null)[]
  readonly rows: readonly Row[]
  readonly isProven: boolean
  readonly high: string | null
  /** False: there is more than a probe may read. */
  readonly isWhole: boolean
}
export interface CensusRequest {
  readonly stream?: StreamName
  readonly since?: string | null
  readonly fields?: readonly FieldDefinition[]
  /** Called after each page but the last. */
  readonly between?: (page: number) => Promise<void>
}

export async function census(
  bench: Pick<Bench, 'signal' | 'pagesMax'>,
  reader: Reader,
  request: CensusRequest = {},
): Promise<Census> {
  const { stream = 'contacts', since = null, fields = [], between } = request
  const pages: Page[] = []
  const positions: (string | null)[] = []
  let position: string | null = null
  for (;;) {
    positions.push(position)
    const page: Page = await reader.scan(
      { stream, since, overlapMs: 0, position, fields },
      bench.signal,
    )
    pages.push(page)
    position = page.next
    if (position === null || pages.length >= bench.pagesMax) break
    await between?.(pages.length)
  }
  const last = pages.at(-1)
  return {
    pages,
    positions,
    rows: pages.flatMap(({ rows }) => rows),
    isProven: last?.isProven ?? false,
    high: last?.high ?? null,
    isWhole: position === null,
  }
}

/** Contacts by id; a later row replaces an earlier one. */
export function sightingsOf(rows: readonly Row[]): ReadonlyMap<RemoteId, Sighting> {
  return new Map(
    rows.flatMap((row) => (row.kind === 'contact' ? [[row.sighting.id, row.sighting]] : [])),
  )
}

export function idsOf(rows: readonly Row[]): readonly RemoteId[] {
  return rows.flatMap((row) => (row.kind === 'contact' ? [row.sighting.id] : []))
}

/** Tags of one contact, from wherever the platform tells them. */
export async function tagsOf(
  bench: Bench,
  reader: Reader,
  id: RemoteId,
): Promise<readonly string[]> {
  const [fetched] = await reader.fetch([id], bench.signal)
  if (fetched?.kind === 'found' && fetched.sighting.tags !== undefined) return fetched.sighting.tags
  const { rows, isWhole } = await census(bench, reader, { stream: 'taggings' })
  if (!isWhole) throw new TooMuch('taggings')
  return rows.flatMap((row) => (row.kind === 'tagging' && row.contact === id ? [row.tag] : []))
}

export async function groupsOf(
  bench: Bench,
  reader: Reader,
  id: RemoteId,
): Promise<readonly string[]> {
  const [fetched] = await reader.fetch([id], bench.signal)
  if (fetched?.kind === 'found' && fetched.sighting.groups !== undefined) {
    return fetched.sighting.groups
  }
  if (reader.capabilities.streams.groupings === undefined) {
    throw new Unmet('groups can be read', 'neither a reading nor a stream tells them')
  }
  const { rows, isWhole } = await census(bench, reader, { stream: 'groupings' })
  if (!isWhole) throw new TooMuch('groupings')
  return rows.flatMap((row) => (row.kind === 'grouping' && row.contact === id ? [row.group] : []))
}

/** A probe that would have to read more than it may: skipped with this. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
  constructor(stream: StreamName) {
    super(`this account has more ${stream} than a probe reads`)
  }
}
