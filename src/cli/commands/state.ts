/** `ferry state migrate|backup|prune|unlock`: looks after the state store. */
import type { Command } from 'commander'
import { backUpState, pruneState } from '../../app/state.ts'
import type { App } from '../../app/app.ts'
import type { Act } from '../act.ts'
import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'

export function registerState(program: Command, act: Act): void {
  const state = program.command('state').description('the state store')
  state
    .command('migrate')
    .description('bring the state up to the version of this ferry, as every command does')
    .action(act((context) => withApp(context, (app) => migrate(context, app))))
  state
    .command('backup <file>')
    .description('copy the state as it is at this moment; others may go on working')
    .action(act(backUp))
  state
    .command('prune')
    .description('remove the personal data of runs that are long over; they cannot be undone then')
    .requiredOption('--older-than <age>', 'age of the runs, as in 90d, 12w or 48h')
    .action(
      act((context, options: { olderThan: string }) => {
        const ageMs = ageOf(options.olderThan)
        return withApp(context, (app) => prune(context, app, ageMs))
      }),
    )
  state
    .command('unlock')
    .description('end every hold on syncs and targets; only when no ferry works on them')
    .action(act((context) => withApp(context, (app) => unlock(context, app))))
}

async function migrate(context: Context, app: App): Promise<ExitCode> {
  context.answer({ place: app.store.place }, [`${app.store.place} is up to date`])
  return EXIT.done
}

async function backUp(context: Context, file: string): Promise<ExitCode> {
  // Opened once, so that a state that does not exist yet is made and the copy is of this version.
  await withApp(context, async () => EXIT.done)
  const copy = await backUpState(await context.config(), file)
  if (copy === null)
    throw new UsageError(
      'the state is no file',
      'Copy a Postgres database with pg_dump, as in  pg_dump --format=custom --file=ferry.dump DATABASE',
    )
  context.answer({ backup: copy }, [`copied to ${copy}`])
  return EXIT.done
}

async function prune(context: Context, app: App, ageMs: number): Promise<ExitCode> {
  const date = new Date(app.env.clock.now() - ageMs).toISOString().slice(0, 10)
  const question = `Remove the personal data of runs that ended before ${date}? They cannot be undone any more.`
  if (!(await confirm(context, [], question))) return EXIT.interrupted
  const pruned = await pruneState(app, ageMs)
  context.answer(pruned, [
    `${pruned.values} values removed, of ${pruned.plans} plans and ${pruned.runs.length} runs that wrote; ${pruned.cases} closed cases`,
    ...(pruned.runs.length === 0 ? [] : ['These runs cannot be undone any more:']),
    ...pruned.runs.map((run) => `  ${run}`),
  ])
  return EXIT.done
}

async function unlock(context: Context, app: App): Promise<ExitCode> {
  const held = await app.store.leases.list()
  const lines = held.map(
    ({ scope, owner, expiresAt }) =>
      `${scope}  ${owner}  until ${new Date(expiresAt).toISOString()}`,
  )
  if (held.length > 0 && !(await confirm(context, lines, 'End these holds?')))
    return EXIT.interrupted
  for (const { scope, epoch } of held) await app.store.leases.release({ scope, epoch })
  context.answer(
    { ended: held },
    held.length === 0 ? ['nothing is held'] : [`${held.length} ended`, ...lines],
  )
  return EXIT.done
}

async function withApp(context: Context, work: (app: App) => Promise<ExitCode>): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

function ageOf(text: string): number {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
  const unitMs = UNITS_MS[unit ?? '']
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs
  throw new UsageError(
    `--older-than must be an age, not "${text}"`,
    'Write hours, days or weeks, as --older-than 90d.',
  )
}
const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }
