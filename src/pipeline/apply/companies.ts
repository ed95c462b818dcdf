/** Creates the companies of a plan, before contacts, in batches: looked for by their names right before, and again where no answer came. */
import type { CompanyReader, CompanyWriter } from '../../connector/companies.ts'
import { ConnectorError } from '../../connector/error.ts'
import { foldCompany } from '../../model/company.ts'
import { companyBase, type PlannedCompany } from '../../plan/companies.ts'
import type { Op } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { CompanyRow } from '../../state/companies.ts'
import { COMPANIES_STREAM, companiesPage } from '../companies.ts'
import type { RunFacts } from '../../plan/run-facts.ts'
import type { Job, Progressed } from '../env.ts'
import { type CompanyEdits, editCompanies } from './companies-edit.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'

interface Position {
  readonly page: number
  readonly done: number
  readonly edits?: CompanyEdits
}
/** Companies to a piece, where each is a call of its own. */
const PIECE_MIN = 5
const QUIET = [{ name: 'quiet', position: { afterSeq: 0 } }] as const

interface Work {
  readonly job: Job
  readonly reader: CompanyReader
  readonly writer: CompanyWriter
  readonly lagMs: number
  readonly batchMax: number
}

export async function createCompanies(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { env, run } = job
  const account = env.accounts(run.sync).writer('to')
  const { companies: reader, companyWriter: writer } = account
  if (plan.companies === undefined || reader === undefined || writer === undefined)
    return { kind: 'closed', opens: QUIET }
  const position = (job.position as Position | null) ?? { page: 0, done: 0 }
  const batchMax = account.capabilities.companies?.batchMax ?? 1
  const page = await companiesPage(env.store, plan, position.page)
  if (page === null) return finish(job, position, plan.companies.high)
  const chunk = page.slice(position.done, position.done + Math.max(batchMax, PIECE_MIN))
  if (chunk.length === 0)
    return { kind: 'more', position: { ...position, page: position.page + 1, done: 0 } }
  const { visibilityLagMs: lagMs } = account.capabilities
  const work: Work = { job, reader, writer, lagMs, batchMax }
  await createAll(
    work,
    chunk.filter(({ target }) => target === undefined),
  )
  const edit = chunk.filter(({ target }) => target !== undefined)
  const { updated, kept } = await editCompanies(
    work,
    edit,
    `${plan.id} ${position.page} ${position.done}`,
  )
  const before = position.edits ?? { updated: 0, kept: 0 }
  return {
    kind: 'more',
    position: {
      ...position,
      done: position.done + chunk.length,
      ...(edit.length === 0
        ? {}
        : { edits: { updated: before.updated + updated, kept: before.kept + kept } }),
    },
  }
}

async function createAll(work: Work, chunk: readonly PlannedCompany[]): Promise<void> {
  const { job } = work
  const { store, clock } = job.env
  const { sync, id: run } = job.run
  const known = new Map(
    (
      await store.companies.among(
        sync,
        chunk.map(({ key }) => key),
      )
    ).map((row) => [row.name, row]),
  )
  const hashKey = await store.meta.hashKey()
  const open = chunk.filter(({ key }) => known.get(key)?.target == null)
  if (open.length === 0) return
  const rows = open.map(
    ({ key, fields }): CompanyRow => ({
      name: key,
      source: known.get(key)?.source ?? null,
      target: null,
      state: 'sent',
      base: companyBase(hashKey, { fields }),
      run,
      at: clock.now(),
    }),
  )
  await job.commit((inner) => inner.companies.save(sync, rows))
  await store.flush()
  const batch = open.flatMap((company, place): Pending[] => {
    const row = rows[place]
    return row === undefined
      ? []
      : [{ company, row, isUnsure: known.get(company.key)?.state === 'sent' }]
  })
  const ended: CompanyRow[] = []
  for (let from = 0; from < batch.length; from += work.batchMax)
    ended.push(...(await createEach(work, batch.slice(from, from + work.batchMax))))
  await job.commit((inner) => inner.companies.save(sync, ended))
}

interface Pending {
  readonly company: PlannedCompany
  readonly row: CompanyRow
  /** It may have been sent before, and nobody knows what became of it. */
  readonly isUnsure: boolean
}

/** Until each is there or refused; of a refused one the name still travels with the contacts. Throws when the platform stays down. */
async function createEach(work: Work, batch: readonly Pending[]): Promise<readonly CompanyRow[]> {
  const { job } = work
  const ended: CompanyRow[] = []
  for (let open = batch, tries = 1; ; tries += 1) {
    let failure: ConnectorError | null
    const before = open.length
    try {
      const found = await look(work, open)
      for (const [{ row, isUnsure }, target] of found)
        ended.push({ ...row, target, state: isUnsure ? 'done' : 'there' })
      open = open
        .filter((pending) => !found.has(pending))
        .map((pending) => ({ ...pending, isUnsure: true }))
      if (open.length === 0) return ended
      const sent = await send(work, open)
      ended.push(...sent.ended)
      open = sent.unknown
      failure = sent.failure
      if (failure === null) return ended
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      if (error.kind === 'invalid') return [...ended, ...(await apart(work, open, error))]
      if (!error.mayRetry) throw error
      failure = error
    }
    if (open.length < before) tries = 1
    if (tries >= TRIES_MAX) throw failure
    await job.env.clock.sleep(Math.max(pauseMs(tries), failure.retryAfterMs ?? 0), job.signal)
  }
}

/** A refusal of several tells nothing of each. */
async function apart(
  work: Work,
  batch: readonly Pending[],
  { message }: ConnectorError,
): Promise<readonly CompanyRow[]> {
  const [only, ...others] = batch
  if (only !== undefined && others.length === 0) {
    work.job.env.log.warn(`company ${only.company.name} is not created: ${message}`)
    return []
  }
  const ended: CompanyRow[] = []
  for (const pending of batch) ended.push(...(await createEach(work, [pending])))
  return ended
}

interface Sent {
  readonly ended: readonly CompanyRow[]
  readonly unknown: readonly Pending[]
  readonly failure: ConnectorError | null
}

/** Names that differ in the plan may be the same once they are cut: such are one company. */
async function send({ job, writer }: Work, batch: readonly Pending[]): Promise<Sent> {
  const alike = [...Map.groupBy(batch, ({ company }) => foldCompany(company.name)).values()]
  const companies = alike.flatMap(([first]) =>
    first === undefined ? [] : [{ name: first.company.name, fields: first.company.fields }],
  )
  const outcomes = await writer.create(companies, job.signal)
  const ended: CompanyRow[] = []
  const unknown: Pending[] = []
  let failure: ConnectorError | null = null
  for (const [place, all] of alike.entries()) {
    const outcome = outcomes[place] ?? {
      kind: 'unknown',
      message: 'the answer does not mention it',
    }
    if (outcome.kind === 'done') {
      for (const [rank, { row }] of all.entries())
        ended.push({ ...row, target: outcome.id, state: rank === 0 ? 'done' : 'there' })
    } else if (outcome.kind === 'rejected') {
      const name = companies[place]?.name ?? ''
      job.env.log.warn(`company ${name} is not created: ${outcome.message}`)
    } else {
      unknown.push(...all)
      failure = new ConnectorError('unknown', outcome.message)
    }
  }
  return { ended, unknown, failure }
}

/** Less than this after a lost answer, the request may still be at work there. */
const SECOND_LOOK_MS = 1_500

/** Ids of those that are there. One look before the first try; two of them a visibility lag apart before another one. */
async function look(
  { job, reader, lagMs }: Work,
  batch: readonly Pending[],
): Promise<ReadonlyMap<Pending, string>> {
  const found = new Map<Pending, string>()
  const ask = async (asked: readonly Pending[]): Promise<void> => {
    const names = asked.map(({ company }) => company.name)
    const there = await reader.named(names, job.signal)
    const ids = new Map(there.toReversed().map(({ id, name }) => [foldCompany(name), id]))
    for (const pending of asked) {
      const id = ids.get(foldCompany(pending.company.name))
      if (id !== undefined) found.set(pending, id)
    }
  }
  await ask(batch)
  const again = batch.filter((pending) => pending.isUnsure && !found.has(pending))
  if (again.length === 0) return found
  await job.env.clock.sleep(Math.max(SECOND_LOOK_MS, lagMs), job.signal)
  await ask(again)
  return found
}

async function finish(
  { env, run, commit }: Job,
  { edits }: Position,
  high: string | null,
): Promise<Progressed> {
  const created = await env.store.companies.created(run.id, 0)
  const now = env.clock.now()
  await commit(async (store) => {
    const before = await store.runs.lock(run.id)
    // The second plan of a migration seldom edits any: what the first one did stays told.
    const told = (before?.facts as RunFacts | undefined)?.companies
    const companies = { ...told, created: created.count, ...edits }
    const facts = { ...before?.facts, companies }
    await store.runs.update(run.id, { facts, updatedAt: now })
    if (high === null) return
    await store.cursors.save({
      sync: run.sync,
      side: 'from',
      stream: COMPANIES_STREAM,
      watermark: high,
      fingerprint: COMPANIES_STREAM,
      censusAt: null,
      run: run.id,
      updatedAt: now,
    })
  })
  return { kind: 'closed', opens: QUIET }
}

/** Ids of the companies that ops name, where the side links a contact by id. Costs nothing where no op names one. */
export async function companyIds(
  { env, run }: Job,
  ops: readonly Pick<Op, 'fields'>[],
): Promise<(op: Pick<Op, 'fields'>) => string | null> {
  const keyOf = ({ fields }: Pick<Op, 'fields'>): string | null => {
    const after = fields.find(({ path }) => path === 'company')?.after
    return typeof after === 'string' && after !== '' ? foldCompany(after) : null
  }
  const names = [...new Set(ops.flatMap((op) => keyOf(op) ?? []))]
  if (names.length === 0) return () => null
  const rows = await env.store.companies.among(run.sync, names)
  const ids = new Map(rows.map(({ name, target }) => [name, target]))
  return (op) => {
    const key = keyOf(op)
    return key === null ? null : (ids.get(key) ?? null)
  }
}
