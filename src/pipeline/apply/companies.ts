/** Creates the companies of a plan, before contacts: each looked for by its name right before, and again where no answer came. */
import type { CompanyReader, CompanyWriter } from '../../connector/companies.ts'
import { ConnectorError } from '../../connector/error.ts'
import { foldCompany } from '../../model/company.ts'
import type { PlannedCompany } from '../../plan/companies.ts'
import type { Op } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { CompanyRow } from '../../state/companies.ts'
import { COMPANIES_STREAM, companiesPage } from '../companies.ts'
import type { Job, Progressed } from '../env.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'

interface Position {
  readonly page: number
  readonly done: number
}
/** Companies to a piece: each may have to be waited for. */
const CHUNK = 5
const QUIET = [{ name: 'quiet', position: { afterSeq: 0 } }] as const

interface Work {
  readonly job: Job
  readonly reader: CompanyReader
  readonly writer: CompanyWriter
  readonly lagMs: number
}

export async function createCompanies(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { env, run } = job
  const account = env.accounts(run.sync).writer('to')
  const { companies: reader, companyWriter: writer } = account
  if (plan.companies === undefined || reader === undefined || writer === undefined)
    return { kind: 'closed', opens: QUIET }
  const position = (job.position as Position | null) ?? { page: 0, done: 0 }
  const page = await companiesPage(env.store, plan, position.page)
  if (page === null) return finish(job, plan.companies.high)
  const chunk = page.slice(position.done, position.done + CHUNK)
  if (chunk.length === 0) return { kind: 'more', position: { page: position.page + 1, done: 0 } }
  const work: Work = { job, reader, writer, lagMs: account.capabilities.visibilityLagMs }
  await createAll(work, chunk)
  return { kind: 'more', position: { ...position, done: position.done + chunk.length } }
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
  const open = chunk.filter(({ key }) => known.get(key)?.target == null)
  if (open.length === 0) return
  const rows = open.map(
    ({ key }): CompanyRow => ({
      name: key,
      source: known.get(key)?.source ?? null,
      target: null,
      state: 'sent',
      run,
      at: clock.now(),
    }),
  )
  await job.commit((inner) => inner.companies.save(sync, rows))
  await store.flush()
  const ended: CompanyRow[] = []
  for (const [place, company] of open.entries()) {
    const row = rows[place]
    if (row === undefined) continue
    const wasSent = known.get(company.key)?.state === 'sent'
    const made = await create(work, company, wasSent)
    if (made !== null) ended.push({ ...row, ...made })
  }
  await job.commit((inner) => inner.companies.save(sync, ended))
}

/** null: the platform refuses it; its name still travels with the contacts. Throws when the platform stays down. */
async function create(
  work: Work,
  { key: _, ...company }: PlannedCompany,
  wasSent: boolean,
): Promise<Pick<CompanyRow, 'target' | 'state'> | null> {
  const { job, writer } = work
  for (let tries = 1, isUnsure = wasSent; ; tries += 1) {
    try {
      const there = await look(work, company.name, isUnsure)
      if (there !== null) return { target: there, state: isUnsure ? 'done' : 'there' }
      isUnsure = true
      return { target: await writer.create(company, job.signal), state: 'done' }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      if (error.kind === 'invalid') {
        job.env.log.warn(`company ${company.name} is not created: ${error.message}`)
        return null
      }
      if (!error.mayRetry || tries >= TRIES_MAX) throw error
      await job.env.clock.sleep(Math.max(pauseMs(tries), error.retryAfterMs ?? 0), job.signal)
    }
  }
}

/** Less than this after a lost answer, the request may still be at work there. */
const SECOND_LOOK_MS = 1_500

/** One look before the first try; two of them a visibility lag apart before another one. */
async function look(
  { job, reader, lagMs }: Work,
  name: string,
  isUnsure: boolean,
): Promise<string | null> {
  const [first] = await reader.named(name, job.signal)
  if (first !== undefined || !isUnsure) return first?.id ?? null
  await job.env.clock.sleep(Math.max(SECOND_LOOK_MS, lagMs), job.signal)
  const [second] = await reader.named(name, job.signal)
  return second?.id ?? null
}

async function finish({ env, run, commit }: Job, high: string | null): Promise<Progressed> {
  const created = await env.store.companies.created(run.id, 0)
  const now = env.clock.now()
  await commit(async (store) => {
    const before = await store.runs.lock(run.id)
    const facts = { ...before?.facts, companies: { created: created.count } }
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
