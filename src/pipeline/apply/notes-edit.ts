/**
 * Writes over copies of notes that were edited at the source, where the copy still shows what was written there last. What it showed is kept with the run
 * before a request leaves, and an undo puts it back.
 */
import { ConnectorError } from '../../connector/error.ts'
import type { RemoteId } from '../../model/id.ts'
import { type Note, normNote } from '../../model/note.ts'
import { elementHash } from '../../plan/slot-hash.ts'
import type { PlannedNote } from '../../plan/notes.ts'
import type { NoteRow } from '../../state/notes.ts'
import type { StateStore } from '../../state/store.ts'
import type { RunRecord } from '../../state/runs.ts'
import { notesAt, type NoteWork } from './note-one.ts'
import { OF_ONE_RECORD, repeated } from './repeat.ts'

/** As it was at the target, and the hash of what it was written over with. */
export interface NoteBefore extends Pick<Note, 'title' | 'text'> {
  readonly source: string
  readonly target: string
  readonly holder: RemoteId
  readonly after: string
}
export interface EditSums {
  readonly edited: number
  /** Edited at the target, too, gone there, or refused: left as it is. */
  readonly kept: number
}
export const EDITS_PER_PIECE = 10

/** Texts of people: documents of this name go with the others that hold some. */
const BEFORE = 'notes before '

/** Names of the documents that hold them: each is read by itself, since all texts of a run may be more than fits in memory. */
export function piecesBefore(store: StateStore, run: RunRecord['id']): Promise<readonly string[]> {
  return store.runs.documentNames(run, BEFORE)
}

export async function pieceBefore(
  store: StateStore,
  run: RunRecord['id'],
  name: string,
): Promise<readonly NoteBefore[]> {
  return ((await store.runs.document(run, name)) ?? []) as readonly NoteBefore[]
}

export async function countBefore(store: StateStore, run: RunRecord['id']): Promise<number> {
  let count = 0
  for (const name of await piecesBefore(store, run))
    count += (await pieceBefore(store, run, name)).length
  return count
}

interface Edit {
  readonly row: NoteRow & { readonly target: string; readonly holder: RemoteId }
  readonly note: Pick<PlannedNote, 'title' | 'text'>
  readonly after: string
}

/** `place` tells pieces of a run apart. */
export async function editNotes(
  work: NoteWork,
  chunk: readonly PlannedNote[],
  place: string,
): Promise<EditSums> {
  const { job, key } = work
  const { store } = job.env
  const rows = new Map(
    (
      await store.notes.among(
        job.run.sync,
        chunk.map(({ source }) => source),
      )
    ).map((row) => [row.source, row]),
  )
  const open: Edit[] = []
  const befores: NoteBefore[] = []
  let again = 0
  const declined: NoteRow[] = []
  for (const { source, text } of chunk) {
    const row = rows.get(source)
    const after = elementHash(key, normNote(text))
    // A piece that is worked again finds its own.
    if (row?.hash === after) again += 1
    if (row === undefined || row.hash === after || row.target === null || row.holder === null)
      continue
    const { target, holder } = row
    const shown = await noteThere(work, { target, holder })
    const hash = shown === null ? null : elementHash(key, normNote(shown.text))
    if (shown === null || (hash !== row.hash && hash !== after)) {
      // No later plan offers it again.
      declined.push({ ...row, declined: after })
      continue
    }
    // Nobody remembers what title was written, so the one that stands there stays.
    open.push({ row: { ...row, target, holder }, note: { title: shown.title, text }, after })
    if (hash !== after)
      befores.push({ source, target, holder, title: shown.title, text: shown.text, after })
  }
  await keepBefores(work, befores, `${BEFORE}${place}`)
  const edited: NoteRow[] = []
  for (const { row, note, after } of open)
    if (await writeOver(work, row.target, note)) edited.push({ ...row, hash: after })
  await job.commit((inner) => inner.notes.save(job.run.sync, [...edited, ...declined]))
  const all = edited.length + again
  return { edited: all, kept: chunk.length - all }
}

/** The first try's stay: a later one may see what that one wrote. */
async function keepBefores(
  { job }: NoteWork,
  befores: readonly NoteBefore[],
  name: string,
): Promise<void> {
  if (befores.length === 0) return
  await job.commit(async (store) => {
    const known = ((await store.runs.document(job.run.id, name)) ?? []) as readonly NoteBefore[]
    const fresh = befores.filter((one) => !known.some(({ source }) => source === one.source))
    await store.runs.saveDocument(job.run.id, name, [...known, ...fresh])
  })
  await job.env.store.flush()
}

/** null: it is not there any more, or its contact is not. */
export async function noteThere(
  work: NoteWork,
  { target, holder }: Pick<NoteBefore, 'target' | 'holder'>,
): Promise<Note | null> {
  return repeated(work.job, 'to', async () => {
    try {
      return (await notesAt(work, holder)).find(({ id }) => id === target) ?? null
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'gone') return null
      throw error
    }
  })
}

/** False: gone meanwhile, or refused. */
export async function writeOver(
  { job, writer }: NoteWork,
  id: string,
  note: Pick<Note, 'title' | 'text'>,
): Promise<boolean> {
  try {
    await repeated(job, 'to', () => writer.edit(id, note, job.signal))
    return true
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (error.kind === 'gone') return false
    if (!OF_ONE_RECORD.includes(error.kind)) throw error
    job.env.log.warn(`note ${id} is not changed: ${error.message}`)
    return false
  }
}
