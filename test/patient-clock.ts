/**
 * Time for whole runs in one process. It stands still but for those who wait, whose waits pass at once, in order of time; nothing depends on how
 * long a wait really takes. Heartbeats do not make it move, and ring when it passes them by: a long chain of waits finds its leases prolonged.
 */
import { HEARTBEAT_MS } from '../src/app/run.ts'
import type { Clock } from '../src/connector/kit.ts'
import { PIPELINE_LIMITS } from '../src/pipeline/env.ts'

export interface PatientClock extends Clock {
  advance(ms: number): void
}

export function patientClock(startMs: number): PatientClock {
  let nowMs = startMs
  const waiting = new Set<Sleeper>()
  const beating = new Set<Sleeper>()
  let isPumping = false

  /** One sleeper a turn of the event loop, so that whoever wakes has done what follows before the next one does. */
  function pump() {
    isPumping = waiting.size > 0
    if (!isPumping) return
    const next = first([...waiting, ...beating])
    if (next !== null) {
      nowMs = Math.max(nowMs, next.dueMs)
      next.wake()
    }
    setImmediate(pump)
  }

  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const kind = BEATS_MS.includes(ms) ? beating : waiting
        const end = () => {
          kind.delete(sleeper)
          signal.removeEventListener('abort', stop)
        }
        const stop = () => {
          end()
          reject(signal.reason)
        }
        const sleeper: Sleeper = {
          dueMs: nowMs + Math.ceil(Math.max(0, ms)),
          wake: () => {
            end()
            resolve()
          },
        }
        signal.addEventListener('abort', stop, { once: true })
        kind.add(sleeper)
        if (kind !== waiting || isPumping) return
        isPumping = true
        setImmediate(pump)
      }),
    advance(ms) {
      nowMs += ms
    },
  }
}

/** Of a run and of a slice. Whoever else waits for just so long would be taken for one. */
const BEATS_MS: readonly number[] = [HEARTBEAT_MS, PIPELINE_LIMITS.leaseMs / 3]

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/** Of several at one moment the one that fell asleep first. */
function first(sleepers: readonly Sleeper[]): Sleeper | null {
  let found: Sleeper | null = null
  for (const sleeper of sleepers) if (found === null || sleeper.dueMs < found.dueMs) found = sleeper
  return found
}
