/**
 * Writes over fields of companies that the sync made, where the source shows another value by now and the target still the one that was written. What they
 * showed is kept with the run before a request leaves.
 */
import type { CompanyReader, CompanyWriter } from '../../connector/companies.ts'
import { ConnectorError } from '../../connector/error.ts'
import type { Company } from '../../model/company.ts'
import { type CompanyBase, companyBase, type PlannedCompany } from '../../plan/companies.ts'
import type { CompanyRow } from '../../state/companies.ts'
import type { Job } from '../env.ts'
import { OF_ONE_RECORD, repeated } from './repeat.ts'

export interface CompanyEdits {
  readonly updated: number
  /** Edited at the target, too, gone there, or refused: left as it is. */
  readonly kept: number
}
/** Documents of a run: fields of companies before they were written over, with their names. */
export const COMPANIES_BEFORE = 'companies before '

interface Edit {
  readonly row: CompanyRow
  readonly target: string
  readonly name: string
  readonly fields: Company['fields']
  readonly before: Company['fields']
  readonly base: CompanyBase
  /** False: somebody at the target edited all of it; it stays, and no later plan offers it again. */
  readonly isOwn: boolean
}

/** `place` tells pieces of a run apart. */
export async function editCompanies(
  {
    job,
    reader,
    writer,
  }: { readonly job: Job; readonly reader: CompanyReader; readonly writer: CompanyWriter },
  chunk: readonly PlannedCompany[],
  place: string,
): Promise<CompanyEdits> {
  if (chunk.length === 0) return { updated: 0, kept: 0 }
  const { store } = job.env
  const key = await store.meta.hashKey()
  const keys = chunk.map((company) => company.key)
  const rows = new Map(
    (await store.companies.among(job.run.sync, keys)).map((row) => [row.name, row]),
  )
  const names = chunk.map(({ name }) => name)
  const there = new Map(
    (await repeated(job, 'to', () => reader.named(names, job.signal))).map((company) => [
      company.id,
      company,
    ]),
  )
  const edits = chunk.flatMap((company) => {
    const row = rows.get(company.key)
    const edit = row === undefined ? null : editOf(company, row, { there, key })
    return edit === null ? [] : [edit]
  })
  await keepBefores(job, edits, `${COMPANIES_BEFORE}${place}`)
  const settled: CompanyRow[] = []
  let updated = 0
  for (const edit of edits) {
    const { row, base, target, fields, isOwn } = edit
    const isOver =
      Object.keys(fields).length === 0 || (await writeOver({ job, writer }, target, edit))
    if (!isOver) continue
    settled.push({ ...row, base: { ...row.base, ...base } })
    if (isOwn) updated += 1
  }
  await job.commit((inner) => inner.companies.save(job.run.sync, settled))
  return { updated, kept: chunk.length - updated }
}

/** null: it is not there any more. What the target shows already needs no write. */
function editOf(
  { target, name, fields }: PlannedCompany,
  row: CompanyRow,
  { there, key }: { readonly there: ReadonlyMap<string, Company>; readonly key: string },
): Edit | null {
  const now = target === undefined ? undefined : there.get(target)
  if (target === undefined || now === undefined || row.target !== target) return null
  const [shown, wanted] = [companyBase(key, now), companyBase(key, { fields })]
  const own = Object.keys(wanted).filter(
    (path) => shown[path] === wanted[path] || shown[path] === row.base?.[path],
  )
  const open = own.filter((path) => shown[path] !== wanted[path])
  const only = (of: Company['fields'], paths: readonly string[]) =>
    Object.fromEntries(paths.map((path) => [path, of[path] ?? null]))
  return {
    row,
    target,
    name,
    fields: only(fields, open),
    before: only(now.fields, open),
    // What somebody at the target edited counts as declined, until the source says something else.
    base: wanted,
    isOwn: own.length > 0,
  }
}

/** The first try's stay: a later one may see what that one wrote. */
async function keepBefores(job: Job, edits: readonly Edit[], document: string): Promise<void> {
  const open = edits.filter(({ fields }) => Object.keys(fields).length > 0)
  if (open.length === 0) return
  const befores = open.map(({ target, name, before }) => ({ target, name, before }))
  await job.commit(async (store) => {
    const known = ((await store.runs.document(job.run.id, document)) ?? []) as typeof befores
    const fresh = befores.filter((one) => !known.some(({ target }) => target === one.target))
    await store.runs.saveDocument(job.run.id, document, [...known, ...fresh])
  })
  await job.env.store.flush()
}

/** False: gone meanwhile, or refused. */
async function writeOver(
  { job, writer }: { readonly job: Job; readonly writer: CompanyWriter },
  target: string,
  { name, fields }: Pick<Edit, 'name' | 'fields'>,
): Promise<boolean> {
  try {
    await repeated(job, 'to', () => writer.update(target, fields, job.signal))
    return true
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (!OF_ONE_RECORD.includes(error.kind)) throw error
    job.env.log.warn(`company ${name} is not changed: ${error.message}`)
    return false
  }
}
