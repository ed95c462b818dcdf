/** Puts contacts into segments and takes them out. Repeating any of it changes nothing. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Group } from '../../src/model/vocabulary.ts'
import type { Account } from './account.ts'
import { isMissing, ServerRefusal } from './refusal.ts'
import { flag, isObject } from './schema.ts'

/** Not covered by the server's cap on batches, but a web server's time limit is. */
const IDS_A_CALL = 500

export async function join(
  account: Account,
  group: Group,
  change: {
    readonly add: readonly RemoteId[]
    readonly remove: readonly RemoteId[]
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { add, remove, signal } = change
  for (let at = 0; at < add.length; at += IDS_A_CALL) {
    const refused = await addMany(account, group, { ids: add.slice(at, at + IDS_A_CALL), signal })
    for (const contactId of refused)
      await one(account, 'segments.addContact', { group, contactId, signal })
  }
  // There is no call that removes many.
  for (const contactId of remove)
    await one(account, 'segments.removeContact', { group, contactId, signal })
}

/** The ids that are still to be added one by one: all where the server has no bulk call, else those it did not take. */
async function addMany(
  account: Account,
  group: Group,
  { ids, signal }: { readonly ids: readonly RemoteId[]; readonly signal: AbortSignal },
): Promise<readonly RemoteId[]> {
  if (ids.length === 1) return ids
  try {
    const input = { id: group.key, ids: ids.map(Number) }
    const { details } = await account.client.call('segments.addContacts', input, signal)
    if (!isObject(details)) return []
    return ids.filter((id) => {
      const told = details[id]
      const success = isObject(told) ? flag.safeParse(told['success']) : null
      return success?.success === true && !success.data
    })
  } catch (error) {
    if (error instanceof ServerRefusal && error.kind === 'unsupported') return ids
    throw error
  }
}

/** A contact that is gone is no member, whatever was asked. */
async function one(
  account: Account,
  operation: 'segments.addContact' | 'segments.removeContact',
  member: { readonly group: Group; readonly contactId: RemoteId; readonly signal: AbortSignal },
): Promise<void> {
  const { group, contactId, signal } = member
  try {
    await account.client.call(operation, { id: group.key, contactId }, signal)
  } catch (error) {
    if (!isMissing(error) || error.kind !== 'gone') throw error
    const segments = await account.vocabulary.segments(signal)
    if (!segments.some(({ id }) => String(id) === group.key)) {
      throw new ConnectorError('gone', `segment ${group.name} does not exist any more`)
    }
    account.kit.log.warn('a contact to be put into a segment, or taken out, is gone', {
      contact: contactId,
      segment: group.key,
    })
  }
}
