import { describe, expect, it } from 'vitest'
import type { NotePage, NoteReader } from '../../../src/connector/notes.ts'
import { remoteId } from '../../../src/model/id.ts'
import type { Note } from '../../../src/model/note.ts'
import { type Bench, bench, NEVER } from './bench.ts'

function notesOf(on: Bench): NoteReader {
  if (on.reader.notes === undefined) throw new Error('the reader has no notes')
  return on.reader.notes
}

async function allOf(on: Bench, since: string | null = null): Promise<readonly NotePage[]> {
  const pages: NotePage[] = []
  for (let position: string | null = null; ; ) {
    const page: NotePage = await on.run(notesOf(on).page({ since, position }, NEVER))
    pages.push(page)
    if (page.next === null) return pages
    position = page.next
  }
}
const listed = (pages: readonly NotePage[]): readonly Note[] => pages.flatMap(({ notes }) => notes)

describe('notes', () => {
  it.each([true, false])(
    'are told from tasks and appointments (ObjectType known: %s)',
    async (objectType) => {
      const on = bench({ contacts: 30, quirks: { notes: 4, objectType }, limits: { pageSize: 5 } })
      const pages = await allOf(on)
      const notes = listed(pages)
      expect(new Set(notes.map(({ title }) => title))).toEqual(
        new Set(['First call', 'Über die Messe']),
      )
      expect(new Set(notes.map(({ kind }) => kind))).toEqual(new Set(['call', 'note']))
      expect(notes.every(({ at, author }) => at !== null && author !== null)).toBe(true)
      const [first] = notes
      if (first === undefined) throw new Error('no notes')
      const own = await on.run(notesOf(on).of(first.contact, NEVER))
      expect(own).toEqual(notes.filter(({ contact }) => contact === first.contact))
      const high = pages.at(-1)?.high ?? null
      expect(listed(await allOf(on, high))).toEqual([])
    },
  )

  it('keep title, date and kind, are written over, and are no tasks', async () => {
    const on = bench({ contacts: 3, quirks: { notes: 2 } })
    const [{ contact } = { contact: remoteId('0') }] = listed(await allOf(on))
    const { noteWriter } = on.writer
    if (noteWriter === undefined) throw new Error('adds nothing')
    const given = {
      contact,
      at: '2020-07-03T04:05:00Z',
      title: 'Fax',
      kind: 'fax',
      text: 'a < b & "c"\nsecond',
    } as const
    const id = await on.run(noteWriter.add(given, NEVER))
    const own = await on.run(notesOf(on).of(contact, NEVER))
    const added = own.find((note) => note.id === id)
    expect(added).toMatchObject(given)
    const over = { title: 'Letter', text: 'another "text"' }
    await on.run(noteWriter.edit(id, over, NEVER))
    const edited = await on.run(notesOf(on).of(contact, NEVER))
    expect(edited.find((note) => note.id === id)).toEqual({ ...added, ...over })
    await expect(on.run(noteWriter.edit('999999', over, NEVER))).rejects.toMatchObject({
      kind: 'gone',
    })
    await expect(on.run(noteWriter.remove(id, NEVER))).rejects.toMatchObject({
      kind: 'unsupported',
    })
    // A title that is not said stays.
    await on.run(noteWriter.edit(id, { title: '', text: 'third' }, NEVER))
    const titled = await on.run(notesOf(on).of(contact, NEVER))
    expect(titled.find((note) => note.id === id)).toMatchObject({ title: 'Letter', text: 'third' })
    const nobody = { ...given, contact: remoteId('999999') }
    await expect(on.run(noteWriter.add(nobody, NEVER))).rejects.toMatchObject({ kind: 'gone' })
  })

  it('and companies that are gone are told so also by an account that answers nothing', async () => {
    const on = bench({ contacts: 3, quirks: { notes: 2, missingUpdate: 'empty' } })
    const { noteWriter, companyWriter } = on.writer
    if (noteWriter === undefined || companyWriter === undefined) throw new Error('edits nothing')
    const gone = { kind: 'gone' }
    const edit = noteWriter.edit('999999', { title: '', text: 'a' }, NEVER)
    await expect(on.run(edit)).rejects.toMatchObject(gone)
    const update = companyWriter.update('999999', { website: 'https://example.com' }, NEVER)
    await expect(on.run(update)).rejects.toMatchObject(gone)
  })

  it('are none where the account keeps the table to itself', async () => {
    const on = bench({ contacts: 3, quirks: { forbiddenTables: ['ContactAction'] } })
    await expect(
      on.run(notesOf(on).page({ since: null, position: null }, NEVER)),
    ).rejects.toMatchObject({
      kind: 'permission',
    })
  })
})
