/** What every connector promises its callers: nothing but a ConnectorError, or the reason of an aborted signal, comes out of it. */
import { ConnectorError } from './error.ts'

export async function guarded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ConnectorError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new ConnectorError('protocol', message, { cause: error })
  }
}
