/** Records of a plan, a page at a time; and those that one page in a browser can show. */
import type { PlanHeader } from '../plan/plan.ts'
import { HTML_RECORDS_MAX } from '../report/html.ts'
import type { StoredOp } from '../state/plans.ts'
import type { App } from './app.ts'

const PAGE = 1_000
/** These wait for a person or cannot be taken back: they come before the rest where not all fit. */
const FIRST = ['hold', 'reject', 'blocked', 'delete'] as const
/** Of the page; the rest is for changes. */
const FIRST_MAX = HTML_RECORDS_MAX / 2

export async function* recordPages(
  app: App,
  plan: PlanHeader,
  buckets: readonly string[] | null,
): AsyncGenerator<readonly StoredOp[]> {
  for (let afterSeq = 0; ; ) {
    const filter = { afterSeq, untilSeq: null, limit: PAGE, states: null, buckets }
    const page = await app.store.plans.ops(plan.id, filter)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    afterSeq = last.op.seq
  }
}

/** In order of the plan, with how many there are in all. */
export async function recordsToShow(
  app: App,
  plan: PlanHeader,
): Promise<{ readonly records: readonly StoredOp[]; readonly total: number }> {
  const states = await app.store.plans.countStates(plan.id)
  const total = states.reduce((sum, { count }) => sum + count, 0)
  const first =
    total <= HTML_RECORDS_MAX ? [] : await take(recordPages(app, plan, FIRST), FIRST_MAX)
  const known = new Set(first.map(({ op }) => op.seq))
  const rest = await take(recordPages(app, plan, null), HTML_RECORDS_MAX)
  const others = rest.filter(({ op }) => !known.has(op.seq))
  const records = [...first, ...others]
    .slice(0, HTML_RECORDS_MAX)
    .toSorted((a, b) => a.op.seq - b.op.seq)
  return { records, total }
}

async function take(
  from: AsyncGenerator<readonly StoredOp[]>,
  most: number,
): Promise<readonly StoredOp[]> {
  const taken: StoredOp[] = []
  for await (const page of from) {
    taken.push(...page.slice(0, most - taken.length))
    if (taken.length >= most) break
  }
  return taken
}
