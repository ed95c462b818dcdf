/** Notes travel as notes: each of them once, with its date and its author, whatever happens on the way. */
import { describe, expect, it } from 'vitest'
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import type { RemoteId, Side } from '../../src/model/id.ts'
import type { Note } from '../../src/model/note.ts'
import { copies, GUARDS, header, notesOf, worldsOfATest } from './record-worlds.ts'
import { type TwoAccounts, type TwoAccountsOptions, using } from './two-accounts.ts'

const PEOPLE = 40
const { signal } = new AbortController()

const open = worldsOfATest()

interface More {
  readonly seed?: number
  readonly sync?: string
  readonly from?: Partial<TwoAccountsOptions['from']>
  readonly to?: Partial<TwoAccountsOptions['to']>
}
function world(from: string, to: string, more: More = {}): TwoAccounts {
  const quirks = (platform: string) => (platform === 'infusionsoft' ? { notes: 3 } : {})
  return open({
    from: { platform: from, contacts: PEOPLE, quirks: quirks(from), ...more.from },
    to: { platform: to, contacts: 2, ...more.to },
    seed: more.seed ?? 7,
    sync: GUARDS + (more.sync ?? ''),
  })
}

async function linked(on: TwoAccounts): Promise<ReadonlyMap<RemoteId, RemoteId>> {
  return using(on, async (app) => {
    const ids = on.from.snapshot().map(({ id }) => id as RemoteId)
    const links = await app.store.links.byFrom('move', ids)
    return new Map(links.map(({ fromId, toId }) => [fromId, toId]))
  })
}

/** Every note of somebody who is at the target is there once, and belongs to the right person. */
async function expectWhole(on: TwoAccounts): Promise<number> {
  const [links, there] = [await linked(on), await copies(on)]
  const wanted = (await notesOf(on, 'from')).filter(({ contact }) => links.has(contact))
  expect([...there.values()].filter((same) => same.length > 1)).toEqual([])
  expect([...there.keys()].sort()).toEqual(wanted.map(({ id }) => id).sort())
  for (const note of wanted) {
    const [copy] = there.get(note.id) ?? []
    expect(copy?.contact).toBe(links.get(note.contact))
    expect(copy?.text.replace(/\s+/g, ' ')).toContain(
      note.text.replaceAll(/<[^>]*>/g, '').replace(/\s+/g, ' '),
    )
    expect(copy?.at).toBe(note.at)
  }
  return wanted.length
}

const IS_EDIT = ({ url, body }: { readonly url: string; readonly body: string }) =>
  /\/notes\/\d+\/edit/.test(url) || /DataService\.update<[\s\S]*ContactAction/.test(body)
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
    const count = await expectWhole(on)
    expect(count).toBeGreaterThan(10)
    expect(ran.report.facts.notes).toMatchObject({ added: count, differing: 0, missing: 0 })
    expect(ran.report.facts.notes?.checked).toBeGreaterThan(0)
    expect((await on.run('sync')).writes).toBe(0)
    expect((await on.run('sync', { isFull: true })).writes).toBe(0)
    await expectWhole(on)
  })

  it.each(['lostAnswer', 'resetBefore'] as const)(
    'also where requests meet "%s"',
    async (fault) => {
      const on = world(from, to, { to: { faults: { [fault]: 0.3 }, faultsOnly: IS_ADD } })
      const ran = await on.run('migrate')
      expect(ran.run.status).toBe('done')
      await expectWhole(on)
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
    await expectWhole(fresh)
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
  await expectWhole(on)
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
  await expectWhole(on)
})

it('notes of somebody who waits for a decision follow once they are there', async () => {
  const on = world('infusionsoft', 'adaptix', { from: { contacts: 120, quirks: { notes: 1 } } })
  await on.run('migrate')
  const links = await linked(on)
  const all = await notesOf(on, 'from')
  const waiting = new Set(all.map(({ contact }) => contact).filter((id) => !links.has(id)))
  expect(waiting.size).toBeGreaterThan(0)
  await expectWhole(on)
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
  await expectWhole(on)
})

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
])('from %s to %s, a note that is edited at the source', (from, to) => {
  const NEW = 'What we agreed on.'
  const write = (on: TwoAccounts, side: Side, note: Note | undefined, text: string) =>
    using(on, async (app) => {
      const { noteWriter } = app.env.accounts('move').writer(side)
      if (noteWriter === undefined || note === undefined) throw new Error('no notes')
      await noteWriter.edit(note.id, { title: note.title, text }, signal)
    })
  const ofCopy = async (on: TwoAccounts, id = '') => (await copies(on)).get(id) ?? []

  it('is written over at the target by a whole sync, once, and an undo puts it back', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const [note] = await notesOf(on, 'from')
    const [before] = await ofCopy(on, note?.id)
    await write(on, 'from', note, NEW)
    expect((await on.run('verify')).run.facts).toMatchObject({
      verify: { ok: false, notes: { differing: 1 } },
      noteDifferences: [{ record: note?.id, what: 'differing', fields: ['text'] }],
    })
    const planned = await on.run('plan', { isFull: true })
    expect(planned.writes).toBe(0)
    const plan = await header(on, planned.run.plan)
    expect(plan.notes).toMatchObject({ add: 0, edit: 1 })
    expect(plan.cost.calls).toContainEqual({ operation: 'edit notes', count: 2 })
    const ran = await on.run('sync', { isFull: true })
    expect(ran.writes).toBe(1)
    expect(ran.report.facts.notes).toMatchObject({ added: 0, edited: 1, kept: 0 })
    const [after, ...more] = await ofCopy(on, note?.id)
    expect(more).toEqual([])
    expect(after?.text).toContain(NEW)
    expect(after).toMatchObject({ id: before?.id, contact: before?.contact, at: before?.at })
    expect((await on.run('verify')).run.facts['verify']).toMatchObject({ ok: true })
    expect((await on.run('sync', { isFull: true })).writes).toBe(0)
    const undone = await on.run('undo', { undoes: ran.run.id })
    expect((await header(on, undone.run.plan)).notes).toEqual({ remove: 0, restore: 1 })
    const applied = await on.run('apply', { plan: undone.run.plan })
    expect(applied.report.facts.notesUndone).toEqual({ removed: 0, edited: 0, restored: 1 })
    expect(await ofCopy(on, note?.id)).toEqual([before])
  })

  it('is left and counted where somebody edited the copy, too', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const [note] = await notesOf(on, 'from')
    const [copy] = await ofCopy(on, note?.id)
    await write(on, 'from', note, NEW)
    await write(on, 'to', copy, `Somebody else's words.\n[ferry source:${note?.id}]`)
    const ran = await on.run('sync', { isFull: true })
    expect(ran.report.facts.notes).toMatchObject({ edited: 0, kept: 1 })
    const [kept] = await ofCopy(on, note?.id)
    expect(kept?.text).toContain("Somebody else's words.")
  })

  it('also where requests meet "lostAnswer"', async () => {
    const on = world(from, to, { to: { faults: { lostAnswer: 0.5 }, faultsOnly: IS_EDIT } })
    await on.run('migrate')
    const some = (await notesOf(on, 'from')).slice(0, 8)
    for (const note of some) await write(on, 'from', note, `${NEW} ${note.id}`)
    const ran = await on.run('sync', { isFull: true })
    expect(ran.report.facts.notes).toMatchObject({ edited: some.length, kept: 0 })
    expect(on.faults.to?.counts.lostAnswer).toBeGreaterThan(1)
    await expectWhole(on)
  })

  it('stays apart where the state was lost and the two were not the same', async () => {
    // Nobody has a number here that the target rounds.
    const on = world(from, to, { seed: 11 })
    await on.run('migrate')
    const [note, later] = await notesOf(on, 'from')
    await write(on, 'from', note, NEW)
    const fresh = open({
      from: { platform: from, contacts: 0, simulator: on.from },
      to: { platform: to, contacts: 0, simulator: on.to },
      clock: on.clock,
      sync: GUARDS,
    })
    await fresh.run('migrate')
    expect((await ofCopy(fresh, note?.id))[0]?.text).not.toContain(NEW)
    await write(fresh, 'from', later, NEW)
    const ran = await fresh.run('sync', { isFull: true })
    expect(ran.report.facts.notes).toMatchObject({ edited: 1, kept: 0 })
    expect((await ofCopy(fresh, note?.id))[0]?.text).not.toContain(NEW)
    expect((await ofCopy(fresh, later?.id))[0]?.text).toContain(NEW)
  })
})

it('an undo takes added notes away, but not one that was edited since', async () => {
  const on = world('infusionsoft', 'adaptix', { to: { contacts: PEOPLE } })
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
