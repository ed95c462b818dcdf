/** What goes wrong on a simulated network, decided by a seed and the number of the request alone. */
import type { SimulatedRequest } from '../connector/simulator.ts'
import { randomStream, seedOf } from './random.ts'

/** Every way a simulated network or server fails. Closed. `play.ts` says what each does. */
export type Fault =
  /** It took effect; the connection ends before any answer. */
  | { readonly kind: 'lostAnswer' }
  /** The connection ends before it took effect. */
  | { readonly kind: 'resetBefore' }
  /** 429, no effect. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number | null }
  /** 503, no effect. */
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number | null }
  /** 500, with or without effect. */
  | { readonly kind: 'serverError'; readonly tookEffect: boolean }
  /** An answer, later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** It took effect; the answer breaks off half-way. */
  | { readonly kind: 'truncated' }
  /** 200 with a web page, no effect. */
  | { readonly kind: 'html' }
  /** The connection stays open and nothing comes. */
  | { readonly kind: 'hang'; readonly tookEffect: boolean }
  /** Delivered twice; the second answer comes back. */
  | { readonly kind: 'duplicated' }
export type FaultKind = Fault['kind']

/** Decides request by request; give one plan to one server. */
export interface FaultPlan {
  /** The next request's fate; null: nothing goes wrong. */
  next(request: SimulatedRequest): Fault | null
  /** How often each kind was dealt out so far. */
  readonly counts: Readonly<Record<FaultKind, number>>
  /** How many requests were asked about. */
  readonly requests: number
}
export interface FaultPlanOptions {
  readonly seed: number
  /** Share of requests by kind, 0 to 1; together at most 1. Unsaid is 0. */
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>
  /** Which requests may fail; all unless told. */
  readonly only?: (request: SimulatedRequest) => boolean
}

/** The fate of request number n depends on seed, n and rates, never on what happened to others. */
export function faultPlan(options: FaultPlanOptions): FaultPlan {
  const { seed, rates, only = () => true } = options
  const total = FAULT_KINDS.reduce((sum, kind) => sum + (rates[kind] ?? 0), 0)
  if (total > 1 + ROUNDING) throw new RangeError(`fault rates add up to ${total}, above 1`)
  const counts = noFaults()
  let requests = 0
  return {
    next(request) {
      const random = randomStream(seedOf(seed, requests))
      requests += 1
      const fault = only(request) ? draw(rates, random) : null
      if (fault !== null) counts[fault.kind] += 1
      return fault
    },
    counts,
    get requests() {
      return requests
    },
  }
}

/** A plan written out by hand, for tests: the fate of the first, second, … request, then nothing. */
export function scriptedFaults(fates: readonly (Fault | null)[]): FaultPlan {
  const counts = noFaults()
  let requests = 0
  return {
    next() {
      const fault = fates[requests] ?? null
      requests += 1
      if (fault !== null) counts[fault.kind] += 1
      return fault
    },
    counts,
    get requests() {
      return requests
    },
  }
}

/** What every kind looks like; the argument is a stream in [0, 1). */
const FAULTS: Readonly<Record<FaultKind, (random: () => number) => Fault>> = {
  lostAnswer: () => ({ kind: 'lostAnswer' }),
  resetBefore: () => ({ kind: 'resetBefore' }),
  throttled: (random) => ({ kind: 'throttled', retryAfterSeconds: random() < 0.5 ? 1 : null }),
  unavailable: (random) => ({ kind: 'unavailable', retryAfterSeconds: random() < 0.5 ? 1 : null }),
  serverError: (random) => ({ kind: 'serverError', tookEffect: random() < 0.5 }),
  slow: (random) => ({ kind: 'slow', delayMs: 1 + Math.floor(random() * SLOW_MS_MAX) }),
  truncated: () => ({ kind: 'truncated' }),
  html: () => ({ kind: 'html' }),
  hang: (random) => ({ kind: 'hang', tookEffect: random() < 0.5 }),
  duplicated: () => ({ kind: 'duplicated' }),
}
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[]

const SLOW_MS_MAX = 250
const ROUNDING = 1e-9

function draw(rates: FaultPlanOptions['rates'], random: () => number): Fault | null {
  let left = random()
  for (const kind of FAULT_KINDS) {
    left -= rates[kind] ?? 0
    if (left < 0) return FAULTS[kind](random)
  }
  return null
}

function noFaults(): Record<FaultKind, number> {
  return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>
}
