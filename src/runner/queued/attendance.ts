/**
 * Says in the store that a command waits for a run. Workers touch only runs that are waited for: a run that was interrupted rests until
 * somebody goes on with it, and one that a single process works on is left to that process.
 */
import type { RunId } from '../../model/id.ts'
import type { Env } from '../../pipeline/env.ts'
import { QueueError } from './failure.ts'

export interface Attendance {
  /** To be called more often than every `attendMs`. Throws QueueError `taken` when another command took over. */
  keep(): Promise<void>
  leave(): Promise<void>
}

/** Waits while another command's attendance lasts. Rejects with the signal's reason. */
export async function attend(
  env: Env,
  run: RunId,
  { attendMs, signal }: { readonly attendMs: number; readonly signal: AbortSignal },
): Promise<Attendance> {
  const take = () => {
    const now = env.clock.now()
    return env.store.leases.acquire({
      scope: scopeOf(run),
      owner: env.owner,
      now,
      expiresAt: now + attendMs,
      mayTakeOver: env.mayTakeOver,
    })
  }
  let lease = await take()
  while (lease.kind === 'busy') {
    await env.clock.sleep(Math.max(1, lease.expiresAt - env.clock.now()), signal)
    lease = await take()
  }
  const { fence } = lease
  return {
    async keep() {
      const again = await take()
      if (again.kind === 'held') return
      throw new QueueError('taken', `another command waits for ${run} now (${again.holder})`, {
        hint: 'That command goes on with the run; "ferry runs show" tells how far it is.',
      })
    },
    leave: () => env.store.leases.release(fence),
  }
}

/** The runs that are waited for at this moment. */
export async function attendedRuns(env: Env): Promise<ReadonlySet<RunId>> {
  const now = env.clock.now()
  const leases = await env.store.leases.list()
  return new Set(
    leases
      .filter(({ scope, expiresAt }) => scope.startsWith(SCOPE) && expiresAt > now)
      .map(({ scope }) => scope.slice(SCOPE.length) as RunId),
  )
}

const SCOPE = 'queue '
function scopeOf(run: RunId): string {
  return `${SCOPE}${run}`
}
