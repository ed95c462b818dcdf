/**
 * Plans which notes of the source are added to people of the target: read a page to a commit, those since the last run alone where nothing else is known to
 * be missing. A whole reading looks at the target's notes first, so that none is added twice after the state was lost.
 */
import type { NotePage, NoteReader } from '../connector/notes.ts'
import { ConnectorError } from '../connector/error.ts'
import { digest } from '../model/hash.ts'
import type { PlanId, RemoteId, RunId } from '../model/id.ts'
import { type Note, withoutOrigin } from '../model/note.ts'
import type { PlanContext } from '../plan/context.ts'
import {
  isFromTarget,
  type NoteContext,
  type PlannedNote,
  type PlannedNotes,
  planNote,
} from '../plan/notes.ts'
import { LOSS_SAMPLES_MAX, type LossCount, type OpLoss } from '../plan/plan.ts'
import { arrives } from '../plan/starts.ts'
import type { NoteRow, StateStore } from '../state/store.ts'
import type { Job } from './env.ts'

export interface NotesPosition {
  /** `first`: are there any? `there`: what the target has already. `here`: the source. `waiting`: those whose contact was not there yet. */
  readonly phase: 'first' | 'there' | 'here' | 'waiting' | 'done'
  readonly position: string | null
  /** Pages kept so far. */
  readonly pages: number
  /** null: there are none at all. */
  readonly sums: PlannedNotes | null
  readonly losses: readonly LossCount[]
  /** Hash over all that will be added. */
  readonly chain: string
  readonly warnings: readonly string[]
}
export const NO_NOTES: NotesPosition = {
  phase: 'first',
  position: null,
  pages: 0,
  sums: null,
  losses: [],
  chain: '',
  warnings: [],
}

/** One page of a plan. */
export interface NotesPage {
  readonly add: readonly PlannedNote[]
  /** Wait until their contact is there. */
  readonly left: readonly { readonly source: string; readonly contact: RemoteId }[]
}
export async function notesPage(
  store: StateStore,
  plan: { readonly id: PlanId; readonly run: RunId },
  page: number,
): Promise<NotesPage | null> {
  return (await store.runs.document(plan.run, pageName(plan.id, page))) as NotesPage | null
}

/** Documents of this name hold what people wrote. */
function pageName(plan: PlanId, page: number): string {
  return `notes ${plan} ${page}`
}

export const NOTES_STREAM = 'notes'

interface Work {
  readonly job: Job
  readonly context: PlanContext
  readonly plan: PlanId
  readonly at: NotesPosition
  readonly reader: NoteReader
  readonly there: NoteReader
  readonly notes: NoteContext
  /** Notes up to here are known from an earlier run. */
  readonly since: string | null
}

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
  const accounts = job.env.accounts(job.run.sync)
  const [reader, there] = [accounts.reader('from').notes, accounts.reader('to').notes]
  const target = context.to.capabilities.notes
  const isAsked = context.policy.notes === 'records' && target?.add === true
  if (!isAsked || reader === undefined || there === undefined) return null
  const cursor = await job.env.store.cursors.get(job.run.sync, 'from', NOTES_STREAM)
  const names = new Map(context.from.catalog.owners.map(({ key, name }) => [key, name]))
  return {
    job,
    context,
    plan,
    at: notes,
    reader,
    there,
    notes: {
      from: context.from.name,
      to: context.to.name,
      target,
      rules: context.to.rules,
      authorName: (key) => names.get(key) ?? null,
    },
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

const NONE: PlannedNotes = { add: 0, settled: 0, left: 0, high: null }

/** Copies that an earlier state knew of, and perhaps this one does not. */
async function lookThere({ job, at, there, notes }: Work): Promise<NotesPosition> {
  const { store } = job.env
  const { sync, id: run } = job.run
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
        hash: null,
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

/** Decides notes and keeps what becomes of them, as one page of the plan. */
async function keep(work: Work, notes: readonly Note[]): Promise<NotesPosition> {
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
async function arrivals(
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
