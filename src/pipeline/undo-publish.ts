/** Closes the plan of an undo: guards, cost, hash, and what the run created that stays. */
import { digest } from '../model/hash.ts'
import { costOf } from '../plan/cost.ts'
import type { PlanContext } from '../plan/context.ts'
import type { PlanHeader, Undone } from '../plan/plan.ts'
import { finishCuts } from '../plan/tally.ts'
import { undoGuards } from '../plan/undo.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { RunRecord } from '../state/runs.ts'
import type { VocabularyEntry } from '../state/vocabulary.ts'
import { lastApplied } from './apply/books.ts'
import { COMPANIES_BEFORE } from './apply/companies-edit.ts'
import { countBefore } from './apply/notes-edit.ts'
import { createdHere, createdName } from './compiled.ts'
import type { Job, Progressed } from './env.ts'
import type { UndoPosition } from './undo-position.ts'

export async function publishUndo(
  job: Job,
  {
    context,
    position,
    undone,
  }: {
    readonly context: PlanContext
    readonly position: UndoPosition
    readonly undone: RunRecord
  },
): Promise<Progressed> {
  const { env, run } = job
  const settings = env.settings(run.sync)
  const { tally, back, plan, lastOp, written, chain } = position
  finishCuts(tally, lastOp)
  finishCuts(back, lastOp)
  const undoes: Undone = { run: undone.id, written, left: await leftOver(job, undone) }
  const journal = await env.store.journal.counts(undone.id)
  const { notes, notesStay } = await addedNotes(job, undone, context)
  const now = env.clock.now()
  const header: PlanHeader = {
    id: plan,
    sync: run.sync,
    run: run.id,
    isFull: false,
    hash: digest(JSON.stringify([chain, settings.fingerprint, undoes, notes])),
    mapping: { name: context.mapping.name, fingerprint: context.mapping.fingerprint },
    fingerprint: settings.fingerprint,
    read: { from: 0, to: written },
    records: written,
    second: 0,
    counts: tally.counts,
    vocabulary: { fields: [], options: [], tags: [], groups: [] },
    losses: Object.values(tally.losses).sort((a, b) => b.count - a.count),
    changes: Object.values(tally.changes).sort((a, b) => b.count - a.count),
    rejects: Object.values(tally.rejects).sort((a, b) => b.count - a.count),
    holds: [],
    risks: tally.risks,
    consents: { optOuts: 0, irreversible: 0 },
    guards: undoGuards(tally, journal.create),
    ...notes,
    warnings: [
      ...warningsOf(undoes),
      ...(await started(job, undone)),
      ...notesStay,
      ...(await createdCompanies(job, undone)),
    ],
    cost: costOf(tally, context.to.capabilities, 0),
    watermarks: [],
    appliedBefore: (await lastApplied(env.store, run.sync))?.plan ?? null,
    undoes,
    createdAt: instant(now),
    expiresAt: instant(now + env.limits.planLifeMs),
  }
  await job.commit(async (store) => {
    await store.plans.publish(header)
    await store.runs.saveDocument(run.id, `cuts ${plan}`, {
      cuts: tally.cuts,
      ...(context.mirror === null ? {} : { back: back.cuts }),
      lastOp,
    })
    await store.runs.update(run.id, { plan, updatedAt: now })
  })
  return { kind: 'closed' }
}

/** Other contacts, forms and automations may use them by now, so they are named and left. */
async function leftOver({ env, run }: Job, undone: RunRecord): Promise<Undone['left']> {
  const created = new Set(await createdHere(env, undone.id))
  const entries = (await env.store.vocabulary.list(run.sync)).filter((entry) =>
    created.has(createdName(entry)),
  )
  const names = (kind: string) =>
    entries
      .filter((entry) => entry.kind === kind)
      .map(({ document, real }) => {
        const { label, name } = document as { readonly label?: string; readonly name?: string }
        return label ?? name ?? real
      })
      .sort()
  return {
    fields: names('field'),
    tags: names('tag'),
    groups: names('group'),
    options: entries.filter(({ kind }) => kind === 'option').map(addedOptions),
  }
}

/** Other contacts may belong to them by now. */
async function createdCompanies({ env }: Job, undone: RunRecord): Promise<readonly string[]> {
  const { count, names } = await env.store.companies.created(undone.id, NAMED_MAX)
  const befores = await env.store.runs.documents(undone.id, COMPANIES_BEFORE)
  const changed = (befores as { readonly name: string }[][]).flat().map(({ name }) => name)
  const list = (some: readonly string[], all: number) =>
    some.slice(0, NAMED_MAX).join(', ') + (all > NAMED_MAX ? ', …' : '')
  return [
    ...(count > 0
      ? [`created by the run, and not removed: ${count} companies (${list(names, count)})`]
      : []),
    ...(changed.length > 0
      ? [
          `written over by the run, and left so: ${changed.length} companies (${list(changed, changed.length)})`,
        ]
      : []),
  ]
}

/** Where the target lets notes be taken away, they are, unless somebody has edited them; elsewhere they are named. */
async function addedNotes(
  { env }: Job,
  undone: RunRecord,
  { to }: PlanContext,
): Promise<{ readonly notes: Pick<PlanHeader, 'notes'>; readonly notesStay: readonly string[] }> {
  const counts = await env.store.notes.counts(undone.id)
  const count = counts.find(({ state }) => state === 'done')?.count ?? 0
  const edits = await countBefore(env.store, undone.id)
  const restore = edits > 0 ? { restore: edits } : {}
  if (count === 0)
    return { notes: edits > 0 ? { notes: { remove: 0, ...restore } } : {}, notesStay: [] }
  if (to.capabilities.notes?.remove === true)
    return { notes: { notes: { remove: count, ...restore } }, notesStay: [] }
  const [first, ...more] = (await env.store.notes.added(undone.id, '', NAMED_MAX)).map(
    ({ target }) => target,
  )
  const named = [first, ...more].join(', ') + (count > NAMED_MAX ? ', …' : '')
  return {
    notes: edits > 0 ? { notes: { remove: 0, ...restore } } : {},
    notesStay: [
      `cannot be undone: ${count} notes were added (${named}), and ${to.name} takes none away`,
    ],
  }
}
const NAMED_MAX = 20

function addedOptions({ provisional, document }: VocabularyEntry): string {
  const [, values] = JSON.parse(provisional) as readonly [string, readonly string[]]
  return `${(document as FieldDefinition).label}: ${values.join(', ')}`
}

/** Mails that went out stay out. */
async function started({ env }: Job, undone: RunRecord): Promise<readonly string[]> {
  const counts = await env.store.starts.counts(undone.id)
  return counts
    .filter(({ state }) => state !== 'refused')
    .map(
      ({ target, count }) =>
        `cannot be undone: ${count} people were put into sequence ${target}; take them out there by hand`,
    )
}

function warningsOf({ left }: Undone): readonly string[] {
  const parts = Object.entries(left).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${names.length} ${what} (${names.join(', ')})`],
  )
  return parts.length === 0 ? [] : [`created by the run, and not removed: ${parts.join('; ')}`]
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
