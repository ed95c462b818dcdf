/** Decides notes and keeps what becomes of them. */
import { digest } from '../../model/hash.ts'
import type { RemoteId, RunId } from '../../model/id.ts'
import { type Note, normNote } from '../../model/note.ts'
import { elementHash } from '../../plan/slot-hash.ts'
import { countLosses } from '../../plan/losses.ts'
import { isFromTarget, type PlannedNote, type PlannedNotes, planNote } from '../../plan/notes.ts'
import { arrives } from '../../plan/starts.ts'
import type { NoteRow } from '../../state/notes.ts'
import { type NotesPage, pageName } from './page.ts'
import { NONE, type NotesPosition, type Work } from './work.ts'

/** Decides notes and keeps what becomes of them, as one page of the plan. */
export async function keep(work: Work, notes: readonly Note[]): Promise<NotesPosition> {
  const { job, at, plan } = work
  const { store } = job.env
  const known = await store.notes.among(
    job.run.sync,
    notes.map(({ id }) => id),
  )
  const settled = new Set(
    known.filter(({ state }) => SETTLED.includes(state)).map(({ source }) => source),
  )
  const rows = new Map(known.map((row) => [row.source, row]))
  const key = await store.meta.hashKey()
  const waits = new Set(
    known.filter(({ state }) => state === 'waiting').map(({ source }) => source),
  )
  const isThere = await arrivals(
    work,
    notes.map(({ contact }) => contact),
  )
  const sums = { ...(at.sums ?? NONE) }
  const add: PlannedNote[] = []
  const edit: PlannedNote[] = []
  const parted: NoteRow[] = []
  const left: { source: string; contact: RemoteId }[] = []
  let losses = at.losses
  for (const note of notes) {
    if (isFromTarget(work.notes, note)) sums.settled += 1
    else if (settled.has(note.id)) {
      sums.settled += 1
      const found = planNote(work.notes, note)
      const row = rows.get(note.id)
      switch (editOf(row, { planned: found.planned, key, run: job.run.id })) {
        case 'none':
          continue
        case 'apart':
          if (row !== undefined && found.planned !== null)
            parted.push({ ...row, declined: elementHash(key, normNote(found.planned.text)) })
          continue
        case 'edit':
          if (found.planned === null || !isThere(note.contact)) continue
          if (work.notes.target.edit) losses = countLosses(losses, note.contact, found.losses)
          edit.push(found.planned)
      }
    } else if (isThere(note.contact)) {
      const { planned, losses: lost } = planNote(work.notes, note)
      losses = countLosses(losses, note.contact, lost)
      if (planned === null) continue
      add.push(planned)
      sums.add += 1
    } else {
      if (!waits.has(note.id)) left.push({ source: note.id, contact: note.contact })
      sums.left += 1
    }
  }
  const { target } = work.notes
  const page: NotesPage = { add, left, ...(target.edit && edit.length > 0 ? { edit } : {}) }
  const isKept = add.length + left.length + (page.edit?.length ?? 0) > 0
  if (isKept || parted.length > 0) {
    await job.commit(async (inner) => {
      if (isKept) await inner.runs.saveDocument(job.run.id, pageName(plan, at.pages), page)
      await inner.notes.save(job.run.sync, parted)
    })
  }
  job.env.progress({
    run: job.run.id,
    step: 'plan',
    text: 'reading notes',
    done: sums.add + sums.settled + sums.left,
    total: null,
  })
  return {
    ...at,
    sums: withEdits(sums, page),
    losses,
    warnings: target.edit || edit.length === 0 ? at.warnings : withStale(at.warnings, work),
    pages: at.pages + (isKept ? 1 : 0),
    chain:
      add.length + (page.edit?.length ?? 0) > 0
        ? digest(at.chain + JSON.stringify(page.edit === undefined ? add : [add, page.edit]))
        : at.chain,
  }
}

function withEdits(sums: PlannedNotes, { edit = [] }: NotesPage): PlannedNotes {
  const count = (sums.edit ?? 0) + edit.length
  return count === 0 ? sums : { ...sums, settled: sums.settled - edit.length, edit: count }
}

function withStale(warnings: readonly string[], { notes }: Work): readonly string[] {
  const line = `notes that were edited at ${notes.from} since stay as they are at ${notes.to}, which lets none be changed`
  return [...new Set([...warnings, line])]
}

/**
 * `edit`: the source says something else than what was last written at the target. `apart`: the two were not the same when the copy was found again, after the
 * state was lost; whose edit that was nobody knows, so both stay as they are.
 */
function editOf(
  row: NoteRow | undefined,
  {
    planned,
    key,
    run,
  }: { readonly planned: PlannedNote | null; readonly key: string; readonly run: RunId },
): 'none' | 'edit' | 'apart' {
  if (row === undefined || planned === null || row.hash === null || row.target === null)
    return 'none'
  if (row.state !== 'done' && row.state !== 'found') return 'none'
  if ([row.hash, row.declined].includes(elementHash(key, normNote(planned.text)))) return 'none'
  return row.state === 'found' && row.run === run ? 'apart' : 'edit'
}

const SETTLED: readonly NoteRow['state'][] = ['done', 'found', 'refused', 'removed']

/** Who is at the target once the plan is applied. */
export async function arrivals(
  { job, plan }: Work,
  contacts: readonly RemoteId[],
): Promise<(contact: RemoteId) => boolean> {
  const { store } = job.env
  const ids = [...new Set(contacts)]
  const links = new Set((await store.links.byFrom(job.run.sync, ids)).map(({ fromId }) => fromId))
  const buckets = Map.groupBy(await store.plans.standings(plan, ids), ({ fromId }) => fromId)
  return (contact) =>
    arrives({
      isLinked: links.has(contact),
      buckets: (buckets.get(contact) ?? []).map(({ bucket }) => bucket),
    })
}
