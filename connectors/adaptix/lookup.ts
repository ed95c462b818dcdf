/** Looks contacts up: by id with proof of what became of them, by e-mail, by a field of their own. */
import type { Fetched, Probe } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { normEmail } from '../../src/model/email.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Account } from './account.ts'
import type { List } from './answers.ts'
import { pageRows } from './capabilities.ts'
import { aliasOf } from './names.ts'
import { FilterIgnored, type Place, readWindow } from './pages.ts'
import { byId, chunksOf, type Condition, isOneOf } from './query.ts'
import { type Contact, parseContact, ShapeError } from './schema.ts'

/** One list for all, then one request for each that the list does not show: only its own GET tells gone from merged. */
export async function fetchContacts(
  account: Account,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  const found = new Map<string, Fetched>()
  if (account.learnt.filters) {
    for (const chunk of chunksOf(ids)) {
      for (const contact of await listByIds(account, chunk, signal)) {
        const id = remoteId(contact.id)
        found.set(contact.id, { kind: 'found', id, sighting: account.decode(contact) })
      }
    }
  }
  const answers: Fetched[] = []
  for (const id of ids) answers.push(found.get(id) ?? (await getContact(account, id, signal)))
  return answers
}

/** The survivor of a merge answers for the contact that went into it, with its own id (README, "merged contacts"). */
export async function getContact(
  account: Account,
  id: RemoteId,
  signal: AbortSignal,
): Promise<Fetched> {
  try {
    const sighting = account.decode(
      parseContact(await account.client.call('contacts.get', { id }, signal)),
    )
    return sighting.id === id
      ? { kind: 'found', id, sighting }
      : { kind: 'merged', id, into: sighting }
  } catch (error) {
    if (error instanceof ShapeError) return { kind: 'inconclusive', id, message: error.message }
    if (!(error instanceof ConnectorError)) throw error
    switch (error.kind) {
      case 'gone':
        return { kind: 'gone', id }
      case 'permission':
      case 'unknown':
      case 'protocol':
      case 'unsupported':
        return { kind: 'inconclusive', id, message: error.message }
      default:
        throw error
    }
  }
}

/** Equality is checked again here: the database compares without case and accents, and knows no `+`. */
export async function findContacts(
  account: Account,
  probe: Probe,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  switch (probe.by) {
    case 'email': {
      const wanted = new Set(probe.values.map(normEmail))
      const found = await findBy(account, { alias: 'email', values: probe.values }, signal)
      return found.filter(({ fields }) => {
        const email = fields['emails.1']
        return typeof email === 'string' && wanted.has(normEmail(email))
      })
    }
    case 'marker': {
      const alias = aliasOf(probe.path)
      if (alias === null)
        throw new ConnectorError('unsupported', `the platform has no field for ${probe.path}`)
      const found = await findBy(account, { alias, values: probe.values }, signal)
      return found.filter(({ fields }) => {
        const value = fields[probe.path]
        return typeof value === 'string' && probe.values.includes(value)
      })
    }
    case 'phone':
      throw new ConnectorError(
        'unsupported',
        'phone numbers cannot be looked up: they are stored as typed',
      )
  }
}

async function findBy(
  account: Account,
  look: { readonly alias: string; readonly values: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const values = [...new Set(look.values.filter((value) => value !== ''))]
  const found = new Map<string, Sighting>()
  const keep = (contacts: readonly Contact[]): void => {
    for (const contact of contacts) found.set(contact.id, account.decode(contact))
  }
  if (account.learnt.filters) {
    for (const chunk of chunksOf(values)) {
      keep(await listAll(account, { where: [isOneOf(look.alias, chunk)] }, signal))
    }
  } else {
    for (const value of values)
      keep(await listAll(account, { search: `${look.alias}:${value}` }, signal))
  }
  return [...found.values()]
}

/** Every page of a filtered list, ascending by id. A record that cannot be shown makes the look-up fail: it may be the one. */
async function listAll(
  account: Account,
  filter: { readonly where?: readonly Condition[]; readonly search?: string },
  signal: AbortSignal,
): Promise<readonly Contact[]> {
  const limit = pageRows(account.settings.limits)
  const contacts: Contact[] = []
  let place: Place = account.learnt.filters
    ? { kind: 'after', id: '0' }
    : { kind: 'offset', start: 0 }
  for (;;) {
    const from: Place = place
    const window = await readWindow(
      ({ place: at, skip, limit: wanted, idsOnly }) =>
        account.client.ask(
          'contacts.list',
          {
            ...(filter.search === undefined ? {} : { search: filter.search }),
            ...(at.kind === 'after'
              ? { ...byId(at.id, wanted, filter.where), ...(skip > 0 ? { start: skip } : {}) }
              : { orderBy: 'id', orderByDir: 'asc', limit: wanted, start: at.start + skip }),
            ...(idsOnly ? { select: ['id'] } : {}),
          },
          signal,
        ),
      from,
      limit,
    ).catch((error: unknown) => {
      if (error instanceof FilterIgnored)
        throw new ConnectorError('scan', `contacts.list: ${error.message}`)
      throw error
    })
    const [broken] = window.broken
    if (broken !== undefined)
      throw new ConnectorError('unknown', broken.message, { hint: broken.hint })
    contacts.push(...window.contacts)
    if (window.isEnd) return contacts
    place = window.next
  }
}

/** What the list shows of these ids, in no promised order; [] too where the list as a whole fails. */
async function listByIds(
  account: Account,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Contact[]> {
  if (ids.length === 0) return []
  let list: List
  try {
    const where: readonly Condition[] = [{ col: 'id', expr: 'in', val: ids.join(',') }]
    list = await account.client.call(
      'contacts.list',
      { where: [...where], orderBy: 'id', orderByDir: 'asc', limit: ids.length },
      signal,
    )
  } catch (error) {
    // One record may break the list for all; each is asked for by itself then.
    if (
      !(error instanceof ConnectorError) ||
      !['unknown', 'protocol', 'invalid'].includes(error.kind)
    )
      throw error
    return []
  }
  const asked = new Set(ids)
  return list.rows.flatMap(([key, raw]) => {
    try {
      const contact = parseContact(raw, key)
      // What was not asked for came because the condition was ignored.
      return asked.has(contact.id) ? [contact] : []
    } catch (error) {
      if (error instanceof ShapeError) return []
      throw error
    }
  })
}
