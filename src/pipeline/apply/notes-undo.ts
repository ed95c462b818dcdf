/** Takes away the notes that a run added, where nobody has edited them since. */
import { ConnectorError } from '../../connector/error.ts'
import type { RemoteId, RunId } from '../../model/id.ts'
import { type Note, normNote } from '../../model/note.ts'
import { elementHash } from '../../plan/slot-hash.ts'
import type { NoteRow } from '../../state/notes.ts'
import type { Progressed } from '../env.ts'
import { notesAt, type NoteWork } from './note-one.ts'
import { noteThere, pieceBefore, piecesBefore, writeOver } from './notes-edit.ts'
import { repeated } from './repeat.ts'

interface Position {
  readonly after: string
  readonly removed: number
  readonly edited: number
  /** Once none is left to be taken away: how many pieces of texts were put back, and what came of them. */
  readonly pieces?: number
  readonly restored?: number
}
const CHUNK = 20

export async function removeNotes(work: NoteWork): Promise<Progressed> {
  const { job, plan } = work
  const { env, run } = job
  const position = (job.position as Position | null) ?? { after: '', removed: 0, edited: 0 }
  const undone = plan.undoes?.run
  if (undone === undefined) return { kind: 'closed' }
  // Where the target takes none away, the plan has named them, and only texts are put back.
  const takesAway = plan.notes !== undefined && 'remove' in plan.notes && plan.notes.remove > 0
  const rows = takesAway ? await env.store.notes.added(undone, position.after, CHUNK) : []
  const last = rows.at(-1)
  if (last === undefined) return restoreNext(work, undone, position)
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

/** A piece of the texts; behind the last of them the sums. */
async function restoreNext(work: NoteWork, undone: RunId, position: Position): Promise<Progressed> {
  const { env, run } = work.job
  const { pieces = 0, restored = 0 } = position
  const name = (await piecesBefore(env.store, undone))[pieces]
  if (name !== undefined) {
    const piece = await restoreTexts(work, undone, name)
    const next: Position = {
      ...position,
      pieces: pieces + 1,
      restored: restored + piece.restored,
      edited: position.edited + piece.left,
    }
    return { kind: 'more', position: next }
  }
  const { removed, edited } = position
  const sums = { removed, edited, ...(restored > 0 ? { restored } : {}) }
  await work.job.commit(async (store) => {
    const before = await store.runs.lock(run.id)
    const facts = { ...before?.facts, notesUndone: sums }
    await store.runs.update(run.id, { facts, updatedAt: env.clock.now() })
  })
  return { kind: 'closed' }
}

/** Puts back what the run wrote over, where that still stands. Safe twice: what was put back shows something else by then. */
async function restoreTexts(
  work: NoteWork,
  undone: RunId,
  name: string,
): Promise<{ readonly restored: number; readonly left: number }> {
  const { job, key } = work
  const { store } = job.env
  let restored = 0
  let left = 0
  for (const before of await pieceBefore(store, undone, name)) {
    const note = await noteThere(work, before)
    const original = elementHash(key, normNote(before.text))
    const shown = note === null ? null : elementHash(key, normNote(note.text))
    const isOurs = note !== null && shown === before.after
    const isBack =
      shown === original ||
      (isOurs && (await writeOver(work, before.target, { title: note.title, text: before.text })))
    if (!isBack) {
      left += 1
      continue
    }
    restored += 1
    const [row] = await store.notes.among(job.run.sync, [before.source])
    if (row !== undefined)
      await job.commit((inner) =>
        inner.notes.save(job.run.sync, [{ ...row, hash: original, declined: before.after }]),
      )
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
