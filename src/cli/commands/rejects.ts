/** `ferry rejects list|export|retry`: what the target refuses. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { App } from '../../app/app.ts'
import { retryCases } from '../../app/holds.ts'
import { personName } from '../../app/person-name.ts'
import { caseDocument } from '../../report/case-document.ts'
import { rejectLines, rejectsCsv } from '../../report/reject-document.ts'
import type { Case } from '../../state/cases.ts'
import type { Act } from '../act.ts'
import { type CaseFilter, chosen, withFilter } from '../case-filter.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'
import { refuseStrangeSync } from '../sync-name.ts'

const LIST_MAX = 100_000

export function registerRejects(program: Command, act: Act): void {
  const rejects = program
    .command('rejects')
    .description('records that the target refuses, with cause and what to do')
  rejects
    .command('list [sync]', { isDefault: true })
    .description('who is refused, and why')
    .action(
      act((context, sync: string | undefined) =>
        withRejects(context, sync, async (_, cases) => {
          const { mask } = context.flags
          context.answer(
            cases.map((each) => caseDocument(each, mask)),
            cases.length === 0 ? ['none'] : cases.flatMap((each) => rejectLines(each, mask)),
          )
        }),
      ),
    )
  rejects
    .command('export <file> [sync]')
    .description('as CSV')
    .action(
      act((context, file: string, sync: string | undefined) =>
        withRejects(context, sync, async (_, cases) => {
          const { mask } = context.flags
          await write(file, rejectsCsv(cases, mask))
          context.answer({ file, rejects: cases.length }, [
            `${file}: ${cases.length} rejects${mask === 'none' ? '; it holds personal data' : ''}`,
          ])
        }),
      ),
    )
  withFilter(rejects.command('retry [ids...]'))
    .description('the next run takes these up again, although nothing changed')
    .option('--by <name>', 'who asks for it', personName())
    .addHelpText('after', '\nExample:\n  ferry rejects retry --cause "no such option" --all')
    .action(
      act((context, ids: readonly string[], options: CaseFilter & { readonly by: string }) =>
        withRejects(context, undefined, async (app, cases) => {
          const open = cases.map((each) => ({ case: each }))
          const taken = chosen(open, ids, options)
          const told = await retryCases(
            app,
            taken.map((one) => one.case),
            options.by,
          )
          context.answer(...retryText(told))
        }),
      ),
    )
}

/** What `retry` answers, for holds and rejects alike. */
export function retryText(told: {
  readonly marked: readonly Case[]
  readonly refused: readonly Case[]
}): [unknown, readonly string[]] {
  const about = ({ id, sync, side, record }: Case) => ({ id, sync, side, record })
  const lines = [
    `${told.marked.length} taken up again by the next run`,
    ...told.refused.map(
      ({ id, record }) => `  ${id}  ${record}: not tried again; follow its hint by hand`,
    ),
  ]
  return [{ marked: told.marked.map(about), refused: told.refused.map(about) }, lines]
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 })
  } catch (error) {
    throw new UsageError(
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Name a file in a folder that exists.',
    )
  }
}

async function withRejects(
  context: Context,
  sync: string | undefined,
  work: (app: App, cases: readonly Case[]) => Promise<void>,
): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    refuseStrangeSync(app, sync, ['list', 'export', 'retry'])
    const filter = { sync: sync ?? null, kind: 'reject', limit: LIST_MAX } as const
    await work(app, await app.store.cases.list(filter))
    return EXIT.done
  } finally {
    await app.close()
  }
}
