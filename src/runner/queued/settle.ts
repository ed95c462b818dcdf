/**
 * The command's side of the queue: rings for a run's open slices and waits until the store says that the run is over. The store alone is
 * believed: news from the queue only make it look sooner, and what was rung for in vain is rung for again.
 */
import type { RunId } from '../../model/id.ts'
import { openTickets } from '../../pipeline/advance.ts'
import type { Env, Ticket } from '../../pipeline/env.ts'
import type { RunRecord } from '../../state/runs.ts'
import { attend } from './attendance.ts'
import type { Bell } from './bell.ts'
import { failureOf, forgetFailure, messageOf, QueueError, SEE_LOG } from './failure.ts'
import type { QueueTiming } from './timing.ts'

export interface Settling {
  readonly env: Env
  readonly bell: Bell
  readonly timing: QueueTiming
}

/** As `Runner.settle` promises. An error that a worker met arrives as what it was: ConnectorError, StoreError, else QueueError. */
export async function settleQueued(
  settling: Settling,
  id: RunId,
  signal: AbortSignal,
): Promise<void> {
  const { env, bell, timing } = settling
  signal.throwIfAborted()
  if ((await openRun(env, id)) === null) return
  const attendance = await attend(env, id, { attendMs: timing.attendMs, signal })
  const news = listenTo(settling, id)
  try {
    await forgetFailure(env.store, id)
    await withBell(env, async () => bell.silence(await openSlices(env, await openRun(env, id))))
    await waitForEnd(settling, { id, news, signal, keep: attendance.keep })
  } finally {
    news.stop()
    await attendance.leave()
    await comeToRest(settling, id)
  }
}

async function waitForEnd(
  settling: Settling,
  wait: {
    readonly id: RunId
    readonly news: News
    readonly signal: AbortSignal
    readonly keep: () => Promise<void>
  },
): Promise<void> {
  const { env, timing } = settling
  let ringAt = env.clock.now()
  for (;;) {
    wait.signal.throwIfAborted()
    const givenUp = wait.news.givenUp()
    const run = await openRun(env, wait.id)
    if (run === null) return
    const failure = await failureOf(env.store, wait.id)
    if (failure !== null) throw failure
    if (givenUp !== null) throw new QueueError('worker', givenUp, { hint: SEE_LOG })
    await wait.keep()
    if (env.clock.now() >= ringAt) {
      ringAt = env.clock.now() + timing.ringMs
      await withBell(env, () => ringOpen(settling, run))
    }
    await wait.news.next(timing.pollMs, wait.signal)
  }
}

/** Rings for what is open. Where nothing is, the stage has to turn: here only when no worker can be about to do it. */
async function ringOpen({ env, bell }: Settling, run: RunRecord): Promise<void> {
  const tickets = await openSlices(env, run)
  if (tickets.length > 0) return bell.ringAgain(tickets)
  if ((await bell.inHand(run.id)) > 0) return
  const current = await openRun(env, run.id)
  if (current === null || current.stage !== run.stage) return
  await bell.ring(await openTickets(env, current))
}

async function comeToRest({ env, bell, timing }: Settling, id: RunId): Promise<void> {
  const untilMs = env.clock.now() + timing.restMs
  await withBell(env, async () => {
    await bell.silence(await openSlices(env, await env.store.runs.get(id)))
    while ((await bell.inHand(id)) > 0 && env.clock.now() < untilMs)
      await env.clock.sleep(REST_LOOK_MS, NEVER)
  })
}
const REST_LOOK_MS = 100
const NEVER = new AbortController().signal

async function openRun(env: Env, id: RunId): Promise<RunRecord | null> {
  const run = await env.store.runs.get(id)
  return run?.status === 'open' ? run : null
}

/** Never turns the stage, unlike `openTickets`. */
export async function openSlices(env: Env, run: RunRecord | null): Promise<readonly Ticket[]> {
  if (run === null) return []
  const open = await env.store.slices.stillOpen(run.id, run.stage)
  return open.map(({ name }) => ({ run: run.id, stage: run.stage, slice: name }))
}

/** A queue that is out of reach for a while costs time and nothing else. */
async function withBell(env: Env, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof QueueError) || error.kind !== 'unreachable') throw error
    env.log.warn(messageOf(error))
  }
}

interface News {
  /** Resolves at the next news, or after `ms`. Rejects with the signal's reason. */
  next(ms: number, signal: AbortSignal): Promise<void>
  /** Why a ticket was given up, since the start. */
  givenUp(): string | null
  stop(): void
}

function listenTo({ env, bell }: Settling, id: RunId): News {
  let reason: string | null = null
  let isDue = false
  let wake = () => {}
  const rouse = () => {
    isDue = true
    wake()
  }
  const stop = bell.listen(id, {
    news: rouse,
    failed(why) {
      reason ??= why
      rouse()
    },
    progress: (event) => env.progress(event),
  })
  return {
    async next(ms, signal) {
      const roused = new AbortController()
      wake = () => roused.abort()
      if (isDue) wake()
      try {
        await env.clock.sleep(ms, AbortSignal.any([signal, roused.signal]))
      } catch (error) {
        if (signal.aborted || !roused.signal.aborted) throw error
      }
      isDue = false
    },
    givenUp: () => reason,
    stop,
  }
}
