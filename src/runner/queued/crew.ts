/** One worker's hands: what they hold, what makes them let go, and the ringing for what may have been lost. */
import type { RunId } from '../../model/id.ts'
import type { RunRecord } from '../../state/runs.ts'
import { attendedRuns } from './attendance.ts'
import type { Bell } from './bell.ts'
import { type Carried, type Carrier, carry, type Delivery, LEFT } from './carry.ts'
import { messageOf } from './failure.ts'
import { openSlices } from './settle.ts'

export interface Crew {
  /** Never rejects. */
  deliver(delivery: Delivery): Promise<Carried>
  /** Until aborted: lets go of runs that nobody waits for any more, and rings again for open slices of those that are waited for. */
  look(signal: AbortSignal): Promise<void>
  /** Breaks off every piece in hand. */
  breakOff(reason: Error): void
}

export function crewOf(carrier: Omit<Carrier, 'ring'>, bell: Bell): Crew {
  const { env, timing } = carrier
  const inHand = new Set<{ readonly run: RunId; readonly breaker: AbortController }>()
  const prepare = oneAtATime(carrier.prepare)
  const working: Carrier = { ...carrier, prepare, ring: (tickets) => bell.ring(tickets) }

  async function letGo(): Promise<void> {
    if (inHand.size === 0) return
    const attended = await attendedRuns(env)
    for (const { run, breaker } of inHand) if (!attended.has(run)) breaker.abort(LEFT)
  }
  async function ringAgain(): Promise<void> {
    for (const id of await attendedRuns(env)) {
      const run = await env.store.runs.get(id)
      if (run?.status === 'open') await bell.ring(await openSlices(env, run))
    }
  }
  /** A fault of the store or the queue in here passes, or shows in the tickets. */
  async function every(ms: number, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await work()
      } catch (error) {
        env.log.warn(messageOf(error))
      }
      await env.clock.sleep(ms, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
  }
  return {
    async deliver(delivery) {
      const breaker = new AbortController()
      const held = { run: delivery.ticket.run, breaker }
      inHand.add(held)
      try {
        return await carry(working, delivery, breaker.signal)
      } finally {
        inHand.delete(held)
      }
    },
    async look(signal) {
      await Promise.all([
        every(timing.watchMs, letGo, signal),
        every(timing.ringMs, ringAgain, signal),
      ])
    },
    breakOff(reason) {
      for (const { breaker } of inHand) breaker.abort(reason)
    },
  }
}

/** Tickets of a sync that come together make it ready once; two sets of connections would be paced apart. */
function oneAtATime(prepare: Carrier['prepare']): Carrier['prepare'] {
  const underWay = new Map<string, Promise<void>>()
  return async (run: RunRecord) => {
    const others = underWay.get(run.sync)
    if (others !== undefined) return others
    const mine = prepare(run).finally(() => underWay.delete(run.sync))
    underWay.set(run.sync, mine)
    return mine
  }
}
