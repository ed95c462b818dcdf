/** The runner for one process: tickets wait in memory, a few are worked at once, and what a dead worker held is waited for. */
import pLimit from 'p-limit'
import type { RunId } from '../model/id.ts'
import { advance, openTickets } from '../pipeline/advance.ts'
import type { Env, Ticket } from '../pipeline/env.ts'
import { under } from '../pipeline/holding.ts'
import type { Runner } from './runner.ts'

export interface InlineOptions {
  /** Slices worked at the same time. */
  readonly concurrency: number
}

/** How long to wait before a slice that another worker holds is asked for again. */
const BUSY_MS = 500

export function inlineRunner(env: Env, options: InlineOptions): Runner {
  return {
    settle: (run, signal) => settle(env, options, run, signal),
    close: async () => {},
  }
}

async function settle(
  env: Env,
  options: InlineOptions,
  id: RunId,
  outer: AbortSignal,
): Promise<void> {
  const failure = new AbortController()
  const signal = under(outer, failure.signal)
  const limit = pLimit(options.concurrency)
  const inFlight = new Set<Promise<void>>()
  const problems: unknown[] = []
  const known = new Set<string>()
  const start = (ticket: Ticket) => {
    const key = `${ticket.stage} ${ticket.slice}`
    if (known.has(key)) return
    known.add(key)
    const work = limit(() => carry(env, ticket, signal))
      .then((tickets) => {
        known.delete(key)
        for (const next of tickets) start(next)
      })
      .catch((error: unknown) => {
        problems.push(error)
        failure.abort(error)
      })
      .finally(() => inFlight.delete(work))
    inFlight.add(work)
  }
  const run = await env.store.runs.get(id)
  if (run === null || run.status !== 'open') return
  for (const ticket of await openTickets(env, run)) start(ticket)
  while (inFlight.size > 0) await Promise.all(inFlight)
  if (problems.length > 0) throw problems[0]
  outer.throwIfAborted()
  const after = await env.store.runs.get(id)
  if (after?.status === 'open') await settle(env, options, id, outer)
}

async function carry(env: Env, ticket: Ticket, signal: AbortSignal): Promise<readonly Ticket[]> {
  const advanced = await advance(env, ticket, signal)
  if (advanced.kind === 'nothing') return []
  if (advanced.kind === 'on') return advanced.tickets
  await env.clock.sleep(BUSY_MS, signal)
  return [ticket]
}
