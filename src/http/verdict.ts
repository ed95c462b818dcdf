/**
 * Decides what follows an exchange: give the answer to the caller, wait and repeat, or fail. The one place for the rules of repeating.
 *
 * Reads are repeated after everything that may pass. Writes are repeated only when they certainly had no effect: they never
 * left, or the server refused to take them (429, 503 with Retry-After). A 5xx on a write comes back as an answer, because its body may tell
 * the connector what happened; on a read it is repeated.
 */
import type { Cause } from '../connector/error.ts'
import type { HttpRequest } from '../connector/kit.ts'
import { type Answered, askedQuiet, retryAfter } from './retry-after.ts'
import type { TransportFault } from './transport.ts'

export type Verdict =
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'repeat'
      readonly waitMs: number
      /** True: the server asked everybody for quiet, not only this request. */
      readonly isQuiet: boolean
    }
  | { readonly kind: 'fail'; readonly cause: Cause; readonly quietMs: number | null }

export interface Situation {
  readonly repeats: Repeats
  readonly random: () => number
}
/** How often this request was repeated before. */
export interface Repeats {
  readonly afterFailure: number
  readonly afterRefusal: number
}

export function judgeAnswer(
  effect: HttpRequest['effect'],
  answer: Answered & { readonly status: number },
  situation: Situation,
): Verdict {
  const { status } = answer
  if (status === 429) return refusal('throttled', askedQuiet(answer), situation)
  if (status === 503) {
    const quietMs = retryAfter(answer)
    if (quietMs !== null) return refusal('unreachable', quietMs, situation)
  }
  if (status < 500 || effect === 'write') return { kind: 'answer' }
  return repeatOrFail('unknown', situation)
}

export function judgeFault(
  effect: HttpRequest['effect'],
  fault: TransportFault,
  situation: Situation,
): Verdict {
  const { repeat, cause } = FAULTS[fault]
  if (repeat === 'any' || (repeat === 'reads' && effect === 'read'))
    return repeatOrFail(cause, situation)
  return { kind: 'fail', cause, quietMs: null }
}

const FAULTS: Readonly<
  Record<TransportFault, { readonly repeat: 'any' | 'reads' | 'none'; readonly cause: Cause }>
> = {
  refused: { repeat: 'any', cause: 'unreachable' },
  untrusted: { repeat: 'none', cause: 'unreachable' },
  unsendable: { repeat: 'none', cause: 'invalid' },
  timeout: { repeat: 'reads', cause: 'unknown' },
  reset: { repeat: 'reads', cause: 'unknown' },
  cut: { repeat: 'reads', cause: 'unknown' },
  garbled: { repeat: 'reads', cause: 'protocol' },
  oversize: { repeat: 'none', cause: 'protocol' },
}

export const REPEATS_AFTER_FAILURE_MAX = 5
/** A refusal had no effect and the server is alive, so patience is cheap: without any hint this is about two minutes. */
export const REPEATS_AFTER_REFUSAL_MAX = 12
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 30_000
/** Whoever is asked for more quiet than this is told so instead of waiting. */
export const QUIET_MAX_MS = 15 * 60_000

/** A wait that was asked for is never cut short; where none was, it backs off, and the whole channel with it. */
function refusal(cause: Cause, askedMs: number | null, situation: Situation): Verdict {
  const waitMs = askedMs ?? backoff(situation.repeats.afterRefusal, situation.random)
  if (situation.repeats.afterRefusal >= REPEATS_AFTER_REFUSAL_MAX || waitMs > QUIET_MAX_MS)
    return { kind: 'fail', cause, quietMs: waitMs }
  return { kind: 'repeat', waitMs, isQuiet: true }
}

function repeatOrFail(cause: Cause, situation: Situation): Verdict {
  if (situation.repeats.afterFailure >= REPEATS_AFTER_FAILURE_MAX)
    return { kind: 'fail', cause, quietMs: null }
  return {
    kind: 'repeat',
    waitMs: backoff(situation.repeats.afterFailure, situation.random),
    isQuiet: false,
  }
}

/** Exponential with full jitter, so that many who failed together do not come back together. */
function backoff(before: number, random: () => number): number {
  return Math.ceil(random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** before))
}
