/** Opts contacts out, before anything that could have mail sent to them. There is no way back (README, "consent"). */
import type { ContactWrite } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { isOptedOut } from '../../src/model/consent.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Account } from './account.ts'
import { sendLater } from './batches.ts'
import { partsOfId } from './codec.ts'
import type { Sent } from './outcomes.ts'
import { words } from './refusal.ts'

/** Whether the person is to be opted out. A bounce that is reported from elsewhere can only be kept as that, too. */
export function wantsOptOut(write: Pick<ContactWrite, 'consents'>): boolean {
  return write.consents.some(({ channel, state }) => channel === 'email' && isOptedOut(state))
}

/** One entry per contact, in order: null when it is opted out now, else why not. */
export async function unsubscribeAll(
  account: Account,
  items: readonly { readonly id: RemoteId; readonly key: string }[],
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  if (items.length === 0) return []
  const contacts = items.map(({ id, key }) => ({
    contact_id: partsOfId(id)?.id,
    account_id: partsOfId(id)?.account,
    request_id: key,
  }))
  const sent = contacts.map(
    ({ contact_id = null, request_id }): Sent => ({ requestId: request_id, contactId: contact_id }),
  )
  const results = await sendLater(
    sent,
    () => account.client.call('UnsubscribeContacts', { contacts }, { signal }),
    signal,
  )
  if (results instanceof ConnectorError) return items.map(() => results.message)
  return results.map((result) => {
    if (result === null) return 'the answer does not say whether it was unsubscribed'
    return result.kind === 'success' ? null : `it was not unsubscribed: ${words(result)}`
  })
}
