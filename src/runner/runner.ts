/** Carries tickets to `advance`. Knows nothing of contacts, plans or platforms. */
import type { RunId } from '../model/id.ts'

export interface Runner {
  /**
   * Works a run until it is done, blocked, stopped or failed, or until something goes wrong that the caller must know: then it rejects, after
   * every slice in flight has come to rest. Aborting rejects with the signal's reason; the run stays resumable.
   */
  settle(run: RunId, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
