/** Records that something is wrong with: each is named with what to do, the others arrive, and once it is mended it arrives too. */
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import { type Meddle, twins } from '../cli/accounts.ts'
import { shape } from './shape.ts'
import { type Ran, type World, type WorldOptions, world } from '../cli/in-process.ts'
import { request, type Sent } from '../connectors/infusionsoft/simulator-client.ts'

const open: World[] = []
function made(options: WorldOptions = {}): World {
  const one = world(options)
  open.push(one)
  return one
}
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** A source with nobody in it but those named. */
function peopled(
  people: readonly Readonly<Record<string, string>>[],
  more: WorldOptions = {},
): World {
  const one = made({ ...more, contacts: 0, from: { ...more.from, quirks: { emptyStart: true } } })
  for (const person of people) keap(one, 'ContactService.add', { ...person })
  return one
}
const PLAIN = { FirstName: 'Plain', LastName: 'Person', Email: 'plain@example.com' }

function keap(
  { from: { simulator } }: World,
  method: string,
  ...parameters: readonly Sent[]
): void {
  const { status, body } = simulator.handle({
    method: 'POST',
    url: simulator.basePath,
    headers: { 'x-keap-api-key': simulator.auth['serviceKey'] ?? '' },
    body: request(method, 'unused', ...parameters),
  })
  if (status !== 200 || body.includes('<fault>')) throw new Error(`${method}: ${status} ${body}`)
}

function adaptix({ to: { simulator } }: World, path: string, body: object): void {
  const { username = '', password = '' } = simulator.auth
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const answer = simulator.handle({
    method: 'POST',
    url: `/api${path}`,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${answer.body}`)
}

/** The source's id of the contact with that first name. */
function idOf({ from }: World, firstName: string): string {
  const person = from.simulator.snapshot().find(({ fields }) => fields['FirstName'] === firstName)
  if (person === undefined) throw new Error(`nobody is called ${firstName}`)
  return person.id
}

function arrived({ to }: World, firstName: string): SimulatedContact | undefined {
  return to.simulator.snapshot().find(({ fields }) => fields['firstname'] === firstName)
}

/** The first plan of the run: of a migration the one that moves everybody. */
async function planOf(one: World, ran: Ran): Promise<PlanHeader> {
  const app = await one.open({ mayWrite: false })
  try {
    const plan = await app.store.plans.header(`${ran.run?.id.replace(/^run/, 'plan')}-1` as never)
    if (plan === null) throw new Error(`run ${ran.run?.id} made no plan`)
    return plan
  } finally {
    await app.close()
  }
}

const OTHERS_WENT = { failure: null, counts: expect.objectContaining({ balanced: true }) }

describe('one poison record in a batch', () => {
  const victim = { FirstName: 'Poison', LastName: 'Pill', Email: 'poison.pill@example.com' }
  const poisonous: Meddle = ({ method, url, body }) =>
    method !== 'GET' && url.includes('/contacts') && body.includes(victim.Email)
      ? { status: 500, headers: {}, body: 'Internal Server Error' }
      : null

  it('is the only one that is refused, by name; mended, the same command brings it', async () => {
    const one = made()
    keap(one, 'ContactService.add', { ...victim })
    one.to.meddle = poisonous
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 5, ...OTHERS_WENT })
    expect(ran.counts).toMatchObject({ applied: 38, rejected: 1 })
    expect(ran.rejects).toMatchObject([
      {
        record: idOf(one, 'Poison'),
        label: 'Poison Pill <poison.pill@example.com>',
        cause: expect.stringContaining(
          'fails on this record each time it is sent alone; it was not written',
        ),
        hint: expect.stringContaining('Look at the values of this record at the source'),
      },
    ])
    expect([arrived(one, 'Poison'), twins(one.to)]).toEqual([undefined, []])
    one.to.meddle = null
    const again = await one.run('migrate')
    expect([again.rejects, arrived(one, 'Poison')?.emails]).toEqual([[], [victim.Email]])
    const calm = made()
    keap(calm, 'ContactService.add', { ...victim })
    await calm.run('migrate')
    expect(shape(one.to.simulator)).toEqual(shape(calm.to.simulator))
    expect(twins(one.to)).toEqual([])
  })

  it.each(['earlier', 'none', 'all'])(
    'makes no twin, whatever of the batch took effect (%s)',
    async (poisonEffects) => {
      const one = made({ to: { quirks: { poisonEmail: victim.Email, poisonEffects } } })
      keap(one, 'ContactService.add', { ...victim })
      const ran = await one.run('migrate')
      expect(ran).toMatchObject(OTHERS_WENT)
      expect([5, 6]).toContain(ran.code)
      expect(twins(one.to)).toEqual([])
      expect(one.to.simulator.snapshot()).toHaveLength(ran.counts.applied)
    },
  )
})

describe('a row with a character that XML forbids', () => {
  it.each([
    { how: 'as &#11;', illegalCharacterRaw: false },
    { how: 'raw', illegalCharacterRaw: true },
  ])(
    'arrives without it, and the plan names contact and field ($how)',
    async ({ illegalCharacterRaw }) => {
      const calm = made()
      await calm.run('migrate')
      const one = made({ from: { quirks: { illegalCharacterRow: 7, illegalCharacterRaw } } })
      const ran = await one.run('migrate')
      expect(ran).toMatchObject({ code: 6, ...OTHERS_WENT })
      expect((await planOf(one, ran)).warnings).toEqual([
        expect.stringMatching(
          /XML does not allow were dropped .*\(\w+ of 7\)\. Correct them at the source/,
        ),
      ])
      expect(shape(one.to.simulator)).toEqual(shape(calm.to.simulator))
    },
  )
})

describe('a value that the target cannot hold', () => {
  it('of an unknown country: the rest of the record travels, the loss is named', async () => {
    const one = peopled([{ ...PLAIN, Country: 'Absurdistan', City: 'Nowhere' }])
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 0, ...OTHERS_WENT })
    expect((await planOf(one, ran)).losses).toEqual([
      {
        field: 'addresses.main.country',
        cause: expect.stringContaining('not in the list of countries there'),
        count: 1,
        sample: [{ record: idOf(one, 'Plain'), before: 'Absurdistan', after: null }],
      },
    ])
    expect(arrived(one, 'Plain')?.fields).toMatchObject({ city: 'Nowhere' })
    expect(arrived(one, 'Plain')?.fields).not.toHaveProperty('country')
  })

  it.each(['error', 'cut'])(
    'over-long: cut in the plan, not by the server (%s)',
    async (overlong) => {
      const one = peopled([{ ...PLAIN, LastName: 'x'.repeat(255) }], {
        to: { quirks: { overlong } },
      })
      const ran = await one.run('migrate')
      expect(ran).toMatchObject({ code: 0, ...OTHERS_WENT })
      expect((await planOf(one, ran)).losses).toMatchObject([
        {
          field: 'familyName',
          cause: 'cut to 191 characters',
          count: 1,
          sample: [{ record: idOf(one, 'Plain') }],
        },
      ])
      expect(arrived(one, 'Plain')?.fields['lastname']).toBe('x'.repeat(191))
    },
  )

  const options = (one: World, ...values: readonly string[]) =>
    adaptix(one, '/fields/contact/new', {
      label: 'Plan level',
      alias: 'plan_level',
      type: 'select',
      properties: { list: values.map((value) => ({ label: value, value })) },
    })

  it('that is no option of a select: the option is added first, and everybody has it', async () => {
    const one = made()
    options(one, 'Basic')
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 6, ...OTHERS_WENT })
    const { vocabulary, losses } = await planOf(one, ran)
    expect(vocabulary.options.map(({ path }) => path)).toContain('custom.plan_level')
    expect(losses.find(({ field }) => field === 'custom.plan_level')).toBeUndefined()
    expect(one.to.simulator.snapshot().some(({ fields }) => fields['plan_level'] === 'Plus')).toBe(
      true,
    )
  })

  it('that is no option of a select which stays as it is: the loss names field and records', async () => {
    const one = made({ sync: '    mapping: { options: listed }\n' })
    options(one, 'Basic')
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 6, ...OTHERS_WENT })
    const loss = (await planOf(one, ran)).losses.find(({ field }) => field === 'custom.plan_level')
    expect(loss).toMatchObject({ cause: 'not an option of the target' })
    expect(loss?.sample.map(({ before }) => before)).toContain('Plus')
    expect(one.to.simulator.snapshot().every(({ fields }) => fields['plan_level'] !== 'Plus')).toBe(
      true,
    )
    expect(one.to.simulator.snapshot()).toHaveLength(38)
  })

  it('that is no option where the mapping says reject: the records wait, and arrive once it is one', async () => {
    const sync = (values: string) =>
      `    fields: [{ from: custom._PlanLevel0, to: custom.plan_level, values: { ${values} }, otherwise: reject }]\n`
    const one = made({ sync: sync('Plus: Basic') })
    options(one, 'Basic')
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 5, ...OTHERS_WENT })
    expect(ran.rejects.length).toBeGreaterThan(3)
    for (const { record, cause, hint, fields } of ran.rejects) {
      expect(record).toMatch(/^\d+$/)
      expect(`${cause} ${fields.join(' ')}`).toMatch(/plan_?level/i)
      expect(hint).not.toBe('')
    }
    expect(ran.counts.applied + ran.rejects.length).toBe(38)
  })
})

describe('an e-mail', () => {
  it('that is not ASCII is refused before it can hit the person it would be mangled into', async () => {
    const one = peopled([PLAIN, { FirstName: 'Jörg', Email: 'jörg@example.com' }])
    adaptix(one, '/contacts/new', { firstname: 'Somebody', email: 'jrg@example.com' })
    const [before] = shape(one.to.simulator)
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 5, ...OTHERS_WENT })
    expect(ran.rejects).toMatchObject([
      {
        record: idOf(one, 'Jörg'),
        cause: expect.stringContaining('might hit another contact'),
        hint: expect.stringContaining('Correct the address at the source'),
        fields: ['emails.1'],
      },
    ])
    expect(shape(one.to.simulator)).toContain(before)
    expect(one.to.simulator.snapshot()).toHaveLength(2)
    keap(one, 'ContactService.update', Number(idOf(one, 'Jörg')), { Email: 'joerg@example.com' })
    expect(await one.run('migrate')).toMatchObject({ code: 0, rejects: [] })
    expect(arrived(one, 'Jörg')?.emails).toEqual(['joerg@example.com'])
  })

  it('that is missing: the person arrives once, however often the command is given', async () => {
    const one = peopled([PLAIN, { FirstName: 'Nomail', LastName: 'Person' }])
    expect(await one.run('migrate')).toMatchObject({ code: 0, ...OTHERS_WENT })
    expect(arrived(one, 'Nomail')?.emails).toEqual([])
    for (const kind of ['migrate', 'sync'] as const)
      expect(await one.run(kind)).toMatchObject({ code: 0, writes: 0 })
    expect(one.to.simulator.snapshot()).toHaveLength(2)
  })

  it('of two people in different case: neither is written, both are named; mended, both arrive', async () => {
    const one = peopled([
      PLAIN,
      { FirstName: 'Ann', Email: 'Ann@Example.com' },
      { FirstName: 'Anna', Email: 'ann@example.com' },
    ])
    const ran = await one.run('migrate')
    expect(ran).toMatchObject({ code: 6, ...OTHERS_WENT })
    expect(ran.holds.map(({ record }) => record).sort()).toEqual([
      idOf(one, 'Ann'),
      idOf(one, 'Anna'),
    ])
    for (const { cause, hint } of ran.holds) {
      expect(cause).toBe('2 contacts at the source share one e-mail')
      expect(hint).toMatch(/^Merge them at the source, .* set "duplicates"/)
    }
    expect(one.to.simulator.snapshot()).toHaveLength(1)
    keap(one, 'ContactService.update', Number(idOf(one, 'Anna')), { Email: 'anna@example.com' })
    expect(await one.run('migrate')).toMatchObject({ code: 0, holds: [] })
    expect(arrived(one, 'Ann')?.emails).toEqual(['Ann@Example.com'])
    expect(arrived(one, 'Anna')?.emails).toEqual(['anna@example.com'])
  })
})

describe('an incremental sync', () => {
  it('looks again at whoever waits, though nothing of them changed since', async () => {
    const one = peopled([
      PLAIN,
      { FirstName: 'Ann', Email: 'Ann@Example.com' },
      { FirstName: 'Anna', Email: 'ann@example.com' },
      { FirstName: 'Poison', Email: 'poison@example.com' },
    ])
    // Far apart, so that no overlap of two readings shows them again.
    await one.wait(DAY_MS)
    keap(one, 'ContactService.add', { FirstName: 'Late' })
    one.to.meddle = ({ method, url, body }) =>
      method !== 'GET' && url.includes('/contacts') && body.includes('poison@example.com')
        ? { status: 500, headers: {}, body: 'Internal Server Error' }
        : null
    expect(await one.run('sync')).toMatchObject({ code: 5, counts: { held: 2, rejected: 1 } })
    await one.wait(DAY_MS)
    expect(await one.run('sync')).toMatchObject({ code: 5, counts: { held: 2, rejected: 1 } })
    one.to.meddle = null
    keap(one, 'ContactService.update', Number(idOf(one, 'Anna')), { Email: 'anna@example.com' })
    await one.wait(DAY_MS)
    expect(await one.run('sync')).toMatchObject({ code: 0, holds: [], rejects: [] })
    expect(one.to.simulator.snapshot()).toHaveLength(5)
    expect(twins(one.to)).toEqual([])
    await one.wait(DAY_MS)
    expect(await one.run('sync')).toMatchObject({ code: 0, writes: 0 })
  })
})
const DAY_MS = 86_400_000

describe('rights that are missing for a part of the account', () => {
  it.each(['ContactGroup', 'DataFormField', 'ContactGroupAssign', 'EmailAddStatus'])(
    'stop it before anybody moves without their tags, fields or opt-outs (%s)',
    async (table) => {
      const one = made({ from: { quirks: { forbiddenTables: [table] } } })
      expect(await one.run('migrate')).toMatchObject({
        code: 3,
        writes: 0,
        failure: { kind: 'permission', message: expect.stringContaining('source: ') },
      })
    },
  )
})
