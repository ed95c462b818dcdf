/** How long each part of the queued runner waits. Submitters and workers of one queue should have the same. */

export interface QueueTiming {
  /** How often the waiting command looks at the store when no news came. */
  readonly pollMs: number
  /** How often open slices are rung for again, in case a bell was lost. */
  readonly ringMs: number
  /** How often a worker asks whether the runs it works on are still waited for. */
  readonly watchMs: number
  /** How long a run counts as waited for after its command's last sign of life. */
  readonly attendMs: number
  /** How long a command that gives up waits for the slices in flight to come to rest. */
  readonly restMs: number
  /** How long a worker that is told to stop may finish the pieces in hand before they are broken off. */
  readonly graceMs: number
  /** How long one slice may keep its place in a worker while others wait. */
  readonly turnMs: number
  /** Before a slice that another worker holds is asked for again. */
  readonly busyMs: number
  /** Before the first repetition of a failed piece; each further one waits twice as long, up to `backoffMaxMs`. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
  /** A platform that asks for a longer wait than this ends the run's work; it can be gone on with later. */
  readonly patienceMs: number
  /** How long the queue may take to answer at the start. */
  readonly readyMs: number
  /** How long a silent worker keeps its tickets, and how often that is looked at. */
  readonly lockMs: number
  readonly stalledMs: number
}
export const QUEUE_TIMING: QueueTiming = {
  pollMs: 1_000,
  ringMs: 5_000,
  watchMs: 1_000,
  attendMs: 30_000,
  restMs: 20_000,
  graceMs: 30_000,
  turnMs: 5_000,
  busyMs: 500,
  backoffMs: 1_000,
  backoffMaxMs: 30_000,
  patienceMs: 5 * 60_000,
  readyMs: 10_000,
  lockMs: 12_000,
  stalledMs: 4_000,
}

/** How often a piece may fail in a row, each time after the channel's own repetitions, before the command that waits is told. */
export const FAILURES_MAX = 3
