/**
 * Puts people into sequences of the target, last of all. A sequence may mail at once and begins anew when it is started twice, so each person is looked at
 * right before, the intent is committed before the request leaves, and a start without an answer is looked for and never sent again.
 */
import type { RemoteId } from '../../model/id.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { Start } from '../../state/starts.ts'
import type { Job, Progressed } from '../env.ts'
import { type StartPage, startPage } from '../starts.ts'
import { fetchBoth, type StartWork } from './start-look.ts'
import { resolveStarts, startOne } from './start-one.ts'

interface Position {
  readonly page: number
  /** People of the page that are done. */
  readonly done: number
}
/** People between two saves of the position. */
const CHUNK = 20
/** Starts without an answer that are looked for again at the beginning. */
const OPEN_MAX = 1_000

export async function startSequences(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { env, run } = job
  if (plan.undoes !== undefined) return { kind: 'closed' }
  const position = job.position as Position | null
  const open = position === null ? await env.store.starts.open(run.sync, OPEN_MAX) : []
  const isNothing = open.length === 0 && (plan.sequences ?? []).every(({ start }) => start === 0)
  if (position === null && isNothing) return { kind: 'closed' }
  const work = startWork(job, plan)
  // The platforms of a sync that started people have changed: nothing can be looked up any more.
  if (work === null) return { kind: 'closed' }
  if (position === null) {
    await resolveStarts(work, open)
    return { kind: 'more', position: { page: 0, done: 0 } satisfies Position }
  }
  const page = await startPage(env.store, plan, position.page)
  if (page === null) return finish(job)
  const contacts = page.contacts.slice(position.done, position.done + CHUNK)
  if (contacts.length === 0)
    return { kind: 'more', position: { page: position.page + 1, done: 0 } satisfies Position }
  await startAll(work, page, contacts)
  return { kind: 'more', position: { ...position, done: position.done + contacts.length } }
}

function startWork(job: Job, plan: PlanHeader): StartWork | null {
  const accounts = job.env.accounts(job.run.sync)
  const writer = accounts.writer('to')
  const reader = accounts.reader('from')
  const { start } = writer
  if (reader.sequences === undefined || writer.sequences === undefined || start === undefined)
    return null
  return {
    job,
    plan,
    from: { reader, sequences: reader.sequences },
    to: { reader: writer, sequences: writer.sequences },
    start,
  }
}

async function startAll(
  work: StartWork,
  page: StartPage,
  contacts: readonly RemoteId[],
): Promise<void> {
  const { store } = work.job.env
  const { sync } = work.job.run
  const known = await store.starts.among(sync, page.from, contacts)
  await resolveStarts(
    work,
    known.filter(({ state }) => state === 'sent'),
  )
  const settled = new Set(known.map(({ source }: Start) => source))
  const links = await store.links.byFrom(
    sync,
    contacts.filter((id) => !settled.has(id)),
  )
  for (const pair of await fetchBoth(work, links)) await startOne(work, page, pair)
}

async function finish(job: Job): Promise<Progressed> {
  const starts = await job.env.store.starts.counts(job.run.id)
  await job.commit(async (store) => {
    const run = await store.runs.lock(job.run.id)
    await store.runs.update(job.run.id, {
      facts: { ...run?.facts, starts },
      updatedAt: job.env.clock.now(),
    })
  })
  return { kind: 'closed' }
}
