/**
 * Plans which companies are created at the target: those of the source whose name it does not have. Read a page to a commit, by a cursor of their own; the
 * first reading, and every whole one, reads the names of the target before.
 */
import type { CompanyPage, CompanyReader } from '../connector/companies.ts'
import { ConnectorError } from '../connector/error.ts'
import { type Company, foldCompany } from '../model/company.ts'
import { digest } from '../model/hash.ts'
import type { PlanId, RemoteId, RunId } from '../model/id.ts'
import { companyBase, type PlannedCompanies, type PlannedCompany } from '../plan/companies.ts'
import type { PlanContext } from '../plan/context.ts'
import { countLosses } from '../plan/losses.ts'
import type { LossCount } from '../plan/plan.ts'
import type { CompanyRow } from '../state/companies.ts'
import type { StateStore } from '../state/store.ts'
import type { Job } from './env.ts'

export interface CompaniesPosition {
  readonly phase: 'first' | 'there' | 'here' | 'done'
  readonly position: string | null
  /** Pages kept so far. */
  readonly pages: number
  /** null: there is none that was not looked at before. */
  readonly sums: PlannedCompanies | null
  readonly losses: readonly LossCount[]
  /** Hash over all that will be created. */
  readonly chain: string
  readonly warnings: readonly string[]
}
export const NO_COMPANIES: CompaniesPosition = {
  phase: 'first',
  position: null,
  pages: 0,
  sums: null,
  losses: [],
  chain: '',
  warnings: [],
}
export const COMPANIES_STREAM = 'companies'

export async function companiesPage(
  store: StateStore,
  plan: { readonly id: PlanId; readonly run: RunId },
  page: number,
): Promise<readonly PlannedCompany[] | null> {
  const found = await store.runs.document(plan.run, pageName(plan.id, page))
  return found as readonly PlannedCompany[] | null
}

function pageName(plan: PlanId, page: number): string {
  return `companies ${plan} ${page}`
}

interface Work {
  readonly job: Job
  readonly plan: PlanId
  readonly at: CompaniesPosition
  readonly reader: CompanyReader
  readonly there: CompanyReader
  /** Whether fields of the target's companies can be written over. */
  readonly mayUpdate: boolean
  /** Companies up to here were looked at by an earlier run. */
  readonly since: string | null
}

export async function planCompanies(
  job: Job,
  context: PlanContext,
  given: { readonly plan: PlanId; readonly companies: CompaniesPosition; readonly isFull: boolean },
): Promise<CompaniesPosition> {
  const { plan, companies: at, isFull } = given
  const asked = companiesAsked(job, context)
  if (asked === null) return { ...at, phase: 'done' }
  const cursor = await job.env.store.cursors.get(job.run.sync, 'from', COMPANIES_STREAM)
  const since = isFull ? null : (cursor?.watermark ?? null)
  try {
    return await step({ ...asked, job, plan, at, since })
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (error.kind !== 'permission' && error.kind !== 'unsupported') throw error
    // Their names still travel with the contacts.
    const warnings = [...at.warnings, `companies travel by name alone: ${error.message}`]
    return { ...NO_COMPANIES, phase: 'done', warnings }
  }
}

/** Both sides of companies that travel as records; null: they do not. */
export function companiesAsked(
  job: Job,
  context: PlanContext,
): Pick<Work, 'reader' | 'there' | 'mayUpdate'> | null {
  const accounts = job.env.accounts(job.run.sync)
  const [reader, there] = [accounts.reader('from').companies, accounts.reader('to').companies]
  const target = context.to.capabilities.companies
  const isAsked = context.policy.companies === 'records' && target?.create === true
  if (!isAsked || reader === undefined || there === undefined) return null
  return { reader, there, mayUpdate: target.update }
}

async function step(work: Work): Promise<CompaniesPosition> {
  const { job, at, reader, there, since } = work
  const { position } = at
  switch (at.phase) {
    case 'first': {
      const page = await reader.page({ since, position: null }, job.signal)
      if (page.companies.length === 0 && page.next === null) return { ...at, phase: 'done' }
      if (since === null) return { ...at, phase: 'there' }
      return keepPage(work, page)
    }
    case 'there': {
      const page = await there.page({ since: null, position }, job.signal)
      await keepThere(work, page.companies)
      if (page.next !== null) return { ...at, position: page.next }
      return { ...at, phase: 'here', position: null }
    }
    case 'here':
      return keepPage(work, await reader.page({ since, position }, job.signal))
    case 'done':
      return at
  }
}

/** What the target has, whoever made it. */
async function keepThere({ job }: Work, companies: readonly Company[]): Promise<void> {
  const { env, run } = job
  const first = new Map(
    companies.toReversed().map((company) => [foldCompany(company.name), company]),
  )
  const known = new Map(
    (await env.store.companies.among(run.sync, [...first.keys()])).map((row) => [row.name, row]),
  )
  const rows = [...first]
    .filter(([name]) => known.get(name)?.target == null)
    .map(([name, { id }]) => row(job, { name, target: id, state: 'there' }))
  if (rows.length > 0) await job.commit((store) => store.companies.save(run.sync, rows))
}

function row(
  { run, env }: Job,
  given: Pick<CompanyRow, 'name' | 'state'> & Partial<CompanyRow>,
): CompanyRow {
  return { source: null, target: null, base: null, run: run.id, at: env.clock.now(), ...given }
}

async function keepPage(work: Work, page: CompanyPage): Promise<CompaniesPosition> {
  const { job, at, plan, there, mayUpdate, since } = work
  const { store } = job.env
  const named = new Map(
    page.companies.toReversed().map((company) => [foldCompany(company.name), company]),
  )
  const known = new Map(
    (await store.companies.among(job.run.sync, [...named.keys()])).map((one) => [one.name, one]),
  )
  const create: PlannedCompany[] = []
  const edit: PlannedCompany[] = []
  const rows: CompanyRow[] = []
  const hashKey = await store.meta.hashKey()
  let losses = at.losses
  for (const [key, company] of named) {
    const fitted = there.fit(company)
    if (isSettled(job, known.get(key), company)) {
      const changed = mayUpdate
        ? editOf(company, known.get(key), { ...fitted, key: hashKey })
        : null
      if (changed !== null) edit.push({ ...changed, key })
      continue
    }
    losses = countLosses(
      losses,
      company.id as RemoteId,
      fitted.losses.map(({ path, ...loss }) => ({ ...loss, field: path, after: null })),
    )
    create.push({ ...fitted.company, key })
    rows.push(
      row(job, {
        name: key,
        source: company.id,
        state: known.get(key)?.state ?? 'planned',
        base: known.get(key)?.base ?? null,
      }),
    )
  }
  const planned = [...create, ...edit]
  if (planned.length > 0) {
    await job.commit(async (inner) => {
      await inner.runs.saveDocument(job.run.id, pageName(plan, at.pages), planned)
      await inner.companies.save(job.run.sync, rows)
    })
  }
  const before = at.sums ?? { create: 0, settled: 0, high: null }
  const update = (before.update ?? 0) + edit.length
  const warnings = page.broken.map(({ id, message }) => `company ${id ?? ''}: ${message}`)
  return {
    ...at,
    phase: page.next === null ? 'done' : 'here',
    position: page.next,
    pages: at.pages + (planned.length > 0 ? 1 : 0),
    sums: {
      create: before.create + create.length,
      ...(update === 0 ? {} : { update }),
      settled: before.settled + page.companies.length - planned.length,
      high: page.high ?? before.high ?? since,
    },
    losses,
    chain: planned.length > 0 ? digest(at.chain + JSON.stringify(planned)) : at.chain,
    warnings: [...new Set([...at.warnings, ...warnings])].slice(0, WARNINGS_MAX),
  }
}
const WARNINGS_MAX = 20

/** Of one that the sync made: what the source shows otherwise by now. What was emptied there stays. */
function editOf(
  { id }: Company,
  row: CompanyRow | undefined,
  { company, key }: { readonly company: Omit<Company, 'id'>; readonly key: string },
): Omit<PlannedCompany, 'key'> | null {
  if (row?.state !== 'done' || row.source !== id || row.base === null || row.target === null)
    return null
  const { base, target } = row
  const wanted = companyBase(key, company)
  const paths = Object.keys(wanted).filter((path) => wanted[path] !== base[path])
  if (paths.length === 0) return null
  const fields = Object.fromEntries(paths.map((path) => [path, company.fields[path] ?? null]))
  return { name: company.name, fields, target }
}

/** Of two companies of one name the one that was read first is created; a page that is decided again finds its own. */
function isSettled(job: Job, known: CompanyRow | undefined, { id }: Company): boolean {
  if (known === undefined) return false
  if (known.target !== null) return true
  return known.run === job.run.id && known.source !== id
}
