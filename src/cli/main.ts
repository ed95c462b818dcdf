/** The program: arguments in, one of the documented exit codes out. */
import { readFile } from 'node:fs/promises'
import { Command, CommanderError, Option } from 'commander'
import { MASKS } from '../report/mask.ts'
import { registersFor } from './commands.ts'
import type { Act } from './act.ts'
import { type Context, contextOf, type Flags } from './context.ts'
import { EXIT, type ExitCode, failureOf } from './exit.ts'
import { shownJson } from './gate.ts'

export async function main(argv: readonly string[]): Promise<void> {
  const interruption = new AbortController()
  let interruptions = 0
  const onSignal = (name: NodeJS.Signals) => {
    interruptions += 1
    if (interruptions > 1) process.exit(EXIT.interrupted)
    interruption.abort(new Interrupted(name))
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal)
  process.stdout.on('error', stopOnClosedPipe)
  const program = await programOf(interruption.signal, argv)
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
    if (process.exitCode === EXIT.usage && argv.includes('--json')) tellUsage(error)
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
  }
}

/** Commander has said it on stderr; who reads stdout is told too. */
function tellUsage({ message }: CommanderError): void {
  const hint = '"ferry --help" lists the commands, "ferry COMMAND --help" what one takes.'
  const error = { kind: 'usage', code: EXIT.usage, message: message.replace(/^error: /, ''), hint }
  process.stdout.write(`${shownJson({ error })}\n`)
}

/** As a shell must be given it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

class Interrupted extends Error {
  override readonly name = 'Interrupted'
  constructor(signal: string) {
    super(`interrupted by ${signal}`)
  }
}

async function programOf(signal: AbortSignal, argv: readonly string[]): Promise<Command> {
  const program = new Command('ferry')
    .description(
      'Moves contacts between Infusionsoft/Keap, GreenRope (XML-spec) and Adaptix/Mautic, and keeps two accounts in step.',
    )
    .version(await version())
    .option('-c, --config <file>', 'configuration', 'ferry.yaml')
    .option('--json', 'one JSON document on stdout', false)
    .option('--ndjson', 'progress as JSON lines on stderr', false)
    .option('-q, --quiet', 'no talk on stderr', false)
    .option('-v, --verbose', 'log every request (no bodies, no secrets) on stderr', false)
    .option('--no-color', 'no colours')
    .option('--yes', 'do not ask', false)
    .addOption(
      new Option('--mask <level>', 'how much of personal data to hide')
        .choices(MASKS)
        .default('none'),
    )
    .showHelpAfterError('(ferry --help lists the commands)')
    .showSuggestionAfterError(true)
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
  const act: Act =
    (handler) =>
    async (...given) => {
      const context = contextOf(program.opts<Flags>(), signal)
      process.exitCode = await attempt(context, argv, () => handler(context, ...(given as never)))
      context.progress.close()
    }
  for (const register of await registersFor(argv)) register(program, act)
  return program
}

async function attempt(
  context: Context,
  argv: readonly string[],
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work()
  } catch (error) {
    if (context.signal.aborted) {
      const resume = ['ferry', ...argv].map(shellWord).join(' ')
      const message = 'Stopped. What was confirmed is on record.'
      const hint = `Go on with:  ${resume}`
      context.complain(`${message} ${hint}`)
      const error = { kind: 'interrupted', code: EXIT.interrupted, message, hint, resume }
      if (context.flags.json) context.answer({ error }, [])
      return EXIT.interrupted
    }
    const failure = failureOf(error)
    if (context.flags.json) context.answer({ error: failure }, [])
    context.complain(
      `ferry: ${failure.message}${failure.hint === null ? '' : `\n  ${failure.hint}`}`,
    )
    if (context.flags.verbose && error instanceof Error && error.stack !== undefined)
      context.say(error.stack)
    return failure.code
  }
}

async function version(): Promise<string> {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      return (
        JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as { version: string }
      ).version
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
  return 'unknown'
}

/** A reader that has seen enough (head, less) closes the pipe; that is no failure. */
function stopOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  throw error
}

const EXIT_HELP = `
Exit codes:
  0 done                              7 the plan is stale
  1 unexpected error                  8 another run holds the lease
  2 usage or configuration            9 platform down or quota spent; safe to run again
  3 login or permission              10 changes present (only plan --exit-code)
  4 a guard stopped it, nothing      11 verify found differences
    written                          12 stopped part-way by a guard or breaker, resumable
  5 finished, some records rejected 130 interrupted, resumable
  6 finished, decisions waiting`
