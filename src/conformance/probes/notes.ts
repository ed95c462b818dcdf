/** Notes: added, read of one contact and of all, after what was read before, and taken away where that is claimed. */
import { ConnectorError } from '../../connector/error.ts'
import type { NotePage, NoteReader } from '../../connector/notes.ts'
import type { RemoteId } from '../../model/id.ts'
import { type Note, type NoteDraft, normNote } from '../../model/note.ts'
import type { Bench } from '../bench.ts'
import { faultless, type WritingProbe } from '../probe.ts'
import { Unmet } from '../unmet.ts'

export const notesHold: WritingProbe = {
  name: 'notes',
  asks: 'Is a note that was added read as it was written, of its contact and of all, once, written over and taken away where that is claimed?',
  needs: 'writing',
  unless: ({ notes }) => (notes?.read && notes.add ? null : 'there are no notes to add here'),
  async run(bench, hands) {
    const { notes: reader, noteWriter, capabilities } = hands.writer
    const claims = capabilities.notes
    if (reader === undefined || noteWriter === undefined || claims === undefined)
      return faultless('notes', ['claimed, and no way to reach them'], 'notes')
    const faults: string[] = []
    const earlier = await allNotes(bench, reader, null)
    const contact = await hands.create()
    const draft: NoteDraft = { contact, at: MOMENT, title: '', kind: 'note', text: TEXT }
    const given = { ...draft, title: claims.keeps.title ? 'A title' : '' }
    const id = await noteWriter.add(given, bench.signal)
    const [own, ...others] = await reader.of(contact, bench.signal)
    if (others.length > 0) faults.push(`${others.length + 1} notes after one was added`)
    if (own?.id !== id) faults.push(`added as ${id}, read as ${own?.id ?? 'nothing'}`)
    if (own !== undefined) faults.push(...differences(own, given, claims.keeps.date))
    const { notes: since } = await allNotes(bench, reader, earlier.high)
    const told = since.map((note) => note.id)
    if (told.join() !== id)
      faults.push(`since an earlier reading: ${told.join() || 'none'} instead of ${id}`)
    if (since.some((note) => note.contact !== contact)) faults.push("told as somebody else's")
    if (claims.edit) {
      const title = claims.keeps.title ? 'Another title' : ''
      const over = { ...given, title, text: `${TEXT}\nand more` }
      for (let times = 0; times < 2; times += 1) await noteWriter.edit(id, over, bench.signal)
      const [edited, ...more] = await reader.of(contact, bench.signal)
      if (more.length > 0) faults.push(`${more.length + 1} notes after one was written over`)
      if (edited?.id !== id) faults.push(`${id} written over, read as ${edited?.id ?? 'nothing'}`)
      else faults.push(...differences(edited, over, claims.keeps.date))
    }
    if (claims.remove) {
      await noteWriter.remove(id, bench.signal)
      if ((await reader.of(contact, bench.signal)).length > 0)
        faults.push('taken away, and still there')
    }
    const nobody = await failure(() => noteWriter.add({ ...draft, contact: NOBODY }, bench.signal))
    if (nobody !== 'gone') faults.push(`of a contact that does not exist: ${nobody}`)
    return faultless('as written', faults, claims.remove ? 'kept, and taken away' : 'kept for good')
  },
}

const MOMENT = '2021-03-04T15:22:00Z'
const TEXT = 'First line & <second>\nÜber "alles"\n[ferry probe:1]'
const NOBODY = '999999999' as RemoteId

function differences(seen: Note, given: NoteDraft, keepsDate: boolean): readonly string[] {
  return [
    ...(normNote(seen.text) === normNote(given.text) ? [] : [`its text is ${seen.text}`]),
    ...(seen.title === given.title ? [] : [`its title is ${seen.title}`]),
    ...(!keepsDate || seen.at === given.at ? [] : [`its date is ${seen.at}`]),
    ...(seen.contact === given.contact ? [] : [`it is of ${seen.contact}`]),
  ]
}

async function allNotes(
  bench: Bench,
  reader: NoteReader,
  since: string | null,
): Promise<{ readonly notes: readonly Note[]; readonly high: string | null }> {
  const notes: Note[] = []
  let high = since
  let position: string | null = null
  for (let pages = 0; pages < bench.pagesMax; pages += 1) {
    const page: NotePage = await reader.page({ since, position }, bench.signal)
    notes.push(...page.notes)
    high = page.high ?? high
    if (page.next === null) return { notes, high }
    position = page.next
  }
  throw new Unmet('notes of so many pages', 'more')
}

async function failure(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'taken'
  } catch (error) {
    if (error instanceof ConnectorError) return error.kind
    throw error
  }
}
