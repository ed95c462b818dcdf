/**
 * Makes the plan that undoes a run. Works through the run's journal, a page to a commit: what each record shows now is read by id, and
 * what becomes of it is decided by the pure `decideUndo`. The result is a plan like any other: shown, hashed, applied, verified.
 */
import { isCustom, STANDARD_FIELDS } from '../model/field.ts'
import { digest } from '../model/hash.ts'
import { type RunId, type Side, SIDES } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Op } from '../plan/op.ts'
import { count, cut, emptyTally, type Written } from '../plan/tally.ts'
import type { UndoContext } from '../plan/undo-facts.ts'
import { decideUndo } from '../plan/undo.ts'
import type { RunRecord } from '../state/runs.ts'
import type { VocabularyEntry } from '../state/vocabulary.ts'
import { planContext } from './compiled.ts'
import { sliceMax } from './decisions.ts'
import type { AccountDocument, Job, Progressed, Step } from './env.ts'
import { planIdOf } from './plan.ts'
import type { UndoPosition, UndoRunFacts } from './undo-position.ts'
import { publishUndo } from './undo-publish.ts'
import { gatherUndo } from './undo-read.ts'

export const undoStep: Step = {
  async open() {
    return [{ name: 'catalogue', position: null }]
  },
  closing: [],
  work: (job) => (job.slice === 'catalogue' ? readCatalogues(job) : decidePage(job)),
}

async function readCatalogues(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const accounts = env.accounts(run.sync)
  for (const side of SIDES) {
    const reader = accounts.reader(side)
    const catalog = await reader.catalog(signal)
    accounts.answered(side)
    const document: AccountDocument = { catalog, capabilities: reader.capabilities }
    await job.commit((store) => store.runs.saveDocument(run.id, `account ${side}`, document))
  }
  const position: UndoPosition = {
    plan: planIdOf(run.id, run.stage),
    afterSeq: 0,
    lastOp: 0,
    written: 0,
    chain: '',
    tally: emptyTally(),
    back: emptyTally(),
  }
  return { kind: 'closed', opens: [{ name: 'decide', position }] }
}

async function decidePage(job: Job): Promise<Progressed> {
  const { env, run } = job
  const position = job.position as UndoPosition
  const undone = await undoneBy(job)
  const page = await env.store.journal.page(undone.id, position.afterSeq, env.limits.planChunk)
  const last = page.at(-1)
  const context = await planContext(job)
  if (last === undefined) return publishUndo(job, { context, position, undone })
  const contexts = await undoContexts(job, context, undone.id)
  const gathered = await gatherUndo(job, undone, page)
  const { tally, back } = position
  const ops: Op[] = []
  let seq = position.lastOp
  for (const { side, facts } of gathered) {
    const decision = decideUndo(contexts[side], facts)
    count(tally, tallyContext(contexts[side]), decision)
    if (decision === null) continue
    seq += 1
    ops.push({ seq, ...decision })
    if (isWritten(decision.bucket))
      cut(
        side === 'to' ? tally : back,
        decision.bucket,
        seq,
        sliceMax(contexts[side].capabilities, decision.bucket),
      )
  }
  const hash = await job.commit(async (store) => {
    await store.plans.truncate(position.plan, position.lastOp)
    return ops.length === 0 ? null : store.plans.addOps(position.plan, ops)
  })
  const next: UndoPosition = {
    ...position,
    afterSeq: last.seq,
    lastOp: seq,
    written: position.written + gathered.length,
    chain: hash === null ? position.chain : digest(position.chain + hash),
    tally,
    back,
  }
  env.progress({ run: run.id, step: 'undo', text: 'deciding', done: next.written, total: null })
  return { kind: 'more', position: next }
}

async function undoneBy({ env, run }: Job): Promise<RunRecord> {
  const { undoes } = run.facts as Readonly<Partial<UndoRunFacts>>
  const undone = undoes === undefined ? null : await env.store.runs.get(undoes)
  if (undone === null) throw new Error(`run ${run.id} does not say which run it undoes`)
  return undone
}

async function undoContexts(
  job: Job,
  context: PlanContext,
  run: RunId,
): Promise<Readonly<Record<Side, UndoContext>>> {
  const entries = await job.env.store.vocabulary.list(job.run.sync)
  const of = (side: Side): UndoContext => {
    const { capabilities, catalog, rules } = context[side]
    const fields = new Map(catalog.fields.map((field) => [field.path, field]))
    const known = {
      tag: new Set(catalog.tags.map(({ key }) => key)),
      group: new Set(catalog.groups.map(({ key }) => key)),
    }
    const real = realKeys(entries.filter((entry) => entry.side === side))
    return {
      run,
      side,
      key: context.key,
      capabilities,
      typeOf: (path) =>
        fields.get(path)?.type ?? (isCustom(path) ? null : (STANDARD_FIELDS[path]?.type ?? 'text')),
      fit(path, value) {
        const field = fields.get(path)
        return field === undefined ? { kind: 'ok', value } : rules.fit(field, value)
      },
      element(kind, key) {
        const name = real.get(`${kind} ${key}`) ?? key
        return known[kind].has(name) ? name : null
      },
    }
  }
  return { from: of('from'), to: of('to') }
}

function realKeys(entries: readonly VocabularyEntry[]): ReadonlyMap<string, string> {
  return new Map(entries.map(({ kind, provisional, real }) => [`${kind} ${provisional}`, real]))
}

function isWritten(bucket: Op['bucket']): bucket is Written {
  return bucket === 'create' || bucket === 'update' || bucket === 'delete'
}

function tallyContext({ capabilities }: UndoContext): Parameters<typeof count>[1] {
  return {
    optOutReversible: capabilities.consent.optOutReversible,
    elementName: (_kind, key) => key,
    growing: new Map(),
  }
}
