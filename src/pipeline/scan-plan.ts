/** How each stream of a side is read in this run: whole, or from where it was read to. */
import { STREAMS, type StreamName } from '../connector/capabilities.ts'
import { digest } from '../model/hash.ts'
import type { Side } from '../model/id.ts'
import type { Cursor } from '../state/cursors.ts'
import type { RunRecord } from '../state/runs.ts'
import { censusDue } from './census.ts'
import { accountDocument } from './compiled.ts'
import type { AccountDocument, Env } from './env.ts'

/** How a stream is read in this run; also what a report tells about it. */
export interface ScanPosition {
  readonly side: Side
  readonly stream: StreamName
  readonly since: string | null
  readonly next: string | null
  readonly rows: number
  readonly high: string | null
  readonly isProven: boolean
  readonly fingerprint: string
}
/** A full scan of every stream, or an incremental one where all of the side's cursors still mean what they meant. */
export async function plansFor(
  env: Env,
  run: RunRecord,
  side: Side,
  isFullAsked: boolean,
): Promise<{
  readonly isFull: boolean
  /** Why it is full although nobody asked for it. */
  readonly census: string | null
  readonly positions: readonly ScanPosition[]
}> {
  const account = await accountDocument(env, run.id, side)
  const fingerprint = streamFingerprint(env, run, side, account)
  const streams = await streamsOf(env, run, side, account)
  const cursors = await Promise.all(
    streams.map((stream) => env.store.cursors.get(run.sync, side, stream)),
  )
  const contacts = cursors[streams.indexOf('contacts')]
  // Later pulls of a migration ask for what changed since the first one.
  const mustBeFull =
    isFullAsked ||
    (run.isFull && run.stage === 0) ||
    contacts === null ||
    contacts === undefined ||
    contacts.fingerprint !== fingerprint ||
    account.capabilities.streams.contacts?.since === 'none'
  const census = mustBeFull || side === 'to' ? null : await censusDue(env, run, account)
  const isFull = mustBeFull || census !== null
  const positions = streams.map((stream, place): ScanPosition => {
    const cursor = cursors[place] ?? null
    const isKnown = cursor !== null && cursor.fingerprint === fingerprint
    const maySince = !isFull && isKnown && takesBound(env, run, account, { stream, cursor })
    return firstPosition(side, stream, { fingerprint, since: maySince ? cursor.watermark : null })
  })
  return { isFull, census, positions }
}

export function firstPosition(
  side: Side,
  stream: StreamName,
  { fingerprint, since }: Pick<ScanPosition, 'fingerprint' | 'since'>,
): ScanPosition {
  return { side, stream, since, next: null, rows: 0, high: null, isProven: false, fingerprint }
}

/** Whether this stream may be read from where it was read to. */
function takesBound(
  env: Env,
  run: RunRecord,
  account: AccountDocument,
  { stream, cursor }: { readonly stream: StreamName; readonly cursor: Cursor },
): boolean {
  const { since, wholeEveryMs = 0 } = account.capabilities.streams[stream] ?? { since: 'none' }
  if (since !== 'moved') return since !== 'none'
  // What a base remembers of consents is held against all that is on record where both sides are written.
  if (isTwoWay(env, run) || cursor.censusAt === null) return false
  return env.clock.now() - cursor.censusAt < wholeEveryMs
}

/** What a side can tell, and of the target only what the source has a word for. */
async function streamsOf(
  env: Env,
  run: RunRecord,
  side: Side,
  account: AccountDocument,
): Promise<readonly StreamName[]> {
  const told = STREAMS.filter((stream) => account.capabilities.streams[stream] !== undefined)
  if (side === 'from') return told
  const source = (await accountDocument(env, run.id, 'from')).capabilities
  const { mapping } = env.settings(run.sync)
  const wants = (kind: 'tags' | 'groups') =>
    (source.tags.read && mapping.tags.as === kind) ||
    (source.groups.read && mapping.groups.as === kind)
  return told.filter((stream) => {
    const tagsAsGroups = source.tags.read && !account.capabilities.tags.add
    if (stream === 'groupings') return wants('groups') || tagsAsGroups
    return stream !== 'taggings' || wants('tags')
  })
}

/** Filter, field list and account: another one means a full scan. */
export function streamFingerprint(
  env: Env,
  run: RunRecord,
  side: Side,
  account: AccountDocument,
): string {
  const settings = env.settings(run.sync)
  const fields = account.catalog.fields
    .map((field) => `${field.path}:${field.native}:${field.type}`)
    .sort()
  return digest(JSON.stringify([settings[side], fields])).slice(0, 24)
}

export function isTwoWay(env: Env, run: RunRecord): boolean {
  return env.settings(run.sync).direction === 'two-way'
}
