/** Limits that all workers of a queue keep together: over the queue's Redis. */
import type { Clock, Log } from '../connector/kit.ts'
import type { SharedPacing } from '../http/pacer-redis.ts'
import { resolveQueue } from './config.ts'
import type { Config, Surroundings } from './config/settings.ts'

/** null: each process keeps to the limits by itself. A queue in a database cannot share them, which is said. */
export async function pacingOfWorkers(
  config: Config,
  surroundings: Surroundings,
  parts: { readonly clock: Clock; readonly log: Log; readonly owner: string },
): Promise<SharedPacing | null> {
  const url = await resolveQueue(config, surroundings)
  if (url === null) return null
  if (!REDIS.test(url)) {
    parts.log.warn(
      'the queue is no Redis, so every worker keeps to the limits of a connection by itself: set requestsPerSecond and concurrency of each connection to what one worker may take',
    )
    return null
  }
  // Only where it is asked for: the library takes its memory and time to load.
  const { redisPacing } = await import('../http/pacer-redis.ts')
  return redisPacing({ ...parts, url, prefix: PREFIX })
}

const REDIS = /^rediss?:/
/** That of the queue: several ferries on one Redis have each a database of their own. */
const PREFIX = 'ferry'
