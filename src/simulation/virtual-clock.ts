/** Time that moves only when it is told to: whoever sleeps is woken in order of time, then of falling asleep. */
import type { Clock } from '../connector/kit.ts'

export interface VirtualClock extends Clock {
  /** Moves time on by `ms`, waking everyone who is due on the way at their own moment. */
  advance(ms: number): Promise<void>
  /** Jumps from sleeper to sleeper until nobody sleeps. Throws after `WAKES_MAX` wakes: somebody never stops. */
  runUntilIdle(): Promise<void>
  /**
   * Jumps from sleeper to sleeper until the promise is settled, and gives its result. When nobody sleeps it waits for real work (sockets,
   * files) to go on, so a promise that nothing will settle hangs.
   */
  drive<T>(promise: Promise<T>): Promise<T>
  /** How many sleep right now. */
  readonly sleeping: number
}

/** `isBusy`: real work is under way (a database over a socket), and time waits for it. */
export function virtualClock(startMs: number, isBusy: () => boolean = () => false): VirtualClock {
  const settle = async () => {
    do await turn()
    while (isBusy())
  }
  let nowMs = startMs
  let order = 0
  const sleepers = new Set<Sleeper>()

  function nextUpTo(untilMs: number): Sleeper | null {
    let next: Sleeper | null = null
    for (const sleeper of sleepers)
      if (sleeper.dueMs <= untilMs && (next === null || isBefore(sleeper, next))) next = sleeper
    return next
  }

  function wakeNext(untilMs: number): boolean {
    const next = nextUpTo(untilMs)
    if (next === null) return false
    nowMs = Math.max(nowMs, next.dueMs)
    next.wake()
    return true
  }

  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const stop = () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        }
        const sleeper: Sleeper = {
          dueMs: nowMs + Math.max(0, ms),
          order: order++,
          wake: () => {
            sleepers.delete(sleeper)
            signal.removeEventListener('abort', stop)
            resolve()
          },
        }
        signal.addEventListener('abort', stop, { once: true })
        sleepers.add(sleeper)
      }),
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      while (wakeNext(untilMs)) await settle()
      nowMs = Math.max(nowMs, untilMs)
    },
    async runUntilIdle() {
      await settle()
      for (let wakes = 0; wakeNext(Number.POSITIVE_INFINITY); wakes++) {
        if (wakes >= WAKES_MAX) throw new Error(`still busy after ${WAKES_MAX} wakes`)
        await settle()
      }
    },
    async drive(promise) {
      let isSettled = false
      const note = () => {
        isSettled = true
      }
      promise.then(note, note)
      await settle()
      while (!isSettled) {
        wakeNext(Number.POSITIVE_INFINITY)
        await settle()
      }
      return promise
    },
    get sleeping() {
      return sleepers.size
    },
  }
}

const WAKES_MAX = 1_000_000

interface Sleeper {
  readonly dueMs: number
  readonly order: number
  readonly wake: () => void
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
}

/** One turn of the event loop: every promise that can go on has gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
