/** Time that Redis and several workers share, and that moves only when every worker rests: how fast the machine is changes nothing. */
import type { Redis } from 'ioredis'
import type { Clock } from '../../src/connector/kit.ts'
import type { Pacer } from '../../src/http/pacer.ts'

export interface SharedTime {
  readonly clock: Clock
  /** The present, as Lua for the scripts of the pacer. */
  readonly lua: string
  /** A worker's clock, and its pacer watched: time waits for whoever is about to ask or to be answered. */
  worker(of: { readonly beatMs: number; readonly lateMs?: number }): {
    readonly clock: Clock
    watch(pacer: Pacer): Pacer
  }
  /** Jumps from sleeper to sleeper until the promise is settled; before each jump `isStill` must have become true. */
  drive<T>(promise: Promise<T>, isStill?: () => Promise<boolean>): Promise<T>
  advance(ms: number): Promise<void>
}

export async function sharedTime(redis: Redis, key: string): Promise<SharedTime> {
  let nowMs = 0
  const sleepers = new Set<Sleeper>()
  const workers: Worker[] = []

  async function moveTo(ms: number): Promise<void> {
    nowMs = Math.max(nowMs, ms)
    await redis.set(key, nowMs)
  }

  function sleep(ms: number, signal: AbortSignal, worker: Worker | null): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const isRest = worker !== null && ms !== worker.beatMs
      const end = () => {
        sleepers.delete(sleeper)
        signal.removeEventListener('abort', stop)
        if (isRest) worker.resting -= 1
      }
      const stop = () => {
        end()
        reject(signal.reason)
      }
      const sleeper: Sleeper = {
        // As timers ring: in whole milliseconds, and never at once.
        dueMs: nowMs + Math.max(1, Math.ceil(ms)) + (isRest ? worker.lateMs : 0),
        wake: () => {
          end()
          resolve()
        },
      }
      if (isRest) worker.resting += 1
      sleepers.add(sleeper)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  async function drive<T>(promise: Promise<T>, isStill = async () => true): Promise<T> {
    let isSettled = false
    const note = () => {
      isSettled = true
    }
    promise.then(note, note)
    for (;;) {
      do await turn()
      while (workers.some((worker) => worker.waiting > 0 && worker.resting === 0))
      if (isSettled) return promise
      if (!(await isStill())) continue
      const [next] = [...sleepers].toSorted((a, b) => a.dueMs - b.dueMs)
      if (next === undefined) continue
      await moveTo(next.dueMs)
      next.wake()
    }
  }

  await moveTo(START_MS)
  return {
    clock: { now: () => nowMs, sleep: (ms, signal) => sleep(ms, signal, null) },
    lua: `tonumber(redis.call('GET', '${key}'))`,
    worker({ beatMs, lateMs = 0 }) {
      const worker: Worker = { beatMs, lateMs, waiting: 0, resting: 0 }
      workers.push(worker)
      return {
        clock: { now: () => nowMs, sleep: (ms, signal) => sleep(ms, signal, worker) },
        watch: (pacer) => watched(pacer, worker),
      }
    },
    drive,
    advance: (ms) => drive(sleep(ms, new AbortController().signal, null)),
  }
}

const START_MS = 1_000_000

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}
interface Worker {
  readonly beatMs: number
  readonly lateMs: number
  /** Who stands in its queue. */
  waiting: number
  /** 1: it was told to wait. */
  resting: number
}

function watched(pacer: Pacer, worker: Worker): Pacer {
  return {
    async enter(signal) {
      worker.waiting += 1
      try {
        return await pacer.enter(signal)
      } finally {
        worker.waiting -= 1
      }
    },
    quiet: (ms, why) => pacer.quiet(ms, why),
    get waitingFor() {
      return pacer.waitingFor
    },
    close: () => pacer.close(),
  }
}

/** One turn of the event loop: answers of Redis that came are heard. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
