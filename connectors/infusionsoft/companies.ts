/** Companies: rows of the table Company, which lie among those of contacts. A contact is linked by CompanyID (README, "companies"). */
import type {
  CompanyOutcome,
  CompanyPage,
  CompanyReader,
  CompanyWriter,
  FittedCompany,
} from '../../src/connector/companies.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { readPosition } from '../../src/connector/position.ts'
import { type Company, foldCompany } from '../../src/model/company.ts'
import type { FieldPath } from '../../src/model/field.ts'
import { plainText } from './codec.ts'
import { TEXT_LENGTH_MAX } from './custom-fields.ts'
import { firstMark, MARK_SCHEMA } from './mark.ts'
import { namedColumns } from './page-recovery.ts'
import { updateRow } from './row-update.ts'
import type { Cells, Filter, Row } from './schema.ts'
import type { TableRead } from './table-query.ts'
import { readAll, readPage } from './table-reader.ts'
import type { Source } from './vocabulary.ts'

const COLUMNS: Readonly<Record<FieldPath, string>> = {
  'phones.main': 'Phone1',
  website: 'Website',
  'addresses.main.line1': 'StreetAddress1',
  'addresses.main.line2': 'StreetAddress2',
  'addresses.main.city': 'City',
  'addresses.main.region': 'State',
  'addresses.main.postalCode': 'PostalCode',
  'addresses.main.country': 'Country',
}

export interface CompanySource extends Source {
  readonly isEscaped: boolean
}

export function companyReader(source: CompanySource): CompanyReader {
  return {
    async page({ since, position }, signal): Promise<CompanyPage> {
      const first = { ...firstMark(source.pageSize), after: Number(since ?? 0) }
      const mark = readPosition(MARK_SCHEMA, position) ?? first
      const page = await readPage(companies(source, {}), mark, signal)
      // A server that ignores the bound shows what was read before, too.
      const rows = page.rows.filter((row) => Number(row['Id']) > first.after)
      const high = Math.max(mark.after, ...rows.map((row) => Number(row['Id'])))
      return {
        companies: rows.flatMap((row) => companyOf(row, source)),
        broken: page.broken,
        next: page.next === null ? null : JSON.stringify(page.next),
        high: high === 0 ? null : String(high),
      }
    },
    named: (names, signal) => companiesNamed(source, names, signal),
    fit: fitted,
  }
}

export function companyWriter({ client }: Source): CompanyWriter {
  return {
    async create(companies, signal) {
      const outcomes: CompanyOutcome[] = []
      for (const [position, company] of companies.entries()) {
        try {
          const row = { table: 'Company', values: cellsOf(company) } as const
          const id = await client.call('DataService.add', row, { signal })
          outcomes.push({ kind: 'done', id: String(id) })
        } catch (error) {
          signal.throwIfAborted()
          if (!(error instanceof ConnectorError)) throw error
          const { kind, message } = error
          if (kind === 'invalid') outcomes.push({ kind: 'rejected', message })
          else if (position === 0) throw error
          // What was created before must not be hidden by it.
          else {
            const rest = companies.slice(position)
            return [...outcomes, ...rest.map(() => ({ kind: 'unknown', message }) as const)]
          }
        }
      }
      return outcomes
    },
    async update(id, fields, signal) {
      const values = fieldCells(fields)
      await updateRow(client, { table: 'Company', id: Number(id), values }, signal)
    },
  }
}

function cellsOf({ name, fields }: Omit<Company, 'id'>): Cells {
  return { Company: { as: 'text', value: name }, ...fieldCells(fields) }
}

function fieldCells(fields: Company['fields']): Cells {
  const values: Record<string, Cells[string]> = {}
  for (const [path, value] of Object.entries(fields)) {
    const column = COLUMNS[path]
    if (column !== undefined && typeof value === 'string') values[column] = { as: 'text', value }
  }
  return values
}

/** A request for each name: the service compares a column with one value. */
async function companiesNamed(
  source: CompanySource,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Company[]> {
  // A name that the server would take for a condition, or keeps in another form, cannot be asked for (quirks 17 and 23).
  const isSafe = (name: string) => !/[%~]/.test(name) && !source.isEscaped
  const filters: Filter[] = names.every(isSafe)
    ? names.map((name) => ({ Company: name.trim() }))
    : [{}]
  const wanted = new Set(names.map(foldCompany))
  const found = new Map<string, Company>()
  for (const filter of filters) {
    const { rows } = await readAll(companies(source, filter), firstMark(source.pageSize), signal)
    for (const company of rows.flatMap((row) => companyOf(row, source)))
      if (wanted.has(foldCompany(company.name))) found.set(company.id, company)
  }
  return [...found.values()].toSorted((a, b) => Number(a.id) - Number(b.id))
}

function companies({ client, pageSize, log }: Source, filter: Filter): TableRead {
  return {
    client,
    table: 'Company',
    key: 'Id',
    within: null,
    columns: ['Id', 'CompanyID', 'Company', ...Object.values(COLUMNS)],
    filter,
    pageSize,
    missing: (error, asked) => Promise.resolve(namedColumns(error, asked)),
    note: (text) => log.debug(text),
  }
}

/** None: a person, which an account may list here too. */
function companyOf(row: Row, source: CompanySource): readonly Company[] {
  const words = (column: string) => plainText(String(row[column] ?? ''), source).trim()
  const own = Number(row['CompanyID'] ?? 0)
  const name = words('Company')
  if (name === '' || (own !== 0 && own !== row['Id'])) return []
  const fields = Object.entries(COLUMNS).flatMap(([path, column]) => {
    const value = words(column)
    return value === '' ? [] : [[path, value] as const]
  })
  return [{ id: String(row['Id']), name, fields: Object.fromEntries(fields) }]
}

function fitted({ name, fields }: Company): FittedCompany {
  const losses: { path: FieldPath; cause: string; before: string }[] = []
  const cut = (path: FieldPath, text: string) => {
    const short = text.trim().slice(0, TEXT_LENGTH_MAX).trim()
    if (short !== text.trim())
      losses.push({ path, cause: `cut to ${TEXT_LENGTH_MAX} characters`, before: text })
    return short
  }
  const kept = Object.entries(fields).flatMap(([path, value]) =>
    typeof value === 'string' ? [[path, cut(`company.${path}`, value)] as const] : [],
  )
  return { company: { name: cut('company', name), fields: Object.fromEntries(kept) }, losses }
}
