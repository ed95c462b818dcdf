/** `ferry apply`, `ferry sync`, `ferry migrate`: the commands that write. */
import type { Command } from 'commander'
import { endOf, type RunEnd, type RunRequest, work } from '../../app/run.ts'
import { reportOf } from '../../app/run-report.ts'
import type { RunRecord } from '../../state/runs.ts'
import { planText } from '../../report/plan-text.ts'
import { runDocument, runText } from '../../report/run-document.ts'
import { confirm } from '../confirm.ts'
import type { Act } from '../act.ts'
import type { App } from '../../app/app.ts'
import { type Context, mayColour } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'
import { runnerFor } from '../runner.ts'

interface Options {
  readonly full?: boolean
  readonly queue: boolean
}

const QUEUE = ['--queue', 'have the workers of the queue do it (see ferry worker)', false] as const

export function registerSync(program: Command, act: Act): void {
  program
    .command('apply <plan>')
    .description(
      'do exactly what a plan says; records that moved since are left alone and reported',
    )
    .option(...QUEUE)
    .action(act((context, plan: string, options: Options) => applyPlan(context, plan, options)))
  program
    .command('sync <sync>')
    .description('plan and apply inside the guards; incremental after the first time')
    .option('--full', 'read both sides whole', false)
    .option(...QUEUE)
    .action(act((context, sync: string, options: Options) => carry(context, 'sync', sync, options)))
  program
    .command('migrate <sync>')
    .description(
      'move a whole account: fields and tags first, a few people, all, what changed meanwhile, verify',
    )
    .option(...QUEUE)
    .action(
      act((context, sync: string, options: Options) =>
        carry(context, 'migrate', sync, { ...options, full: true }),
      ),
    )
}

async function applyPlan(context: Context, id: string, options: Options): Promise<ExitCode> {
  const app = await context.app({ mayWrite: true, sharesLimits: options.queue })
  try {
    const plan = await app.store.plans.header(id as never)
    if (plan === null)
      throw new UsageError(
        `there is no plan ${id}`,
        'List them with "ferry runs list", or make one with "ferry plan SYNC".',
      )
    const failed = plan.guards.filter((guard) => !guard.ok)
    if (failed.length > 0) {
      for (const guard of failed)
        context.say(
          `Stopped by guard ${guard.name}: ${guard.message}. Nothing was written.\n  ${guard.hint}`,
        )
      context.answer({ plan: plan.id, status: 'blocked', guards: failed }, [])
      return EXIT.guard
    }
    if (
      !(await confirm(
        context,
        planText(plan, {
          mask: context.flags.mask,
          colour: mayColour(context.flags, process.stderr),
        }),
        'Apply this plan?',
      ))
    )
      return EXIT.interrupted
    return await finish(context, app, {
      sync: plan.sync,
      kind: 'apply',
      isFull: false,
      plan: plan.id,
      usesQueue: options.queue,
    })
  } finally {
    await app.close()
  }
}

async function carry(
  context: Context,
  kind: 'sync' | 'migrate',
  sync: string,
  options: Options,
): Promise<ExitCode> {
  const app = await context.app({ mayWrite: true, sharesLimits: options.queue })
  try {
    const question = `${kind === 'migrate' ? 'Migrate' : 'Sync'} "${sync}" now?`
    if (kind === 'migrate' && !(await confirm(context, [], question))) return EXIT.interrupted
    return await finish(context, app, {
      sync,
      kind,
      isFull: options.full ?? false,
      plan: null,
      usesQueue: options.queue,
    })
  } finally {
    await app.close()
  }
}

async function finish(
  context: Context,
  app: App,
  request: RunRequest & { readonly usesQueue: boolean },
): Promise<ExitCode> {
  const runner = await runnerFor(app, request.usesQueue)
  try {
    const run = await work(app, request, runner, context.signal)
    const report = await reportOf(app, run)
    const end = await endOf(app, run)
    await tellBlocked(context, app, run)
    context.answer(runDocument(report), runText(report))
    const next = NEXT[end]
    if (next !== undefined) context.say(next(run))
    return EXIT[end]
  } finally {
    await runner.close()
  }
}

/** What to do after a run that did not come to its end. */
const NEXT: Readonly<Partial<Record<RunEnd, (run: RunRecord) => string>>> = {
  stale: (run) =>
    `Nothing of this plan was written. Make a new one and look at it:  ferry plan ${run.sync}`,
  partial: (run) =>
    `The first, small batches were written and nothing after them. Look at the target and at "ferry rejects list ${run.sync}", mend the cause, then ${run.kind === 'apply' ? `make a new plan:  ferry plan ${run.sync}` : 'give the same command again: it reads both sides anew.'}`,
  unexpected: () =>
    'What was confirmed is on record. Give the same command again; if it ends like this once more, report it with the output of -v.',
}

async function tellBlocked(context: Context, app: App, run: RunRecord): Promise<void> {
  if (run.status !== 'blocked' || run.plan === null) return
  const plan = await app.store.plans.header(run.plan)
  for (const guard of plan?.guards ?? []) {
    if (!guard.ok)
      context.say(
        `Stopped by guard ${guard.name}: ${guard.message}. Nothing was written.\n  ${guard.hint}`,
      )
  }
}
