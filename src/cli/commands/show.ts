/** `ferry show PLAN`: a plan again, some of its records, or one of them field by field. */
import type { Command } from 'commander'
import type { App } from '../../app/app.ts'
import { remoteId, SIDES } from '../../model/id.ts'
import { BUCKETS } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import { opDocument, opLine, opText, type SideNames } from '../../report/op-text.ts'
import type { OpFilter, StoredOp } from '../../state/plans.ts'
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
            const found =
              options.record === undefined
                ? await some(app, plan, buckets, whole(options.limit, '--limit'))
                : await ofRecord(app, plan, options.record, buckets)
            const { mask } = context.flags
            const names = namesOf(app, plan)
            const lines =
              options.record === undefined
                ? found.map((op) => opLine(op, mask))
                : found.flatMap((op) => opText(op, mask, names))
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

async function some(
  app: App,
  plan: PlanHeader,
  buckets: readonly string[] | null,
  limit: number,
): Promise<readonly StoredOp[]> {
  const found: StoredOp[] = []
  for (let afterSeq = 0; found.length < limit; ) {
    const filter: OpFilter = { afterSeq, untilSeq: null, limit: PAGE, states: null, buckets }
    const page = await app.store.plans.ops(plan.id, filter)
    const last = page.at(-1)
    if (last === undefined) break
    afterSeq = last.op.seq
    found.push(...page.slice(0, limit - found.length))
  }
  return found
}

/** Without reading the whole plan. A pair of which both sides are written has two. */
async function ofRecord(
  app: App,
  plan: PlanHeader,
  id: string,
  buckets: readonly string[] | null,
): Promise<readonly StoredOp[]> {
  const found = new Map<number, StoredOp>()
  for (const side of SIDES)
    for (const { plan: of, op } of await app.store.plans.opsOfRecord(
      plan.sync,
      side,
      remoteId(id),
      PAGE,
    ))
      if (of === plan.id && (buckets === null || buckets.includes(op.op.bucket)))
        found.set(op.op.seq, op)
  return [...found.values()].sort((a, b) => a.op.seq - b.op.seq)
}

/** The sides as ferry.yaml calls them; a sync may have been taken out of it since. */
function namesOf(app: App, plan: PlanHeader): SideNames {
  const sync = app.config.syncs[plan.sync]
  return {
    from: sync === undefined ? 'the source' : `the source (${sync.from})`,
    to: sync === undefined ? 'the target' : `the target (${sync.to})`,
  }
}

function bucketsIn(text: string): readonly string[] {
  const known: readonly string[] = [...BUCKETS, 'delete']
  const buckets = text.split(',').map((bucket) => bucket.trim())
  const stranger = buckets.find((bucket) => !known.includes(bucket))
  if (stranger === undefined) return buckets
  throw new UsageError(`--only knows no "${stranger}"`, `Known: ${known.join(', ')}.`)
}
