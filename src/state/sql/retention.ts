/**
 * Removes the personal data of runs that are long over: the values of their plans and journal, samples, account documents, readings left over,
 * closed cases. What tells who is whom and what happened stays. Never of a run that is open or can be resumed, nor of one that such a run works with,
 * nor of a plan that may still be applied.
 */
import { type Selectable, sql } from 'kysely'
import type { RunId } from '../../model/id.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { Pruned, Retention } from '../retention.ts'
import { type Access, atomically, fromJson, isAmong, toJson } from './access.ts'
import { staging } from './staging.ts'
import type { Tables } from './tables.ts'

export function retention(access: Access): Retention {
  return { prune: ({ before, now }) => atomically(access, (inner) => prune(inner, before, now)) }
}

async function prune(access: Access, before: number, now: number): Promise<Pruned> {
  const { db } = access
  const runs = await db.selectFrom('runs').selectAll().orderBy('number').execute()
  const plans = await db.selectFrom('plans').selectAll().execute()
  const kept = keptRuns(runs, plans, now)
  const old = runs.filter(
    ({ id, ended_at: endedAt }) => endedAt !== null && endedAt < before && !kept.has(id),
  )
  const undoable = new Set<string>()
  const sums = { plans: 0, values: 0 }
  for (const run of old) {
    const removed = await db.deleteFrom('journal').where('run', '=', run.id).executeTakeFirst()
    if (removed.numDeletedRows > 0n) undoable.add(run.id)
    sums.values += Number(removed.numDeletedRows)
    await forgetReadings(access, run)
    for (const plan of plans.filter(({ header }) => headerOf(header).run === run.id)) {
      const documents = await db
        .deleteFrom('plan_documents')
        .where('plan', '=', plan.id)
        .executeTakeFirst()
      await db
        .updateTable('plans')
        .set({ header: withoutSamples(plan.header) })
        .where('id', '=', plan.id)
        .execute()
      if (documents.numDeletedRows > 0n) sums.plans += 1
      sums.values += Number(documents.numDeletedRows)
    }
  }
  const cases = await db
    .deleteFrom('cases')
    .where('closed_at', 'is not', null)
    .where('closed_at', '<', before)
    .executeTakeFirst()
  return {
    runs: [...undoable] as RunId[],
    plans: sums.plans,
    values: sums.values,
    cases: Number(cases.numDeletedRows),
  }
}

/** Runs whose values somebody may still need, whatever their age. */
function keptRuns(
  runs: readonly Selectable<Tables['runs']>[],
  plans: readonly { readonly id: string; readonly header: string }[],
  now: number,
): ReadonlySet<string> {
  const living = runs.filter(({ status }) => status === 'open' || status === 'stopped')
  const usedPlans = new Set(living.map(({ plan }) => plan))
  const headers = plans.map(({ header }) => headerOf(header))
  const used = headers.filter(
    ({ id, expiresAt }) => usedPlans.has(id) || Date.parse(expiresAt) > now,
  )
  return new Set(
    [
      ...living.map(({ id }) => id),
      ...living.map(({ facts }) => fromJson<{ undoes?: string }>(facts).undoes),
      ...used.flatMap(({ run, undoes }) => [run, undoes?.run]),
    ].filter((id) => id !== undefined),
  )
}

async function forgetReadings(
  access: Access,
  { id, facts }: Selectable<Tables['runs']>,
): Promise<void> {
  const { db } = access
  await staging(access).clear(id as RunId, null)
  await db
    .deleteFrom('documents')
    .where('run', '=', id)
    .where(isAmong(access, 'name', ['account from', 'account to']))
    .execute()
  for (const words of ['notes %', 'companies before %'])
    await db.deleteFrom('documents').where('run', '=', id).where('name', 'like', words).execute()
  // The positions of a plan's slices hold samples; a run that is over has no use for them.
  await db
    .updateTable('slices')
    .set({ position: sql<string>`'null'` })
    .where('run', '=', id)
    .execute()
  await db
    .updateTable('runs')
    .set({ facts: withoutSamples(facts) })
    .where('id', '=', id)
    .execute()
}

function headerOf(text: string): PlanHeader {
  return fromJson<PlanHeader>(text)
}

function withoutSamples(text: string): string {
  return toJson(
    JSON.parse(text, (key, value: unknown) =>
      OF_PEOPLE.includes(key) && Array.isArray(value) ? [] : value,
    ),
  )
}
/** Lists in facts and headers that name people, their notes or their companies. */
const OF_PEOPLE: readonly string[] = [
  'sample',
  'samples',
  'differences',
  'companyDifferences',
  'noteDifferences',
]
