/**
 * Decides when a request may leave: at most so many per second and at a time, first come first served, and nobody while the gate is shut.
 *
 * A token bucket kept as one number, `dueMs`: the moment at which the bucket would be full of debt for the next request. A request may
 * leave once `now >= dueMs - (burst - 1) * interval`, and pushes `dueMs` on by one interval. Timers ring late; what a late ring
 * lost is carried over (at most LATENESS_CARRIED_MS), else a channel at 100/s would reach 90/s. No request ever leaves before its own due time.
 */
import { ConnectorError } from '../connector/error.ts'
import type { Clock } from '../connector/kit.ts'

export interface Pacer {
  /**
   * Resolves when one request may leave; the caller calls what it got once, when that exchange is over. Rejects with the
   * signal's reason, with `throttled` when the gate stays shut longer than `quietMaxMs`, with `unreachable` after `close`.
   */
  enter(signal: AbortSignal): Promise<() => void>
  /**
   * Nobody leaves through this pacer for this long from now. Never shortens an earlier quiet. `why` completes "crm asked for 12 s of quiet".
   * Resolves once that holds for everybody who shares its limits: whoever waits for it lets nobody slip through in between. Never rejects.
   */
  quiet(ms: number, why: string): Promise<void>
  /** Why the first in the queue waits; null: nobody does, or all places are taken by requests in flight. */
  readonly waitingFor: string | null
  /** Turns away everybody who waits or comes. Those in flight are not touched. */
  close(): void
}
export type PacerMaker = (options: PacerOptions) => Pacer
export interface PacerOptions {
  readonly clock: Clock
  /** The connection's name, for messages. */
  readonly name: string
  /** Where it leads: what shares name and address shares the limits. */
  readonly url: string
  /** Infinity: no limit. */
  readonly requestsPerSecond: number
  readonly burst: number
  readonly concurrency: number
  /** A quiet longer than this is not waited for: who waits is turned away as `throttled`. */
  readonly quietMaxMs: number
}

/** The form for one process; every channel of a connection in it shares one. */
export function embeddedPacer(options: PacerOptions): Pacer {
  const { clock, name, requestsPerSecond, burst, concurrency, quietMaxMs } = options
  if (!(requestsPerSecond > 0 && burst >= 1 && concurrency >= 1))
    throw new RangeError(`${name}: requestsPerSecond, burst and concurrency must be above zero`)
  const intervalMs = 1000 / requestsPerSecond
  const leewayMs = burst === 1 ? 0 : (burst - 1) * intervalMs
  const queue: Waiter[] = []
  let inFlight = 0
  let dueMs = Number.NEGATIVE_INFINITY
  let quietUntilMs = Number.NEGATIVE_INFINITY
  let quietWhy = ''
  let sleeper: AbortController | null = null
  let isClosed = false

  function enter(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (isClosed) return reject(closedError(name))
      const quietMs = quietUntilMs - clock.now()
      if (quietMs > quietMaxMs) return reject(throttledError(name, quietMs, quietWhy))
      const onAbort = () => {
        queue.splice(queue.indexOf(waiter), 1)
        if (queue.length === 0) sleeper?.abort()
        reject(signal.reason)
      }
      const waiter: Waiter = {
        go: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(onceOnly(leave))
        },
        turnAway: (error) => {
          signal.removeEventListener('abort', onAbort)
          reject(error)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      queue.push(waiter)
      if (sleeper === null) serve(0)
    })
  }

  function leave() {
    inFlight -= 1
    if (sleeper === null) serve(0)
  }

  function serve(carriedMs: number) {
    while (inFlight < concurrency) {
      const first = queue[0]
      if (first === undefined) return
      const nowMs = clock.now()
      const pacedMs = dueMs - leewayMs
      if (quietUntilMs > nowMs || pacedMs > nowMs) {
        sleepUntil(Math.max(quietUntilMs, pacedMs), pacedMs > quietUntilMs)
        return
      }
      dueMs = Math.max(dueMs, nowMs - carriedMs) + intervalMs
      queue.shift()
      inFlight += 1
      first.go()
    }
  }

  function sleepUntil(untilMs: number, isPacing: boolean) {
    const mine = new AbortController()
    sleeper = mine
    clock.sleep(untilMs - clock.now(), mine.signal).then(
      () => {
        sleeper = null
        serve(isPacing ? LATENESS_CARRIED_MS : 0)
      },
      (error: unknown) => {
        sleeper = null
        if (mine.signal.aborted) serve(0)
        else turnAwayAll(error)
      },
    )
  }

  function turnAwayAll(error: unknown) {
    for (const waiter of queue.splice(0)) waiter.turnAway(error)
    sleeper?.abort()
  }

  return {
    enter,
    async quiet(ms, why) {
      const untilMs = clock.now() + ms
      if (untilMs <= quietUntilMs) return
      quietUntilMs = untilMs
      quietWhy = why
      if (ms > quietMaxMs) turnAwayAll(throttledError(name, ms, why))
    },
    get waitingFor() {
      if (queue.length === 0) return null
      const quietMs = quietUntilMs - clock.now()
      if (quietMs > 0) return `${name} asked for ${seconds(quietMs)} of quiet (${quietWhy})`
      return sleeper === null ? null : `pacing at ${requestsPerSecond}/s`
    },
    close() {
      isClosed = true
      turnAwayAll(closedError(name))
    },
  }
}

/** How much of a timer's lateness is made up for. More would let a busy process send in bursts. */
export const LATENESS_CARRIED_MS = 50

interface Waiter {
  readonly go: () => void
  readonly turnAway: (error: unknown) => void
}

export function onceOnly(action: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    action()
  }
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 1000)} s`
}

export function throttledError(name: string, quietMs: number, why: string): ConnectorError {
  return new ConnectorError(
    'throttled',
    `${name} asked for ${seconds(quietMs)} of quiet (${why})`,
    {
      retryAfterMs: quietMs,
      hint: 'Run again later; this request was not sent.',
    },
  )
}

export function closedError(name: string): ConnectorError {
  return new ConnectorError('unreachable', `${name}: the connection is closed`)
}
