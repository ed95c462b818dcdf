/** `ferry schedule`: runs the syncs of ferry.yaml when their `schedule` says so, until interrupted. */
import type { Command } from 'commander'
import { reportOf } from '../../app/run-report.ts'
import { endOf, RunBusy, work } from '../../app/run.ts'
import {
  keepSchedule,
  type ScheduledSync,
  type ScheduleEvent,
  type Schedule,
  scheduleOf,
} from '../../app/schedule.ts'
import type { Config } from '../../app/config/settings.ts'
import { isZone } from '../../model/zone.ts'
import { runText } from '../../report/run-document.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, failureOf, UsageError } from '../exit.ts'
import { queueOf, runnerFor } from '../runner.ts'

interface Options {
  readonly timeZone: string
  readonly queue: boolean
}

export function registerSchedule(program: Command, act: Act): void {
  program
    .command('schedule')
    .description(
      'run the syncs of ferry.yaml by their "schedule", until interrupted; on the workers of the queue where there is one',
    )
    .option(
      '--time-zone <zone>',
      'what the patterns mean, as in Europe/Berlin',
      Intl.DateTimeFormat().resolvedOptions().timeZone,
    )
    .option('--no-queue', 'work in this process, also where ferry.yaml names a queue')
    .action(act((context, options: Options) => schedule(context, options)))
}

async function schedule(context: Context, options: Options): Promise<ExitCode> {
  const config = await context.config()
  const entries = scheduledIn(config)
  if (!isZone(options.timeZone))
    throw new UsageError(
      `unknown time zone "${options.timeZone}"`,
      'Use a name such as Europe/Berlin.',
    )
  const usesQueue = options.queue && config.queue !== null
  const counts = { ended: 0, skipped: 0, missed: 0 }
  const tell = (event: ScheduleEvent) => {
    if (event.kind !== 'started') counts[event.kind] += 1
    show(context, event)
  }
  const run = (sync: string, signal: AbortSignal) => runOnce(context, { sync, usesQueue }, signal)
  const runs = scheduleOf({ run, tell, signal: context.signal })
  const where = usesQueue ? 'on the queue' : 'in this process'
  context.say(
    `${entries.length} sync(s) by schedule ${where}, times in ${options.timeZone}; stop with Ctrl-C`,
  )
  await keep(context, { entries, timeZone: options.timeZone, usesQueue, runs, tell })
  const interrupted = [...runs.interrupted]
  context.answer({ ...counts, interrupted }, [
    `${counts.ended} run, ${counts.skipped} skipped`,
    ...interrupted.map((sync) => `${sync} was interrupted; it goes on at its next turn`),
  ])
  return interrupted.length > 0 ? EXIT.interrupted : EXIT.done
}

function scheduledIn(config: Config): readonly ScheduledSync[] {
  const entries = Object.values(config.syncs).flatMap(({ name, to, schedule }) =>
    schedule === null ? [] : [{ sync: name, target: to, pattern: schedule }],
  )
  if (entries.length > 0) return entries
  throw new UsageError(
    'no sync of ferry.yaml has a schedule',
    'Add one to a sync, as in  schedule: "*/30 * * * *"',
  )
}

interface Keeping {
  readonly entries: readonly ScheduledSync[]
  readonly timeZone: string
  readonly usesQueue: boolean
  readonly runs: Schedule
  readonly tell: (event: ScheduleEvent) => void
}

async function keep(context: Context, keeping: Keeping): Promise<void> {
  const { entries, timeZone, usesQueue, runs, tell } = keeping
  const { signal } = context
  const app = await context.app({ mayWrite: false })
  try {
    const { clock, log, owner } = app.env
    if (usesQueue) {
      const { keepQueuedTicks } = await import('../../runner/bullmq-schedule.ts')
      const ticks = entries.map(({ sync, pattern }) => ({ name: sync, pattern }))
      const due = async (name: string) => {
        const entry = entries.find(({ sync }) => sync === name)
        if (entry !== undefined) await runs.due(entry)
      }
      const connection = await queueOf(app)
      const place = { connection, entries: ticks, timeZone, due }
      await keepQueuedTicks({ clock, log, owner }, place, signal)
      return
    }
    const seen = {
      async get(sync: string) {
        const text = await app.store.meta.get(`schedule ${sync}`)
        return text === null ? null : Number(text)
      },
      set: (sync: string, at: number) => app.store.meta.set(`schedule ${sync}`, String(at)),
    }
    await keepSchedule({ entries, timeZone, clock, seen, schedule: runs, tell, signal })
  } finally {
    await app.close()
  }
}

/** With an app of its own: secrets and mappings that changed meanwhile count, and nothing grows from run to run. */
async function runOnce(
  context: Context,
  { sync, usesQueue }: { readonly sync: string; readonly usesQueue: boolean },
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const app = await context.app({ mayWrite: true, sharesLimits: usesQueue })
    try {
      const runner = await runnerFor(app, usesQueue)
      try {
        const request = { sync, kind: 'sync', isFull: false, plan: null } as const
        const run = await work(app, request, runner, signal)
        const code = EXIT[await endOf(app, run)]
        return { code, text: runText(await reportOf(app, run)).join('\n') }
      } finally {
        await runner.close()
      }
    } finally {
      await app.close()
    }
  } catch (error) {
    if (signal.aborted || error instanceof RunBusy) throw error
    const { code, message, hint } = failureOf(error)
    return { code, text: hint === null ? message : `${message}\n  ${hint}` }
  }
}

function show(context: Context, event: ScheduleEvent): void {
  if (context.flags.ndjson) {
    context.complain(JSON.stringify({ event: 'schedule', ...event }))
    return
  }
  switch (event.kind) {
    case 'missed':
      context.say(
        `${event.sync}: missed since ${new Date(event.since).toISOString()}, run once now`,
      )
      return
    case 'started':
      context.say(`${event.sync}: started`)
      return
    case 'ended':
      if (event.code === EXIT.done) context.say(`${event.sync}: done\n${event.text}`)
      else context.complain(`${event.sync}: ended with exit code ${event.code}\n${event.text}`)
      return
    case 'skipped':
      context.complain(`${event.sync}: skipped, ${event.why}`)
  }
}
