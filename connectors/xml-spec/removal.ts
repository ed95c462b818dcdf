/** Deletes contacts. There is no trash and no way back, so only by id, never by name. */
import type { WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Account } from './account.ts'
import { sendBatch } from './batches.ts'
import { batchItems } from './capabilities.ts'
import { partsOfId } from './codec.ts'
import { fetchOne } from './lookup.ts'
import { requestId } from './operation.ts'
import { done, refused, type Sent, unknown, UNMENTIONED } from './outcomes.ts'
import type { ItemResult } from './answers.ts'

/** One outcome per id, in order. Throws only when the first batch failed whole: nothing was deleted then. */
export async function removeContacts(
  account: Account,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  const size = batchItems(account)
  for (let start = 0; start < ids.length; start += size) {
    const some = ids.slice(start, start + size)
    try {
      outcomes.push(...(await removeSome(account, some, signal)))
    } catch (error) {
      signal.throwIfAborted()
      if (start === 0 || !(error instanceof ConnectorError)) throw error
      outcomes.push(...some.map(() => unknown(error.message)))
    }
  }
  return outcomes
}

async function removeSome(
  account: Account,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const contacts = ids.map((id, place) => ({
    contact_id: partsOfId(id)?.id,
    account_id: partsOfId(id)?.account,
    request_id: requestId(place),
  }))
  const sent = contacts.map(
    ({ contact_id = null, request_id }): Sent => ({ requestId: request_id, contactId: contact_id }),
  )
  const results = await sendBatch(sent, () =>
    account.client.call('DeleteContacts', { contacts }, { signal }),
  )
  const outcomes: WriteOutcome[] = []
  for (const [place, id] of ids.entries()) {
    outcomes.push(await outcomeOf(account, { id, result: results[place] ?? null, signal }))
  }
  return outcomes
}

async function outcomeOf(
  account: Account,
  about: {
    readonly id: RemoteId
    readonly result: ItemResult | null
    readonly signal: AbortSignal
  },
): Promise<WriteOutcome> {
  const { id, result, signal } = about
  if (result === null) return unknown(UNMENTIONED)
  if (result.kind === 'success') return done(id, { updated: null, wasCreated: false })
  try {
    const fetched = await fetchOne(account, id, signal)
    return fetched.kind === 'gone' ? { kind: 'gone' } : refused(result)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ConnectorError)) throw error
    return unknown(error.message)
  }
}
