/** Commands as the program runs them, in this process, over two simulated accounts. */
import { Command } from 'commander'
import type { App } from '../../src/app/app.ts'
import type { Act } from '../../src/cli/act.ts'
import { allRegisters } from '../../src/cli/commands.ts'
import type { Context, Flags } from '../../src/cli/context.ts'
import { failureOf, type Failure } from '../../src/cli/exit.ts'
import { shownLine } from '../../src/cli/gate.ts'

export interface Told {
  readonly code: number
  /** What `--json` prints. */
  readonly document: Json
  /** What is printed without it. */
  readonly text: string
  readonly failure: Failure | null
}
/** A document of unknown depth that answers undefined for what it lacks. */
export interface Json {
  readonly [key: string]: Json
  readonly [index: number]: Json
}

export async function tell(
  accounts: { open(options: { readonly mayWrite: boolean }): Promise<App> },
  args: readonly string[],
  flags: Partial<Flags> = {},
): Promise<Told> {
  const said: { document: unknown; lines: string[] } = { document: null, lines: [] }
  const end: { code: number; failure: Failure | null } = { code: -1, failure: null }
  const context: Context = {
    flags: { ...FLAGS, ...flags },
    signal: new AbortController().signal,
    progress: { show: () => {}, clear: () => {}, watch: () => {}, close: () => {} },
    isTerminal: false,
    answer(document, lines) {
      said.document = document
      said.lines.push(...lines)
    },
    say: (line) => said.lines.push(line),
    complain: (line) => said.lines.push(line),
    config: () => Promise.reject(new Error('these commands take their configuration from the app')),
    app: (options) => accounts.open(options),
  }
  const act: Act =
    (handler) =>
    async (...given) => {
      try {
        end.code = await handler(context, ...given)
      } catch (error) {
        end.failure = failureOf(error)
        end.code = end.failure.code
      }
    }
  const program = new Command('ferry').exitOverride()
  for (const register of await allRegisters()) register(program, act)
  await program.parseAsync([...args], { from: 'user' })
  const text = shownLine(said.lines.join('\n'), { colour: false })
  return { ...end, document: JSON.parse(JSON.stringify(said.document)) as Json, text }
}

const FLAGS: Flags = {
  config: 'ferry.yaml',
  json: false,
  ndjson: false,
  quiet: false,
  verbose: false,
  color: false,
  yes: false,
  mask: 'none',
}
