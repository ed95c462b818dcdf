/**
 * When a sync must read the source whole again. Removed tags and deleted contacts leave no trace in what changed since a moment; only a whole
 * reading shows that they are gone. So a sync whose last whole reading is too long ago becomes one.
 */
import { STREAMS } from '../connector/capabilities.ts'
import type { RunRecord } from '../state/runs.ts'
import type { StateStore } from '../state/store.ts'
import type { AccountDocument, Env } from './env.ts'
import type { ScanResult } from './scans.ts'

/** null: not due; else why the source is read whole now, for people. */
export async function censusDue(
  env: Env,
  run: RunRecord,
  source: AccountDocument,
): Promise<string | null> {
  if (run.kind !== 'sync' || run.stage > 0) return null
  const { streams } = source.capabilities
  if (!STREAMS.some((stream) => streams[stream]?.hidesRemovals === true)) return null
  const last = await lastCensus(env.store, run.sync)
  const ageMs = env.clock.now() - (last ?? 0)
  if (last !== null && ageMs < env.limits.censusMs) return null
  const days = (ms: number) => Math.floor(ms / 86_400_000)
  const when = last === null ? 'is not known' : `was ${days(ageMs)} days ago`
  return `read whole: removed tags and deleted contacts show in nothing else, and the last whole reading ${when} (every ${days(env.limits.censusMs)} days)`
}

/** Remembers a whole reading, once everything it told has been dealt with. */
export async function keepCensus(
  store: StateStore,
  sync: string,
  { scans, now }: { readonly scans: readonly ScanResult[]; readonly now: number },
): Promise<void> {
  const isCensus = scans.some(
    ({ side, stream, isFull }) => side === 'from' && stream === 'contacts' && isFull,
  )
  if (isCensus) await store.meta.set(keyOf(sync), String(now))
}

async function lastCensus(store: StateStore, sync: string): Promise<number | null> {
  const text = await store.meta.get(keyOf(sync))
  return text === null ? null : Number(text)
}

function keyOf(sync: string): string {
  return `whole reading ${sync}`
}
