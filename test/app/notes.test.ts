/** Notes travel as notes: each of them once, with its date and its author, whatever happens on the way. */
import { describe, expect, it } from 'vitest'
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import type { RemoteId } from '../../src/model/id.ts'
import { expectNotesWhole, linked, type NotesWorld, notesWorld } from './notes-worlds.ts'
import { copies, GUARDS, header, notesOf, worldsOfATest } from './record-worlds.ts'
import { type TwoAccounts, using } from './two-accounts.ts'

const { signal } = new AbortController()
const open = worldsOfATest()
const world = (from: string, to: string, more: NotesWorld = {}) =>
  notesWorld(open, [from, to], more)

const IS_ADD = ({ url, body }: { readonly url: string; readonly body: string }) =>
  url.includes('/notes/new') || /DataService\.add<[\s\S]*ContactAction/.test(body)

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
])('from %s to %s', (from, to) => {
  it('every note arrives once, with its date, and a second run adds none', async () => {
    const on = world(from, to)
    const planned = await on.run('plan')
    expect(planned.writes).toBe(0)
    const plan = await header(on, planned.run.plan)
    expect(plan.notes).toMatchObject({ settled: 0 })
    expect(
      plan.cost.calls.find(({ operation }) => operation === 'add notes')?.count,
    ).toBeGreaterThan(3)
    const ran = await on.run('migrate')
    expect(ran.run.status).toBe('done')
    const count = await expectNotesWhole(on)
    expect(count).toBeGreaterThan(10)
    expect(ran.report.facts.notes).toMatchObject({ added: count, differing: 0, missing: 0 })
    expect(ran.report.facts.notes?.checked).toBeGreaterThan(0)
    expect((await on.run('sync')).writes).toBe(0)
    expect((await on.run('sync', { isFull: true })).writes).toBe(0)
    await expectNotesWhole(on)
  })

  it.each(['lostAnswer', 'resetBefore'] as const)(
    'also where requests meet "%s"',
    async (fault) => {
      const on = world(from, to, { to: { faults: { [fault]: 0.3 }, faultsOnly: IS_ADD } })
      const ran = await on.run('migrate')
      expect(ran.run.status).toBe('done')
      await expectNotesWhole(on)
    },
  )

  it('also where the state was lost', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const fresh = open({
      from: { platform: from, contacts: 0, simulator: on.from },
      to: { platform: to, contacts: 0, simulator: on.to },
      clock: on.clock,
      sync: GUARDS,
    })
    await fresh.run('migrate')
    await expectNotesWhole(fresh)
  })
})

it('the author, and a kind that the target does not know, stand in the first line', async () => {
  const on = world('infusionsoft', 'adaptix')
  await on.run('migrate')
  const [copy] = [...(await copies(on)).values()].flat()
  expect(copy?.text.split('\n')[0]).toBe('Ferry Tester')
  expect(copy?.kind).toBe('call')
  expect(copy?.text).toMatch(/\[ferry source:\d+\]$/)
})

it('tasks and appointments stay where they are, also where the kind of row is not told', async () => {
  const on = world('infusionsoft', 'adaptix', { from: { quirks: { notes: 3, objectType: false } } })
  await on.run('migrate')
  await expectNotesWhole(on)
  const texts = (await notesOf(on, 'to')).map(({ text }) => text).join()
  expect(texts).toContain('First call')
  expect(texts).not.toContain('Send the price list')
  expect(texts).not.toContain('Visit')
})

it('a note that is written later follows, and nothing else is added', async () => {
  const on = world('adaptix', 'infusionsoft')
  await on.run('migrate')
  const before = (await notesOf(on, 'to')).length
  const [contact] = [...(await linked(on)).keys()]
  await using(on, async (app) => {
    const { noteWriter } = app.env.accounts('move').writer('from')
    const draft = { at: null, title: '', kind: 'note', text: 'Wants a boat.' } as const
    await noteWriter?.add({ ...draft, contact: contact ?? ('' as RemoteId) }, signal)
  })
  await on.run('sync')
  expect(await notesOf(on, 'to')).toHaveLength(before + 1)
  await expectNotesWhole(on)
})

it('notes of somebody who waits for a decision follow once they are there', async () => {
  const on = world('infusionsoft', 'adaptix', { from: { contacts: 120, quirks: { notes: 1 } } })
  await on.run('migrate')
  const links = await linked(on)
  const all = await notesOf(on, 'from')
  const waiting = new Set(all.map(({ contact }) => contact).filter((id) => !links.has(id)))
  expect(waiting.size).toBeGreaterThan(0)
  await expectNotesWhole(on)
  await using(on, async (app) => {
    const writer = app.env.accounts('move').writer('from')
    for (const fetched of await writer.fetch([...waiting], signal)) {
      if (fetched.kind !== 'found') continue
      const { id, sighting: current } = fetched
      const none = { add: [], remove: [] }
      const fields = { 'emails.1': `free-${id}@example.com` }
      const write = { key: id, op: 'update', id, fields, tags: none, groups: none } as const
      await writer.write([{ ...write, consents: [], current }], signal)
    }
  })
  await on.run('sync')
  const now = await linked(on)
  expect([...waiting].filter((id) => !now.has(id))).toEqual([])
  await expectNotesWhole(on)
})

it('an undo takes added notes away, but not one that was edited since', async () => {
  const on = world('infusionsoft', 'adaptix', { to: { contacts: 40 } })
  const before = (await notesOf(on, 'to')).length
  const ran = await on.run('migrate')
  const added = [...(await copies(on)).values()].flat()
  const [edited] = added
  on.to.handle(editNote(on, edited?.id ?? ''))
  const undone = await on.run('undo', { undoes: ran.run.id })
  const plan = await header(on, undone.run.plan)
  expect(plan.notes).toEqual({ remove: added.length })
  const applied = await on.run('apply', { plan: undone.run.plan })
  expect(applied.run.status).toBe('done')
  expect(applied.report.facts.notesUndone).toEqual({ removed: added.length - 1, edited: 1 })
  expect(await notesOf(on, 'to')).toHaveLength(before + 1)
})

/** Somebody at the target writes over a note. */
function editNote(on: TwoAccounts, id: string): SimulatedRequest {
  const { username = '', password = '' } = on.to.auth
  return {
    method: 'PATCH',
    url: `${on.to.basePath}/notes/${id}/edit`,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ text: 'What we agreed on.' }),
  }
}

it('an undo names the notes that the platform does not take away', async () => {
  const on = world('adaptix', 'infusionsoft')
  const ran = await on.run('migrate')
  const { warnings } = await header(on, (await on.run('undo', { undoes: ran.run.id })).run.plan)
  expect(warnings.join('\n')).toMatch(/cannot be undone: \d+ notes were added \(\d/)
})

it.each(['field', 'never'])('none travels with "notes: %s"', async (how) => {
  const on = world('infusionsoft', 'adaptix', { sync: `    mapping: { notes: ${how} }\n` })
  const ran = await on.run('migrate')
  expect(await copies(on)).toEqual(new Map())
  expect(ran.report.facts.notes).toBeUndefined()
  const hasText = on.to.snapshot().some(({ fields }) => Boolean(fields['notes']))
  expect(hasText).toBe(how === 'field')
})

it('a target without notes is named, and the rest travels', async () => {
  const on = world('adaptix', 'xml-spec')
  const ran = await on.run('migrate')
  expect(ran.run.status).toBe('done')
  const { warnings } = await header(on, ran.run.plan)
  expect(warnings.join('\n')).toContain('keeps no notes')
})
