/**
 * Step four: read back what the run wrote and say for each record whether the target shows it: equal, normalised (the target rewrote a value
 * and shows it so from now on), differing, or missing. What is shown becomes the target's base.
 */
import type { RemoteId } from '../model/id.ts'
import { norm } from '../model/norm.ts'
import type { Sighting } from '../model/sighting.ts'
import { keepSlots, packBase, recordHash, recordOf } from '../plan/base.ts'
import type { Verified } from '../plan/run-facts.ts'
import { showTo } from '../plan/shown.ts'
import type { Link, StoredOp } from '../state/store.ts'
import { compare } from './apply/compare.ts'
import { type Terms, termsOf } from './apply/terms.ts'
import type { Job, Progressed, Step } from './env.ts'

export const verifyStep: Step = {
  async open() {
    return [{ name: 'read back', position: START }]
  },
  closing: [],
  work: readBack,
}

interface ReadBackPosition {
  readonly plan: number
  readonly afterSeq: number
  readonly result: Verified
}
const NONE: Verified = {
  checked: 0,
  equal: 0,
  normalised: 0,
  differing: 0,
  missing: 0,
  extra: 0,
  ok: true,
}
const START: ReadBackPosition = { plan: 0, afterSeq: 0, result: NONE }

async function readBack(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const position = job.position as ReadBackPosition
  const books = (run.facts['books'] ?? []) as readonly { readonly plan: string }[]
  const book = books[position.plan]
  if (book === undefined) return finish(job, position.result)
  const reader = env.accounts(run.sync).reader('to')
  const size = Math.max(1, reader.capabilities.fetchMax)
  const ops = await env.store.plans.ops(book.plan as never, {
    afterSeq: position.afterSeq,
    untilSeq: null,
    limit: size,
    states: ['applied'],
    buckets: ['create', 'update'],
  })
  const last = ops.at(-1)
  if (last === undefined)
    return { kind: 'more', position: { ...position, plan: position.plan + 1, afterSeq: 0 } }
  const terms = await termsOf(job)
  const ids = ops.flatMap((stored) => stored.outcome?.id ?? [])
  const readings = new Map<RemoteId, Sighting | null>()
  for (const entry of await reader.fetch(ids, signal)) {
    readings.set(
      entry.id,
      entry.kind === 'found' ? entry.sighting : entry.kind === 'merged' ? entry.into : null,
    )
  }
  const { result, links } = await judge(job, terms, ops, readings, position.result)
  await job.commit((store) => store.links.save(links))
  env.progress({
    run: run.id,
    step: 'verify',
    text: 'reading back',
    done: result.checked,
    total: null,
  })
  return { kind: 'more', position: { ...position, afterSeq: last.op.seq, result } }
}

async function judge(
  job: Job,
  terms: Terms,
  ops: readonly StoredOp[],
  readings: ReadonlyMap<RemoteId, Sighting | null>,
  before: Verified,
): Promise<{ readonly result: Verified; readonly links: readonly Link[] }> {
  const result = { ...before }
  const links: Link[] = []
  const fromIds = ops.flatMap(({ op }) => op.fromId ?? [])
  const known = new Map(
    (await job.env.store.links.byFrom(job.run.sync, fromIds)).map((link) => [link.fromId, link]),
  )
  for (const stored of ops) {
    result.checked += 1
    const reading = stored.outcome?.id == null ? null : (readings.get(stored.outcome.id) ?? null)
    if (reading === null) {
      result.missing += 1
      continue
    }
    const verdict = judgeOne(terms, stored, reading)
    result[verdict] += 1
    const link = stored.op.fromId === null ? undefined : known.get(stored.op.fromId)
    if (link === undefined || link.toId !== reading.id || verdict === 'differing') continue
    const { key } = terms.context
    const { base } = stored.op
    const shown = showTo(terms.context, reading)
    if (base === null || recordOf(link.toBase) === recordHash(key, shown)) continue
    const { kept, isSettled } = base
    const toBase = keepSlots(packBase(key, shown), { old: link.toBase, kept, isSettled })
    if (toBase !== link.toBase) links.push({ ...link, toBase })
  }
  return { result: { ...result, ok: result.differing === 0 && result.missing === 0 }, links }
}

function judgeOne(
  terms: Terms,
  { op }: StoredOp,
  reading: Sighting,
): 'equal' | 'normalised' | 'differing' {
  const comparison = compare(terms, { ...op, bucket: 'create' }, reading)
  if (comparison.kind !== 'left') return 'equal'
  const { fields, tags, groups, consents } = comparison.op
  const setsLeft =
    tags.add.length +
    tags.remove.length +
    (reading.groups === undefined ? 0 : groups.add.length + groups.remove.length)
  const consentLeft = reading.consents === undefined ? 0 : consents.length
  if (setsLeft + consentLeft > 0) return 'differing'
  if (fields.length === 0) return 'equal'
  return fields.every((change) =>
    looksRewritten(reading.fields[terms.path(change.path)], change.after),
  )
    ? 'normalised'
    : 'differing'
}

/** A target that keeps the letters and digits but not their dress has rewritten the value; anything else is a difference. */
function looksRewritten(
  shown: Sighting['fields'][string] | undefined,
  wanted: Sighting['fields'][string],
): boolean {
  const bare = (value: Sighting['fields'][string] | undefined) =>
    norm('text', value ?? null)
      .toLowerCase()
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}]/gu, '')
  const [a, b] = [bare(shown), bare(wanted)]
  return a !== '' && (a === b || b.startsWith(a))
}

async function finish(job: Job, result: Verified): Promise<Progressed> {
  await job.commit(async (store) => {
    const run = await store.runs.lock(job.run.id)
    await store.runs.update(job.run.id, {
      facts: { ...run?.facts, verify: result },
      updatedAt: job.env.clock.now(),
    })
  })
  return { kind: 'closed' }
}
