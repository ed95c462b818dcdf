/**
 * Creates contacts. This platform cannot create somebody opted out, so whoever is gets three steps: bare, without group or tag; unsubscribed; and only
 * then groups and tags. Everybody else is created in one.
 */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { normEmail } from '../../src/model/email.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Account } from './account.ts'
import { accountAttribute, sendBatch, sendLater } from './batches.ts'
import { contactId, encodeContact, partsOfId } from './codec.ts'
import { fetchOne, findContacts } from './lookup.ts'
import type { ContactParts } from './contact-parts.ts'
import { done, refused, rejected, type Sent, unknown, UNMENTIONED } from './outcomes.ts'
import { classOf, existingId, words } from './refusal.ts'
import type { ItemResult } from './answers.ts'
import { unsubscribeAll, wantsOptOut } from './unsubscribe.ts'
import type { UserFields } from './user-fields.ts'

/** One outcome per item, in order. Throws only when nothing of the batch had any effect. */
export async function createContacts(
  account: Account,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const userFields = await account.vocabulary.fields(signal)
  const prepared = batch.map((item) => prepare(item, userFields))
  const ready = prepared.filter((item) => item.kind === 'ready')
  const outcomes = new Map<ContactWrite, WriteOutcome>()
  for (const item of prepared) if (item.kind === 'refused') outcomes.set(item.write, item.outcome)
  if (ready.length > 0) {
    const results = await add(account, ready, signal)
    for (const [place, item] of ready.entries()) {
      const result = results[place] ?? null
      outcomes.set(item.write, await outcomeOf(account, { item, result, signal }))
    }
    await finishOptedOut(account, ready, { outcomes, signal })
  }
  return batch.map((item) => outcomes.get(item) ?? unknown(UNMENTIONED))
}

interface Ready {
  readonly kind: 'ready'
  readonly write: ContactWrite
  readonly parts: ContactParts
  readonly isOptedOut: boolean
}
type Prepared =
  | Ready
  | { readonly kind: 'refused'; readonly write: ContactWrite; readonly outcome: WriteOutcome }

function prepare(write: ContactWrite, userFields: UserFields): Prepared {
  const encoded = encodeContact(write.fields, { userFields, op: 'create', current: null })
  if (encoded.kind === 'problem') {
    const outcome = rejected(
      `${encoded.path} ${encoded.message}`,
      encoded.path,
      'Leave the field out in the mapping, or change the value.',
    )
    return { kind: 'refused', write, outcome }
  }
  const isOptedOut = wantsOptOut(write)
  const parts = isOptedOut ? encoded.parts : { ...encoded.parts, ...membershipsOf(write) }
  return { kind: 'ready', write, parts, isOptedOut }
}

/** Groups and tags to add, both by name (quirk 27). */
export function membershipsOf(
  write: Pick<ContactWrite, 'groups' | 'tags'>,
): Pick<ContactParts, 'Groups' | 'Tags'> {
  const groups = write.groups.add.map(({ name }) => name)
  const tags = write.tags.add.map(({ name }) => name)
  return {
    ...(groups.length === 0 ? {} : { Groups: { names: groups } }),
    ...(tags.length === 0 ? {} : { Tags: tags }),
  }
}

async function add(
  account: Account,
  ready: readonly Ready[],
  signal: AbortSignal,
): Promise<readonly (ItemResult | null)[]> {
  const contacts = ready.map(({ write, parts }) => ({
    ...accountAttribute(account),
    request_id: write.key,
    ...parts,
  }))
  const sent = ready.map(({ write }): Sent => ({ requestId: write.key, contactId: null }))
  // Without `update`, unless the operator asked for it: it overwrites namesakes too.
  const update = account.options.addOrUpdate ? { update: true } : {}
  return await sendBatch(sent, () =>
    account.client.call('AddContacts', { ...update, contacts }, { signal }),
  )
}

async function outcomeOf(
  account: Account,
  about: {
    readonly item: Ready
    readonly result: ItemResult | null
    readonly signal: AbortSignal
  },
): Promise<WriteOutcome> {
  const { item, result, signal } = about
  if (result === null) return unknown(UNMENTIONED)
  if (result.kind === 'success') {
    const number = result.account ?? account.learnt.number
    if (result.id === null || number === null)
      return unknown('the answer names no id for the new contact')
    account.learnt.number ??= number
    const id = contactId(number, result.id)
    const wasCreated = !account.options.addOrUpdate || (await isNew(account, id, signal))
    return done(id, { updated: result.updated, wasCreated })
  }
  if (classOf(result) !== 'exists') return refused(result)
  try {
    return await existing(account, { item, result, signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ConnectorError)) throw error
    return unknown(`${words(result)}, and the look for it failed: ${error.message}`)
  }
}

/** "Already exists with ID n": believed after a look, since the id comes out of a sentence. */
async function existing(
  account: Account,
  about: { readonly item: Ready; readonly result: ItemResult; readonly signal: AbortSignal },
): Promise<WriteOutcome> {
  const { item, result, signal } = about
  const number = result.account ?? account.learnt.number ?? (await ownNumber(account, signal))
  const told = result.id ?? existingId(result.text)
  if (told !== null && number !== null) {
    const fetched = await fetchOne(account, contactId(number, told), signal)
    if (fetched.kind === 'found') return { kind: 'exists', id: fetched.id }
  }
  const email = item.write.fields['emails.1']
  if (typeof email === 'string' && email.trim() !== '') {
    const found = await findContacts(account, { by: 'email', values: [email] }, signal)
    const [only, second] = found.filter((sighting) => isSameEmail(sighting, email))
    if (only !== undefined && second === undefined) return { kind: 'exists', id: only.id }
  }
  return refused(result)
}

function isSameEmail(sighting: Sighting, email: string): boolean {
  const own = sighting.fields['emails.1']
  return typeof own === 'string' && normEmail(own) === normEmail(email)
}

/** Any contact names its account. */
async function ownNumber(account: Account, signal: AbortSignal): Promise<string | null> {
  const { contacts } = await account.client.call(
    'GetContacts',
    { ...accountAttribute(account), start_chunk_page: 0, start_chunk_size: 1 },
    { signal },
  )
  account.learnt.number ??= contacts[0]?.account ?? null
  return account.learnt.number
}

/** Add-or-update does not say which of the two it did; a contact as old as its last change is new. */
async function isNew(account: Account, id: RemoteId, signal: AbortSignal): Promise<boolean> {
  const fetched = await fetchOne(account, id, signal)
  return fetched.kind === 'found' && fetched.sighting.createdAt === fetched.sighting.updatedAt
}

/** Second and third step. Whatever fails leaves the contact bare, which is safe, and its outcome open, so that it is looked up and finished. */
async function finishOptedOut(
  account: Account,
  ready: readonly Ready[],
  run: { readonly outcomes: Map<ContactWrite, WriteOutcome>; readonly signal: AbortSignal },
): Promise<void> {
  const { outcomes, signal } = run
  const bare = ready.flatMap(({ write, isOptedOut }) => {
    const outcome = outcomes.get(write)
    return isOptedOut && outcome?.kind === 'done' ? [{ write, key: write.key, id: outcome.id }] : []
  })
  const troubles = await unsubscribeAll(account, bare, signal)
  const isSafe = bare.filter((item, place) => {
    const trouble = troubles[place] ?? null
    if (trouble === null) return true
    outcomes.set(item.write, unknown(`contact ${item.id} was created, but ${trouble}`))
    return false
  })
  await joinAndTag(account, isSafe, run)
}

async function joinAndTag(
  account: Account,
  items: readonly { readonly write: ContactWrite; readonly key: string; readonly id: RemoteId }[],
  run: { readonly outcomes: Map<ContactWrite, WriteOutcome>; readonly signal: AbortSignal },
): Promise<void> {
  const { outcomes, signal } = run
  const wanted = items.filter(({ write }) => write.groups.add.length + write.tags.add.length > 0)
  if (wanted.length === 0) return
  const contacts = wanted.map(({ write, key, id }) => ({
    contact_id: partsOfId(id)?.id,
    account_id: partsOfId(id)?.account,
    request_id: key,
    ...membershipsOf(write),
  }))
  const sent = contacts.map(
    ({ contact_id = null, request_id }): Sent => ({ requestId: request_id, contactId: contact_id }),
  )
  const results = await sendLater(
    sent,
    () => account.client.call('EditContacts', { contacts }, { signal }),
    signal,
  )
  for (const [place, { write, id }] of wanted.entries()) {
    const result = results instanceof ConnectorError ? null : (results[place] ?? null)
    if (result?.kind === 'success') {
      outcomes.set(write, done(id, { updated: result.updated, wasCreated: true }))
      continue
    }
    const why =
      results instanceof ConnectorError
        ? results.message
        : result === null
          ? UNMENTIONED
          : words(result)
    outcomes.set(
      write,
      unknown(`contact ${id} was created opted out, but has no groups and tags yet: ${why}`),
    )
  }
}
