/** Repeats what may be repeated without a look of the engine's own, because the call itself looks first or changes nothing the second time. */
import { type Cause, ConnectorError } from '../../connector/error.ts'
import type { Side } from '../../model/id.ts'
import type { Job } from '../env.ts'

/** After so many tries in a row the platform counts as down, and the run stops where it is. */
export const TRIES_MAX = 6

/** Causes that are about one record: it is left as it is, and the others go on. */
export const OF_ONE_RECORD: readonly Cause[] = ['gone', 'invalid', 'stale', 'permission']

/** 1.5 s, 3 s, 6 s … */
export function pauseMs(tries: number): number {
  return 1_500 * 2 ** (tries - 1)
}

/** Errors: the last one, when it never went well; any other than a lost answer or a platform that is down for a moment at once. */
export async function repeated<T>(
  job: Job,
  side: Side,
  work: (isAgain: boolean) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(tries > 1)
    } catch (error) {
      if (!(error instanceof ConnectorError) || !error.mayRetry || tries >= TRIES_MAX) throw error
      const lagMs = job.env.accounts(job.run.sync).writer(side).capabilities.visibilityLagMs
      await job.env.clock.sleep(
        Math.max(pauseMs(tries), lagMs, error.retryAfterMs ?? 0),
        job.signal,
      )
    }
  }
}
