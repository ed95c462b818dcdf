/** Reads the vocabulary of an account: custom fields, tags with their categories, staff users. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Log } from '../../src/connector/kit.ts'
import type { Catalog, Owner, Tag } from '../../src/model/vocabulary.ts'
import type { Client } from './client.ts'
import { type CustomField, customField } from './custom-fields.ts'
import { isMissingFeature } from './faults.ts'
import { firstMark } from './mark.ts'
import { PHONE_FIELDS } from './phones.ts'
import type { Filter, Row } from './schema.ts'
import { STANDARD_DEFINITIONS } from './standard-fields.ts'
import { namedColumns } from './page-recovery.ts'
import { readAll } from './table-reader.ts'
import { CONTACT_FORM, type TableName } from './tables.ts'

export interface Source {
  readonly client: Client
  readonly log: Log
  readonly pageSize: number
}

/**
 * A table that the account does not have is empty, with a warning. One that it keeps from us is an error, save the staff's: without its
 * tags or custom fields a contact would arrive poorer, and nobody would hear of it.
 */
export async function readCatalog(
  source: Source,
  custom: readonly CustomField[],
  signal: AbortSignal,
): Promise<Catalog> {
  const fields = [
    ...STANDARD_DEFINITIONS,
    ...PHONE_FIELDS,
    ...custom.map(({ definition }) => definition),
  ]
  const tags = await readTags(source, signal)
  const users = await smallTable(
    source,
    { table: 'User', columns: ['Id', 'FirstName', 'LastName', 'Email'], mayBeKept: true },
    signal,
  )
  return { fields, tags, groups: [], owners: users.map(ownerOf) }
}

/** The custom fields of contacts, and of nothing else. */
export async function readCustomFields(
  source: Source,
  signal: AbortSignal,
  how: Pick<SmallTable, 'isRequired'> = {},
): Promise<readonly CustomField[]> {
  const rows = await smallTable(
    source,
    {
      table: 'DataFormField',
      columns: ['Id', 'FormId', 'Name', 'Label', 'DataType', 'Values'],
      filter: { FormId: CONTACT_FORM },
      ...how,
    },
    signal,
  )
  return rows
    .filter((row) => row['FormId'] === CONTACT_FORM && words(row, 'Name') !== '')
    .map((row) =>
      customField({
        id: Number(row['Id']),
        name: words(row, 'Name'),
        label: words(row, 'Label'),
        dataType: Number(row['DataType'] ?? 0),
        values: words(row, 'Values'),
      }),
    )
}

async function readTags(source: Source, signal: AbortSignal): Promise<readonly Tag[]> {
  const categories = await readCategories(source, signal)
  const rows = await smallTable(
    source,
    {
      table: 'ContactGroup',
      columns: ['Id', 'GroupName', 'GroupCategoryId', 'GroupDescription'],
    },
    signal,
  )
  return rows.map((row) => ({
    key: String(row['Id']),
    name: words(row, 'GroupName'),
    category: categories.get(Number(row['GroupCategoryId'] ?? 0)) ?? null,
    description: words(row, 'GroupDescription') || null,
  }))
}

/** Names by id. */
export async function readCategories(
  source: Source,
  signal: AbortSignal,
  how: Pick<SmallTable, 'isRequired'> = {},
): Promise<ReadonlyMap<number, string>> {
  const rows = await smallTable(
    source,
    { table: 'ContactGroupCategory', columns: ['Id', 'CategoryName'], ...how },
    signal,
  )
  return new Map(rows.map((row) => [Number(row['Id']), words(row, 'CategoryName')]))
}

export interface SmallTable {
  readonly table: TableName
  readonly columns: readonly string[]
  /** Not on the key. */
  readonly filter?: Filter
  /** True: a table that is not to be had is an error, since something is about to be decided by what is not in it. */
  readonly isRequired?: boolean
  /** True: without it nothing is lost unseen, so a login that may not read it goes on. */
  readonly mayBeKept?: boolean
}

/** All rows; none, with a warning, when the table is not to be had. */
export async function smallTable(
  source: Source,
  what: SmallTable,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const { client, log, pageSize } = source
  const { table, columns, filter = {} } = what
  try {
    const { rows, broken } = await readAll(
      {
        client,
        table,
        key: 'Id',
        within: null,
        columns,
        filter,
        pageSize,
        missing: (error, asked) => Promise.resolve(namedColumns(error, asked)),
        note: (text) => log.info(`${table}: ${text}`),
      },
      firstMark(pageSize),
      signal,
    )
    for (const row of broken) log.warn(`${table}: ${row.message}`)
    return rows
  } catch (error) {
    if (what.isRequired || !isMissingFeature(error) || !(error instanceof ConnectorError))
      throw error
    if (error.kind === 'permission' && what.mayBeKept !== true) throw error
    log.warn(`${table} cannot be read: ${error.message}`)
    return []
  }
}

function ownerOf(row: Row): Owner {
  const name = `${words(row, 'FirstName')} ${words(row, 'LastName')}`.trim()
  const email = words(row, 'Email')
  return {
    key: String(row['Id']),
    name: name === '' ? email || `User ${row['Id']}` : name,
    email: email === '' ? null : email,
  }
}

function words(row: Row, column: string): string {
  const value = row[column]
  return value === undefined ? '' : String(value)
}
