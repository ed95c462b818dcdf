/** Compares companies by their names: what of the source is missing at the target, was made there twice, or shows something else. */
import { type Company, foldCompany } from '../../model/company.ts'
import { type CompanyBase, companyBase } from '../../plan/companies.ts'
import type { RecordDifference, VerifiedCompanies } from '../../plan/run-facts.ts'
import type { CompanyReader } from '../../connector/companies.ts'
import type { CompanyRow } from '../../state/companies.ts'
import type { Copy } from '../../state/copies.ts'
import { planContext } from '../compiled.ts'
import { companiesAsked } from '../companies.ts'
import type { Job, Progressed } from '../env.ts'
import { type Comparing, join, orUncompared, withFound } from './sums.ts'

const START: Comparing<VerifiedCompanies> = {
  phase: 'there',
  position: null,
  sums: { checked: 0, equal: 0, edited: 0, differing: 0, missing: 0, doubled: 0 },
  found: [],
}

export function compareCompanies(job: Job): Promise<Progressed> {
  return orUncompared(job, 'companies', () => comparePage(job))
}

async function comparePage(job: Job): Promise<Progressed> {
  const asked = companiesAsked(job, await planContext(job))
  if (asked === null) return { kind: 'closed' }
  const at = (job.position as Comparing<VerifiedCompanies> | null) ?? START
  const request = { since: null, position: at.position }
  if (at.phase === 'there') {
    const { companies, next } = await asked.there.page(request, job.signal)
    await keepCopies(job, companies)
    const phase = next === null ? 'here' : 'there'
    return { kind: 'more', position: { ...at, phase, position: next } }
  }
  const { companies, next } = await asked.reader.page(request, job.signal)
  const compared = await compare(job, asked.there, companies, at)
  job.env.progress({
    run: job.run.id,
    step: 'verify',
    text: 'comparing companies',
    done: compared.sums.checked,
    total: null,
  })
  if (next !== null) return { kind: 'more', position: { ...compared, position: next } }
  const { sums, found } = compared
  const isOk = sums.differing + sums.missing + sums.doubled === 0
  return join(job, (verify) => ({
    verify: { ...verify, ok: verify.ok && isOk, companies: sums },
    companyDifferences: found,
  }))
}

async function keepCopies({ env, run, commit }: Job, companies: readonly Company[]): Promise<void> {
  const key = await env.store.meta.hashKey()
  const copies = companies.map(
    ({ id, name, fields }): Copy => ({
      origin: foldCompany(name),
      id,
      holder: null,
      shown: JSON.stringify(companyBase(key, { fields })),
    }),
  )
  if (copies.length > 0) await commit((store) => store.copies.add(run.id, 'company', copies))
}

async function compare(
  { env, run }: Job,
  there: CompanyReader,
  companies: readonly Company[],
  at: Comparing<VerifiedCompanies>,
): Promise<Comparing<VerifiedCompanies>> {
  const { store } = env
  const key = await store.meta.hashKey()
  const names = companies.map(({ name }) => foldCompany(name))
  const rows = new Map((await store.companies.among(run.sync, names)).map((row) => [row.name, row]))
  // A long name is shorter there.
  const fitted = companies.map((company) => ({ company, kept: there.fit(company).company }))
  const origins = [...new Set(fitted.map(({ kept }) => foldCompany(kept.name)))]
  const copies = Map.groupBy(
    await store.copies.of(run.id, 'company', origins),
    ({ origin }) => origin,
  )
  const sums: Record<keyof VerifiedCompanies, number> = { ...at.sums }
  const found: RecordDifference[] = []
  for (const { company, kept } of fitted) {
    const row = rows.get(foldCompany(company.name))
    const wanted = companyBase(key, kept)
    const { what, fields } = judge(copies.get(foldCompany(kept.name)) ?? [], {
      row,
      // Of two companies of one name, the other one is what was carried.
      wanted: row?.source === company.id ? wanted : null,
    })
    sums.checked += 1
    sums[what] += 1
    if (what !== 'equal' && what !== 'edited')
      found.push({ record: company.id, label: company.name, what, fields })
  }
  return { ...at, sums, found: withFound(at.found, found) }
}

interface Verdict {
  readonly what: 'equal' | 'edited' | RecordDifference['what']
  readonly fields: readonly string[]
}

/** One that the target had before is left as it is, and so are others of its name. */
function judge(
  there: readonly Copy[],
  { row, wanted }: { readonly row: CompanyRow | undefined; readonly wanted: CompanyBase | null },
): Verdict {
  const isOurs = row?.state === 'done'
  const copy = there.find(({ id }) => id === row?.target) ?? there[0]
  if (copy === undefined) return { what: 'missing', fields: [] }
  if (isOurs && there.length > 1) return { what: 'doubled', fields: [] }
  if (!isOurs || wanted === null || row.base === null) return { what: 'equal', fields: [] }
  const { base } = row
  const shown = JSON.parse(copy.shown) as CompanyBase
  const other = [...new Set([...Object.keys(wanted), ...Object.keys(base)])].filter(
    (path) => shown[path] !== wanted[path],
  )
  // What was emptied at the source stays.
  const behind = other.filter((path) => path in wanted && wanted[path] !== base[path])
  if (behind.length > 0) return { what: 'differing', fields: behind }
  return { what: other.length > 0 ? 'edited' : 'equal', fields: other }
}
