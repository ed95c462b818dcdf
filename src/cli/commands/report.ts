/** `ferry report PLAN`: a plan as one HTML page, as CSV for a spreadsheet, or as JSON, in a file. */
import { type FileHandle, open } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import type { App } from '../../app/app.ts'
import { recordPages, recordsToShow } from '../../app/plan-records.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import { csvHead, csvRows } from '../../report/csv.ts'
import { planHtml } from '../../report/html.ts'
import type { Mask } from '../../report/mask.ts'
import { headerDocument, recordDocument } from '../../report/plan-record.ts'
import { number } from '../../report/table.ts'
import type { Act } from '../act.ts'
import { EXIT, UsageError } from '../exit.ts'

const FORMATS = ['html', 'json', 'csv'] as const

interface Options {
  readonly format: (typeof FORMATS)[number]
  readonly out: string
}

export function registerReport(program: Command, act: Act): void {
  program
    .command('report <plan>')
    .description('write a plan to a file, with all its records (HTML: at most 5,000 of them)')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('html'))
    .requiredOption('--out <path>', 'where to; an existing file is replaced')
    .action(
      act(async (context, id: string, options: Options) => {
        const app = await context.app({ mayWrite: false })
        try {
          const plan = await app.store.plans.header(id as never)
          if (plan === null)
            throw new UsageError(`there is no plan ${id}`, 'List them with "ferry runs list".')
          const file = await create(options.out)
          const { mask } = context.flags
          let told: Told
          try {
            told = await WRITERS[options.format]({ app, plan, file, mask })
          } finally {
            await file.close()
          }
          const some = `${number(told.records)} of ${number(told.total)} records`
          context.answer({ plan: plan.id, format: options.format, file: options.out, ...told }, [
            `${options.out}: ${some}${mask === 'none' ? '; it holds personal data' : ''}`,
          ])
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}

interface Work {
  readonly app: App
  readonly plan: PlanHeader
  readonly file: FileHandle
  readonly mask: Mask
}
interface Told {
  /** How many are in the file. */
  readonly records: number
  readonly total: number
}

const WRITERS: Readonly<Record<Options['format'], (work: Work) => Promise<Told>>> = {
  async html({ app, plan, file, mask }) {
    const { records, total } = await recordsToShow(app, plan)
    await file.write(planHtml({ plan, records, total, mask }))
    return { records: records.length, total }
  },
  async csv({ app, plan, file, mask }) {
    let records = 0
    await file.write(csvHead())
    for await (const page of recordPages(app, plan, null)) {
      await file.write(csvRows(page, mask))
      records += page.length
    }
    return { records, total: records }
  },
  async json({ app, plan, file, mask }) {
    let records = 0
    await file.write(`{"plan":${JSON.stringify(headerDocument(plan, mask))},"records":[`)
    for await (const page of recordPages(app, plan, null)) {
      for (const record of page) {
        const comma = records === 0 ? '\n' : ',\n'
        await file.write(`${comma}${JSON.stringify(recordDocument(record, mask))}`)
        records += 1
      }
    }
    await file.write('\n]}\n')
    return { records, total: records }
  },
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${path} cannot be written: ${reason}`, 'Name another file with --out.')
  }
}
