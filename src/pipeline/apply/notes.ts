/**
 * Adds the notes of a plan, after everybody is there: a chunk of intents to a commit, then one after the other, then what became of them. A note whose answer
 * got lost is looked for among its contact's, by its last line, before it is sent again.
 */
import type { RemoteId } from '../../model/id.ts'
import { normNote } from '../../model/note.ts'
import { elementHash } from '../../plan/slot-hash.ts'
import { NOTES_PER_LOOK } from '../../plan/cost.ts'
import type { PlannedNote } from '../../plan/notes.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { NoteSums, RunFacts } from '../../plan/run-facts.ts'
import type { NoteRow } from '../../state/notes.ts'
import type { Job, Progressed } from '../env.ts'
import { type NotesPage, notesPage } from '../notes/page.ts'
import { NOTES_STREAM } from '../notes/work.ts'
import { EDITS_PER_PIECE, editNotes, type EditSums } from './notes-edit.ts'
import { addNote, type Ended, notesAt, type NoteWork } from './note-one.ts'
import { removeNotes } from './notes-undo.ts'

interface Position {
  readonly page: number
  /** Notes of the page that are done. */
  readonly done: number
  readonly checked: Checked
  readonly edits?: EditSums
}
type Checked = Pick<NoteSums, 'checked' | 'differing' | 'missing'>
const UNCHECKED: Checked = { checked: 0, differing: 0, missing: 0 }

export async function addNotes(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { notes } = plan
  if (notes === undefined) return { kind: 'closed' }
  const work = await noteWork(job, plan)
  // The platforms of the sync have changed since.
  if (work === null) return { kind: 'closed' }
  if ('remove' in notes) return removeNotes(work)
  const position = (job.position as Position | null) ?? { page: 0, done: 0, checked: UNCHECKED }
  const page = await notesPage(job.env.store, plan, position.page)
  if (page === null) return finish(work, position, notes.high)
  const chunk = page.add.slice(position.done, position.done + NOTES_PER_LOOK)
  if (chunk.length === 0) {
    const edited = await editNext(work, page, position)
    if (edited !== null) return { kind: 'more', position: edited }
    await keepWaiting(job, page)
    return { kind: 'more', position: { ...position, page: position.page + 1, done: 0 } }
  }
  const checked = await addAll(work, chunk)
  return {
    kind: 'more',
    position: {
      ...position,
      done: position.done + chunk.length,
      checked: {
        checked: position.checked.checked + checked.checked,
        differing: position.checked.differing + checked.differing,
        missing: position.checked.missing + checked.missing,
      },
    },
  }
}

/** Behind the notes that are added; null: none is left to be edited. */
async function editNext(
  work: NoteWork,
  { add, edit = [] }: NotesPage,
  position: Position,
): Promise<Position | null> {
  const from = position.done - add.length
  const chunk = edit.slice(from, from + EDITS_PER_PIECE)
  if (chunk.length === 0) return null
  const place = `${work.plan.id} ${position.page} ${from}`
  const { edited, kept } = await editNotes(work, chunk, place)
  const before = position.edits ?? { edited: 0, kept: 0 }
  return {
    ...position,
    done: position.done + chunk.length,
    edits: { edited: before.edited + edited, kept: before.kept + kept },
  }
}

async function noteWork(job: Job, plan: PlanHeader): Promise<NoteWork | null> {
  const writer = job.env.accounts(job.run.sync).writer('to')
  if (writer.notes === undefined || writer.noteWriter === undefined) return null
  return {
    job,
    plan,
    reader: writer.notes,
    writer: writer.noteWriter,
    lagMs: writer.capabilities.visibilityLagMs,
    key: await job.env.store.meta.hashKey(),
  }
}

async function addAll(work: NoteWork, chunk: readonly PlannedNote[]): Promise<Checked> {
  const { job, key } = work
  const { store, clock } = job.env
  const { sync, id: run } = job.run
  const known = await store.notes.among(
    sync,
    chunk.map(({ source }) => source),
  )
  const states = new Map(known.map((row) => [row.source, row.state]))
  const holders = new Map(
    (await store.links.byFrom(sync, [...new Set(chunk.map(({ contact }) => contact))])).map(
      ({ fromId, toId }) => [fromId, toId],
    ),
  )
  const isOpen = ({ source }: PlannedNote) => OPEN.includes(states.get(source))
  const rows = chunk.filter(isOpen).map((note): NoteRow & { readonly note: PlannedNote } => ({
    note,
    source: note.source,
    contact: note.contact,
    target: null,
    holder: holders.get(note.contact) ?? null,
    state: holders.has(note.contact) ? 'sent' : 'waiting',
    hash: elementHash(key, normNote(note.text)),
    declined: null,
    why: null,
    run,
    at: clock.now(),
  }))
  if (rows.length === 0) return UNCHECKED
  await job.commit((inner) => inner.notes.save(sync, rows.map(bare)))
  await store.flush()
  const ended: NoteRow[] = []
  for (const { note, ...row } of rows) {
    if (row.holder === null) continue
    const wasSent = states.get(row.source) === 'sent'
    ended.push(endedRow(row, await addNote(work, note, { holder: row.holder, wasSent })))
  }
  await job.commit((inner) => inner.notes.save(sync, ended))
  return check(work, ended)
}
const OPEN: readonly (NoteRow['state'] | undefined)[] = [undefined, 'waiting', 'sent']

function bare({ note: _, ...row }: NoteRow & { readonly note: PlannedNote }): NoteRow {
  return row
}

function endedRow(row: NoteRow, ended: Ended): NoteRow {
  switch (ended.kind) {
    case 'done':
      return { ...row, state: 'done', target: ended.id }
    case 'refused':
      return { ...row, state: 'refused', why: ended.why }
    case 'gone':
      return { ...row, state: 'waiting', holder: null }
  }
}

/** The notes of one person of each chunk are read back. */
async function check(work: NoteWork, rows: readonly NoteRow[]): Promise<Checked> {
  const added = rows.filter(({ state }) => state === 'done')
  const holder = added.at(-1)?.holder ?? null
  if (holder === null) return UNCHECKED
  const there = new Map((await notesAt(work, holder)).map((note) => [note.id, note]))
  const sums = { ...UNCHECKED }
  for (const row of added.filter((one) => one.holder === holder)) {
    const note = there.get(row.target ?? '')
    sums.checked += 1
    if (note === undefined) sums.missing += 1
    else if (elementHash(work.key, normNote(note.text)) !== row.hash) sums.differing += 1
  }
  return sums
}

async function keepWaiting({ env, run, commit }: Job, { left }: NotesPage): Promise<void> {
  if (left.length === 0) return
  const known = new Set(
    (
      await env.store.notes.among(
        run.sync,
        left.map(({ source }) => source),
      )
    ).map(({ source }) => source),
  )
  const rows = left
    .filter(({ source }) => !known.has(source))
    .map(
      ({ source, contact }): NoteRow => ({
        source,
        contact,
        target: null,
        holder: null as RemoteId | null,
        state: 'waiting',
        hash: null,
        declined: null,
        why: null,
        run: run.id,
        at: env.clock.now(),
      }),
    )
  await commit((store) => store.notes.save(run.sync, rows))
}

/** The cursor moves only here: what was read is added, or waits by name. */
async function finish(
  work: NoteWork,
  { checked, edits }: Position,
  high: string | null,
): Promise<Progressed> {
  const { env, run, commit } = work.job
  const counts = new Map(
    (await env.store.notes.counts(run.id)).map(({ state, count }) => [state, count]),
  )
  const sums: NoteSums = {
    added: counts.get('done') ?? 0,
    refused: counts.get('refused') ?? 0,
    waiting: counts.get('waiting') ?? 0,
    ...checked,
  }
  const now = env.clock.now()
  await commit(async (store) => {
    const before = await store.runs.lock(run.id)
    // The second plan of a migration seldom edits any: what the first one did stays told.
    const { edited, kept } = (before?.facts as RunFacts | undefined)?.notes ?? {}
    const told = edits ?? { ...(edited === undefined ? {} : { edited, kept: kept ?? 0 }) }
    const facts = { ...before?.facts, notes: { ...sums, ...told } }
    await store.runs.update(run.id, { facts, updatedAt: now })
    if (high === null) return
    await store.cursors.save({
      sync: run.sync,
      side: 'from',
      stream: NOTES_STREAM,
      watermark: high,
      fingerprint: NOTES_STREAM,
      censusAt: null,
      run: run.id,
      updatedAt: now,
    })
  })
  return { kind: 'closed' }
}
