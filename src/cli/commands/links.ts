/** `ferry links list|export|import|repair|end`: who is whom, to look at, to keep and to correct. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import type { App } from '../../app/app.ts'
import {
  checkLinks,
  keepWrittenLinks,
  missingAmong,
  type WrittenLink,
} from '../../app/links-import.ts'
import { keepLinks, proposeLinks } from '../../app/links-repair.ts'
import { remoteId } from '../../model/id.ts'
import type { Link } from '../../state/links.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'
import { refuseStrangeSync } from '../sync-name.ts'

const PAGE = 1_000

export function registerLinks(program: Command, act: Act): void {
  const links = program.command('links').description('which contact here is which contact there')
  links
    .command('list <sync>', { isDefault: true })
    .description('every live link, with how it came to be')
    .action(act((context, sync: string) => list(context, sync, 'lines')))
  links
    .command('export <sync>')
    .description('as CSV (from,to,origin) on stdout')
    .action(act((context, sync: string) => list(context, sync, 'csv')))
  links
    .command('import <sync> <file>')
    .description(
      'adds links from a CSV file with the columns from and to: all of them, or none where a line does not fit; existing ones stay',
    )
    .option('--check', 'ask both accounts for each id first', false)
    .action(
      act((context, sync: string, file: string, options: { check: boolean }) =>
        add(context, sync, file, options),
      ),
    )
  links
    .command('repair <sync>')
    .description(
      'rebuild links from the marker field of the target when the state was lost; shows them, and writes them with --yes',
    )
    .action(act((context, sync: string) => repair(context, sync)))
  links
    .command('end <sync> <from-ids...>')
    .description('ends links: the contacts are matched anew, or created, by the next full run')
    .action(act((context, sync: string, ids: readonly string[]) => end(context, sync, ids)))
}

async function list(context: Context, sync: string, form: 'lines' | 'csv'): Promise<ExitCode> {
  return withApp(context, sync, async (app) => {
    const all: Link[] = []
    for (let after: Link['fromId'] | null = null; ; ) {
      const page: readonly Link[] = await app.store.links.page(sync, after, PAGE)
      const last = page.at(-1)
      if (last === undefined) break
      all.push(...page)
      after = last.fromId
    }
    const rows = all.map(({ fromId, toId, origin }) => ({ from: fromId, to: toId, origin }))
    const lines = rows.map(({ from, to, origin }) => `${from}  ${to}  ${origin}`)
    if (form === 'csv')
      context.answer(rows, [
        stringify(rows, { header: true, columns: ['from', 'to', 'origin'] }).trimEnd(),
      ])
    else context.answer(rows, lines.length === 0 ? ['none'] : lines)
    return EXIT.done
  })
}

async function add(
  context: Context,
  sync: string,
  file: string,
  { check }: { readonly check: boolean },
): Promise<ExitCode> {
  const rows = await readRows(file)
  return withApp(context, sync, async (app) => {
    const { fresh, existing, problems } = await checkLinks(app, sync, rows)
    const missing =
      check && problems.length === 0 ? await missingAmong(app, sync, fresh, context.signal) : []
    const wrong = [...problems, ...missing]
    if (wrong.length === 0 && fresh.length > 0) await keepWrittenLinks(app, sync, fresh)
    const lines = wrong.map(({ line, message }) => `${file}:${line}: ${message}`)
    context.answer(
      {
        added: wrong.length === 0 ? fresh.length : 0,
        existing: existing.length,
        problems: wrong,
      },
      wrong.length === 0
        ? [`${fresh.length} added, ${existing.length} existed`]
        : [`Nothing was added: ${wrong.length} lines do not fit`, ...lines.slice(0, SHOWN_MAX)],
    )
    if (wrong.length === 0) context.say(`Next  ferry plan ${sync}`)
    return wrong.length === 0 ? EXIT.done : EXIT.rejected
  })
}
const SHOWN_MAX = 50

async function repair(context: Context, sync: string): Promise<ExitCode> {
  return withApp(context, sync, async (app) => {
    const proposed = await proposeLinks(app, sync, context.signal)
    if (proposed === null)
      throw new UsageError(
        `"${sync}" has no marker field at the target`,
        'Without one nobody can be told apart for certain: "ferry sync" matches by e-mail, "ferry links import" takes links from a file.',
      )
    const { links, existing, conflicts } = proposed
    const isWritten = context.flags.yes && links.length + conflicts.length > 0
    if (isWritten) await keepLinks(app, sync, proposed)
    context.answer({ links, existing, conflicts, written: isWritten }, [
      `${links.length} ${isWritten ? 'linked' : 'to be linked'}, ${existing} linked already, ${conflicts.length} conflicts`,
      ...conflicts.map(({ fromId, cause, hint }) => `  ${fromId}: ${cause}\n    ${hint}`),
    ])
    if (!isWritten && links.length > 0) context.say('Nothing was written. Add --yes to link them.')
    return conflicts.length > 0 ? EXIT.decisions : EXIT.done
  })
}

async function end(context: Context, sync: string, ids: readonly string[]): Promise<ExitCode> {
  return withApp(context, sync, async (app) => {
    await app.store.links.end(sync, ids.map(remoteId), 'ended by hand')
    await app.store.audit.add({
      at: app.env.clock.now(),
      who: app.env.owner,
      what: 'links ended',
      run: null,
      data: { sync, ids },
    })
    context.answer({ ended: ids }, [
      `${ids.length} ended; "ferry sync ${sync} --full" looks at these contacts anew`,
    ])
    return EXIT.done
  })
}

async function readRows(file: string): Promise<readonly WrittenLink[]> {
  let rows: readonly {
    readonly info: { readonly lines: number }
    readonly record: Readonly<Record<string, string>>
  }[]
  try {
    rows = parse(await readFile(file, 'utf8'), {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
    }) as unknown as typeof rows
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Give a CSV file with the columns from and to, as "ferry links export" writes it.',
    )
  }
  return rows.map(({ info, record: { from = '', to = '' } }) => {
    if (from !== '' && to !== '')
      return { line: info.lines, fromId: remoteId(from), toId: remoteId(to) }
    throw new UsageError(
      `${file}: row ${info.lines} has no from or no to`,
      'Every row needs both ids.',
    )
  })
}

/** The sync must be one of ferry.yaml, so that a slip of the pen does not pass for an empty answer. */
async function withApp(
  context: Context,
  sync: string,
  work: (app: App) => Promise<ExitCode>,
): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    refuseStrangeSync(app, sync, ['list', 'export', 'import', 'repair', 'end'])
    return await work(app)
  } finally {
    await app.close()
  }
}
