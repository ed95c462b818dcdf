/** Tags of given contacts, from the table of assignments: `Contact.Groups` has an unknown length and is never trusted (README, "tags"). */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Client } from './client.ts'
import { ROWS_MAX } from './operations.ts'
import type { Filter } from './schema.ts'

/** Servers that know no lists on this column are asked contact by contact, for at most so many. */
const ONE_BY_ONE_MAX = 200

/**
 * Tag ids by contact id, sorted; a contact without tags has an empty list. null: they would cost too many requests. An id list is documented for Id
 * columns ("only on Id fields, at most 1000"); a server that ignores it on ContactId shows rows that were not asked for, and is not believed.
 */
export async function tagsOf(
  client: Client,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly string[]> | null> {
  if (ids.length > 1) {
    const listed = grouped(ids, await orRefused(() => assignments(client, ids, signal)))
    if (listed !== null) return listed
    if (ids.length > ONE_BY_ONE_MAX) return null
  }
  const rows: Assignment[] = []
  for (const id of ids) rows.push(...(await assignments(client, id, signal)))
  return grouped(ids, rows)
}

type Assignment = readonly [contact: number, tag: number]

/** null: refused, or an answer to another question. */
function grouped(
  ids: readonly number[],
  rows: readonly Assignment[] | null,
): ReadonlyMap<number, readonly string[]> | null {
  if (rows === null) return null
  const tags = new Map(ids.map((id) => [id, new Set<string>()]))
  for (const [contact, tag] of rows) {
    const own = tags.get(contact)
    if (own === undefined) return null
    own.add(String(tag))
  }
  return new Map([...tags].map(([id, own]) => [id, [...own].sort()]))
}

async function orRefused<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    const isRefused = error instanceof ConnectorError && REFUSALS.has(error.kind)
    if (isRefused) return null
    throw error
  }
}
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'unsupported', 'protocol', 'permission'])

/** Whole, page by page; the few rows of a question do not move while it is asked. */
async function assignments(
  client: Client,
  contact: number | readonly number[],
  signal: AbortSignal,
): Promise<readonly Assignment[]> {
  const all: Assignment[] = []
  const queryData: Filter = { ContactId: contact }
  let limit = ROWS_MAX
  for (let page = 0; ; page += 1) {
    const { rowsMost } = client
    const rows = await client.call(
      'DataService.query',
      {
        table: 'ContactGroupAssign',
        limit,
        page,
        queryData,
        selectedFields: ['ContactId', 'GroupId'],
        orderBy: 'ContactId',
        ascending: true,
      },
      { signal },
    )
    for (const row of rows) all.push([Number(row['ContactId']), Number(row['GroupId'])])
    if (rows.length === 0 || rows.length < Math.min(limit, rowsMost)) return all
    // A server that caps its pages counts them in its own size.
    limit = rows.length
  }
}
