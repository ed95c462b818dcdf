/** Companies are created once, with what is known of them, and people stay linked to theirs. */
import { describe, expect, it } from 'vitest'
import { type Company, foldCompany } from '../../src/model/company.ts'
import { companiesOf, GUARDS, header, using, worldsOfATest } from './record-worlds.ts'
import type { TwoAccounts, TwoAccountsOptions } from './two-accounts.ts'

const PEOPLE = 60
const { signal } = new AbortController()

const open = worldsOfATest()

function world(
  from: string,
  to: string,
  more: { readonly sync?: string; readonly to?: Partial<TwoAccountsOptions['to']> } = {},
): TwoAccounts {
  return open({
    from: { platform: from, contacts: PEOPLE },
    to: { platform: to, contacts: 4, ...more.to },
    seed: 9,
    sync: GUARDS + (more.sync ?? ''),
  })
}

const byName = (all: readonly Company[]) => Map.groupBy(all, ({ name }) => foldCompany(name))

/** Every company of the source is at the target once. */
async function expectOnce(on: TwoAccounts): Promise<number> {
  const [here, there] = [byName(await companiesOf(on, 'from')), byName(await companiesOf(on, 'to'))]
  expect([...here.keys()].filter((name) => there.get(name)?.length !== 1)).toEqual([])
  return here.size
}

const IS_CREATE = ({ url, body }: { readonly url: string; readonly body: string }) =>
  /\/companies\/(?:batch\/)?new/.test(url) || /DataService\.add<[\s\S]*>Company</.test(body)

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
])('from %s to %s', (from, to) => {
  it('each is created once, before the people who belong to it, and a second run creates none', async () => {
    const on = world(from, to)
    const planned = await on.run('plan')
    expect(planned.writes).toBe(0)
    const plan = await header(on, planned.run.plan)
    expect(plan.companies?.create).toBeGreaterThan(5)
    const cost = plan.cost.calls.find(({ operation }) => operation === 'create companies')
    // All in one call, where the platform takes several.
    expect(cost?.count).toBe(to === 'adaptix' ? 1 : plan.companies?.create)
    const ran = await on.run('migrate')
    expect(ran.run.status).toBe('done')
    expect(ran.report.facts.companies).toEqual({ created: plan.companies?.create })
    expect(await expectOnce(on)).toBeGreaterThan(5)
    expect((await on.run('sync')).writes).toBe(0)
    expect((await on.run('sync', { isFull: true })).writes).toBe(0)
    const undone = await on.run('undo', { undoes: ran.run.id })
    const { warnings } = await header(on, undone.run.plan)
    expect(warnings.join('\n')).toMatch(/created by the run, and not removed: \d+ companies \(/)
  })

  it.each(['lostAnswer', 'resetBefore'] as const)(
    'also where requests meet "%s"',
    async (fault) => {
      const on = world(from, to, {
        to: {
          faults: { [fault]: 0.4 },
          faultsOnly: IS_CREATE,
          // Many calls, where one would do.
          ...(to === 'adaptix' ? { quirks: { batchLimit: 3 } } : {}),
        },
      })
      expect((await on.run('migrate')).run.status).toBe('done')
      expect(on.faults.to?.counts[fault]).toBeGreaterThan(2)
      await expectOnce(on)
    },
  )

  it('also where the state was lost', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const before = (await companiesOf(on, 'to')).length
    const fresh = open({
      from: { platform: from, contacts: 0, simulator: on.from },
      to: { platform: to, contacts: 0, simulator: on.to },
      clock: on.clock,
      sync: GUARDS,
    })
    await fresh.run('migrate')
    expect(await companiesOf(fresh, 'to')).toHaveLength(before)
  })
})

it('what both sides can hold of a company travels', async () => {
  const on = world('infusionsoft', 'adaptix')
  const known = byName(await companiesOf(on, 'to'))
  const here = (await companiesOf(on, 'from')).find(({ name }) => !known.has(foldCompany(name)))
  expect(here?.fields['phones.main']).toBeDefined()
  await on.run('migrate')
  const there = (await companiesOf(on, 'to')).find(({ name }) => name === here?.name)
  expect(there?.fields).toMatchObject({ 'phones.main': here?.fields['phones.main'] })
})

it('people are linked to the record of their company', async () => {
  const on = world('adaptix', 'infusionsoft')
  await on.run('migrate')
  const ids = new Map((await companiesOf(on, 'to')).map(({ id, name }) => [foldCompany(name), id]))
  const employed = on.to
    .snapshot()
    .filter(({ fields }) => fields['ferry_key'] !== undefined || fields['_ferrykey'] !== undefined)
    .filter(({ fields }) => (fields['Company'] ?? '') !== '')
  expect(employed.length).toBeGreaterThan(5)
  for (const { fields } of employed)
    expect(fields['CompanyID']).toBe(ids.get(foldCompany(fields['Company'] ?? '')))
})

it('a company of the same name, but for case, is used and left as it is', async () => {
  const on = world('infusionsoft', 'adaptix')
  const known = byName(await companiesOf(on, 'to'))
  const first = (await companiesOf(on, 'from')).find(({ name }) => !known.has(foldCompany(name)))
  const spelled = first?.name.toUpperCase() ?? ''
  await using(on, async (app) => {
    const { companyWriter } = app.env.accounts('move').writer('to')
    await companyWriter?.create(
      [{ name: spelled, fields: { website: 'https://x.example' } }],
      signal,
    )
  })
  await on.run('migrate')
  const same = (await companiesOf(on, 'to')).filter(
    ({ name }) => foldCompany(name) === foldCompany(spelled),
  )
  expect(same.map(({ fields }) => fields)).toEqual([{ website: 'https://x.example' }])
})

it('none is created with "companies: name"; the names travel with the people', async () => {
  const on = world('adaptix', 'infusionsoft', { sync: '    mapping: { companies: name }\n' })
  const before = (await companiesOf(on, 'to')).length
  await on.run('migrate')
  expect(await companiesOf(on, 'to')).toHaveLength(before)
  expect(on.to.snapshot().filter(({ fields }) => fields['Company']).length).toBeGreaterThan(5)
})
