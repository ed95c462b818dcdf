/** Asks before writing, on a terminal only; elsewhere --yes must say it. */
import { createInterface } from 'node:readline/promises'
import type { Context } from './context.ts'
import { UsageError } from './exit.ts'

/** False: the person said no. Throws UsageError where nobody can be asked. */
export async function confirm(
  context: Context,
  shown: readonly string[],
  question: string,
): Promise<boolean> {
  if (context.flags.yes) return true
  if (!context.isTerminal)
    throw new UsageError(
      'this command writes, and there is no terminal to ask on',
      'Add --yes when you have looked at the plan.',
    )
  for (const line of shown) context.say(line)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: context.signal })
    return /^y(?:es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
