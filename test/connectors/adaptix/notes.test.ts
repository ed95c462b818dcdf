import { describe, expect, it } from 'vitest'
import type { NotePage, NoteReader } from '../../../src/connector/notes.ts'
import { type RemoteId, remoteId } from '../../../src/model/id.ts'
import type { Note, NoteDraft } from '../../../src/model/note.ts'
import { type Stage, script, signal, stage } from './account.ts'

function notesOf({ reader }: Pick<Stage, 'reader'>): NoteReader {
  if (reader.notes === undefined) throw new Error('the reader has no notes')
  return reader.notes
}

async function allOf(
  on: Pick<Stage, 'reader'>,
  since: string | null = null,
): Promise<{ readonly notes: readonly Note[]; readonly pages: readonly NotePage[] }> {
  const pages: NotePage[] = []
  for (let position: string | null = null; ; ) {
    const page: NotePage = await notesOf(on).page({ since, position }, signal)
    pages.push(page)
    if (page.next === null) return { notes: pages.flatMap(({ notes }) => notes), pages }
    position = page.next
  }
}

async function add(
  { writer }: Pick<Stage, 'writer'>,
  contact: string,
  more: Partial<NoteDraft> = {},
): Promise<string> {
  const draft = { at: null, title: '', kind: 'note', text: 'Likes boats.' } as const
  const id = await writer.noteWriter?.add({ ...draft, ...more, contact: remoteId(contact) }, signal)
  return id ?? Promise.reject(new Error('adds nothing'))
}

describe('notes', () => {
  it('are read up their ids, page by page, with whose each is, and behind what was read before', async () => {
    const on = stage({ contacts: 30, settings: { limits: { pageSize: 3 } } })
    const { notes, pages } = await allOf(on)
    expect(pages.length).toBeGreaterThan(3)
    const ids = notes.map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    for (const contact of new Set(notes.map((note) => note.contact)))
      expect(await notesOf(on).of(contact, signal)).toEqual(
        notes.filter((note) => note.contact === contact),
      )
    const high = pages.at(-1)?.high ?? null
    expect((await allOf(on, high)).notes).toEqual([])
    const id = await add(on, '5')
    expect((await allOf(on, high)).notes.map((note) => [note.id, note.contact])).toEqual([
      [id, '5'],
    ])
  })

  it('keep lines, signs, date and kind, are written over, and are taken away', async () => {
    const on = stage({ contacts: 1 })
    const given = {
      text: 'a < b & c\n"d" <i>e</i>',
      at: '2020-02-03T04:05:00Z',
      kind: 'call',
    } as const
    const id = await add(on, '1', given)
    const own = (await notesOf(on).of(remoteId('1'), signal)).find((note) => note.id === id)
    expect(own).toMatchObject({ ...given, isPlain: true, author: null })
    await on.writer.noteWriter?.edit(id, { title: '', text: 'e > f\n"g"' }, signal)
    const over = (await notesOf(on).of(remoteId('1'), signal)).filter((note) => note.id === id)
    expect(over).toEqual([{ ...own, text: 'e > f\n"g"' }])
    await on.writer.noteWriter?.remove(id, signal)
    expect((await allOf(on)).notes.map((note) => note.id)).not.toContain(id)
    await expect(on.writer.noteWriter?.remove(id, signal)).rejects.toMatchObject({ kind: 'gone' })
    const edit = on.writer.noteWriter?.edit(id, { title: '', text: 'x' }, signal)
    await expect(edit).rejects.toMatchObject({ kind: 'gone' })
    await expect(add(on, '999')).rejects.toMatchObject({ kind: 'gone' })
  })

  it('lose their formatting, and say so', async () => {
    const on = stage({ contacts: 1 })
    const text = '<p>Dear <b>Anna</b>,</p><p>yes &amp; no</p>'
    await on.writer.call('notes.create', { lead: 1, text }, signal)
    const last = (await notesOf(on).of(remoteId('1'), signal)).at(-1)
    expect(last).toMatchObject({ text: 'Dear Anna,\nyes & no', isPlain: false })
    const listed = await on.writer.call('notes.list', { limit: 1 }, signal)
    expect(JSON.stringify(listed)).toContain('"lead"')
    await on.writer.call('notes.edit', { id: last?.id, text: 'no' }, signal)
    await on.writer.call('notes.delete', { id: last?.id }, signal)
  })

  it('are read by offset where the server ignores the condition, and named where nobody is told', async () => {
    const all = [4, 2, 9].map((id) => ({
      id,
      text: `note ${id}`,
      ...(id === 9 ? {} : { lead: id }),
    }))
    const on = script((request) => {
      const query = new URL(request.path, 'https://x.test').searchParams
      const from = Number(query.get('start'))
      const rows = all.toSorted((a, b) => a.id - b.id).slice(from, from + 2)
      return { total: all.length, notes: rows }
    })
    const pages: NotePage[] = []
    for (
      let position: string | null = JSON.stringify({ after: 2, start: null });
      position !== null;
    ) {
      const page: NotePage =
        (await on.reader.notes?.page({ since: null, position }, signal)) ?? NONE
      pages.push(page)
      position = page.next
    }
    const seen = new Set(pages.flatMap(({ notes }) => notes.map((note): RemoteId => note.contact)))
    expect([...seen]).toEqual(['2', '4'])
    expect(pages.flatMap(({ broken }) => broken.map(({ id }) => id))).toEqual(['9'])
  })
})
const NONE: NotePage = { notes: [], broken: [], next: null, high: null }
