/**
 * Runs syncs by their schedule. Whoever calls says when a sync is due (`keepSchedule` in this process, or a queue); here it is decided whether
 * it may run now: one that is still running is skipped and said, and syncs that write to one target take turns.
 */
import type { Clock } from '../connector/kit.ts'
import { RunBusy } from './run.ts'
import { tickAfter } from './schedule-ticks.ts'

export interface ScheduledSync {
  readonly sync: string
  /** The connection it writes to. */
  readonly target: string
  readonly pattern: string
}
export type ScheduleEvent =
  | { readonly kind: 'missed'; readonly sync: string; readonly since: number }
  | { readonly kind: 'started'; readonly sync: string }
  /** `code`: the exit code that the command would have had. */
  | { readonly kind: 'ended'; readonly sync: string; readonly code: number; readonly text: string }
  | { readonly kind: 'skipped'; readonly sync: string; readonly why: string }

export interface ScheduleOptions {
  /** Answers how it ended. Rejects only with RunBusy, or when it was interrupted. */
  readonly run: (sync: string, signal: AbortSignal) => Promise<{ code: number; text: string }>
  readonly tell: (event: ScheduleEvent) => void
  readonly signal: AbortSignal
}
export interface Schedule {
  /** A sync is due. Resolves when it has run or was skipped; never rejects. */
  due(entry: ScheduledSync): Promise<void>
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
  /** Syncs that were at work when the signal came. */
  readonly interrupted: ReadonlySet<string>
}

export function scheduleOf({ run, tell, signal }: ScheduleOptions): Schedule {
  const running = new Map<string, Promise<void>>()
  const lastOfTarget = new Map<string, Promise<void>>()
  const interrupted = new Set<string>()

  async function work({ sync }: ScheduledSync, before: Promise<void>): Promise<void> {
    await before
    if (signal.aborted) return
    tell({ kind: 'started', sync })
    try {
      tell({ kind: 'ended', sync, ...(await run(sync, signal)) })
    } catch (error) {
      if (signal.aborted) interrupted.add(sync)
      else if (error instanceof RunBusy) tell({ kind: 'skipped', sync, why: error.message })
      else tell({ kind: 'ended', sync, code: 1, text: String(error) })
    }
  }
  return {
    async due(entry) {
      const { sync, target } = entry
      if (signal.aborted) return
      if (running.has(sync)) {
        tell({ kind: 'skipped', sync, why: 'its last run is still at work' })
        return
      }
      const mine = work(entry, lastOfTarget.get(target) ?? Promise.resolve())
      running.set(sync, mine)
      lastOfTarget.set(target, mine)
      await mine
      running.delete(sync)
      if (lastOfTarget.get(target) === mine) lastOfTarget.delete(target)
    },
    async idle() {
      await Promise.all(running.values())
    },
    interrupted,
  }
}

export interface TickOptions {
  readonly entries: readonly ScheduledSync[]
  readonly timeZone: string
  readonly clock: Clock
  /** Up to when ticks were seen, epoch milliseconds; survives the process. null: never. */
  readonly seen: {
    get(sync: string): Promise<number | null>
    set(sync: string, at: number): Promise<void>
  }
  readonly schedule: Schedule
  readonly tell: (event: ScheduleEvent) => void
  readonly signal: AbortSignal
}

/**
 * Says in this process when a sync is due, until aborted; then waits for what still runs. Ticks that nobody saw, because no process was there
 * or the machine slept, make one run, however many they were.
 */
export async function keepSchedule(options: TickOptions): Promise<void> {
  const { entries, signal, schedule } = options
  try {
    await Promise.all(entries.map((entry) => keepOne(options, entry)))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await schedule.idle()
  }
}

/** A machine that slept notices after this long. */
const LOOK_MS = 30_000

async function keepOne(options: TickOptions, entry: ScheduledSync): Promise<void> {
  const { clock, seen, schedule, tell, signal, timeZone } = options
  const { sync, pattern } = entry
  let last = await seen.get(sync)
  if (last === null) {
    last = clock.now()
    await seen.set(sync, last)
  }
  for (;;) {
    const next = tickAfter({ text: pattern, timeZone }, last)
    if (next === null) return
    while (clock.now() < next) await clock.sleep(Math.min(LOOK_MS, next - clock.now()), signal)
    signal.throwIfAborted()
    last = clock.now()
    await seen.set(sync, last)
    if (last - next > LOOK_MS) tell({ kind: 'missed', sync, since: next })
    void schedule.due(entry)
  }
}
