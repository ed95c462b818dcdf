/** Notes that are edited at the source after they were carried: written over at the target, or left where somebody edited them there. */
import { describe, expect, it } from 'vitest'
import type { Side } from '../../src/model/id.ts'
import type { Note } from '../../src/model/note.ts'
import { expectNotesWhole, type NotesWorld, notesWorld } from './notes-worlds.ts'
import { copies, GUARDS, header, notesOf, worldsOfATest } from './record-worlds.ts'
import { type TwoAccounts, using } from './two-accounts.ts'

const { signal } = new AbortController()
const open = worldsOfATest()
const world = (from: string, to: string, more: NotesWorld = {}) =>
  notesWorld(open, [from, to], more)

const IS_EDIT = ({ url, body }: { readonly url: string; readonly body: string }) =>
  /\/notes\/\d+\/edit/.test(url) || /DataService\.update<[\s\S]*ContactAction/.test(body)
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

  it('is put back by the undo of a run that added notes as well, and not written again unasked', async () => {
    const on = world(from, to)
    await on.run('migrate')
    const [note] = await notesOf(on, 'from')
    const [before] = await ofCopy(on, note?.id)
    await write(on, 'from', note, NEW)
    await using(on, async (app) => {
      const { noteWriter } = app.env.accounts('move').writer('from')
      if (noteWriter === undefined || note === undefined) throw new Error('no notes')
      const { contact, at } = note
      const draft = { contact, at, title: '', kind: 'note', text: 'One more.' } as const
      await noteWriter.add(draft, signal)
    })
    const ran = await on.run('sync', { isFull: true })
    expect(ran.report.facts.notes).toMatchObject({ added: 1, edited: 1 })
    const undone = await on.run('undo', { undoes: ran.run.id })
    const remove = to === 'adaptix' ? 1 : 0
    expect((await header(on, undone.run.plan)).notes).toEqual({ remove, restore: 1 })
    const applied = await on.run('apply', { plan: undone.run.plan })
    expect(applied.run.status).toBe('done')
    expect(applied.report.facts.notesUndone).toEqual({ removed: remove, edited: 0, restored: 1 })
    expect(await ofCopy(on, note?.id)).toEqual([before])
    expect((await on.run('sync', { isFull: true })).writes).toBe(0)
    expect(await ofCopy(on, note?.id)).toEqual([before])
    // The next edit is another one.
    await write(on, 'from', note, `${NEW} And more.`)
    expect((await on.run('sync', { isFull: true })).writes).toBe(1)
    expect((await ofCopy(on, note?.id))[0]?.text).toContain('And more.')
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
    // Nobody is asked, or told, again.
    const planned = await on.run('plan', { isFull: true })
    expect((await header(on, planned.run.plan)).notes?.['edit' as never]).toBeUndefined()
    expect((await on.run('verify')).run.facts['verify']).toMatchObject({ ok: true })
  })

  it('also where requests meet "lostAnswer"', async () => {
    const on = world(from, to, { to: { faults: { lostAnswer: 0.5 }, faultsOnly: IS_EDIT } })
    await on.run('migrate')
    const some = (await notesOf(on, 'from')).slice(0, 8)
    for (const note of some) await write(on, 'from', note, `${NEW} ${note.id}`)
    const ran = await on.run('sync', { isFull: true })
    expect(ran.report.facts.notes).toMatchObject({ edited: some.length, kept: 0 })
    expect(on.faults.to?.counts.lostAnswer).toBeGreaterThan(1)
    await expectNotesWhole(on)
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
