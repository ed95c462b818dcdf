/** Sends one batch operation and answers item by item, in order. A refusal of the whole request is thrown, but for a batch of one, which it is about. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Account } from './account.ts'
import { type Sent, resultsOf } from './outcomes.ts'
import { ServerRefusal } from './refusal.ts'
import type { ItemResult } from './answers.ts'

export async function sendBatch(
  sent: readonly Sent[],
  send: () => Promise<readonly ItemResult[]>,
): Promise<readonly (ItemResult | null)[]> {
  try {
    return resultsOf(sent, await send())
  } catch (error) {
    const [only, second] = sent
    const isAboutItem =
      error instanceof ServerRefusal &&
      ['exists', 'nothing', 'ambiguous', 'other'].includes(error.class)
    if (!isAboutItem || only === undefined || second !== undefined) throw error
    const { code, text } = error
    return [
      {
        kind: 'failure',
        requestId: only.requestId,
        id: null,
        account: null,
        updated: null,
        code,
        text,
      },
    ]
  }
}

/** A later step of a write: whatever fails now, something was written already, so it is told and not thrown. */
export async function sendLater(
  sent: readonly Sent[],
  send: () => Promise<readonly ItemResult[]>,
  signal: AbortSignal,
): Promise<readonly (ItemResult | null)[] | ConnectorError> {
  try {
    return await sendBatch(sent, send)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ConnectorError) return error
    throw error
  }
}

/** The account that a new contact of this connection is put into, as far as requests name it. */
export function accountAttribute(account: Account): { readonly account_id?: string } {
  return account.accountId === undefined ? {} : { account_id: account.accountId }
}
