/** Companies are created once, with what is known of them, and people stay linked to theirs. */
import { describe, expect, it } from 'vitest'
import { type Company, foldCompany } from '../../src/model/company.ts'
import type { RemoteId, Side } from '../../src/model/id.ts'
import { companiesOf, GUARDS, header, worldsOfATest } from './record-worlds.ts'
import { type TwoAccounts, type TwoAccountsOptions, using } from './two-accounts.ts'

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

const IS_EDIT = ({ url, body }: { readonly url: string; readonly body: string }) =>
  /\/companies\/\d+\/edit/.test(url) || /DataService\.update<[\s\S]*>Company</.test(body)
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

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
])('from %s to %s, a company that is edited at the source', (from, to) => {
  const NEW = 'https://new.example.com'
  const update = (on: TwoAccounts, side: Side, id: string, fields: Company['fields']) =>
    using(on, (app) => {
      const { companyWriter } = app.env.accounts('move').writer(side)
      if (companyWriter === undefined) throw new Error('no companies')
      return companyWriter.update(id, fields, signal)
    })
  /** One that the migration made, on both sides. */
  const made = (on: TwoAccounts) =>
    using(on, async (app) => {
      const names = [...byName(await companiesOf(on, 'from')).keys()]
      const row = (await app.store.companies.among('move', names)).find(
        ({ state }) => state === 'done',
      )
      if (row?.source == null || row.target === null) throw new Error('none was made')
      return { source: row.source, target: row.target }
    })
  /** Somebody at the source, so that there is something to undo. */
  const rename = (on: TwoAccounts) =>
    using(on, async (app) => {
      const writer = app.env.accounts('move').writer('from')
      const [link] = await app.store.links.byFrom(
        'move',
        on.from.snapshot().map((contact) => contact.id as RemoteId),
      )
      const [found] = await writer.fetch(link === undefined ? [] : [link.fromId], signal)
      if (found?.kind !== 'found') throw new Error('nobody is linked')
      const { id, sighting: current } = found
      const none = { add: [], remove: [] }
      const fields = { givenName: 'Renamed' }
      const write = { key: id, op: 'update', id, fields, tags: none, groups: none } as const
      await writer.write([{ ...write, consents: [], current }], signal)
    })
  const at = async (on: TwoAccounts, id: string) =>
    (await companiesOf(on, 'to')).find((company) => company.id === id)

  it('is written over at the target by a whole sync, once', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const { source, target } = await made(on)
    const before = await at(on, target)
    await update(on, 'from', source, { website: NEW })
    expect((await on.run('verify')).run.facts).toMatchObject({
      verify: { ok: false, companies: { differing: 1 } },
      companyDifferences: [{ record: source, what: 'differing', fields: ['website'] }],
    })
    const planned = await on.run('plan', { isFull: true })
    expect(planned.writes).toBe(0)
    expect((await header(on, planned.run.plan)).companies).toMatchObject({ create: 0, update: 1 })
    const ran = await on.run('sync', { isFull: true })
    expect(ran.writes).toBe(1)
    expect(ran.report.facts.companies).toEqual({ created: 0, updated: 1, kept: 0 })
    expect(await at(on, target)).toEqual({ ...before, fields: { ...before?.fields, website: NEW } })
    expect((await on.run('verify')).run.facts['verify']).toMatchObject({ ok: true })
    expect((await on.run('sync', { isFull: true })).writes).toBe(0)
    await update(on, 'from', source, { website: `${NEW}/again`, 'phones.main': '+49 30 555' })
    expect((await on.run('sync', { isFull: true })).writes).toBe(1)
    expect((await at(on, target))?.fields['website']).toBe(`${NEW}/again`)
  })

  it('keeps what somebody edited at the target, too, field by field', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const { source, target } = await made(on)
    await update(on, 'from', source, { website: NEW, 'phones.main': '+49 30 555' })
    await update(on, 'to', target, { 'phones.main': '+49 30 777' })
    const ran = await on.run('sync', { isFull: true })
    expect(ran.report.facts.companies).toEqual({ created: 0, updated: 1, kept: 0 })
    expect((await at(on, target))?.fields).toMatchObject({
      website: NEW,
      'phones.main': '+49 30 777',
    })
    // It was told once, and counts as theirs.
    const { run } = await on.run('plan', { isFull: true })
    expect((await header(on, run.plan)).companies?.update ?? 0).toBe(0)
    expect((await on.run('verify')).run.facts['verify']).toMatchObject({ ok: true })
  })

  it('also where requests meet "lostAnswer"; an undo names it and what it showed is kept', async () => {
    const on = world(from, to, { to: { faults: { lostAnswer: 0.6 }, faultsOnly: IS_EDIT } })
    await on.run('migrate')
    const { source, target } = await made(on)
    const before = await at(on, target)
    await update(on, 'from', source, { website: NEW })
    await rename(on)
    const ran = await on.run('sync', { isFull: true })
    expect(ran.report.facts.companies).toEqual({ created: 0, updated: 1, kept: 0 })
    expect((await at(on, target))?.fields['website']).toBe(NEW)
    const undone = await on.run('undo', { undoes: ran.run.id })
    const { warnings } = await header(on, undone.run.plan)
    expect(warnings.join('\n')).toMatch(/written over by the run, and left so: 1 companies \(/)
    const [kept] = await using(on, (app) =>
      app.store.runs.documents(ran.run.id, 'companies before '),
    )
    const website = before?.fields['website'] ?? null
    expect(kept).toEqual([{ target, name: before?.name, before: { website } }])
  })
})

it('a company that the target had before is left as it is, whatever the source does', async () => {
  const on = world('infusionsoft', 'adaptix')
  const known = byName(await companiesOf(on, 'to'))
  const here = (await companiesOf(on, 'from')).find(({ name }) => known.has(foldCompany(name)))
  await on.run('migrate')
  await using(on, async (app) => {
    const { companyWriter } = app.env.accounts('move').writer('from')
    await companyWriter?.update(here?.id ?? '', { website: 'https://new.example.com' }, signal)
  })
  expect((await on.run('sync', { isFull: true })).writes).toBe(0)
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
