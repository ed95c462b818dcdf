/**
 * Links rebuilt from the marker field, for a state that was lost: every contact that a sync created at the target carries whose it is. Reads both
 * accounts and changes neither.
 */
import { ConnectorError } from '../connector/error.ts'
import type { Reader } from '../connector/connector.ts'
import { compile } from '../mapping/compile.ts'
import { type RemoteId, remoteId, type RunId } from '../model/id.ts'
import type { Catalog } from '../model/vocabulary.ts'
import { markerOf } from '../plan/draft.ts'
import type { Link } from '../state/links.ts'
import type { App } from './app.ts'
import { type Conflict, judgeMarkers, type Marked, type Repair } from './links-marked.ts'
import { take } from './run.ts'

/** What would be linked, or null where the mapping has no marker or the target lacks the field. */
export async function proposeLinks(
  app: App,
  sync: string,
  signal: AbortSignal,
): Promise<Repair | null> {
  const settings = await app.use(sync)
  const accounts = app.env.accounts(sync)
  const side = async (reader: Reader) => {
    const catalog = await reader.catalog(signal)
    return { catalog, capabilities: reader.capabilities, rules: reader.rules }
  }
  const reader = accounts.reader('to')
  const from = { ...(await side(accounts.reader('from'))), title: settings.from }
  const to = { ...(await side(reader)), title: settings.to }
  const { mapping, direction } = settings
  const { marker, isMarkerDrafted } = compile({ mapping, from, to, direction })
  if (marker === null || isMarkerDrafted) return null
  const marks = { path: marker.path, prefix: markerOf(settings.from, remoteId('')) }
  const marked = await readMarked(reader, { ...marks, fields: to.catalog.fields }, signal)
  const fromIds = [...new Set(marked.map(({ fromId }) => fromId))]
  return judgeMarkers(marked, {
    ...(await knownLinks(app, sync, marked)),
    absent: await absentAmong(accounts.reader('from'), fromIds, signal),
  })
}

/** Writes them, and puts each conflict on record as a hold. Nobody else may work on the sync meanwhile; throws RunBusy. */
export async function keepLinks(app: App, sync: string, repair: Repair): Promise<void> {
  const now = app.env.clock.now()
  // No run made these; the name stands where people look for one.
  const run = `repair-${new Date(now).toISOString().replace(/\D/g, '').slice(0, 14)}` as RunId
  const link = ({ fromId, toId }: Marked): Link => ({
    sync,
    fromId,
    toId,
    fromBase: null,
    toBase: null,
    origin: 'marker',
    run,
    updatedAt: now,
  })
  const fence = await take(app, `sync ${sync}`)
  try {
    await app.store.transaction([fence], async (store) => {
      const taken = await store.links.save(repair.links.map(link))
      if (taken.length > 0) throw new Error(`${taken.length} contacts were linked meanwhile`)
      await store.cases.open(
        repair.conflicts.map(({ fromId, toIds, cause, hint }: Conflict) => ({
          sync,
          kind: 'hold' as const,
          side: 'from' as const,
          record: fromId,
          label: fromId,
          cause,
          hint,
          fields: [],
          candidates: toIds,
          run,
          openedAt: now,
          updatedAt: now,
        })),
      )
      await store.audit.add({
        at: now,
        who: app.env.owner,
        what: 'links repaired',
        run: null,
        data: { sync, links: repair.links.length, conflicts: repair.conflicts.length },
      })
    })
  } finally {
    await app.store.leases.release(fence)
  }
}

async function readMarked(
  reader: Reader,
  marks: { readonly path: string; readonly prefix: string; readonly fields: Catalog['fields'] },
  signal: AbortSignal,
): Promise<readonly Marked[]> {
  const { path, prefix, fields } = marks
  const marked = new Map<RemoteId, Marked>()
  for (let position: string | null = null; ; ) {
    const page = await reader.scan(
      { stream: 'contacts', since: null, overlapMs: 0, position, fields },
      signal,
    )
    for (const row of page.rows) {
      if (row.kind !== 'contact') continue
      const mark = row.sighting.fields[path]
      const isOurs =
        typeof mark === 'string' && mark.startsWith(prefix) && mark.length > prefix.length
      const toId = row.sighting.id
      if (isOurs) marked.set(toId, { fromId: remoteId(mark.slice(prefix.length)), toId })
    }
    if (page.next === null) return [...marked.values()]
    if (page.next === position)
      throw new ConnectorError('scan', 'the contacts of the target do not move on', {
        hint: 'Run again; if it stays so, report it with the log of "-v".',
      })
    position = page.next
  }
}

async function knownLinks(app: App, sync: string, marked: readonly Marked[]) {
  const { links } = app.store
  const toOf = new Map<RemoteId, RemoteId>()
  const fromOf = new Map<RemoteId, RemoteId>()
  for (let start = 0; start < marked.length; start += CHUNK) {
    const some = marked.slice(start, start + CHUNK)
    const ours = await links.byFrom(
      sync,
      some.map(({ fromId }) => fromId),
    )
    const theirs = await links.byTo(
      sync,
      some.map(({ toId }) => toId),
    )
    for (const { fromId, toId } of [...ours, ...theirs]) {
      toOf.set(fromId, toId)
      fromOf.set(toId, fromId)
    }
  }
  return { toOf, fromOf }
}
const CHUNK = 1_000

async function absentAmong(
  reader: Reader,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RemoteId, string>> {
  const absent = new Map<RemoteId, string>()
  const size = Math.max(1, reader.capabilities.fetchMax)
  for (let start = 0; start < ids.length; start += size) {
    for (const fetched of await reader.fetch(ids.slice(start, start + size), signal)) {
      if (fetched.kind === 'gone') absent.set(fetched.id, 'it is gone from the source')
      if (fetched.kind === 'merged')
        absent.set(fetched.id, `it was merged into ${fetched.into.id} at the source`)
      if (fetched.kind === 'inconclusive')
        absent.set(fetched.id, `the source does not tell whether it is there: ${fetched.message}`)
    }
  }
  return absent
}
