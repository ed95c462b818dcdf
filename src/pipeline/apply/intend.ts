/** Writes down what is about to be sent, and what was there before, in one commit: no byte leaves before it. */
import { isOptedOut } from '../../model/consent.ts'
import type { FieldValue } from '../../model/field.ts'
import type { Op } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { JournalEntry, JournalValues } from '../../state/journal.ts'
import type { Job } from '../env.ts'
import type { Item } from './recheck.ts'
import { type Terms, writtenId } from './terms.ts'

export async function intend(
  job: Job,
  plan: PlanHeader,
  terms: Terms,
  items: readonly Item[],
): Promise<void> {
  const now = job.env.clock.now()
  const entries = items.map((item) => entryOf(job, plan, terms, item, now))
  await job.commit(async (store) => {
    await store.plans.intend(
      plan.id,
      items.map(({ stored }) => stored.op.seq),
    )
    await store.journal.add(entries)
  })
  await job.env.store.flush()
}

function entryOf(
  job: Job,
  plan: PlanHeader,
  terms: Terms,
  { stored, current }: Item,
  at: number,
): JournalEntry {
  const { op } = stored
  const isCreate = op.bucket === 'create'
  return {
    run: job.run.id,
    plan: plan.id,
    seq: op.seq,
    side: op.writes,
    record: writtenId(op),
    kind: isCreate ? 'create' : 'update',
    before: isCreate ? NOTHING : valuesBefore(terms, op, current),
    at,
  }
}

const NOTHING: JournalValues = { fields: {}, tags: [], groups: [], optedOut: [] }

function valuesBefore(terms: Terms, { fields }: Op, current: Item['current']): JournalValues {
  const before: Record<string, FieldValue> = {}
  for (const change of fields) {
    const path = terms.path(change.path)
    before[path] = current?.fields[path] ?? change.before ?? null
  }
  return {
    fields: before,
    tags: current?.tags ?? null,
    groups: current?.groups ?? null,
    optedOut: (current?.consents ?? [])
      .filter(({ state }) => isOptedOut(state))
      .map(({ channel, address }) => ({ channel, address })),
  }
}
