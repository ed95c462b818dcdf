/**
 * Keeps a slice's lease while a piece of it is at work, and ends the work when the lease is lost.
 *
 * The lease is prolonged at a third of its life, so two renewals may fail to come before anybody else may take the slice. A request that writes
 * is sent only if it can end before the lease does: whoever takes over must not meet a write that is still on its way. Where a platform may
 * take longer to answer than a lease lasts, the lease is prolonged for that request first.
 */
import { type Hold, holdOf, holdWith } from '../connector/hold.ts'
import type { Fence } from '../state/leases.ts'
import { StoreError } from '../state/store.ts'
import type { Env } from './env.ts'

export interface Holding {
  /** Aborted with the outer one, or when the lease is lost. */
  readonly signal: AbortSignal
  /** Ends the renewing, and waits for one that is under way. */
  end(): Promise<void>
}

/** Ends with any of them, and is known to work under the hold of the first. */
export function under(outer: AbortSignal, ...more: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([outer, ...more])
  const whole = holdOf(outer)
  if (whole !== null) holdWith(signal, whole)
  return signal
}

/** For a lease that was just acquired for `env.limits.leaseMs`. */
export function hold(env: Env, fence: Fence, outer: AbortSignal): Holding {
  const { clock, store, limits } = env
  const lost = new AbortController()
  const ended = new AbortController()
  const signal = AbortSignal.any([outer, lost.signal])
  const thirdMs = limits.leaseMs / 3
  let expiresAt = clock.now() + limits.leaseMs

  async function prolong(ms: number): Promise<void> {
    const until = Math.max(expiresAt, clock.now() + ms)
    if (await store.leases.renew(fence, until)) {
      expiresAt = until
      return
    }
    const error = new StoreError('fenced', `The lease on ${fence.scope} was lost`, {
      hint: 'Nothing is lost: whoever took over goes on with the work. If nobody did, run the command again.',
    })
    lost.abort(error)
    throw error
  }
  async function renewing(): Promise<void> {
    while (!ended.signal.aborted && !lost.signal.aborted) {
      await clock.sleep(thirdMs, ended.signal)
      try {
        await prolong(limits.leaseMs)
      } catch (error) {
        // A store that is busy for a moment is asked again, as long as the lease lasts.
        if (lost.signal.aborted || clock.now() + thirdMs >= expiresAt) throw error
        env.log.warn(`${fence.scope}: the lease was not prolonged, tried again soon`)
      }
    }
  }
  const whole = holdOf(outer)
  const kept: Hold = {
    async lastFor(ms) {
      // The run's own leases too: whoever lost those may take slices that nobody else has.
      await whole?.lastFor(ms)
      if (clock.now() + ms < expiresAt) return
      await prolong(ms + thirdMs)
    },
  }
  holdWith(signal, kept)
  const working = renewing().catch((error: unknown) => {
    if (!ended.signal.aborted) lost.abort(error)
  })
  return {
    signal,
    async end() {
      ended.abort()
      await working
    },
  }
}
