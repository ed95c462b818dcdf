/** Looks contacts up one way or another: by id, by e-mail address, by the value of one field. */
import type { Fetched, Probe } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { normEmail } from '../../src/model/email.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Client } from './client.ts'
import { contactColumns, sightingReader } from './codec.ts'
import type { CustomField } from './custom-fields.ts'
import { isMissingField } from './faults.ts'
import { ROWS_MAX } from './operations.ts'
import { isCompany } from './scan.ts'
import type { Row } from './schema.ts'
import { STANDARD_COLUMNS } from './standard-fields.ts'
import { tagsOf } from './tags.ts'
import { namedColumns } from './page-recovery.ts'

export interface Lookup {
  readonly client: Client
  readonly zone: string
  readonly isEscaped: boolean
  /** The custom fields of the account, as they were when first asked for. */
  customFields(signal: AbortSignal): Promise<readonly CustomField[]>
  /** Forgets them, so that the next question asks the server. */
  forgetCustomFields(): void
}

/**
 * One request for all ids; those that it does not show are asked for one by one, since a row that is missing in a list may be gone, forbidden
 * or lost. Tags come with one more request for all; consents are left to their stream.
 */
export async function fetchContacts(
  lookup: Lookup,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  const numbers = [...new Set(ids.map(Number).filter(isId))]
  const found = await listed(lookup, numbers, signal)
  const missing = numbers.filter((id) => !found.has(id))
  const single = await Promise.all(missing.map((id) => loaded(lookup, id, signal)))
  const byId = new Map<RemoteId, Fetched>(single.map((fetched) => [fetched.id, fetched]))
  for (const [id, sighting] of found) byId.set(remoteId(String(id)), asFetched(id, sighting))
  const alive = [...byId.values()].flatMap((fetched) =>
    fetched.kind === 'found' ? [Number(fetched.id)] : [],
  )
  const tags = alive.length === 0 ? null : await tagsOf(lookup.client, alive, signal)
  for (const fetched of byId.values()) {
    const own = fetched.kind === 'found' ? tags?.get(Number(fetched.id)) : undefined
    if (fetched.kind !== 'found' || own === undefined) continue
    byId.set(fetched.id, { ...fetched, sighting: { ...fetched.sighting, tags: own } })
  }
  return ids.map((id) => byId.get(remoteId(String(Number(id)))) ?? { kind: 'gone', id })
}

/** Equality is checked here: the server's own comparison knows wildcards and ignores case and accents (quirk 17). */
export async function findContacts(
  lookup: Lookup,
  probe: Probe,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  if (probe.by === 'phone')
    throw new ConnectorError('unsupported', 'contacts cannot be found by phone number here')
  const values = [...new Set(probe.values.filter((value) => value.trim() !== ''))]
  const ask = (value: string) =>
    probe.by === 'marker'
      ? withValue(lookup, { path: probe.path, value }, signal)
      : withEmail(lookup, value, signal)
  const rows = await Promise.all(values.map(ask))
  const byId = new Map<RemoteId, Sighting>()
  for (const sighting of rows.flat()) byId.set(sighting.id, sighting)
  return [...byId.values()]
}

async function withEmail(
  lookup: Lookup,
  email: string,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const { sightings } = await asking(lookup, signal, (columns) =>
    lookup.client.call(
      'ContactService.findByEmail',
      { email: email.trim(), selectedFields: columns },
      { signal },
    ),
  )
  const wanted = normEmail(email)
  return sightings.filter(({ fields }) =>
    ['emails.1', 'emails.2', 'emails.3'].some((path) => {
      const address = fields[path]
      return typeof address === 'string' && normEmail(address) === wanted
    }),
  )
}

async function withValue(
  lookup: Lookup,
  wanted: { readonly path: string; readonly value: string },
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const { path, value } = wanted
  if (value.trimStart().startsWith('~'))
    throw new ConnectorError('unsupported', 'a value that begins with ~ cannot be looked up here')
  const column = await columnOf(lookup, path, signal)
  const found: Sighting[] = []
  let limit = ROWS_MAX
  for (let page = 0; ; page += 1) {
    const { rowsMost } = lookup.client
    const { sightings, rowCount } = await asking(lookup, signal, (columns) =>
      lookup.client.call(
        'DataService.query',
        {
          table: 'Contact',
          limit,
          page,
          queryData: { [column]: value },
          selectedFields: columns,
          orderBy: 'Id',
          ascending: true,
        },
        { signal },
      ),
    )
    found.push(...sightings.filter(({ fields }) => fields[path] === value))
    if (rowCount === 0 || rowCount < Math.min(limit, rowsMost)) return found
    // A server that caps its pages counts them in its own size.
    limit = rowCount
  }
}

async function columnOf(lookup: Lookup, path: string, signal: AbortSignal): Promise<string> {
  const standard = STANDARD_COLUMNS.find((column) => column.path === path)
  if (standard !== undefined) return standard.column
  const custom = await lookup.customFields(signal)
  const field = custom.find(({ definition }) => definition.path === path)
  if (field !== undefined) return field.definition.native
  throw new ConnectorError('unsupported', `contacts cannot be looked up by ${path}`)
}

/** Without the columns that turn out to be gone; custom fields are read anew then. Company rows are left out. */
async function asking(
  lookup: Lookup,
  signal: AbortSignal,
  ask: (columns: readonly string[]) => Promise<readonly Row[]>,
): Promise<{ readonly sightings: readonly Sighting[]; readonly rowCount: number }> {
  let gone: readonly string[] = []
  for (;;) {
    const custom = (await lookup.customFields(signal)).map(({ definition }) => definition)
    const columns = contactColumns(custom).filter((column) => !gone.includes(column))
    try {
      const rows = await ask(columns)
      const { zone, isEscaped } = lookup
      const read = sightingReader({ zone, isEscaped, columns, custom, note: () => undefined })
      const people = rows.filter((row) => row['Id'] !== undefined && !isCompany(row))
      return { sightings: people.map(read), rowCount: rows.length }
    } catch (error) {
      if (!isMissingField(error) || !(error instanceof ConnectorError)) throw error
      const named = namedColumns(error, columns)
      if (named.length === 0) throw error
      gone = [...gone, ...named]
      lookup.forgetCustomFields()
    }
  }
}

/** By a list of ids. Empty when the server does not know lists, or answers with rows that were not asked for. */
async function listed(
  lookup: Lookup,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Sighting>> {
  if (ids.length < 2) return new Map()
  try {
    const { sightings } = await asking(lookup, signal, (columns) =>
      lookup.client.call(
        'DataService.query',
        {
          table: 'Contact',
          limit: ROWS_MAX,
          page: 0,
          queryData: { Id: ids },
          selectedFields: columns,
        },
        { signal },
      ),
    )
    const asked = new Set(ids)
    const found = new Map(sightings.map((sighting) => [Number(sighting.id), sighting]))
    return [...found.keys()].every((id) => asked.has(id)) ? found : new Map()
  } catch (error) {
    if (error instanceof ConnectorError && !STOPS.has(error.kind)) return new Map()
    throw error
  }
}

async function loaded(lookup: Lookup, id: number, signal: AbortSignal): Promise<Fetched> {
  const key = remoteId(String(id))
  try {
    const { sightings } = await asking(lookup, signal, async (columns) => [
      await lookup.client.call(
        'DataService.load',
        { table: 'Contact', recordId: id, wantedFields: columns },
        { signal },
      ),
    ])
    const [sighting] = sightings
    return sighting === undefined ? { kind: 'gone', id: key } : asFetched(id, sighting)
  } catch (error) {
    if (!(error instanceof ConnectorError) || STOPS.has(error.kind)) throw error
    if (error.kind === 'gone') return { kind: 'gone', id: key }
    return { kind: 'inconclusive', id: key, message: error.message }
  }
}

/** Failures of the account or the line, which the next question would meet too. */
const STOPS: ReadonlySet<string> = new Set(['login', 'throttled', 'unreachable'])

function asFetched(id: number, sighting: Sighting): Fetched {
  const key = remoteId(String(id))
  return sighting.id === key
    ? { kind: 'found', id: key, sighting }
    : { kind: 'merged', id: key, into: sighting }
}

function isId(id: number): boolean {
  return Number.isInteger(id) && id > 0 && id <= 0x7fff_ffff
}
