/** Decides notes and keeps what becomes of them. */
import { digest } from '../../model/hash.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Note } from '../../model/note.ts'
import { isFromTarget, type PlannedNote, planNote } from '../../plan/notes.ts'
import type { OpLoss } from '../../plan/op.ts'
import { LOSS_SAMPLES_MAX, type LossCount } from '../../plan/plan.ts'
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
  const waits = new Set(
    known.filter(({ state }) => state === 'waiting').map(({ source }) => source),
  )
  const isThere = await arrivals(
    work,
    notes.map(({ contact }) => contact),
  )
  const sums = { ...(at.sums ?? NONE) }
  const add: PlannedNote[] = []
  const left: { source: string; contact: RemoteId }[] = []
  let losses = at.losses
  for (const note of notes) {
    if (settled.has(note.id) || isFromTarget(work.notes, note)) sums.settled += 1
    else if (isThere(note.contact)) {
      const { planned, losses: lost } = planNote(work.notes, note)
      losses = counted(losses, note, lost)
      if (planned === null) continue
      add.push(planned)
      sums.add += 1
    } else {
      if (!waits.has(note.id)) left.push({ source: note.id, contact: note.contact })
      sums.left += 1
    }
  }
  const page: NotesPage = { add, left }
  const isKept = add.length + left.length > 0
  if (isKept)
    await job.commit((inner) => inner.runs.saveDocument(job.run.id, pageName(plan, at.pages), page))
  job.env.progress({
    run: job.run.id,
    step: 'plan',
    text: 'reading notes',
    done: sums.add + sums.settled + sums.left,
    total: null,
  })
  return {
    ...at,
    sums,
    losses,
    pages: at.pages + (isKept ? 1 : 0),
    chain: add.length > 0 ? digest(at.chain + JSON.stringify(add)) : at.chain,
  }
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

function counted(
  losses: readonly LossCount[],
  note: Note,
  lost: readonly OpLoss[],
): readonly LossCount[] {
  return lost.reduce<readonly LossCount[]>((all, { field, cause, before, after }) => {
    const known = all.find((one) => one.cause === cause)
    const short = (text: string) => text.slice(0, SAMPLE_CHARACTERS)
    const one = {
      record: note.contact,
      before: short(before),
      after: after === null ? null : short(after),
    }
    const sample = [...(known?.sample ?? []), one].slice(0, LOSS_SAMPLES_MAX)
    const count = (known?.count ?? 0) + 1
    return [...all.filter((each) => each !== known), { field, cause, count, sample }]
  }, losses)
}
const SAMPLE_CHARACTERS = 80
