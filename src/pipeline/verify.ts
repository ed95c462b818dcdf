/**
 * Step four: read back what the run wrote and say for each record whether the target shows it: equal, normalised (the target rewrote a value
 * and shows it so from now on), differing, or missing. What is shown becomes the target's base.
 */
import type { Fetched } from '../connector/connector.ts'
import { type PlanId, type RemoteId, type RunId, SIDES, type Side } from '../model/id.ts'
import { norm } from '../model/norm.ts'
import type { Sighting } from '../model/sighting.ts'
import { packBase, recordHash, recordOf } from '../plan/base.ts'
import type { Verified } from '../plan/run-facts.ts'
import { renamedBase, seenAgain } from '../plan/settled.ts'
import type { StoredOp } from '../state/plans.ts'
import { compare, optOutsOn } from './apply/compare.ts'
import { type Terms, termsOf } from './apply/terms.ts'
import type { Env, Job, Progressed, Step } from './env.ts'

export const verifyStep: Step = {
  async open(env, run) {
    const lanes: { name: string; position: Lane }[] = []
    for (const plan of await plansOf(env, run.id)) lanes.push(...(await lanesOf(env, plan)))
    return lanes
  },
  closing: ['sum'],
  work: (job) => (job.slice === SUM ? sumUp(job) : readBack(job)),
}
const SUM = 'sum'

/** A stretch of one plan's ops; several are read back beside each other. */
interface Lane {
  readonly plan: PlanId
  readonly side: Side
  readonly afterSeq: number
  readonly untilSeq: number
  readonly result: Counts
}
type Counts = Pick<Verified, 'checked' | 'equal' | 'normalised' | 'differing' | 'missing'>
const NOTHING: Counts = { checked: 0, equal: 0, normalised: 0, differing: 0, missing: 0 }
const LANES_MAX = 2
/** Shorter stretches are not worth a lane of their own. */
const LANE_OPS_MIN = 1_000

/** Plans that this run applied, in order. Asked anew: the books were kept after the run record at hand was read. */
async function plansOf(env: Env, run: RunId): Promise<readonly PlanId[]> {
  const facts = (await env.store.runs.get(run))?.facts
  const books = (facts?.['books'] ?? []) as readonly { readonly plan: PlanId }[]
  return books.map((book) => book.plan)
}

async function lanesOf(
  env: Env,
  plan: PlanId,
): Promise<readonly { readonly name: string; readonly position: Lane }[]> {
  const header = await env.store.plans.header(plan)
  const cuts = header === null ? null : await env.store.runs.document(header.run, `cuts ${plan}`)
  const { lastOp, back } = (cuts ?? { lastOp: 0 }) as {
    readonly lastOp: number
    readonly back?: unknown
  }
  const count = Math.min(LANES_MAX, Math.max(1, Math.floor(lastOp / LANE_OPS_MIN)))
  const sides = back === undefined ? (['to'] as const) : SIDES
  return sides.flatMap((side) =>
    Array.from({ length: count }, (_, place) => {
      const afterSeq = Math.floor((lastOp * place) / count)
      const untilSeq = Math.floor((lastOp * (place + 1)) / count)
      const position = { plan, side, afterSeq, untilSeq, result: NOTHING }
      return { name: `read back ${plan}:${untilSeq} ${side}`, position }
    }),
  )
}

async function readBack(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const lane = job.position as Lane
  const reader = env.accounts(run.sync).reader(lane.side)
  const ops = await nextOps(job, lane, Math.max(1, reader.capabilities.fetchMax))
  const last = ops.at(-1)
  if (last === undefined) {
    await job.commit((store) =>
      store.runs.saveDocument(run.id, `${RESULT}${job.slice}`, lane.result),
    )
    return { kind: 'closed' }
  }
  const terms = await termsOf(job, lane.side)
  const readings = new Map<RemoteId, Fetched>()
  const ids = ops.flatMap((stored) => stored.outcome?.id ?? [])
  for (const entry of await reader.fetch(ids, signal)) readings.set(entry.id, entry)
  const { result, seen } = await judge(job, terms, ops, readings, lane.result)
  if (seen.length > 0) await job.commit((store) => store.links.saw(run.sync, lane.side, seen))
  env.progress({
    run: run.id,
    step: 'verify',
    text: 'reading back',
    done: checkedInAll(job, result.checked),
    total: null,
  })
  return { kind: 'more', position: { ...lane, afterSeq: last.op.seq, result } }
}

/** The next ops of the lane's side, up to a full request. */
async function nextOps({ env }: Job, lane: Lane, limit: number): Promise<readonly StoredOp[]> {
  const found: StoredOp[] = []
  for (let { afterSeq } = lane; found.length < limit; ) {
    const page = await env.store.plans.ops(lane.plan, {
      afterSeq,
      untilSeq: lane.untilSeq,
      limit,
      states: ['applied'],
      buckets: ['create', 'update', 'delete'],
    })
    const last = page.at(-1)
    if (last === undefined) break
    afterSeq = last.op.seq
    found.push(...page.filter(({ op }) => op.writes === lane.side))
  }
  return found.slice(0, limit)
}
const RESULT = 'read back: '

/** Over all lanes of the run that this process works on. */
function checkedInAll({ env, run, slice }: Job, checked: number): number {
  const { memo } = env.accounts(run.sync)
  const name = `read back ${run.id}`
  const lanes = (memo.get(name) ?? new Map<string, number>()) as Map<string, number>
  memo.set(name, lanes.set(slice, checked))
  let sum = 0
  for (const count of lanes.values()) sum += count
  return sum
}

async function judge(
  job: Job,
  terms: Terms,
  ops: readonly StoredOp[],
  readings: ReadonlyMap<RemoteId, Fetched>,
  before: Counts,
): Promise<{ readonly result: Counts; readonly seen: readonly Seen[] }> {
  const result = { ...before }
  const seen: Seen[] = []
  const ids = ops.flatMap((stored) => stored.outcome?.id ?? [])
  const bases = await job.env.store.links.basesOf(job.run.sync, terms.side, ids)
  const known = new Map(bases.map((link) => [link.id, link]))
  for (const stored of ops) {
    result.checked += 1
    const fetched = stored.outcome?.id == null ? undefined : readings.get(stored.outcome.id)
    if (stored.op.bucket === 'delete') {
      result[fetched?.kind === 'gone' ? 'equal' : 'differing'] += 1
      continue
    }
    const reading = shownBy(fetched)
    if (reading === null) {
      result.missing += 1
      continue
    }
    const verdict = judgeOne(terms, stored, reading)
    result[verdict] += 1
    const link = known.get(reading.id)
    if (link === undefined || verdict === 'differing' || stored.op.base === null) continue
    const { key } = terms.context
    const shown = terms.shows(reading)
    const { base: before } = link
    if (before === null || recordOf(before) === recordHash(key, shown)) continue
    const base = renamedBase(stored.op.base, terms.fields)
    const after = seenAgain(base, before, packBase(key, shown))
    if (after !== before) seen.push({ fromId: link.fromId, base: after })
  }
  return { result, seen }
}

/** What the written side of a link shows by now, packed. */
interface Seen {
  readonly fromId: RemoteId
  readonly base: string
}

function shownBy(fetched: Fetched | undefined): Sighting | null {
  if (fetched?.kind === 'found') return fetched.sighting
  return fetched?.kind === 'merged' ? fetched.into : null
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
  const consentLeft = reading.consents === undefined ? [] : consents
  // A platform may go on showing the first reason it was told: nobody is mailed either way.
  const open = consentLeft.filter((consent) => optOutsOn(reading, consent).length === 0)
  if (setsLeft + open.length > 0) return 'differing'
  if (fields.length === 0) return consentLeft.length === 0 ? 'equal' : 'normalised'
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

async function sumUp(job: Job): Promise<Progressed> {
  const lanes = (await job.env.store.runs.documents(job.run.id, RESULT)) as readonly Counts[]
  const sum = { ...NOTHING }
  for (const lane of lanes) for (const count of COUNTS) sum[count] += lane[count]
  const verify: Verified = { ...sum, extra: 0, ok: sum.differing === 0 && sum.missing === 0 }
  await job.commit(async (store) => {
    const run = await store.runs.lock(job.run.id)
    await store.runs.update(job.run.id, {
      facts: { ...run?.facts, verify },
      updatedAt: job.env.clock.now(),
    })
  })
  return { kind: 'closed' }
}
const COUNTS = Object.keys(NOTHING) as (keyof typeof NOTHING)[]
