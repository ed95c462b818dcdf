/** Takes away the notes that a run added, where nobody has edited them since. */
import { ConnectorError } from '../../connector/error.ts'
import type { RemoteId, RunId } from '../../model/id.ts'
import { type Note, normNote } from '../../model/note.ts'
import { elementHash } from '../../plan/base.ts'
import type { NoteRow } from '../../state/notes.ts'
import type { Progressed } from '../env.ts'
import { notesAt, type NoteWork } from './note-one.ts'
import { notesBefore, noteThere, writeOver } from './notes-edit.ts'
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
    const { restored, left } = await restoreTexts(work, undone)
    const { removed } = position
    const edited = position.edited + left
    const sums = { removed, edited, ...(restored > 0 ? { restored } : {}) }
    await job.commit(async (store) => {
      const before = await store.runs.lock(run.id)
      const facts = { ...before?.facts, notesUndone: sums }
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

/** Puts back what the run wrote over, where that still stands. Safe twice: what was put back shows something else by then. */
async function restoreTexts(
  work: NoteWork,
  undone: RunId,
): Promise<{ readonly restored: number; readonly left: number }> {
  const { job, key } = work
  const { store } = job.env
  let restored = 0
  let left = 0
  for (const before of await notesBefore(store, undone)) {
    const note = await noteThere(work, before)
    const original = elementHash(key, normNote(before.text))
    const shown = note === null ? null : elementHash(key, normNote(note.text))
    const isBack = shown === original
    if (!isBack && (shown !== before.after || !(await writeOver(work, before.target, before)))) {
      left += 1
      continue
    }
    restored += 1
    const [row] = await store.notes.among(job.run.sync, [before.source])
    if (row !== undefined)
      await job.commit((inner) => inner.notes.save(job.run.sync, [{ ...row, hash: original }]))
  }
  return { restored, left }
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
