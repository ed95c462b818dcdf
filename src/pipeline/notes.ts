/**
 * Plans which notes of the source are added to people of the target: read a page to a commit, those since the last run alone where nothing else is known to
 * be missing. A whole reading looks at the target's notes first, so that none is added twice after the state was lost.
 */
import { ConnectorError } from '../connector/error.ts'
import type { NotePage, NoteReader } from '../connector/notes.ts'
import type { PlanId, RemoteId } from '../model/id.ts'
import { type Note, normNote, withoutOrigin } from '../model/note.ts'
import { elementHash } from '../plan/slot-hash.ts'
import type { PlanContext } from '../plan/context.ts'
import type { NoteRow } from '../state/notes.ts'
import type { Job } from './env.ts'
import { arrivals, keep } from './notes/keep.ts'
import {
  NO_NOTES,
  NONE,
  notesAsked,
  NOTES_STREAM,
  type NotesPosition,
  type Work,
} from './notes/work.ts'

export async function planNotes(
  job: Job,
  context: PlanContext,
  at: { readonly plan: PlanId; readonly notes: NotesPosition; readonly isFull: boolean },
): Promise<NotesPosition> {
  const work = await workOf(job, context, at)
  if (work === null) return { ...at.notes, phase: 'done' }
  try {
    return await step(work, at.isFull)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (error.kind !== 'permission' && error.kind !== 'unsupported') throw error
    // Without leave to see notes everything else still travels.
    const warnings = [...at.notes.warnings, `notes do not travel: ${error.message}`]
    return { ...NO_NOTES, phase: 'done', warnings }
  }
}

async function workOf(
  job: Job,
  context: PlanContext,
  { plan, notes, isFull }: Parameters<typeof planNotes>[2],
): Promise<Work | null> {
  const asked = notesAsked(job, context)
  if (asked === null) return null
  const cursor = await job.env.store.cursors.get(job.run.sync, 'from', NOTES_STREAM)
  return {
    ...asked,
    job,
    context,
    plan,
    at: notes,
    since: isFull ? null : (cursor?.watermark ?? null),
  }
}

async function step(work: Work, isFull: boolean): Promise<NotesPosition> {
  const { job, at, reader, since } = work
  const { position } = at
  switch (at.phase) {
    case 'first': {
      const page = await reader.page({ since, position: null }, job.signal)
      const isNone = page.notes.length + page.broken.length === 0 && page.next === null
      if (!isNone && (isFull || since === null)) return { ...at, phase: 'there', sums: NONE }
      if (!isNone) return keepPage(work, page)
      const [waits] = await job.env.store.notes.waiting(job.run.sync, '', 1)
      return waits === undefined
        ? { ...at, phase: 'done' }
        : { ...at, phase: 'waiting', sums: { ...NONE, high: since } }
    }
    case 'there':
      return lookThere(work)
    case 'here':
      return keepPage(work, await reader.page({ since, position }, job.signal))
    case 'waiting':
      return askAgain(work)
    case 'done':
      return at
  }
}

/** Copies that an earlier state knew of, and perhaps this one does not. */
async function lookThere({ job, at, there, notes }: Work): Promise<NotesPosition> {
  const { store } = job.env
  const { sync, id: run } = job.run
  const key = await store.meta.hashKey()
  const page = await there.page({ since: null, position: at.position }, job.signal)
  const copies = page.notes.flatMap((note) => {
    const { origin } = withoutOrigin(note.text)
    return origin?.connection === notes.from ? [{ note, source: origin.id }] : []
  })
  const known = new Map(
    (
      await store.notes.among(
        sync,
        copies.map(({ source }) => source),
      )
    ).map((row) => [row.source, row]),
  )
  const found = copies
    .filter(({ source }) => ['waiting', 'refused', undefined].includes(known.get(source)?.state))
    .map(
      ({ note, source }): NoteRow => ({
        source,
        contact: known.get(source)?.contact ?? note.contact,
        target: note.id,
        holder: note.contact,
        state: 'found',
        hash: elementHash(key, normNote(note.text)),
        declined: null,
        why: null,
        run,
        at: job.env.clock.now(),
      }),
    )
  if (found.length > 0) await job.commit((inner) => inner.notes.save(sync, found))
  return page.next === null
    ? { ...at, phase: 'here', position: null }
    : { ...at, position: page.next }
}

async function keepPage(work: Work, page: NotePage): Promise<NotesPosition> {
  const { at, since } = work
  const next = await keep(work, page.notes)
  const warnings = page.broken.map(({ id, message }) => `note ${id ?? ''}: ${message}`)
  const high = page.high ?? at.sums?.high ?? since
  return {
    ...next,
    sums: { ...(next.sums ?? NONE), high },
    warnings: [...new Set([...next.warnings, ...warnings])].slice(0, WARNINGS_MAX),
    phase: page.next === null ? 'waiting' : 'here',
    position: page.next,
  }
}
const WARNINGS_MAX = 20

/** Notes that waited, of people who are there now. */
async function askAgain(work: Work): Promise<NotesPosition> {
  const { job, at, reader } = work
  const rows = await job.env.store.notes.waiting(job.run.sync, at.position ?? '', WAITING_CHUNK)
  const last = rows.at(-1)
  if (last === undefined) return { ...at, phase: 'done' }
  const isThere = await arrivals(
    work,
    rows.map(({ contact }) => contact),
  )
  const wanted = new Set(rows.filter(({ contact }) => isThere(contact)).map(({ source }) => source))
  const found: Note[] = []
  for (const contact of new Set(
    rows.filter(({ source }) => wanted.has(source)).map((row) => row.contact),
  )) {
    const all = await notesOf(reader, contact, job.signal)
    found.push(...all.filter(({ id }) => wanted.has(id)))
  }
  return { ...(await keep(work, found)), position: last.source }
}
const WAITING_CHUNK = 200

async function notesOf(
  reader: NoteReader,
  contact: RemoteId,
  signal: AbortSignal,
): Promise<readonly Note[]> {
  try {
    return await reader.of(contact, signal)
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'gone') return []
    throw error
  }
}
