/** Options that a list of the target lacks: planned, added before contacts, once; and left out where somebody says so. */
import { afterEach, describe, expect, it } from 'vitest'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { Side } from '../../src/model/id.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import { type TwoAccounts, twoAccounts, type TwoAccountsOptions, using } from './two-accounts.ts'

const LABEL = 'Favourite boat'
const GUARDS = '    guards: { maxChangedPercent: 100, maxOverwritePercent: 100 }\n'
const PEOPLE = 24
const { signal } = new AbortController()

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

/** A list on both sides; the source's is longer, and its people are spread over it. */
async function world(
  from: string,
  to: string,
  more: { readonly sync?: string; readonly to?: Partial<TwoAccountsOptions['to']> } = {},
): Promise<TwoAccounts> {
  const on = twoAccounts({
    from: { platform: from, contacts: PEOPLE },
    to: { platform: to, contacts: 2, ...more.to },
    seed: 5,
    sync: GUARDS + (more.sync ?? ''),
  })
  open.push(on)
  await using(on, async (app) => {
    const accounts = app.env.accounts('move')
    const made = async (side: Side, options: readonly string[]) => {
      const draft = { label: LABEL, name: 'favourite_boat', type: 'choice' } as const
      const listed = options.map((value) => ({ value, label: value }))
      return accounts.writer(side).createField({ ...draft, options: listed }, signal)
    }
    const field = await made('from', BOATS)
    await made('to', ['Ketch', 'Sloop'])
    const page = await accounts
      .reader('from')
      .scan(
        { stream: 'contacts', since: null, overlapMs: 0, position: null, fields: [field] },
        signal,
      )
    const sightings = page.rows.flatMap((row) => (row.kind === 'contact' ? [row.sighting] : []))
    for (const [place, sighting] of sightings.entries()) {
      await accounts.writer('from').write(
        [
          {
            key: `boat-${place}`,
            op: 'update',
            id: sighting.id,
            fields: { [field.path]: BOATS[place % BOATS.length] ?? null },
            tags: { add: [], remove: [] },
            groups: { add: [], remove: [] },
            consents: [],
            current: sighting,
          },
        ],
        signal,
      )
    }
  })
  return on
}
const BOATS = ['sloop', 'Yawl', 'Cutter', 'Ketch'] as const

async function boats(on: TwoAccounts): Promise<FieldDefinition> {
  return using(on, async (app) => {
    const { fields } = await app.env.accounts('move').reader('to').catalog(signal)
    const found = fields.find(({ label }) => label === LABEL)
    if (found === undefined) throw new Error('no such field')
    return found
  })
}

async function header(on: TwoAccounts, plan: PlanHeader['id'] | null): Promise<PlanHeader> {
  return using(on, async (app) => {
    const found = plan === null ? null : await app.store.plans.header(plan)
    if (found === null) throw new Error('no plan')
    return found
  })
}

/** Every boat that somebody at the target holds, in whatever field. */
function held(on: TwoAccounts): ReadonlySet<string> {
  const values = on.to.snapshot().flatMap(({ fields }) => Object.values(fields))
  return new Set(values.filter((value) => ALL.includes(value)))
}
const ALL: readonly string[] = ['Cutter', 'Ketch', 'Sloop', 'Yawl']

const valuesOf = ({ options }: FieldDefinition) => options?.map(({ value }) => value)

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
  ['adaptix', 'xml-spec'],
])('from %s to %s', (from, to) => {
  it('the plan names the options that are missing, and the run adds them behind the others', async () => {
    const on = await world(from, to)
    const before = valuesOf(await boats(on))
    const planned = await on.run('plan')
    expect(planned.writes).toBe(0)
    const plan = await header(on, planned.run.plan)
    const [options] = plan.vocabulary.options
    expect(options).toMatchObject({ side: 'to', label: LABEL })
    expect(options?.options.map(({ value }) => value).sort()).toEqual(['Cutter', 'Yawl'])
    expect(options?.options.every(({ count }) => count > 2)).toBe(true)
    expect(plan.losses.filter(({ cause }) => cause === 'not an option of the target')).toEqual([])
    const vocabulary = plan.cost.calls.find(({ operation }) => operation === 'vocabulary')
    expect(vocabulary?.count).toBeGreaterThan(0)

    const ran = await on.run('migrate')
    expect(ran.run.status).toBe('done')
    const field = await boats(on)
    expect(valuesOf(field)?.slice(0, 2)).toEqual(before)
    expect([...(valuesOf(field) ?? [])].sort()).toEqual(ALL)
    expect(held(on)).toEqual(new Set(ALL))
    const again = await on.run('sync', { isFull: true })
    expect(again.writes).toBe(0)
    const undone = await on.run('undo', { undoes: ran.run.id })
    const { undoes, warnings } = await header(on, undone.run.plan)
    expect(undoes?.left.options).toHaveLength(1)
    expect(warnings.join()).toContain(LABEL)
  })
})

it('a mapping can leave lists as they are: then such values are losses with a name', async () => {
  const on = await world('infusionsoft', 'adaptix', { sync: '    mapping: { options: listed }\n' })
  const { run } = await on.run('migrate')
  const plan = await header(on, run.plan)
  expect(plan.vocabulary.options).toEqual([])
  expect(valuesOf(await boats(on))).toEqual(['Ketch', 'Sloop'])
})

it('one rule can leave its list as it is', async () => {
  const on = await world('infusionsoft', 'adaptix', {
    sync: `    fields:\n      - { from: ${LABEL}, to: ${LABEL}, otherwise: skip }\n`,
  })
  const plan = await header(on, (await on.run('plan')).run.plan)
  expect(plan.vocabulary.options).toEqual([])
  const lost = plan.losses.filter(({ cause }) => cause === 'not an option of the target')
  expect(lost.map(({ count }) => count)).toEqual([PEOPLE / 2])
})

it.each(['lostAnswer', 'resetBefore'] as const)(
  'an edit that meets "%s" is made once, whatever was heard of it',
  async (fault) => {
    const on = await world('infusionsoft', 'adaptix', {
      to: {
        faults: { [fault]: 0.5 },
        faultsOnly: ({ url }) => /\/fields\/.*\/edit/.test(url),
      },
    })
    let { run } = await on.run('migrate')
    for (let tries = 0; run.status !== 'done' && tries < 5; tries += 1) {
      run = (await on.run('migrate')).run
    }
    expect(run.status).toBe('done')
    const values = valuesOf(await boats(on))
    expect(values?.slice(0, 2)).toEqual(['Ketch', 'Sloop'])
    expect(values).toHaveLength(4)
  },
)
