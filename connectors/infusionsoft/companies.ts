/** Companies: rows of the table Company, which lie among those of contacts. A contact is linked by CompanyID (README, "companies"). */
import type {
  CompanyPage,
  CompanyReader,
  CompanyWriter,
  FittedCompany,
} from '../../src/connector/companies.ts'
import { readPosition } from '../../src/connector/position.ts'
import { type Company, foldCompany } from '../../src/model/company.ts'
import type { FieldPath } from '../../src/model/field.ts'
import { plainText } from './codec.ts'
import { TEXT_LENGTH_MAX } from './custom-fields.ts'
import { firstMark, MARK_SCHEMA } from './mark.ts'
import { namedColumns } from './page-recovery.ts'
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
    async named(name, signal) {
      // A name that the server would take for a condition, or keeps in another form, cannot be asked for (quirks 17 and 23).
      const isSafe = !/[%~]/.test(name) && !source.isEscaped
      const filter = isSafe ? { Company: name.trim() } : {}
      const read = companies(source, filter)
      const { rows } = await readAll(read, firstMark(source.pageSize), signal)
      return rows
        .flatMap((row) => companyOf(row, source))
        .filter((one) => foldCompany(one.name) === foldCompany(name))
    },
    fit: fitted,
  }
}

export function companyWriter({ client }: Source): CompanyWriter {
  return {
    async create({ name, fields }, signal) {
      const values: Record<string, Cells[string]> = { Company: { as: 'text', value: name } }
      for (const [path, value] of Object.entries(fields)) {
        const column = COLUMNS[path]
        if (column !== undefined && typeof value === 'string')
          values[column] = { as: 'text', value }
      }
      return String(await client.call('DataService.add', { table: 'Company', values }, { signal }))
    },
  }
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
