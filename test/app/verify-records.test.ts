/** A comparison sees notes and companies, too: one that is missing, there twice, with the wrong person, or not what it was. */
import { describe, expect, it } from 'vitest'
import { foldCompany } from '../../src/model/company.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { RunFacts } from '../../src/plan/run-facts.ts'
import { verifiedDocument, verifiedText } from '../../src/report/verified.ts'
import { companiesOf, copies, GUARDS, worldsOfATest } from './record-worlds.ts'
import { type TwoAccounts, using } from './two-accounts.ts'

const { signal } = new AbortController()
const open = worldsOfATest()

function world(from: string, to: string): TwoAccounts {
  const quirks = (platform: string) => (platform === 'infusionsoft' ? { notes: 3 } : {})
  return open({
    from: { platform: from, contacts: 40, quirks: quirks(from) },
    to: { platform: to, contacts: 2 },
    seed: 7,
    sync: GUARDS,
  })
}

async function verify(on: TwoAccounts) {
  const { run, writes } = await on.run('verify')
  expect({ status: run.status, writes }).toEqual({ status: 'done', writes: 0 })
  const facts = run.facts as RunFacts
  const { verify: verified } = facts
  if (verified === undefined) throw new Error('nothing was compared')
  return { ...facts, verify: verified }
}

/** Somebody at work in Adaptix. */
function byHand(on: TwoAccounts, method: string, path: string, body: object | null = null): void {
  const { username = '', password = '' } = on.to.auth
  const { status } = on.to.handle({
    method,
    url: `${on.to.basePath}/${path}`,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: body === null ? '' : JSON.stringify(body),
  })
  expect(Math.floor(status / 100)).toBe(2)
}

async function someCopies(on: TwoAccounts) {
  return [...(await copies(on))].flatMap(([source, [copy]]) =>
    copy === undefined ? [] : [{ source, copy }],
  )
}

/** Of the companies that the sync made, with their ids on both sides. */
async function madeCompanies(on: TwoAccounts) {
  const here = await companiesOf(on, 'from')
  const names = here.map(({ name }) => foldCompany(name))
  const rows = await using(on, (app) => app.store.companies.among('move', names))
  return rows.flatMap(({ name, source, target, state }) =>
    state === 'done' ? [{ name, source: source ?? '', target: target ?? '' }] : [],
  )
}

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
])('from %s to %s', (from, to) => {
  it('after a migration all notes and companies are equal', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const { verify: verified } = await verify(on)
    expect(verified.ok).toBe(true)
    const { notes, companies } = verified
    expect(notes?.checked).toBe((await copies(on)).size)
    expect(notes?.checked).toBeGreaterThan(10)
    expect(notes).toMatchObject({ equal: notes?.checked, missing: 0, doubled: 0, extra: 0 })
    expect(companies?.checked).toBe((await companiesOf(on, 'from')).length)
    expect(companies).toMatchObject({ equal: companies?.checked, missing: 0, doubled: 0 })
  })

  it('before one all of them are missing', async () => {
    const on = world(from, to)
    await on.run('plan')
    const { verify: verified } = await verify(on)
    expect(verified.ok).toBe(false)
    expect(verified.companies?.missing).toBeGreaterThan(5)
    expect(verified.notes).toMatchObject({ checked: 0, missing: 0 })
    expect(verified.notes?.skipped).toBeGreaterThan(10)
  })

  it('a second copy of a note is named', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const [first] = await someCopies(on)
    await using(on, async (app) => {
      const { noteWriter } = app.env.accounts('move').writer('to')
      if (noteWriter === undefined || first === undefined) throw new Error('no notes')
      await noteWriter.add(first.copy, signal)
    })
    const { verify: verified, noteDifferences } = await verify(on)
    expect(verified).toMatchObject({ ok: false, notes: { doubled: 1, missing: 0, differing: 0 } })
    expect(noteDifferences).toMatchObject([{ record: first?.source, what: 'doubled' }])
  })

  it('a second company of the name of one that the sync made is named', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const [made] = await madeCompanies(on)
    await using(on, async (app) => {
      const { companyWriter } = app.env.accounts('move').writer('to')
      await companyWriter?.create([{ name: made?.name ?? '', fields: {} }], signal)
    })
    const { verify: verified, companyDifferences } = await verify(on)
    expect(verified).toMatchObject({ ok: false, companies: { doubled: 1, missing: 0 } })
    expect(companyDifferences).toMatchObject([{ record: made?.source, what: 'doubled' }])
  })
})

it('a note and a company that were deleted at the target are named, in JSON and in words', async () => {
  const on = world('infusionsoft', 'adaptix')
  await on.run('migrate')
  const [note] = await someCopies(on)
  const [company] = await madeCompanies(on)
  byHand(on, 'DELETE', `notes/${note?.copy.id}/delete`)
  byHand(on, 'DELETE', `companies/${company?.target}/delete`)
  const facts = await verify(on)
  expect(facts.verify).toMatchObject({
    ok: false,
    differing: 0,
    missing: 0,
    notes: { missing: 1, doubled: 0, differing: 0 },
    companies: { missing: 1, doubled: 0, differing: 0 },
  })
  expect(verifiedDocument(facts, 'full')).toMatchObject({
    noteDifferences: [{ record: note?.source, what: 'missing' }],
    companyDifferences: [{ record: company?.source, label: '***', what: 'missing' }],
  })
  const text = verifiedText(facts, 'none').join('\n')
  expect(text).toContain(`missing note ${note?.source} of contact `)
  expect(text).toContain(`missing company ${company?.source} `)
  expect(text).toMatch(
    /notes: \d+ checked, \d+ equal, 0 edited at the target, 0 differing, 1 missing/,
  )
})

it('what somebody at the target wrote over is told, and no fault', async () => {
  const on = world('infusionsoft', 'adaptix')
  await on.run('migrate')
  const [note, other] = await someCopies(on)
  const [company] = await madeCompanies(on)
  byHand(on, 'PATCH', `notes/${note?.copy.id}/edit`, {
    text: `What we agreed on.<br>[ferry source:${note?.source}]`,
  })
  byHand(on, 'PATCH', `notes/${other?.copy.id}/edit`, { text: 'Without its last line.' })
  byHand(on, 'PATCH', `companies/${company?.target}/edit`, { companyphone: '+358 2 123 456' })
  const { verify: verified } = await verify(on)
  expect(verified).toMatchObject({ ok: true, notes: { edited: 2 }, companies: { edited: 1 } })
})

it('a copy that hangs on somebody else differs', async () => {
  const on = world('infusionsoft', 'adaptix')
  await on.run('migrate')
  const [one, other] = await someCopies(on).then((all) => [
    all[0],
    all.find(({ copy }) => copy.contact !== all[0]?.copy.contact),
  ])
  await using(on, async (app) => {
    const { noteWriter } = app.env.accounts('move').writer('to')
    if (noteWriter === undefined || one === undefined) throw new Error('no notes')
    await noteWriter.remove(one.copy.id, signal)
    const contact = other?.copy.contact ?? ('' as RemoteId)
    await noteWriter.add({ ...one.copy, contact }, signal)
  })
  const { verify: verified, noteDifferences } = await verify(on)
  expect(verified).toMatchObject({ ok: false, notes: { differing: 1 } })
  expect(noteDifferences).toMatchObject([{ record: one?.source, fields: ['contact'] }])
})

it('companies of one name that the target had before are no fault of the sync', async () => {
  const on = world('infusionsoft', 'adaptix')
  const [here] = await companiesOf(on, 'from')
  await using(on, async (app) => {
    const { companyWriter } = app.env.accounts('move').writer('to')
    const twin = { name: here?.name ?? '', fields: {} }
    await companyWriter?.create([twin], signal)
    await companyWriter?.create([twin], signal)
  })
  await on.run('migrate')
  expect((await verify(on)).verify).toMatchObject({ ok: true, companies: { doubled: 0 } })
})

it('without leave to see notes everything else is compared, and that is said', async () => {
  const on = open({
    from: {
      platform: 'infusionsoft',
      contacts: 10,
      quirks: { forbiddenTables: ['ContactAction'] },
    },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 7,
    sync: GUARDS,
  })
  await on.run('migrate')
  const facts = await verify(on)
  expect(facts.verify).toMatchObject({ ok: true, uncompared: [expect.stringMatching(/^notes: /)] })
  expect(facts.verify.notes).toBeUndefined()
  expect(verifiedText(facts, 'none').join('\n')).toContain('not compared: notes: ')
})
