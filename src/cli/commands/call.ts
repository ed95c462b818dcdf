/** `ferry call CONNECTION OPERATION`: any typed operation of a platform by name; writing ones ask first. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { App } from '../../app/app.ts'
import {
  call,
  findOperation,
  operationsOn,
  problemOf,
  refuseUnlessReading,
} from '../../app/call.ts'
import { maskedData } from '../../report/masked-data.ts'
import { safeText } from '../../report/safe-text.ts'
import { table } from '../../report/table.ts'
import type { Act } from '../act.ts'
import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'

interface Options {
  readonly input: string
  readonly list: boolean
}

export function registerCall(program: Command, act: Act): void {
  program
    .command('call <connection> [operation]')
    .description('run one operation of a platform by name; writing ones need --yes')
    .option('--input <json>', 'what goes in, as JSON or @FILE', '{}')
    .option('--list', 'list the operations with their effect and input', false)
    .addHelpText(
      'after',
      `\nExample:\n  ferry call CONNECTION contacts.get --input '{"id": 5}'\n  ferry call CONNECTION --list`,
    )
    .action(
      act(async (context, connection: string, operation: string | undefined, options: Options) => {
        const app = await context.app({ mayWrite: false })
        try {
          if (options.list) return list(context, app, connection)
          return await run(context, app, { connection, operation, input: options.input })
        } finally {
          await app.close()
        }
      }),
    )
}

function list(context: Context, app: App, connection: string): ExitCode {
  const all = operationsOn(app, connection)
  const heads = table(
    all.map(({ name, effect, about }) => [name, effect, about]),
    ['left', 'left', 'left'],
  )
  const lines = all.flatMap(({ input, takesMore }, place) => {
    const keys = input.map(
      ({ name, type, isRequired }) => `${name}${isRequired ? '' : '?'}: ${type}`,
    )
    const taken = [...keys, ...(takesMore ? ['fields of the account'] : [])]
    return [heads[place] ?? '', `    ${taken.length === 0 ? 'takes nothing' : taken.join(', ')}`]
  })
  context.answer(
    all,
    lines.length === 0 ? ['this platform has no operations beside those of syncs'] : lines,
  )
  return EXIT.done
}

async function run(
  context: Context,
  app: App,
  asked: {
    readonly connection: string
    readonly operation: string | undefined
    readonly input: string
  },
): Promise<ExitCode> {
  const { connection, operation: name } = asked
  if (name === undefined)
    throw new UsageError(
      'no operation is named',
      `List them with "ferry call ${connection} --list".`,
    )
  const found = findOperation(app, connection, name)
  if (found.operation === null)
    throw new UsageError(
      `${connection} has no operation "${name}"`,
      `${found.hint} "ferry call ${connection} --list" lists them.`,
    )
  const { operation } = found
  const input = await inputOf(asked.input)
  const problem = problemOf(operation, input)
  if (problem !== null) throw new UsageError(problem.message, problem.hint)
  refuseUnlessReading(app, { connection, operation, input })
  if (operation.effect === 'write') {
    if (!context.flags.yes && !context.isTerminal)
      throw new UsageError(
        `${operation.name} writes to ${connection}, and there is no terminal to ask on`,
        'Nothing was sent. Add --yes when you mean it.',
      )
    const shown = [`${operation.name}: ${operation.about}`, safeText(JSON.stringify(input), 400)]
    if (!(await confirm(context, shown, `Send this to ${connection}?`))) return EXIT.interrupted
  }
  const result = await call(app, { connection, operation, input }, context.signal)
  const told = maskedData(result, context.flags.mask)
  context.answer(
    { connection, operation: operation.name, result: told },
    JSON.stringify(told, null, 2)
      .split('\n')
      .map((line) => safeText(line, LINE_MAX)),
  )
  return EXIT.done
}
const LINE_MAX = 100_000

async function inputOf(text: string): Promise<Readonly<Record<string, unknown>>> {
  let json = text
  try {
    if (text.startsWith('@')) json = await readFile(text.slice(1), 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      `${text.slice(1)} cannot be read: ${reason}`,
      'Name a file that holds JSON.',
    )
  }
  try {
    const input: unknown = JSON.parse(json)
    if (typeof input === 'object' && input !== null && !Array.isArray(input))
      return input as Readonly<Record<string, unknown>>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError(
      `--input is no JSON: ${error.message}`,
      `Write it as '{"id": 5}', in quotes.`,
    )
  }
  throw new UsageError('--input is not a JSON object', `Write it as '{"id": 5}'.`)
}
