/** Compares the notes of people who are at the target: a copy says in its last line which note it is of. */
import { normNote, type Note, withoutOrigin } from '../../model/note.ts'
import { elementHash } from '../../plan/slot-hash.ts'
import { isFromTarget, type NoteContext, planNote } from '../../plan/notes.ts'
import type { RecordDifference, VerifiedNotes } from '../../plan/run-facts.ts'
import type { Copy } from '../../state/copies.ts'
import type { NoteRow } from '../../state/notes.ts'
import { planContext } from '../compiled.ts'
import type { Job, Progressed } from '../env.ts'
import { notesAsked } from '../notes/work.ts'
import { type Comparing, join, orUncompared, withFound } from './sums.ts'

interface Sums extends Omit<VerifiedNotes, 'extra'> {
  /** Copies of notes that the source has. */
  readonly copies: number
}
const START: Comparing<Sums> = {
  phase: 'there',
  position: null,
  sums: {
    checked: 0,
    equal: 0,
    edited: 0,
    differing: 0,
    missing: 0,
    doubled: 0,
    skipped: 0,
    copies: 0,
  },
  found: [],
}

export function compareNotes(job: Job): Promise<Progressed> {
  return orUncompared(job, 'notes', () => comparePage(job))
}

async function comparePage(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const asked = notesAsked(job, await planContext(job))
  if (asked === null) return { kind: 'closed' }
  const at = (job.position as Comparing<Sums> | null) ?? START
  const request = { since: null, position: at.position }
  if (at.phase === 'there') {
    const { notes, next } = await asked.there.page(request, signal)
    await keepCopies(job, asked.notes, notes)
    const phase = next === null ? 'here' : 'there'
    return { kind: 'more', position: { ...at, phase, position: next } }
  }
  const { notes, next } = await asked.reader.page(request, signal)
  const compared = await compare(job, asked.notes, notes, at)
  env.progress({
    run: run.id,
    step: 'verify',
    text: 'comparing notes',
    done: compared.sums.checked,
    total: null,
  })
  if (next !== null) return { kind: 'more', position: { ...compared, position: next } }
  const { copies, ...sums } = compared.sums
  const extra = Math.max(0, (await env.store.copies.count(run.id, 'note')) - copies)
  const isOk = sums.differing + sums.missing + sums.doubled === 0
  return join(job, (verify) => ({
    verify: { ...verify, ok: verify.ok && isOk, notes: { ...sums, extra } },
    noteDifferences: compared.found,
  }))
}

async function keepCopies(job: Job, { from }: NoteContext, notes: readonly Note[]): Promise<void> {
  const key = await job.env.store.meta.hashKey()
  const kinds: Readonly<Record<'note' | 'unmarked', Copy[]>> = { note: [], unmarked: [] }
  for (const { id, contact, text } of notes) {
    const { origin } = withoutOrigin(text)
    const copy = { id, holder: contact, shown: elementHash(key, normNote(text)) }
    if (origin === null) kinds.unmarked.push({ ...copy, origin: id })
    else if (origin.connection === from) kinds.note.push({ ...copy, origin: origin.id })
  }
  await job.commit(async (store) => {
    await store.copies.add(job.run.id, 'note', kinds.note)
    await store.copies.add(job.run.id, 'unmarked', kinds.unmarked)
  })
}

async function compare(
  { env, run }: Job,
  context: NoteContext,
  notes: readonly Note[],
  at: Comparing<Sums>,
): Promise<Comparing<Sums>> {
  const { store } = env
  const ids = notes.map(({ id }) => id)
  const people = [...new Set(notes.map(({ contact }) => contact))]
  const key = await store.meta.hashKey()
  const copies = Map.groupBy(await store.copies.of(run.id, 'note', ids), ({ origin }) => origin)
  const rows = new Map((await store.notes.among(run.sync, ids)).map((row) => [row.source, row]))
  // Whoever writes over a copy may take its last line away.
  const written = [...rows.values()].flatMap(({ target }) => target ?? [])
  const unmarked = new Map(
    (await store.copies.of(run.id, 'unmarked', written)).map((copy) => [copy.id, [copy]]),
  )
  const links = new Map(
    (await store.links.byFrom(run.sync, people)).map(({ fromId, toId }) => [fromId, toId]),
  )
  const sums: Record<keyof Sums, number> = { ...at.sums }
  const found: RecordDifference[] = []
  for (const note of notes) {
    const marked = copies.get(note.id) ?? []
    sums.copies += marked.length
    if (isFromTarget(context, note)) continue
    const { planned } = planNote(context, note)
    if (planned === null) continue
    const row = rows.get(note.id)
    const there = marked.length > 0 ? marked : (unmarked.get(row?.target ?? '') ?? [])
    const holder = links.get(note.contact)
    if (holder === undefined || isSetAside(row)) {
      sums.skipped += 1
      continue
    }
    const wanted = elementHash(key, normNote(planned.text))
    // What was declined counts as said.
    const carried = [row?.hash, row?.declined].includes(wanted)
    const verdict = judge(there, { holder, wanted, carried })
    sums.checked += 1
    sums[verdict.what] += 1
    const { what, fields } = verdict
    if (what !== 'equal' && what !== 'edited')
      found.push({ record: note.id, label: note.contact, what, fields })
  }
  return { ...at, sums, found: withFound(at.found, found) }
}

function isSetAside(row: NoteRow | undefined): boolean {
  return row?.state === 'refused' || row?.state === 'removed'
}

interface Verdict {
  readonly what: 'equal' | 'edited' | RecordDifference['what']
  readonly fields: readonly string[]
}

/** `carried`: it was written as the source has it now. */
function judge(
  there: readonly Copy[],
  wanted: {
    readonly holder: Copy['holder']
    readonly wanted: string
    readonly carried: boolean
  },
): Verdict {
  const [copy, second] = there
  if (copy === undefined) return { what: 'missing', fields: [] }
  if (second !== undefined) return { what: 'doubled', fields: [] }
  if (copy.holder !== wanted.holder) return { what: 'differing', fields: ['contact'] }
  if (copy.shown === wanted.wanted) return { what: 'equal', fields: [] }
  if (wanted.carried) return { what: 'edited', fields: ['text'] }
  return { what: 'differing', fields: ['text'] }
}
