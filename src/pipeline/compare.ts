/**
 * Compares two whole accounts under the mapping, after the fact and without writing: what `ferry verify` says. It decides every contact anew, so one for
 * which nothing would be written is equal, or shows a value that the target rewrote when both last agreed. Companies and notes follow in `compare/`.
 */
import { decideRecord } from '../plan/decide.ts'
import type { Draft } from '../plan/draft.ts'
import type { Difference, Verified } from '../plan/run-facts.ts'
import { showFrom, showTo } from '../plan/shown.ts'
import type { PlanContext } from '../plan/context.ts'
import { planContext } from './compiled.ts'
import { compareCompanies } from './compare/companies.ts'
import { compareNotes } from './compare/notes.ts'
import type { Job, Progressed, Step } from './env.ts'
import { gather } from './facts.ts'
import type { Gathered } from './facts/gathering.ts'
import { basesOf, matchOf } from './rulings.ts'

export const compareStep: Step = {
  async open() {
    return [{ name: 'compare', position: START }]
  },
  closing: ['companies', 'notes'],
  work(job) {
    switch (job.slice) {
      case 'companies':
        return compareCompanies(job)
      case 'notes':
        return compareNotes(job)
      default:
        return compareChunk(job)
    }
  },
}

interface ComparePosition {
  readonly afterSeq: number
  /** Target contacts that are somebody's counterpart. */
  readonly paired: number
  /** Contacts that wait for a decision, are refused or excluded: said elsewhere, not compared. */
  readonly skipped: number
  readonly result: Omit<Verified, 'ok' | 'extra'>
  readonly samples: readonly Difference[]
}
const START: ComparePosition = {
  afterSeq: 0,
  paired: 0,
  skipped: 0,
  result: { checked: 0, equal: 0, normalised: 0, differing: 0, missing: 0 },
  samples: [],
}
const SAMPLES_MAX = 50
/** Open rejects that are looked at; beyond this a verification says `missing` of them. */
const REFUSED_MAX = 100_000

async function compareChunk(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const position = job.position as ComparePosition
  const rows = await env.store.staging.after(
    run.id,
    'from',
    position.afterSeq,
    env.limits.planChunk,
  )
  if (rows.length === 0) return finish(job, position)
  const context = await planContext(job)
  const source = env.accounts(run.sync).reader('from')
  const target = env.accounts(run.sync).reader('to')
  const settings = env.settings(run.sync)
  const refused = new Set(
    (await env.store.cases.list({ sync: run.sync, kind: 'reject', limit: REFUSED_MAX })).map(
      (open) => open.record,
    ),
  )
  const gathered = await gather(
    {
      store: env.store,
      run,
      settings,
      side: 'from',
      context,
      source,
      target,
      isFull: true,
      signal,
    },
    rows,
  )
  const result = { ...position.result }
  const samples = [...position.samples]
  let { paired, skipped } = position
  for (const record of gathered) {
    const verdict: Verdict = refused.has(record.source.id)
      ? { kind: 'skipped' }
      : judge(context, record)
    if (verdict.kind === 'skipped') {
      skipped += 1
      if (record.link !== null) paired += 1
      continue
    }
    result.checked += 1
    result[verdict.kind] += 1
    if (verdict.kind !== 'missing') paired += 1
    if (
      (verdict.kind === 'missing' || verdict.kind === 'differing') &&
      samples.length < SAMPLES_MAX
    ) {
      samples.push({
        record: record.source.id,
        label: verdict.label,
        what: verdict.kind,
        fields: verdict.fields,
      })
    }
  }
  env.progress({
    run: run.id,
    step: 'verify',
    text: 'comparing',
    done: result.checked + skipped,
    total: await env.store.staging.count(run.id, 'from'),
  })
  return {
    kind: 'more',
    position: { afterSeq: rows.at(-1)?.seq ?? position.afterSeq, paired, skipped, result, samples },
  }
}

type Verdict =
  | { readonly kind: 'skipped' | 'equal' | 'normalised' }
  | {
      readonly kind: 'differing' | 'missing'
      readonly label: string
      readonly fields: readonly string[]
    }

function judge(context: PlanContext, record: Gathered): Verdict {
  const found = matchOf(context, record)
  if (found.kind === 'excluded') return { kind: 'skipped' }
  if (record.facts.link?.target.kind === 'gone')
    return { kind: 'missing', label: record.source.id, fields: [] }
  const { source, rulings } = record
  const bases = basesOf(record, found)
  const ops = decideRecord(context, { source, match: found, bases, rulings })
  const [first] = ops
  switch (first?.bucket) {
    case 'create':
      return { kind: 'missing', label: first.label, fields: [] }
    case 'update':
      return { kind: 'differing', label: first.label, fields: ops.flatMap(touched) }
    case 'hold':
    case 'reject':
    case 'excluded':
    case 'blocked':
    case 'delete':
      return { kind: 'skipped' }
    case 'link':
    case 'unchanged':
    case undefined: {
      const target = record.facts.link?.target
      const sighting =
        target?.kind === 'found' ? target.sighting : found.kind === 'found' ? found.target : null
      return {
        kind: sighting === null || showsTheSame(context, record, sighting) ? 'equal' : 'normalised',
      }
    }
  }
}

function touched({ fields, tags, groups, consents }: Draft): readonly string[] {
  return [
    ...fields.map((change) => change.path),
    ...(tags.add.length + tags.remove.length > 0 ? ['tags'] : []),
    ...(groups.add.length + groups.remove.length > 0 ? ['groups'] : []),
    ...(consents.length > 0 ? ['consent'] : []),
  ]
}

function showsTheSame(context: PlanContext, record: Gathered, target: Gathered['source']): boolean {
  const there = showTo(context, target).fields
  return showFrom(context, record.source).projected.every(
    ({ rule, norm }) => norm === null || norm === (there.get(rule.to) ?? ''),
  )
}

async function finish(job: Job, position: ComparePosition): Promise<Progressed> {
  const { env, run } = job
  const there = await env.store.staging.count(run.id, 'to')
  const verified: Verified = {
    ...position.result,
    extra: Math.max(0, there - position.paired),
    ok: position.result.differing === 0 && position.result.missing === 0,
  }
  await job.commit(async (store) => {
    const current = await store.runs.lock(run.id)
    await store.runs.update(run.id, {
      facts: {
        ...current?.facts,
        verify: verified,
        skipped: position.skipped,
        differences: position.samples,
      },
      updatedAt: env.clock.now(),
    })
  })
  return { kind: 'closed' }
}
