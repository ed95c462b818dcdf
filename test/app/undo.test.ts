/** A run is undone: the truth of the target afterwards is the truth before it, but for what people edited since and what is named. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Op } from '../../src/plan/op.ts'
import { type TwoAccounts, type TwoAccountsOptions, twoAccounts } from './two-accounts.ts'
import { change, FREELY, OPT_OUT, undoPlan } from './undo-acts.ts'
import { expectRestored, namingAt, standingOf } from './undo-named.ts'
import { allOps, planOf, truth } from './undo-truth.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})
function world(options: TwoAccountsOptions): TwoAccounts {
  const made = twoAccounts({ sync: FREELY, ...options })
  open.push(made)
  return made
}

describe('a migration of 5,000 people into an account that has 300 of them', () => {
  it('is undone to the letter, but for what people edited since', async () => {
    const accounts = world({
      seed: 23,
      from: { platform: 'infusionsoft', contacts: 5_000 },
      to: { platform: 'adaptix', contacts: 300 },
    })
    const before = await standingOf(accounts)
    const migrated = await accounts.run('migrate')
    expect(migrated.run).toMatchObject({ status: 'done', reason: null })
    const written = truth(accounts.to)
    const created = [...written.keys()].filter((id) => !before.people.has(id))
    expect(created.length).toBeGreaterThan(4_000)

    const [book] = migrated.report.facts.books ?? []
    const people = await edit(accounts, created, book?.plan ?? '')
    const edited = truth(accounts.to)
    const plan = await undoPlan(accounts, migrated.run.id)
    expect(plan.counts).toMatchObject({
      create: 0,
      delete: created.length - people.kept.length,
      excluded: people.kept.length,
      reject: 0,
    })
    expect(plan.undoes?.left.fields).toContain('ferry_key')
    const ops = await allOps(accounts, plan.id)
    const naming = await namingAt(accounts)
    for (const id of people.kept) expect(ops.get(id)).toMatchObject({ bucket: 'excluded' })
    // The edit itself is named, and nothing else of that contact; where the run wrote nothing there, only the stamps tell that somebody did: `contact`.
    for (const [id, slot] of people.edits) {
      const op = ops.get(id)
      const named = op === undefined ? [] : naming(op)
      if (!people.kept.includes(id)) expect(named).toContain(slot)
      else expect([[slot], [slot, 'contact'], ['contact']]).toContainEqual(named)
    }

    const undone = await accounts.run('apply', { plan: plan.id })
    expect(undone.run).toMatchObject({ status: 'done', reason: null })
    expect(undone.counts).toMatchObject({ balanced: true, drifted: 0, rejected: 0, unknown: 0 })
    expect(undone.run.facts['verify']).toMatchObject({ ok: true, differing: 0, missing: 0 })

    const now = truth(accounts.to)
    expect([...now.keys()].sort()).toEqual([...before.people.keys(), ...people.kept].sort())
    for (const id of people.kept) expect(now.get(id)).toEqual(edited.get(id))
    // Whatever is not as before is a person's edit, or named in the plan, slot by slot.
    const edits = new Map([[people.beside, ['shoe_size']]])
    await expectRestored(accounts, { before, plan: plan.id, edited: edits })
    expect(now.get(people.over)?.slots).toContain('contract_end: 2031-12-24')
    expect(accounts.to.consentBreaches.filter((breach) => !breach.includes(people.left))).toEqual(
      [],
    )

    await thenPlans(accounts, { removed: ops, undone: migrated.run.id })
  })
})

/** What people do at the target an hour after the migration. */
async function edit(
  accounts: TwoAccounts,
  created: readonly string[],
  plan: string,
): Promise<{
  /** Created by the run, edited by somebody. */
  readonly kept: readonly string[]
  /** Of `kept` and `over`: which slot it is that somebody edited. */
  readonly edits: ReadonlyMap<string, string>
  /** There before; somebody corrected what the run had written. */
  readonly over: string
  /** There before; somebody edited what the run had not touched. */
  readonly beside: string
  /** The address of one of `kept`, who opted out. */
  readonly left: string
}> {
  accounts.clock.advance(3_600_000)
  const updates = [...(await allOps(accounts, plan)).values()].filter(
    ({ bucket, tags }) => bucket === 'update' && tags.add.length === 0,
  )
  const wrote = (op: Op, path: string) => op.fields.some((change) => change.path === path)
  const over = updates.find((op) => wrote(op, 'custom.contract_end'))?.toId ?? ''
  const beside =
    updates.find((op) => op.toId !== over && op.losses.length + op.consents.length === 0)?.toId ??
    ''
  const [renamed = '', measured = '', tagged = '', leaving = ''] = created.slice(40)
  await change(accounts, [
    [renamed, { fields: { familyName: 'Married' } }],
    [measured, { fields: { 'custom.shoe_size': '44' } }],
    [
      tagged,
      { tags: { add: [{ key: TAG, name: TAG, category: null, description: null }], remove: [] } },
    ],
    [leaving, { consents: OPT_OUT }],
    [over, { fields: { 'custom.contract_end': '2031-12-24' } }],
    [beside, { fields: { 'custom.shoe_size': '61' } }],
  ])
  const left = accounts.to.snapshot().find(({ id }) => id === leaving)?.emails[0] ?? ''
  const edits = new Map([
    [renamed, 'lastname'],
    [measured, 'shoe_size'],
    [tagged, `tag: ${TAG}`],
    [leaving, `opted out: ${left}`],
    [over, 'contract_end'],
  ])
  return { kept: [renamed, measured, tagged, leaving], edits, over, beside, left }
}

const TAG = 'tmp do not use'

/** A second undo finds nothing of the run; the next plan holds those who were removed, until somebody releases them. */
async function thenPlans(
  accounts: TwoAccounts,
  { removed, undone }: { readonly removed: ReadonlyMap<string, Op>; readonly undone: string },
): Promise<void> {
  const again = await undoPlan(accounts, undone)
  expect(again.counts).toMatchObject({ update: 0, delete: 0, reject: 0 })
  const deletes = [...removed.values()].filter(({ bucket }) => bucket === 'delete').length
  const next = await planOf(accounts, (await accounts.run('plan')).run.plan)
  expect(next.counts.create).toBe(0)
  expect(next.counts.update).toBeGreaterThan(200)
  const held = next.holds.find(({ cause }) => cause.includes(`undo of ${undone}`))
  expect(held?.count).toBe(deletes)
}
