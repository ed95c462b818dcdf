/** Removes contacts, and asks whether one is there. */
import type { WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Client } from './client.ts'
import { rejected, together } from './outcome.ts'

/** Removes contacts; one that is gone already is `gone`. */
export async function removeContacts(
  client: Client,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return together(await Promise.all(ids.map((id) => removeOne(client, id, signal))))
}

/** Throws ConnectorError when that cannot be told. */
export async function exists(client: Client, id: RemoteId, signal: AbortSignal): Promise<boolean> {
  try {
    const row = await client.call(
      'DataService.load',
      { table: 'Contact', recordId: Number(id), wantedFields: ['Id'] },
      { signal },
    )
    return row['Id'] !== undefined
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'gone') return false
    throw error
  }
}

async function removeOne(
  client: Client,
  id: RemoteId,
  signal: AbortSignal,
): Promise<WriteOutcome | ConnectorError> {
  try {
    const about = { table: 'Contact', id: Number(id) }
    const isDeleted = await client.call('DataService.delete', about, { signal })
    if (!isDeleted && (await exists(client, id, signal)))
      return rejected('the server did not delete it', null, BY_HAND)
    return { kind: 'done', id, version: null, sighting: null, wasCreated: false }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ConnectorError)) throw error
    if (error.kind === 'gone') return { kind: 'gone' }
    if (error.kind === 'invalid' || error.kind === 'unsupported')
      return rejected(error.message, null, error.hint ?? BY_HAND)
    if (error.kind === 'unknown' || error.kind === 'protocol')
      return { kind: 'unknown', message: error.message }
    return error
  }
}

const BY_HAND = 'Delete it by hand in the account.'
