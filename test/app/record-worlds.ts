/** Two accounts that keep notes and companies as records, and what both hold of them, read through the connectors. */
import { afterEach } from 'vitest'
import type { Company } from '../../src/model/company.ts'
import type { Side } from '../../src/model/id.ts'
import { type Note, withoutOrigin } from '../../src/model/note.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import { type TwoAccounts, twoAccounts, type TwoAccountsOptions, using } from './two-accounts.ts'

export const GUARDS = '    guards: { maxChangedPercent: 100, maxOverwritePercent: 100 }\n'
const { signal } = new AbortController()

/** Opens worlds that are closed when the test ends. */
export function worldsOfATest(): (options: TwoAccountsOptions) => TwoAccounts {
  const open: TwoAccounts[] = []
  afterEach(() => {
    for (const world of open.splice(0)) world.close()
  })
  return (options) => {
    const on = twoAccounts(options)
    open.push(on)
    return on
  }
}

export function notesOf(on: TwoAccounts, side: Side): Promise<readonly Note[]> {
  return using(on, (app) => {
    const { notes } = app.env.accounts('move').reader(side)
    if (notes === undefined) throw new Error('no notes')
    return everyPage(async (position) => {
      const page = await notes.page({ since: null, position }, signal)
      return { found: page.notes, next: page.next }
    })
  })
}

export function companiesOf(on: TwoAccounts, side: Side): Promise<readonly Company[]> {
  return using(on, (app) => {
    const { companies } = app.env.accounts('move').reader(side)
    if (companies === undefined) throw new Error('no companies')
    return everyPage(async (position) => {
      const page = await companies.page({ since: null, position }, signal)
      return { found: page.companies, next: page.next }
    })
  })
}

async function everyPage<T>(
  read: (
    position: string | null,
  ) => Promise<{ readonly found: readonly T[]; readonly next: string | null }>,
): Promise<readonly T[]> {
  const all: T[] = []
  for (let position: string | null = null; ; ) {
    const { found, next } = await read(position)
    all.push(...found)
    if (next === null) return all
    position = next
  }
}

/** Copies at the target, by the id of their note at the source. */
export async function copies(on: TwoAccounts): Promise<ReadonlyMap<string, readonly Note[]>> {
  const marked = (await notesOf(on, 'to')).filter(
    ({ text }) => withoutOrigin(text).origin?.connection === 'source',
  )
  return Map.groupBy(marked, ({ text }) => withoutOrigin(text).origin?.id ?? '')
}

export async function header(on: TwoAccounts, plan: PlanHeader['id'] | null): Promise<PlanHeader> {
  return using(on, async (app) => {
    const found = plan === null ? null : await app.store.plans.header(plan)
    if (found === null) throw new Error('no plan')
    return found
  })
}
