/** What became of each item of a batch, told by its request_id, else by its id; what the answer does not mention is not known. */
import type { WriteOutcome } from '../../src/connector/connector.ts'
import { type RemoteId, version } from '../../src/model/id.ts'
import { words } from './refusal.ts'
import type { ItemResult } from './answers.ts'

/** One item that was sent. */
export interface Sent {
  readonly requestId: string
  /** null: a new contact, which has no id yet. */
  readonly contactId: string | null
}

/** In the order of the items; null: not mentioned, or mentioned twice with different words. Never by place: nothing says that the order is kept. */
export function resultsOf(
  sent: readonly Sent[],
  results: readonly ItemResult[],
): readonly (ItemResult | null)[] {
  const byRequest = Map.groupBy(
    results.filter(({ requestId }) => requestId !== null),
    ({ requestId }) => requestId,
  )
  const byContact = Map.groupBy(
    results.filter(({ requestId, id }) => requestId === null && id !== null),
    ({ id }) => id,
  )
  return sent.map(({ requestId, contactId }) => {
    const own =
      byRequest.get(requestId) ?? (contactId === null ? [] : byContact.get(contactId)) ?? []
    const [first, ...more] = own
    if (first === undefined || more.length > 0) return null
    // Another contact than the one that was meant: the answer is about somebody else.
    if (contactId !== null && first.id !== null && first.id !== contactId) return null
    return first
  })
}

export function done(
  id: RemoteId,
  more: { readonly updated: string | null; readonly wasCreated: boolean },
): WriteOutcome {
  return {
    kind: 'done',
    id,
    version: more.updated === null ? null : version(more.updated),
    sighting: null,
    wasCreated: more.wasCreated,
  }
}

export function rejected(message: string, path: string | null, hint: string): WriteOutcome {
  return { kind: 'rejected', message, path, hint }
}

export function refused(result: Pick<ItemResult, 'code' | 'text'>): WriteOutcome {
  return rejected(
    words(result),
    null,
    'The server refuses this contact in its own words; correct the value at the source, or leave it out in the mapping.',
  )
}

export function unknown(message: string): WriteOutcome {
  return { kind: 'unknown', message }
}

export const UNMENTIONED = 'the answer does not mention this contact'
