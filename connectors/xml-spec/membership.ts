/** Puts contacts into a group and takes them out, by ids. Known from clients alone, and repeating it changes nothing. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Group } from '../../src/model/vocabulary.ts'
import type { Account } from './account.ts'
import { sendLater } from './batches.ts'
import { batchItems } from './capabilities.ts'
import { partsOfId } from './codec.ts'
import { requestId } from './operation.ts'
import type { Sent } from './outcomes.ts'
import { words } from './refusal.ts'

type MembershipOperation = 'AddContactsToGroup' | 'DeleteContactsFromGroup'

/** Throws ConnectorError `unknown` when some are not where they should be. */
export async function join(
  account: Account,
  group: Group,
  change: {
    readonly add: readonly RemoteId[]
    readonly remove: readonly RemoteId[]
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { signal } = change
  const groupId = group.key
  const added = await changeMembers(
    account,
    { operation: 'AddContactsToGroup', groupId, ids: change.add },
    signal,
  )
  const removed = await changeMembers(
    account,
    { operation: 'DeleteContactsFromGroup', groupId, ids: change.remove },
    signal,
  )
  const troubles = [...added, ...removed].filter((trouble) => trouble !== null)
  const [first] = troubles
  if (first === undefined) return
  throw new ConnectorError(
    'unknown',
    `${troubles.length} members of ${group.name} were not changed: ${first}`,
    { hint: 'It is tried again; repeating it changes nothing for those who are done.' },
  )
}

/** One entry per id, in order: null when done, else why not. */
export async function changeMembers(
  account: Account,
  what: {
    readonly operation: MembershipOperation
    readonly groupId: string
    readonly ids: readonly RemoteId[]
  },
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const troubles: (string | null)[] = []
  const size = batchItems(account)
  for (let start = 0; start < what.ids.length; start += size) {
    const ids = what.ids.slice(start, start + size)
    troubles.push(...(await changeSome(account, { ...what, ids }, signal)))
  }
  return troubles
}

async function changeSome(
  account: Account,
  what: {
    readonly operation: MembershipOperation
    readonly groupId: string
    readonly ids: readonly RemoteId[]
  },
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const { operation, groupId, ids } = what
  const contacts = ids.map((id, place) => ({
    contact_id: partsOfId(id)?.id,
    account_id: partsOfId(id)?.account,
    request_id: requestId(place),
  }))
  const sent = contacts.map(
    ({ contact_id = null, request_id }): Sent => ({ requestId: request_id, contactId: contact_id }),
  )
  const named = { ...accountOf(account, ids), group_id: groupId, contacts }
  const results = await sendLater(
    sent,
    () => account.client.call(operation, named, { signal }),
    signal,
  )
  if (results instanceof ConnectorError) return ids.map(() => results.message)
  return results.map((result) => {
    if (result === null) return 'the answer does not mention it'
    return result.kind === 'success' ? null : words(result)
  })
}

/** A group belongs to an account; without one named it would be the login's own. */
function accountOf(account: Account, ids: readonly RemoteId[]): { readonly account_id?: string } {
  const [first] = ids
  const number = account.accountId ?? (first === undefined ? undefined : partsOfId(first)?.account)
  return number === undefined ? {} : { account_id: number }
}
