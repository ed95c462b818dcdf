/** Takes away the notes that a run added, where nobody has edited them since. */
import { ConnectorError } from '../../connector/error.ts'
import type { RemoteId } from '../../model/id.ts'
import { type Note, normNote } from '../../model/note.ts'
import { elementHash } from '../../plan/base.ts'
import type { NoteRow } from '../../state/notes.ts'
import type { Progressed } from '../env.ts'
import { notesAt, type NoteWork } from './note-one.ts'
import { repeated } from './repeat.ts'

interface Position {
  readonly after: string
  readonly removed: number
  readonly edited: number
}
const CHUNK = 20

export async function removeNotes(work: NoteWork): Promise<Progressed> {
  const { job, plan } = work
  const { env, run } = job
  const position = (job.position as Position | null) ?? { after: '', removed: 0, edited: 0 }
  const undone = plan.undoes?.run
  if (undone === undefined) return { kind: 'closed' }
  const rows = await env.store.notes.added(undone, position.after, CHUNK)
  const last = rows.at(-1)
  if (last === undefined) {
    const { removed, edited } = position
    await job.commit(async (store) => {
      const before = await store.runs.lock(run.id)
      const facts = { ...before?.facts, notesUndone: { removed, edited } }
      await store.runs.update(run.id, { facts, updatedAt: env.clock.now() })
    })
    return { kind: 'closed' }
  }
  const gone: NoteRow[] = []
  const forgotten: string[] = []
  for (const row of rows) {
    const end = await remove(work, row)
    if (end === 'removed') gone.push({ ...row, state: 'removed' })
    if (end === 'without contact') forgotten.push(row.source)
  }
  await job.commit(async (store) => {
    await store.notes.save(run.sync, gone)
    await store.notes.forget(run.sync, forgotten)
  })
  const removed = gone.length + forgotten.length
  const next: Position = {
    after: last.source,
    removed: position.removed + removed,
    edited: position.edited + rows.length - removed,
  }
  return { kind: 'more', position: next }
}

/** `edited`: it stays. `without contact`: it went away with its contact, and follows should that be created again. */
type End = 'removed' | 'edited' | 'without contact'

async function remove(work: NoteWork, row: NoteRow): Promise<End> {
  const { job, writer, key } = work
  const { target, holder } = row
  if (target === null || holder === null) return 'removed'
  return repeated(job, 'to', async (): Promise<End> => {
    const notes = await atHolder(work, holder)
    if (notes === null) return 'without contact'
    const note = notes.find(({ id }) => id === target)
    if (note === undefined) return 'removed'
    if (elementHash(key, normNote(note.text)) !== row.hash) return 'edited'
    await unlessGone(writer.remove(target, job.signal))
    return 'removed'
  })
}

/** null: the contact went away with the undo. */
async function atHolder(work: NoteWork, holder: RemoteId): Promise<readonly Note[] | null> {
  try {
    return await notesAt(work, holder)
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'gone') return null
    throw error
  }
}

async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'gone') throw error
  }
}
