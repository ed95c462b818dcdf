/** One note: sent, looked for where no answer came, sent again only after two looks without a trace. */
import { ConnectorError } from '../../connector/error.ts'
import type { NoteReader, NoteWriter } from '../../connector/notes.ts'
import type { RemoteId } from '../../model/id.ts'
import { type Note, withoutOrigin } from '../../model/note.ts'
import type { PlannedNote } from '../../plan/notes.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { Job } from '../env.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'

export interface NoteWork {
  readonly job: Job
  readonly plan: PlanHeader
  readonly reader: NoteReader
  readonly writer: NoteWriter
  readonly lagMs: number
  /** Of keyed hashes. */
  readonly key: string
}

export type Ended =
  | { readonly kind: 'done'; readonly id: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** The contact is not there any more. */
  | { readonly kind: 'gone' }

/** Throws when the platform stays down: the note is left `sent`, and looked for first when the run goes on. */
export async function addNote(
  work: NoteWork,
  note: PlannedNote,
  { holder, wasSent }: { readonly holder: RemoteId; readonly wasSent: boolean },
): Promise<Ended> {
  const { job, writer } = work
  for (let tries = 1, isUnsure = wasSent; ; tries += 1) {
    try {
      const id = isUnsure ? await trace(work, note, holder) : null
      if (id !== null) return { kind: 'done', id }
      isUnsure = true
      const { at, title, kind, text } = note
      return {
        kind: 'done',
        id: await writer.add({ contact: holder, at, title, kind, text }, job.signal),
      }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      if (error.kind === 'gone') return { kind: 'gone' }
      if (error.kind === 'invalid') return { kind: 'refused', why: error.message }
      if (!error.mayRetry || tries >= TRIES_MAX) throw error
      await job.env.clock.sleep(Math.max(pauseMs(tries), error.retryAfterMs ?? 0), job.signal)
    }
  }
}

/** Less than this after a lost answer, the request may still be at work there. */
const SECOND_LOOK_MS = 1_500

/** Two looks a visibility lag apart: null says that there is no trace of it. */
async function trace(work: NoteWork, note: PlannedNote, holder: RemoteId): Promise<string | null> {
  const wanted = withoutOrigin(note.text).origin
  const look = async () =>
    (await notesAt(work, holder)).find(({ text }) => {
      const { origin } = withoutOrigin(text)
      return origin?.connection === wanted?.connection && origin?.id === wanted?.id
    })?.id
  const first = await look()
  if (first !== undefined) return first
  await work.job.env.clock.sleep(Math.max(SECOND_LOOK_MS, work.lagMs), work.job.signal)
  return (await look()) ?? null
}

export function notesAt({ reader, job }: NoteWork, holder: RemoteId): Promise<readonly Note[]> {
  return reader.of(holder, job.signal)
}
