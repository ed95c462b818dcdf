/** Looks contacts up by id, by e-mail address, or by the value of a marker field. What comes back is checked here: a criterion that the server does not know is ignored there. */
import type { Fetched, Probe } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { normEmail } from '../../src/model/email.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Account } from './account.ts'
import { contactId, partsOfId } from './codec.ts'
import { everyone } from './everyone.ts'
import { pageRows, type Query, readPage } from './paging.ts'
import { ServerRefusal } from './refusal.ts'
import type { Contact } from './schema.ts'

/** A request for each id, or fewer pages of everybody where that is less work. Ids that a page does not show are always asked for alone. */
export async function fetchContacts(
  account: Account,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  const wanted = [...new Set(ids)]
  const known = await fromPages(account, wanted, signal)
  const rest = wanted.filter((id) => !known.has(id))
  const alone = await Promise.all(rest.map((id) => fetchOne(account, id, signal)))
  const byId = new Map<RemoteId, Fetched>(alone.map((fetched) => [fetched.id, fetched]))
  for (const [id, sighting] of known) byId.set(id, { kind: 'found', id, sighting })
  return ids.map((id) => byId.get(id) ?? { kind: 'gone', id })
}

export async function findContacts(
  account: Account,
  probe: Probe,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const values = [...new Set(probe.values.filter((value) => value.trim() !== ''))]
  if (values.length === 0) return []
  switch (probe.by) {
    case 'email': {
      const found = await Promise.all(values.map((email) => withEmail(account, email, signal)))
      return distinct(found.flat())
    }
    case 'marker':
      return await withMarker(account, { path: probe.path, values: new Set(values) }, signal)
    case 'phone':
      throw new ConnectorError('unsupported', 'contacts cannot be found by phone number here')
  }
}

/** A fresh reading by id; also what decides after a refused write whether the contact is gone or has moved. */
export async function fetchOne(
  account: Account,
  id: RemoteId,
  signal: AbortSignal,
): Promise<Fetched> {
  const parts = partsOfId(id)
  if (parts === null) return { kind: 'gone', id }
  const query: Query = { contact_id: parts.id, account_id: parts.account }
  let contacts: readonly Contact[]
  try {
    const list = await readPage(account, query, { page: 0, size: FEW, signal })
    contacts = list.contacts
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error
    if (error.class === 'login' || error.class === 'throttled') throw error
    return { kind: 'inconclusive', id, message: error.message }
  }
  const [first] = contacts
  if (first === undefined) return { kind: 'gone', id }
  const match =
    contacts.find(
      (contact) => contact.id === parts.id && (contact.account ?? parts.account) === parts.account,
    ) ??
    // The one contact that was asked for, though its id is not shown (quirk 4).
    (contacts.length === 1 && first.id === null ? { ...first, id: parts.id } : undefined)
  if (match === undefined) {
    return {
      kind: 'inconclusive',
      id,
      message: `other contacts came where contact ${parts.id} was asked for`,
    }
  }
  const userFields = await account.vocabulary.fields(signal)
  const decoded = account.decode(
    { ...match, account: match.account ?? parts.account },
    userFields,
    () => undefined,
  )
  if (decoded.kind === 'sighting') return { kind: 'found', id, sighting: decoded.sighting }
  return { kind: 'inconclusive', id, message: decoded.message }
}

/** More than one row shows that a criterion was ignored, without asking for the whole account. */
const FEW = 2
const EMAIL_PAGE_ROWS = 100
const EMAIL_PAGES_MAX = 20

/** Nothing when asking one by one is less work. */
async function fromPages(
  account: Account,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RemoteId, Sighting>> {
  const { contacts } = account.learnt
  const pages = contacts === null ? Number.POSITIVE_INFINITY : contacts / pageRows(account) + 1
  if (ids.length <= pages) return new Map()
  const wanted = new Set(ids)
  const found = new Map<RemoteId, Sighting>()
  const userFields = await account.vocabulary.fields(signal)
  await everyone(account, { size: pageRows(account), signal }, (contact) => {
    const { id, account: number } = contact
    if (id === null || number === null || !wanted.has(contactId(number, id))) return 'more'
    const decoded = account.decode(contact, userFields, () => undefined)
    if (decoded.kind === 'sighting') found.set(decoded.sighting.id, decoded.sighting)
    return found.size === wanted.size ? 'enough' : 'more'
  })
  return found
}

/** Equality is checked here: whether the server compares whole addresses is not known. */
async function withEmail(
  account: Account,
  email: string,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const wanted = normEmail(email)
  const userFields = await account.vocabulary.fields(signal)
  const found: Sighting[] = []
  for (let page = 0; page < EMAIL_PAGES_MAX; page += 1) {
    const { contacts, total } = await readPage(
      account,
      { email: email.trim() },
      { page, size: EMAIL_PAGE_ROWS, signal },
    )
    for (const contact of contacts) {
      if (normEmail(contact.texts.Email ?? '') !== wanted) continue
      const decoded = account.decode(contact, userFields, () => undefined)
      if (decoded.kind === 'sighting') found.push(decoded.sighting)
    }
    // A server that searches for parts of addresses may have more; one that shows none of them does not search at all.
    const isPartial = contacts.some(({ texts }) => normEmail(texts.Email ?? '').includes(wanted))
    if (contacts.length === 0) return found
    if (!isPartial) throw ignored('email')
    const isLast = contacts.length < EMAIL_PAGE_ROWS && (total ?? 0) <= contacts.length
    if (isLast) return found
  }
  throw ignored('email')
}

/** No call looks for the value of a user-defined field, so everybody is read (README, "finding by marker"). */
async function withMarker(
  account: Account,
  wanted: { readonly path: string; readonly values: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const fields = await account.vocabulary.fields(signal)
  if (fields.byPath(wanted.path) === null) {
    throw new ConnectorError('unsupported', `contacts cannot be looked up by ${wanted.path}`)
  }
  const found = new Map<RemoteId, Sighting>()
  await everyone(account, { size: pageRows(account), signal }, (contact) => {
    const isMarked = contact.userFields?.some(({ value }) => wanted.values.has(value.trim()))
    if (isMarked !== true) return 'more'
    const decoded = account.decode(contact, fields, () => undefined)
    if (decoded.kind === 'broken') return 'more'
    const { sighting } = decoded
    const value = sighting.fields[wanted.path]
    if (typeof value === 'string' && wanted.values.has(value)) found.set(sighting.id, sighting)
    return 'more'
  })
  return [...found.values()]
}

function distinct(sightings: readonly Sighting[]): readonly Sighting[] {
  return [...new Map(sightings.map((sighting) => [sighting.id, sighting])).values()]
}

function ignored(criterion: string): ConnectorError {
  return new ConnectorError('scan', `the server does not search by ${criterion}`, {
    hint: 'It answers with others. Contacts cannot be looked up there; run a full sync instead.',
  })
}
