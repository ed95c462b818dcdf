/**
 * What somebody who talks holds meanwhile, so that nobody else does the same work: a lease with an end. It travels with the abort signal of the
 * work, since every request is given that, and connectors pass it on as it is.
 */

export interface Hold {
  /** Resolves when it surely lasts for so long from now, prolonged where needed. Rejects when it was lost. */
  lastFor(ms: number): Promise<void>
}

/** From now on whoever is given this signal is known to work under this hold. */
export function holdWith(signal: AbortSignal, hold: Hold): void {
  HOLDS.set(signal, hold)
}

/** null: the work is nobody's in particular. */
export function holdOf(signal: AbortSignal): Hold | null {
  return HOLDS.get(signal) ?? null
}

/** A property of the signal, kept beside it: it ends with the signal. */
const HOLDS = new WeakMap<AbortSignal, Hold>()
