/** A configuration that cannot be used: every problem at once, with its line and what to write instead. */
import { byLine, formatProblems, type Problem } from '../../mapping/problem.ts'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]
  /** `file`: what the problems are in, for the first line of the message. */
  constructor(file: string, problems: readonly Problem[], more: { cause?: unknown } = {}) {
    const sorted = problems.toSorted(byLine)
    super(formatProblems(file, sorted), { cause: more.cause })
    this.problems = sorted
  }
}
