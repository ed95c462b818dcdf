/**
 * The pacer that all workers of a connection share, over Redis: together they keep to one rate and one number of requests at a time, and
 * are quiet together. The deciding is in `pacer-script.ts`; here one process asks for the first of its queue, waits as told, and asks again.
 *
 * What a killed worker held lapses after `slotMs`. What Redis forgets is told to it again: a quiet with each question of the worker that was
 * asked for it, slots with the next heartbeat. A request does not leave while Redis is away: unshared limits would be exceeded.
 */
import { Redis } from 'ioredis'
import { ConnectorError } from '../connector/error.ts'
import type { Clock, Log } from '../connector/kit.ts'
import { digest } from '../model/hash.ts'
import {
  closedError,
  LATENESS_CARRIED_MS,
  onceOnly,
  type Pacer,
  type PacerMaker,
  type PacerOptions,
  seconds,
  throttledError,
} from './pacer.ts'
import { pacerScripts, REDIS_NOW } from './pacer-script.ts'

export interface SharedPacing {
  readonly pacer: PacerMaker
  close(): Promise<void>
}
export interface SharedPacingOptions {
  /** `redis://…` or `rediss://…`. */
  readonly url: string
  /** Keeps several ferries on one Redis apart. */
  readonly prefix: string
  readonly clock: Clock
  readonly log: Log
  /** A name that no other process has. */
  readonly owner: string
  /** How long a worker that was killed keeps its place among the requests in flight. */
  readonly slotMs?: number
  /** What time it is for all workers, as Lua in milliseconds; Redis's own time unless told otherwise. */
  readonly now?: string
}

/** Connects in the background; what is asked before waits. One connection to Redis for all pacers. */
export function redisPacing(options: SharedPacingOptions): SharedPacing {
  const { url, log } = options
  let isClosing = false
  const redis = new Redis(url, {
    maxRetriesPerRequest: RECONNECTS_MAX,
    commandTimeout: ANSWER_MS,
    retryStrategy: (times) => (isClosing ? null : Math.min(RECONNECT_MS_MAX, 50 * times)),
  })
  // Whoever asks is told; a connection that is lost comes back by itself.
  redis.on('error', (error: Error) => log.debug(`shared pace: ${error.message}`))
  const { enter, quiet, hold } = pacerScripts(options.now ?? REDIS_NOW)
  redis.defineCommand('ferryEnter', { numberOfKeys: 4, lua: enter })
  redis.defineCommand('ferryQuiet', { numberOfKeys: 1, lua: quiet })
  redis.defineCommand('ferryHold', { numberOfKeys: 1, lua: hold })
  const { protocol, host } = new URL(url)
  const place = { redis: redis as ScriptedRedis, shown: `${protocol}//${host}` }
  let made = 0
  return {
    pacer: (pacerOptions) => {
      made += 1
      return sharedPacer(options, pacerOptions, { ...place, me: `${options.owner} ${made}` })
    },
    async close() {
      isClosing = true
      if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect())
      else redis.disconnect()
    },
  }
}

const RECONNECTS_MAX = 6
const RECONNECT_MS_MAX = 2_000
const ANSWER_MS = 5_000
/** Longer than a process is ever busy with itself; a slot is held anew at a third of it. */
const SLOT_MS = 15_000
/** How often it is asked whether a slot came free at another worker; within one process that is known at once. */
const FULL_POLL_MS = 10

interface ScriptedRedis extends Redis {
  ferryEnter(
    ...given: (string | number)[]
  ): Promise<readonly ['go' | 'pace' | 'full' | 'quiet', string, string]>
  ferryQuiet(key: string, ms: number, why: string): Promise<unknown>
  ferryHold(key: string, ms: number, ...slots: string[]): Promise<unknown>
}
interface Place {
  readonly redis: ScriptedRedis
  readonly shown: string
  /** Where this pacer stands in line. */
  readonly me: string
}
interface Quiet {
  readonly untilMs: number
  readonly why: string
}
interface Waiter {
  readonly go: (leave: () => void) => void
  readonly turnAway: (error: unknown) => void
}

function sharedPacer(sharing: SharedPacingOptions, options: PacerOptions, place: Place): Pacer {
  const { clock, log, prefix, slotMs = SLOT_MS } = sharing
  const { name, url, requestsPerSecond, burst, concurrency, quietMaxMs } = options
  if (!(requestsPerSecond > 0 && burst >= 1 && concurrency >= 1))
    throw new RangeError(`${name}: requestsPerSecond, burst and concurrency must be above zero`)
  const { redis, me } = place
  const intervalMs = 1000 / requestsPerSecond
  const leewayMs = burst === 1 ? 0 : (burst - 1) * intervalMs
  // In braces, so that a cluster keeps the keys together.
  const known = `${prefix}:pace:{${digest(`${name} ${url}`).slice(0, 24)}}`
  const keys = [known, `${known}:slots`, `${known}:line`, `${known}:lapses`] as const
  const queue: Waiter[] = []
  const held = new Set<string>()
  const closing = new AbortController()
  let entered = 0
  let isServing = false
  let isBeating = false
  let sleeper: AbortController | null = null
  let waitingWhy: string | null = null
  /** As this process was asked for, and as the workers were together. */
  let ours: Quiet = { untilMs: Number.NEGATIVE_INFINITY, why: '' }
  let quiet = ours

  function enter(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (closing.signal.aborted) return reject(closedError(name))
      const quietMs = quiet.untilMs - clock.now()
      if (quietMs > quietMaxMs) return reject(throttledError(name, quietMs, quiet.why))
      const onAbort = () => {
        queue.splice(queue.indexOf(waiter), 1)
        if (queue.length === 0) sleeper?.abort()
        reject(signal.reason)
      }
      const settled = () => signal.removeEventListener('abort', onAbort)
      const waiter: Waiter = {
        go: (leave) => {
          settled()
          resolve(leave)
        },
        turnAway: (error) => {
          settled()
          reject(error)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      queue.push(waiter)
      if (!isServing) void serve()
    })
  }

  /** One at a time, as long as somebody waits. Never rejects. */
  async function serve(): Promise<void> {
    isServing = true
    let carriedMs = 0
    while (queue.length > 0) {
      try {
        const waitMs = await ask(carriedMs)
        carriedMs = waitMs !== null && waitingWhy === PACING ? LATENESS_CARRIED_MS : 0
        if (waitMs !== null) await rest(waitMs)
      } catch (error) {
        turnAwayAll(closing.signal.aborted ? closedError(name) : error)
      }
    }
    waitingWhy = null
    isServing = false
  }

  /** null: the first in the queue was let go; else how long to wait before it is asked again. */
  async function ask(carriedMs: number): Promise<number | null> {
    entered += 1
    const slot = `${me} ${entered}`
    const quietMs = Math.max(0, ours.untilMs - clock.now())
    const numbers = [intervalMs, leewayMs, concurrency, carriedMs, slotMs, quietMs, quietMaxMs]
    const [answer, wait, why] = await redis
      .ferryEnter(...keys, me, slot, ...numbers, ours.why)
      .catch((error: unknown) => {
        throw awayError(name, place.shown, error)
      })
    const waitMs = Number(wait)
    switch (answer) {
      case 'go':
        letGo(slot)
        return null
      case 'pace':
        waitingWhy = PACING
        return waitMs
      case 'full':
        waitingWhy = null
        return FULL_POLL_MS
      case 'quiet':
        quiet = { untilMs: clock.now() + waitMs, why }
        waitingWhy = null
        if (waitMs > quietMaxMs) throw throttledError(name, waitMs, why)
        return waitMs
    }
  }

  function letGo(slot: string): void {
    held.add(slot)
    if (!isBeating) void beat()
    const leave = onceOnly(() => {
      held.delete(slot)
      void tell(redis.zrem(keys[1], slot))
      sleeper?.abort()
    })
    const first = queue.shift()
    // Whoever it was asked for is gone: the next to come finds the place free.
    if (first === undefined) leave()
    else first.go(leave)
  }

  /** Ends early when this process gave a slot back, nobody waits any more, or the pacer closes. */
  async function rest(ms: number): Promise<void> {
    const mine = new AbortController()
    sleeper = mine
    if (queue.length === 0) mine.abort()
    try {
      await clock.sleep(ms, mine.signal)
    } catch (error) {
      if (!mine.signal.aborted) throw error
    } finally {
      sleeper = null
    }
    if (queue.length === 0) void tell(redis.zrem(keys[2], me))
  }

  /** Holds what is in flight, as long as anything is. Never rejects. */
  async function beat(): Promise<void> {
    isBeating = true
    while (held.size > 0 && !closing.signal.aborted) {
      await clock.sleep(slotMs / 3, closing.signal).catch(() => undefined)
      if (held.size > 0) void tell(redis.ferryHold(keys[1], slotMs, ...held))
    }
    isBeating = false
  }

  /** Never rejects: what is lost lapses or is told again. */
  async function tell(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => log.debug(`shared pace: ${messageOf(error)}`))
  }

  function turnAwayAll(error: unknown): void {
    for (const waiter of queue.splice(0)) waiter.turnAway(error)
  }

  return {
    enter,
    async quiet(ms, why) {
      const untilMs = clock.now() + ms
      if (untilMs <= ours.untilMs) return
      ours = { untilMs, why }
      // Goes out before any later question of this process.
      const told = tell(redis.ferryQuiet(known, ms, why))
      if (untilMs > quiet.untilMs) {
        quiet = ours
        if (ms > quietMaxMs) {
          turnAwayAll(throttledError(name, ms, why))
          sleeper?.abort()
        }
      }
      await told
    },
    get waitingFor() {
      if (queue.length === 0) return null
      const quietMs = quiet.untilMs - clock.now()
      if (quietMs > 0) return `${name} asked for ${seconds(quietMs)} of quiet (${quiet.why})`
      return waitingWhy === null ? null : `pacing at ${requestsPerSecond}/s with all workers`
    },
    close() {
      closing.abort()
      turnAwayAll(closedError(name))
      sleeper?.abort()
    },
  }
}

const PACING = 'pacing'

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function awayError(name: string, shown: string, cause: unknown): ConnectorError {
  return new ConnectorError(
    'unreachable',
    `${name}: ${shown}, where the workers share their limits, does not answer (${messageOf(cause)})`,
    { hint: 'Check that Redis runs. This request was not sent.', cause },
  )
}
