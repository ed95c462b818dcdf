/** What the tests of an undo do: plan and apply it, and what people do at the target meanwhile. */
import { expect } from 'vitest'
import type { ContactWrite } from '../../src/connector/connector.ts'
import { remoteId } from '../../src/model/id.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import type { Ran, TwoAccounts } from './two-accounts.ts'
import { expectRestored, type Standing } from './undo-named.ts'
import { planOf, truth } from './undo-truth.ts'

/** Where people are known already, most of them are overwritten. */
export const FREELY =
  '    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxIrreversibleConsents: 9999 }\n'

export const OPT_OUT: ContactWrite['consents'] = [
  { channel: 'email', address: null, state: 'refused', reason: null, scope: null, since: null },
]

export async function undoPlan(accounts: TwoAccounts, run: string): Promise<PlanHeader> {
  const sent = accounts.to.counts.write + accounts.from.counts.write
  const planned = await accounts.run('undo', { undoes: run as never })
  expect(accounts.to.counts.write + accounts.from.counts.write).toBe(sent)
  return planOf(accounts, planned.run.plan)
}

export async function applied(accounts: TwoAccounts, plan: string): Promise<Ran['counts']> {
  const ran = await accounts.run('apply', { plan })
  expect(ran.run).toMatchObject({ status: 'done', reason: null })
  expect(ran.counts.balanced).toBe(true)
  expect(ran.run.facts['verify']).toMatchObject({ ok: true, differing: 0, missing: 0 })
  return ran.counts
}

/** Nobody more, nobody less, and whatever is not as before is named in the plan. */
export async function expectAsBefore(
  accounts: TwoAccounts,
  { before, plan }: { readonly before: Standing; readonly plan: string },
): Promise<void> {
  expect([...truth(accounts.to).keys()].sort()).toEqual([...before.people.keys()].sort())
  await expectRestored(accounts, { before, plan })
}

/** Somebody edits contacts at the target. */
export async function change(
  accounts: TwoAccounts,
  changes: readonly (readonly [string, Partial<ContactWrite>])[],
): Promise<void> {
  const app = await accounts.open()
  try {
    const writer = await app.writer('target')
    const { signal } = new AbortController()
    await writer.catalog(signal)
    for (const [id, change] of changes) {
      const [current] = await writer.fetch([remoteId(id)], signal)
      if (current?.kind !== 'found') throw new Error(`${id} is ${current?.kind}`)
      const write: ContactWrite = {
        key: id,
        op: 'update',
        id: remoteId(id),
        fields: {},
        tags: { add: [], remove: [] },
        groups: { add: [], remove: [] },
        consents: [],
        current: current.sighting,
        ...change,
      }
      expect(await writer.write([write], signal)).toMatchObject([{ kind: 'done' }])
    }
  } finally {
    await app.close()
  }
}

/** Somebody removes a contact at the target. */
export async function take(accounts: TwoAccounts, id: string): Promise<void> {
  const app = await accounts.open()
  try {
    const writer = await app.writer('target')
    const { signal } = new AbortController()
    expect(await writer.remove([remoteId(id)], signal)).toMatchObject([{ kind: 'done' }])
  } finally {
    await app.close()
  }
}
