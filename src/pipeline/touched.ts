/**
 * Completes what an incremental scan touched: contacts that only a tagging or an earlier run named are fetched, and contacts whose own
 * page does not tell their tags or groups are fetched whole, so that the plan never mistakes "not told" for "none".
 */
import { type RemoteId, SIDES, type Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { accountDocument } from './compiled.ts'
import type { AccountDocument, Job, Progressed } from './env.ts'
import { enterInDirectory } from './directory.ts'
import { newlyOptedOut } from './opted-out.ts'
import { keyRules, staged } from './staged.ts'

const PAGE = 1_000

export async function stageTouched(job: Job): Promise<Progressed> {
  const { env, run } = job
  const pull = (await env.store.runs.document(run.id, 'pull')) as { readonly isFull: boolean }
  const isTwoWay = env.settings(run.sync).direction === 'two-way'
  for (const side of isTwoWay ? SIDES : (['from'] as const)) {
    if (!pull.isFull) await complete(job, side)
    await enterInDirectory(job, side, pull.isFull)
    if (!pull.isFull) await refreshWords(job, side)
  }
  return { kind: 'closed' }
}

async function complete(job: Job, side: Side): Promise<void> {
  const { env, run, signal } = job
  const reader = env.accounts(run.sync).reader(side)
  const ids = await incomplete(job, side)
  const rules = await keyRules(job, side)
  const size = Math.max(1, Math.min(reader.capabilities.fetchMax, PAGE))
  for (let start = 0; start < ids.length; start += size) {
    signal.throwIfAborted()
    const fetched = await reader.fetch(ids.slice(start, start + size), signal)
    const sightings: Sighting[] = []
    for (const entry of fetched) {
      if (entry.kind === 'found') sightings.push(entry.sighting)
      if (entry.kind === 'merged') sightings.push(entry.into)
    }
    await job.commit(async (store) => {
      await store.staging.addContacts(
        run.id,
        side,
        sightings.map((sighting) => staged(sighting, rules)),
      )
    })
    env.progress({
      run: run.id,
      step: 'pull',
      text: 'completing changed contacts',
      done: start + fetched.length,
      total: ids.length,
    })
  }
}

/** A later pull of the same run works with the catalogue of the first; only a tag or group that it does not list has it read again. */
async function refreshWords({ env, run, signal, commit }: Job, side: Side): Promise<void> {
  if (run.stage === 0) return
  const { catalog } = await accountDocument(env, run.id, side)
  const known = new Set([...catalog.tags, ...catalog.groups].map((element) => element.key))
  let isKnown = true
  for (let seq = 0; isKnown; ) {
    const rows = await env.store.staging.after(run.id, side, seq, PAGE)
    if (rows.length === 0) return
    for (const { seq: at, sighting } of rows) {
      seq = at
      isKnown &&= [...(sighting.tags ?? []), ...(sighting.groups ?? [])].every((key) =>
        known.has(key),
      )
    }
  }
  const reader = env.accounts(run.sync).reader(side)
  const document: AccountDocument = {
    catalog: await reader.catalog(signal),
    capabilities: reader.capabilities,
  }
  await commit((store) => store.runs.saveDocument(run.id, `account ${side}`, document))
}

/** Ids that must be fetched: named by a membership row or by an open case, or staged without their tags. */
async function incomplete(job: Job, side: Side): Promise<readonly RemoteId[]> {
  const { env, run } = job
  const { capabilities } = env.accounts(run.sync).reader(side)
  const tellsTags = capabilities.streams.taggings !== undefined
  const ids = new Set<RemoteId>()
  if (tellsTags) for (const id of await env.store.staging.contactIds(run.id, side)) ids.add(id)
  for (const id of await env.store.staging.memberIds(run.id, side)) ids.add(id)
  for (const id of await newlyOptedOut(env, run, side)) ids.add(id)
  // A later pull of the same run has just decided on the others.
  const kinds = run.stage === 0 ? OPEN_KINDS : (['retry'] as const)
  for (const kind of kinds) for (const id of await taken(job, side, kind)) ids.add(id)
  if (run.stage === 0)
    for (const ruling of await env.store.rulings.list({ sync: run.sync, limit: RULINGS_MAX }))
      if (ruling.side === side && ruling.obeyedBy === null) ids.add(ruling.record)
  return [...ids]
}
const OPEN_KINDS = ['retry', 'hold', 'reject'] as const
const RULINGS_MAX = 10_000

/**
 * Whose open cases this run takes up: what mends a case need not touch its record (a twin that is merged away, an option that is added at the
 * target). Retries all at once. Of what waits for a person only so many, in turn, so that an account with thousands of them is not read
 * anew by every run.
 */
async function taken(
  { env, run, commit }: Job,
  side: Side,
  kind: (typeof OPEN_KINDS)[number],
): Promise<readonly RemoteId[]> {
  const limit = TAKEN_UP_MAX[kind]
  const ids = await env.store.cases.waiting({ sync: run.sync, kind, side, limit })
  if (ids.length > 0) await commit((store) => store.cases.looked(run.sync, kind, side, ids))
  return ids
}
/** Of a kind and side, per incremental run; a whole reading meets all of them. */
const TAKEN_UP_MAX = { retry: 10_000, hold: 200, reject: 200 } as const
