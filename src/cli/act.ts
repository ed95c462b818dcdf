/** How a command is written: a handler that is given its context and answers with the exit code. */
import type { Context } from './context.ts'
import type { ExitCode } from './exit.ts'

export type Handler<Arguments extends readonly unknown[]> = (
  context: Context,
  ...given: Arguments
) => Promise<ExitCode>

/** Wraps a handler for commander: context, failures, exit code. */
export type Act = <Arguments extends readonly unknown[]>(
  handler: Handler<Arguments>,
) => (...given: Arguments) => Promise<void>
