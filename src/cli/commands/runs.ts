/** `ferry runs list|show|watch`: what was done, when, and how it ended; and how far a run is. */
import type { Command } from 'commander'
import { endOf } from '../../app/run.ts'
import { type RunProgress, watchRun } from '../../app/run-progress.ts'
import { progressLine } from '../../report/progress-text.ts'
import { safeText } from '../../report/safe-text.ts'
import { runDocument, runText } from '../../report/run-document.ts'
import type { RunFacts } from '../../plan/run-facts.ts'
import type { RunRecord } from '../../state/runs.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'
import { refuseStrangeSync } from '../sync-name.ts'
import { whole } from '../whole.ts'

export function registerRuns(program: Command, act: Act): void {
  const runs = program.command('runs').description('runs, newest first')
  runs
    .command('list [sync]', { isDefault: true })
    .option('--limit <n>', 'at most so many', '30')
    .action(
      act(async (context, sync: string | undefined, options: { limit: string }) => {
        const app = await context.app({ mayWrite: false })
        try {
          refuseStrangeSync(app, sync, ['list', 'show', 'watch'])
          const all = await app.store.runs.list({
            sync: sync ?? null,
            limit: whole(options.limit, '--limit'),
          })
          context.answer(all.map(documentOf), all.length === 0 ? ['no runs yet'] : all.map(lineOf))
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
  runs
    .command('watch [run]')
    .description('how far a run is, until it ends; the newest one that is at work unless told')
    .action(act((context, id: string | undefined) => watch(context, id)))
  runs.command('show <run>').action(
    act(async (context, id: string) => {
      const app = await context.app({ mayWrite: false })
      try {
        const run = await app.store.runs.get(id as never)
        if (run === null)
          throw new UsageError(`there is no run ${id}`, 'List them with "ferry runs list".')
        const report = { ...reported(run), requests: {} }
        context.answer(
          {
            ...runDocument(report),
            startedAt: instant(run.startedAt),
            endedAt: instant(run.endedAt),
          },
          runText(report),
        )
        return EXIT.done
      } finally {
        await app.close()
      }
    }),
  )
}

/** Ends with the exit code of the run. */
async function watch(context: Context, id: string | undefined): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    const runs = await app.store.runs.list({ sync: null, limit: LOOKED_AT_MAX })
    const run =
      id === undefined
        ? (runs.find(({ status }) => status === 'open') ?? runs[0])
        : await app.store.runs.get(id as never)
    if (run === undefined || run === null)
      throw new UsageError(
        id === undefined ? 'there are no runs yet' : `there is no run ${id}`,
        'List them with "ferry runs list".',
      )
    let last: RunProgress | null = null
    for await (const progress of watchRun(app, run.id, context.signal)) {
      last = progress
      if (progress.isOver) break
      if (context.flags.ndjson) context.complain(JSON.stringify({ event: 'run', ...progress }))
      else context.say(progressLine(progress))
    }
    context.answer(last, last === null ? [] : [progressLine(last)])
    const ended = await app.store.runs.get(run.id)
    return ended === null ? EXIT.done : EXIT[await endOf(app, ended)]
  } finally {
    await app.close()
  }
}
const LOOKED_AT_MAX = 100

function reported(run: RunRecord) {
  const { id, sync, kind, status, reason, plan, facts } = run
  const seconds = Math.round(((run.endedAt ?? run.updatedAt) - run.startedAt) / 100) / 10
  return { run: id, sync, kind, status, reason, plan, facts: facts as RunFacts, seconds }
}

function documentOf(run: RunRecord): Readonly<Record<string, unknown>> {
  const { id, sync, kind, status, reason, plan } = run
  return {
    run: id,
    sync,
    kind,
    status,
    reason,
    plan,
    startedAt: instant(run.startedAt),
    endedAt: instant(run.endedAt),
  }
}

function lineOf(run: RunRecord): string {
  return `${run.id}  ${run.sync.padEnd(12)} ${run.kind.padEnd(8)} ${run.status.padEnd(8)} ${instant(run.startedAt)}  ${run.plan ?? ''}  ${safeText(run.reason ?? '', 200)}`.trimEnd()
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
