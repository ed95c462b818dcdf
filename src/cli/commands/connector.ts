/** `ferry connector test`: holds what a connector claims against what an account really does. */
import type { Command } from 'commander'
import type { Report, ReportLine } from '../../app/conformance.ts'
import { safeText } from '../../report/safe-text.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'
import { whole } from '../whole.ts'

interface TestOptions {
  readonly simulated?: string
  readonly contacts: string
  readonly seed: string
  readonly table?: true
}

export function registerConnector(program: Command, act: Act): void {
  const connector = program.command('connector').description('what platforms are able to do')
  connector
    .command('test [connection]')
    .description(
      'hold the claims of a connector against what the account does; looks only, unless --yes permits to write records of its own',
    )
    .option('--simulated <platform>', 'a simulated account instead: all probes, nothing leaves')
    .option('--contacts <n>', 'of the simulated account', '40')
    .option('--seed <n>', 'of the simulated account', '1')
    .option('--table', "print the claims alone, as the table of the connector's README")
    .action(
      act(async (context, connection: string | undefined, options: TestOptions) => {
        const report = await reportOf(context, connection, options)
        const { capabilityTable, reportText, sumsOf } = await import('../../app/conformance.ts')
        const sums = sumsOf(report)
        const table = capabilityTable(report.capabilities)
        context.answer(
          { ok: sums.differs === 0, ...sums, ...report, table },
          options.table === true
            ? table.split('\n')
            : reportText(report).map((line) => safeText(line, LINE_CHARS_MAX)),
        )
        return codeOf(sums.differs)
      }),
    )
}

const LINE_CHARS_MAX = 400

async function reportOf(
  context: Context,
  connection: string | undefined,
  options: TestOptions,
): Promise<Report> {
  const { PROBE_NAME, testConnection, testSimulated } = await import('../../app/conformance.ts')
  const told = ({ probe, verdict }: ReportLine) => {
    if (context.flags.verbose) context.say(`${verdict.kind.padEnd(8)} ${probe}`)
  }
  if (options.simulated !== undefined) {
    if (connection !== undefined)
      throw new UsageError(
        'a simulated account is no connection',
        'Name a connection, or give --simulated PLATFORM.',
      )
    return testSimulated(
      {
        platform: options.simulated,
        contacts: whole(options.contacts, '--contacts'),
        seed: whole(options.seed, '--seed'),
        told,
      },
      context.signal,
    )
  }
  if (connection === undefined)
    throw new UsageError('nothing to test', 'Name a connection, or give --simulated PLATFORM.')
  const mayWrite = context.flags.yes
  const app = await context.app({ mayWrite })
  context.say(
    mayWrite
      ? `Writes to ${connection}: some hundred contacts of the family name "${PROBE_NAME}" with addresses at example.com, one after another, each removed again where the platform can delete. One tag, one group and one text field "${PROBE_NAME}" stay; remove them by hand. No other contact is touched.`
      : `Looks only: probes that write are skipped. With --yes they create contacts of the family name "${PROBE_NAME}" in ${connection} and remove them again.`,
  )
  try {
    return await testConnection(app, { connection, mayWrite, told }, context.signal)
  } finally {
    await app.close()
  }
}

function codeOf(differences: number): ExitCode {
  return differences === 0 ? EXIT.done : EXIT.differences
}
