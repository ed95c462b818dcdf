/** `ferry show PLAN`: a plan again, some of its records, or one of them field by field. */
import type { Command } from 'commander'
import { BUCKETS } from '../../plan/plan.ts'
import { opDocument, opLine, opText } from '../../report/op-text.ts'
import type { OpFilter, StoredOp } from '../../state/store.ts'
import type { Act } from '../act.ts'
import { EXIT, UsageError } from '../exit.ts'
import { whole } from '../whole.ts'
import { showPlan } from './plan.ts'

const PAGE = 1_000

export function registerShow(program: Command, act: Act): void {
  program
    .command('show <plan>')
    .description('show a plan, or records of it')
    .option(
      '--only <buckets>',
      'records of these buckets, comma-separated: create,update,link,hold,reject,excluded',
    )
    .option('--record <id>', 'one record by its id at either side')
    .option('--limit <n>', 'at most so many records', '100')
    .action(
      act(
        async (context, id: string, options: { only?: string; record?: string; limit: string }) => {
          const app = await context.app({ mayWrite: false })
          try {
            const plan = await app.store.plans.header(id as never)
            if (plan === null)
              throw new UsageError(`there is no plan ${id}`, 'List them with "ferry runs list".')
            if (options.only === undefined && options.record === undefined) {
              showPlan(context, plan)
              return EXIT.done
            }
            const buckets = options.only === undefined ? null : bucketsIn(options.only)
            const limit = whole(options.limit, '--limit')
            const found: StoredOp[] = []
            for (let afterSeq = 0; found.length < limit; ) {
              const filter: OpFilter = {
                afterSeq,
                untilSeq: null,
                limit: PAGE,
                states: null,
                buckets,
              }
              const page = await app.store.plans.ops(plan.id, filter)
              const last = page.at(-1)
              if (last === undefined) break
              afterSeq = last.op.seq
              const wanted = page.filter(
                ({ op }) =>
                  options.record === undefined ||
                  op.fromId === options.record ||
                  op.toId === options.record,
              )
              found.push(...wanted.slice(0, limit - found.length))
            }
            const { mask } = context.flags
            const lines =
              options.record === undefined
                ? found.map((op) => opLine(op, mask))
                : found.flatMap((op) => opText(op, mask))
            context.answer(
              found.map((stored) => opDocument(stored, mask)),
              lines.length === 0 ? ['nothing'] : lines,
            )
            return EXIT.done
          } finally {
            await app.close()
          }
        },
      ),
    )
}

function bucketsIn(text: string): readonly string[] {
  const known: readonly string[] = [...BUCKETS, 'delete']
  const buckets = text.split(',').map((bucket) => bucket.trim())
  const stranger = buckets.find((bucket) => !known.includes(bucket))
  if (stranger === undefined) return buckets
  throw new UsageError(`--only knows no "${stranger}"`, `Known: ${known.join(', ')}.`)
}
