/** Companies: read in order of their ids, looked for by name. The contact's `company` links it to the one of that name (README, "companies"). */
import { z } from 'zod'
import { guarded } from '../../src/connector/guarded.ts'
import type { CompanyPage, CompanyReader, FittedCompany } from '../../src/connector/companies.ts'
import { readPosition } from '../../src/connector/position.ts'
import { type Company, COMPANY_PATHS, foldCompany } from '../../src/model/company.ts'
import type { FieldPath } from '../../src/model/field.ts'
import { STANDARD_FIELDS } from '../../src/model/field.ts'
import { remoteId } from '../../src/model/id.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { TargetRules } from '../../src/connector/connector.ts'
import type { Account } from './account.ts'
import { pageRows } from './capabilities.ts'
import { TEXT_CHARS_MAX } from './fields.ts'
import { regionForCountry } from './places.ts'
import { byId, chunksOf, type Condition, isOneOf } from './query.ts'
import { isObject, whole } from './schema.ts'

export const ALIASES: Readonly<Record<FieldPath, string>> = {
  'phones.main': 'companyphone',
  website: 'companywebsite',
  'addresses.main.line1': 'companyaddress1',
  'addresses.main.line2': 'companyaddress2',
  'addresses.main.city': 'companycity',
  'addresses.main.region': 'companystate',
  'addresses.main.postalCode': 'companyzipcode',
  'addresses.main.country': 'companycountry',
}
export const NAME = 'companyname'

export function companyReader(account: Account, rules: () => TargetRules): CompanyReader {
  return {
    page: (request, signal) => guarded(() => companiesPage(account, request, signal), signal),
    named: (names, signal) => guarded(() => companiesNamed(account, names, signal), signal),
    fit: (company) => fitted(company, rules()),
  }
}

/** Up the ids; by offset where the server ignores the condition. */
async function companiesPage(
  account: Account,
  request: { readonly since: string | null; readonly position: string | null },
  signal: AbortSignal,
): Promise<CompanyPage> {
  const since = Number(request.since ?? 0)
  const at = readPosition(POSITION, request.position) ?? { after: since, start: null }
  const found = await pageAt(account, { at, where: [] }, signal)
  if (at.start === null && !found.every(({ id }) => id > at.after))
    return companiesPage(account, { ...request, position: '{"after":0,"start":0}' }, signal)
  const next = behind(at, found)
  const fresh = found.filter(({ id }) => id > since)
  return {
    companies: fresh.map(companyOf).filter(({ name }) => name !== ''),
    broken: fresh
      .filter((row) => companyOf(row).name === '')
      .map(({ id }) => ({
        id: remoteId(String(id)),
        message: 'a company without a name',
        hint: '',
      })),
    next: found.length === 0 ? null : JSON.stringify(next),
    high: next.after === 0 ? null : String(next.after),
  }
}
const POSITION = z.strictObject({ after: z.int(), start: z.int().nonnegative().nullable() })
const ROW = z.looseObject({ id: whole, fields: z.unknown().optional() })
type Row = z.output<typeof ROW>

async function companiesNamed(
  account: Account,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Company[]> {
  const wanted = new Set(names.map(foldCompany))
  const found = new Map<string, Company>()
  for (const chunk of chunksOf([...new Set(names.map((name) => name.trim()))])) {
    for (const row of await allOf(account, [isOneOf(NAME, chunk)], signal)) {
      const company = companyOf(row)
      if (wanted.has(foldCompany(company.name))) found.set(company.id, company)
    }
  }
  return [...found.values()].toSorted((a, b) => Number(a.id) - Number(b.id))
}

/** Every page; where the server ignores the condition, that is every company there is. */
async function allOf(
  account: Account,
  where: readonly Condition[],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const limit = pageRows(account.settings.limits)
  const all: Row[] = []
  for (let at: At = { after: 0, start: null }; ; ) {
    const asked: At = at
    const found = await pageAt(account, { at: asked, where }, signal)
    if (asked.start === null && !found.every(({ id }) => id > asked.after)) {
      all.length = 0
      at = { after: 0, start: 0 }
      continue
    }
    all.push(...found)
    if (found.length < limit) return all
    at = behind(asked, found)
  }
}

interface At {
  readonly after: number
  /** null: by id. */
  readonly start: number | null
}

async function pageAt(
  account: Account,
  { at, where }: { readonly at: At; readonly where: readonly Condition[] },
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const limit = pageRows(account.settings.limits)
  const { rows } = await account.client.call(
    'companies.list',
    at.start === null
      ? { ...byId(String(at.after), limit, where), start: 0 }
      : { where: [...where], orderBy: 'id', orderByDir: 'asc', start: at.start, limit },
    signal,
  )
  return rows.map(([, row]) => ROW.parse(row)).toSorted((a, b) => a.id - b.id)
}

function behind({ after, start }: At, found: readonly Row[]): At {
  return {
    after: found.at(-1)?.id ?? after,
    start: start === null ? null : start + found.length,
  }
}

function companyOf({ id, fields }: Row): Company {
  const all = isObject(fields) && isObject(fields['all']) ? fields['all'] : {}
  const text = (alias: string | undefined) =>
    alias === undefined ? '' : String(all[alias] ?? '').trim()
  return {
    id: String(id),
    name: text(NAME),
    fields: Object.fromEntries(
      COMPANY_PATHS.flatMap((path) => {
        const value = text(ALIASES[path])
        return value === '' ? [] : [[path, value]]
      }),
    ),
  }
}

/** The server checks them as it checks those of a contact. */
function fitted({ name, fields }: Company, rules: TargetRules): FittedCompany {
  const losses: { path: FieldPath; cause: string; before: string }[] = []
  const kept: Record<string, string> = {}
  for (const [path, value] of Object.entries(fields)) {
    if (typeof value !== 'string') continue
    const fit = rules.fit(definition(path), value)
    if (fit.kind !== 'ok') losses.push({ path: `company.${path}`, cause: fit.cause, before: value })
    const after = fit.kind === 'reject' ? undefined : fit.value
    if (typeof after === 'string') kept[path] = after
  }
  // A code that several countries use is settled by the country, as for contacts.
  const region = kept['addresses.main.region']
  if (region !== undefined) {
    const settled = regionForCountry(region, kept['addresses.main.country'] ?? null)
    if (settled === undefined) {
      delete kept['addresses.main.region']
      const cause = 'a region that the country does not settle'
      losses.push({ path: 'company.addresses.main.region', cause, before: region })
    } else kept['addresses.main.region'] = settled
  }
  const short = [...name.trim()].slice(0, TEXT_CHARS_MAX).join('').trim()
  if (short !== name.trim())
    losses.push({ path: 'company', cause: `cut to ${TEXT_CHARS_MAX} characters`, before: name })
  return { company: { name: short, fields: kept }, losses }
}

function definition(path: FieldPath): FieldDefinition {
  const { label, type } = STANDARD_FIELDS[path] ?? { label: path, type: 'text' }
  return {
    path,
    native: ALIASES[path] ?? path,
    label,
    type,
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
}
