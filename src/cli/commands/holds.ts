/** `ferry holds list|resolve|export|import|retry`: questions that wait for a decision, and the decisions. */
import { readFile, writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import type { App } from '../../app/app.ts'
import {
  type Answer,
  type Decided,
  type Hold,
  keepDecisions,
  openHolds,
  type Refused,
  retryCases,
  weigh,
} from '../../app/holds.ts'
import { personName } from '../../app/person-name.ts'
import { type Choice, choiceText, QUESTIONS, readChoice } from '../../plan/ruling.ts'
import { holdsCsv, readDecisions } from '../../report/hold-csv.ts'
import { holdDocument, holdLines } from '../../report/hold-document.ts'
import { masked } from '../../report/mask.ts'
import { safeText } from '../../report/safe-text.ts'
import type { Act } from '../act.ts'
import { type CaseFilter, chosen, withFilter } from '../case-filter.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'
import { refuseStrangeSync } from '../sync-name.ts'
import { retryText } from './rejects.ts'

interface Filter extends CaseFilter {
  readonly kind?: string
  readonly field?: string
}
interface Deciding extends Filter {
  readonly take: string
  readonly by: string
}

export function registerHolds(program: Command, act: Act): void {
  const holds = program.command('holds').description('questions that wait for a decision')
  withKind(holds.command('list [sync]', { isDefault: true }))
    .description('who waits, with both values of each field, the cause, and what may be decided')
    .action(act((context, sync: string | undefined, filter: Filter) => list(context, sync, filter)))
  withKind(withFilter(holds.command('resolve [ids...]')))
    .description('decide holds; shows what would be decided, and decides it with --yes')
    .requiredOption(
      '--take <choice>',
      'from, to, link:ID, create, anew, skip, keep, delete; ask takes a decision back',
    )
    .option('--by <name>', 'who decides', personName())
    .addHelpText('after', RESOLVE_HELP)
    .action(
      act((context, ids: readonly string[], options: Deciding) =>
        withApp(context, (app) => resolve(context, app, ids, options)),
      ),
    )
  withKind(holds.command('export <file> [sync]'))
    .description('as CSV with a column "decision" to fill in')
    .action(
      act((context, file: string, sync: string | undefined, filter: Filter) =>
        exportTo(context, file, sync, filter),
      ),
    )
  holds
    .command('import <file>')
    .description('decide by a CSV file from "ferry holds export"; decides with --yes')
    .option('--by <name>', 'who decides', personName())
    .action(
      act((context, file: string, options: { by: string }) => importFrom(context, file, options)),
    )
  withKind(withFilter(holds.command('retry [ids...]')))
    .description('the next run looks at these again, although nothing changed')
    .option('--by <name>', 'who asks for it', personName())
    .action(
      act((context, ids: readonly string[], options: Deciding) =>
        withApp(context, async (app) => {
          const found = filtered(await openHolds(app.store, null), options)
          const taken = chosen(found, ids, options)
          const told = await retryCases(
            app,
            taken.map((hold) => hold.case),
            options.by,
          )
          context.answer(...retryText(told))
          return EXIT.done
        }),
      ),
    )
}

const RESOLVE_HELP = `
Choices, as "ferry holds list" names them for each hold:
  from, to   which side is right about a field
  link:ID    it is that contact of the other side
  create     it is a person of its own
  anew       its counterpart was deleted: look for another, or create one
  skip       leave it out, for good
  keep       its counterpart stays, although it was deleted here
  delete     its counterpart goes as well
  ask        take an earlier decision back

Examples:
  ferry holds resolve 12 --take from
  ferry holds resolve --sync move --field company --take to --all --yes`

function withKind(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'holds of this kind').choices([...QUESTIONS, 'other']))
    .option('--field <path>', 'holds about this field, and only this field of them')
}

async function list(context: Context, sync: string | undefined, filter: Filter): Promise<ExitCode> {
  return withApp(context, async (app) => {
    refuseStrangeSync(app, sync, ['list', 'resolve', 'export', 'import', 'retry'])
    const holds = filtered(await openHolds(app.store, sync ?? null), filter)
    const { mask } = context.flags
    context.answer(
      holds.map((hold) => holdDocument(hold, mask)),
      holds.length === 0 ? ['none'] : holds.flatMap((hold) => holdLines(hold, mask)),
    )
    return EXIT.done
  })
}

async function resolve(
  context: Context,
  app: App,
  ids: readonly string[],
  options: Deciding,
): Promise<ExitCode> {
  const choice = choiceIn(options.take)
  const found = filtered(await openHolds(app.store, null), options)
  const answers = chosen(found, ids, options).map(
    (hold): Answer => ({
      hold,
      field: options.field ?? null,
      choice,
      question: null,
      isNamed: ids.includes(hold.case.id),
    }),
  )
  return decide(context, app, { answers, by: options.by, strange: [] })
}

async function exportTo(
  context: Context,
  file: string,
  sync: string | undefined,
  filter: Filter,
): Promise<ExitCode> {
  return withApp(context, async (app) => {
    refuseStrangeSync(app, sync)
    const holds = filtered(await openHolds(app.store, sync ?? null), filter)
    const { mask } = context.flags
    try {
      // Values of contacts: for its owner only, like the state.
      await writeFile(file, holdsCsv(holds, mask), { mode: 0o600 })
    } catch (error) {
      throw new UsageError(
        `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        'Name a file in a folder that exists.',
      )
    }
    context.answer({ file, holds: holds.length }, [
      `${file}: ${holds.length} holds${mask === 'none' ? '; it holds personal data' : ''}`,
      `Fill in "decision", then: ferry holds import ${file}`,
    ])
    return EXIT.done
  })
}

async function importFrom(
  context: Context,
  file: string,
  { by }: { readonly by: string },
): Promise<ExitCode> {
  const { rows, problems } = await decisionsIn(file)
  if (problems.length > 0)
    throw new UsageError(
      problems
        .slice(0, PROBLEMS_MAX)
        .map(({ line, message }) => `${file}:${line}: ${message}`)
        .join('\n'),
      'Nothing was decided. Correct these lines and import the file again.',
    )
  return withApp(context, async (app) => {
    const open = new Map((await openHolds(app.store, null)).map((hold) => [hold.case.id, hold]))
    const strange = rows
      .filter(({ id }) => !open.has(id))
      .map(({ line, id }) => `${file}:${line}: hold ${id} is not open any more`)
    const answers = rows.flatMap(({ id, field, choice, question }): readonly Answer[] => {
      const hold = open.get(id)
      return hold === undefined ? [] : [{ hold, field, choice, question, isNamed: true }]
    })
    return decide(context, app, { answers, by, strange })
  })
}
const PROBLEMS_MAX = 20

async function decisionsIn(file: string): Promise<ReturnType<typeof readDecisions>> {
  try {
    return readDecisions(await readFile(file, 'utf8'))
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Give a CSV file as "ferry holds export" writes it.',
    )
  }
}

/** Shows what would be decided; with --yes it is. */
async function decide(
  context: Context,
  app: App,
  given: {
    readonly answers: readonly Answer[]
    readonly by: string
    /** Of a file: rows about holds that are not open. */
    readonly strange: readonly string[]
  },
): Promise<ExitCode> {
  const { mask, yes } = context.flags
  const weighed = weigh(given.answers)
  const kept = yes ? await keepDecisions(app, weighed, given.by) : { ...weighed, refused: [] }
  const refused = [...weighed.refused, ...kept.refused]
  const line = (hold: Hold, field: string | null, what: string) =>
    `  ${hold.case.id}  ${hold.case.record}  ${safeText(masked(hold.case.label, mask), 40)}${field === null ? '' : `  ${safeText(field, 60)}`}: ${safeText(what, 140)}`
  context.answer(
    {
      decided: kept.decided.map(decidedDocument),
      refused: refused.map(refusedDocument),
      closed: given.strange,
      written: yes,
    },
    [
      `${kept.decided.length} ${yes ? 'decided' : 'to be decided'}, ${refused.length + given.strange.length} refused`,
      ...kept.decided.map(({ hold, asked, choice }) => line(hold, asked.field, wordsOf(choice))),
      ...refused.map(({ hold, field, why }) => line(hold, field, `REFUSED, ${why}`)),
      ...given.strange.map((text) => `  REFUSED, ${safeText(text, 160)}`),
    ],
  )
  if (!yes && kept.decided.length > 0) context.say('Nothing was decided. Add --yes to decide it.')
  if (yes && kept.decided.length > 0) {
    const syncs = [...new Set(kept.decided.map(({ hold }) => hold.case.sync))]
    context.say(`The next plan obeys: ferry plan ${syncs.join(', ferry plan ')}`)
  }
  return refused.length + given.strange.length > 0 ? EXIT.decisions : EXIT.done
}

function wordsOf(choice: Choice | 'ask'): string {
  return choice === 'ask' ? 'the earlier decision is taken back' : choiceText(choice)
}

function decidedDocument({ hold, asked, choice }: Decided): Readonly<Record<string, unknown>> {
  const { id, sync, side, record } = hold.case
  return { id, sync, side, record, field: asked.field, choice }
}

function refusedDocument({ hold, field, why }: Refused): Readonly<Record<string, unknown>> {
  const { id, sync, side, record } = hold.case
  return { id, sync, side, record, field, why }
}

function choiceIn(text: string): Choice | 'ask' {
  if (text.trim().toLowerCase() === 'ask') return 'ask'
  const choice = readChoice(text)
  if (choice !== null) return choice
  throw new UsageError(
    `--take knows no "${text}"`,
    'Known: from, to, link:ID, create, anew, skip, keep, delete, ask.',
  )
}

function filtered(holds: readonly Hold[], { kind, field }: Filter): readonly Hold[] {
  return holds.filter(
    ({ asked }) =>
      (kind === undefined || asked.some((one) => one.kind === kind)) &&
      (field === undefined || asked.some((one) => one.field === field)),
  )
}

async function withApp(context: Context, work: (app: App) => Promise<ExitCode>): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}
