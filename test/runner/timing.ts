/** The queued runner's waits, short enough for tests; lock and stall times are the same in every process. */
import type { QueueTiming } from '../../src/runner/queued/timing.ts'

export const QUICK: Partial<QueueTiming> = {
  pollMs: 200,
  ringMs: 300,
  watchMs: 100,
  turnMs: 50,
  busyMs: 30,
  backoffMs: 20,
  lockMs: 1_000,
  stalledMs: 500,
}
