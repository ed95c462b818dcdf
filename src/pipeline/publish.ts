/** Closes a plan: rows that could not be read, guards, vocabulary, cost, hash. */
import { errorsOf } from '../mapping/compile.ts'
import { digest } from '../model/hash.ts'
import { type Side, SIDES } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import { addCosts, costOf } from '../plan/cost.ts'
import { evaluateGuards } from '../plan/guard.ts'
import type { Op } from '../plan/op.ts'
import { mayApply, NEW_OPTIONS_MAX, type PlanHeader, type PlannedVocabulary } from '../plan/plan.ts'
import { secondOps, together } from '../plan/tallies.ts'
import { count, finishCuts, type Tally } from '../plan/tally.ts'
import { absenceWarnings } from './absent.ts'
import { lastApplied } from './apply/books.ts'
import type { Job, Progressed } from './env.ts'
import type { PlanPosition } from './plan-position.ts'
import { type PullDocument, type ScanResult, scansOf } from './scans.ts'

export async function publish(
  job: Job,
  context: PlanContext,
  position: PlanPosition,
  pull: PullDocument,
): Promise<Progressed> {
  const { env, run } = job
  const { isFull } = pull
  const settings = env.settings(run.sync)
  const scans = await scansOf(job)
  const { tallies, starts, notes, companies } = position
  tallies.to.starts = (starts.sequences ?? []).reduce((sum, { start }) => sum + start, 0)
  tallies.to.notes = notes.sums?.add ?? 0
  tallies.to.noteEdits = notes.sums?.edit ?? 0
  tallies.to.companies = companies.sums?.create ?? 0
  tallies.to.companyEdits = companies.sums?.update ?? 0
  const broken = await keepBroken(job, position, scans)
  for (const side of SIDES) finishCuts(tallies[side], position.lastOp)
  const tally = together(tallies)
  const read = { from: position.read + broken, to: await env.store.staging.count(run.id, 'to') }
  const vocabulary = vocabularyOf(context, tallies)
  const links = await env.store.links.count(run.sync)
  const now = env.clock.now()
  const header: PlanHeader = {
    id: position.plan,
    sync: run.sync,
    run: run.id,
    isFull,
    hash: digest(
      JSON.stringify([
        position.chain,
        settings.fingerprint,
        context.mapping.fingerprint,
        ...(starts.chain === '' ? [] : [starts.chain]),
        ...(notes.chain === '' ? [] : [notes.chain]),
        ...(companies.chain === '' ? [] : [companies.chain]),
      ]),
    ),
    mapping: { name: context.mapping.name, fingerprint: context.mapping.fingerprint },
    fingerprint: settings.fingerprint,
    read,
    records: read.from + position.back - position.departed,
    second: secondOps(tallies),
    counts: tally.counts,
    vocabulary,
    losses: [...Object.values(tally.losses), ...notes.losses, ...companies.losses].sort(
      (a, b) => b.count - a.count,
    ),
    changes: Object.values(tally.changes).sort((a, b) => b.count - a.count),
    rejects: Object.values(tally.rejects).sort((a, b) => b.count - a.count),
    holds: Object.values(tally.holds).sort((a, b) => b.count - a.count),
    risks: tally.risks,
    consents: { optOuts: tally.optOuts, irreversible: tally.irreversibleConsents },
    ...(starts.sequences === null ? {} : { sequences: starts.sequences }),
    ...(notes.sums === null ? {} : { notes: notes.sums }),
    ...(companies.sums === null ? {} : { companies: companies.sums }),
    guards: evaluateGuards({
      tally,
      isFull,
      read: context.mirror === null ? { from: read.from, to: null } : read,
      links,
      limits: settings.guards,
      mappingErrors: [
        ...errorsOf(context.mapping).map((finding) => `${finding.path}: ${finding.message}`),
        ...starts.problems,
        ...overlong(vocabulary),
      ],
    }),
    warnings: [
      ...(pull.census ? [pull.census] : []),
      ...warningsOf(context, scans),
      ...absenceWarnings(position.absent),
      ...notes.warnings,
      ...companies.warnings,
    ],
    cost: addCosts(
      (context.mirror === null ? (['to'] as const) : SIDES).map((side) =>
        costOf(tallies[side], context[side].capabilities, vocabularyAt(vocabulary, side)),
      ),
    ),
    watermarks: scans.map(({ side, stream, high, isProven }) => ({ side, stream, high, isProven })),
    appliedBefore: (await lastApplied(env.store, run.sync))?.plan ?? null,
    createdAt: instant(now),
    expiresAt: instant(now + env.limits.planLifeMs),
  }
  await job.commit(async (store) => {
    await store.plans.publish(header)
    await store.runs.saveDocument(run.id, `cuts ${position.plan}`, {
      cuts: tallies.to.cuts,
      ...(context.mirror === null ? {} : { back: tallies.from.cuts }),
      lastOp: position.lastOp,
    })
    await store.runs.update(run.id, { plan: position.plan, updatedAt: now })
  })
  return mayApply(header) || run.kind === 'plan' ? { kind: 'closed' } : blocked(header)
}

function blocked(header: PlanHeader): Progressed {
  const reasons = header.guards
    .filter((guard) => !guard.ok)
    .map((guard) => `${guard.name}: ${guard.message}`)
  return { kind: 'stop', stop: { status: 'blocked', reason: reasons.join('; ') } }
}

/** Rows that could not be read are records too: they end as rejects with their cause, so that the books balance. */
async function keepBroken(
  job: Job,
  position: PlanPosition,
  scans: readonly ScanResult[],
): Promise<number> {
  const rows = scans
    .filter((scan) => scan.side === 'from' && scan.stream === 'contacts')
    .flatMap((scan) => scan.broken)
  const ops = rows.map(
    (row, place): Op => ({
      seq: position.lastOp + place + 1,
      bucket: 'reject',
      writes: 'to',
      fromId: row.id as Op['fromId'],
      toId: null,
      label: row.id === null ? 'a row that could not be read' : `#${row.id}`,
      fields: [],
      tags: { add: [], remove: [] },
      groups: { add: [], remove: [] },
      consents: [],
      losses: [],
      held: [],
      risk: 'none',
      cause: row.message,
      hint: row.hint,
      candidates: [],
      marker: null,
      email: null,
      base: null,
    }),
  )
  for (const op of ops) count(position.tallies.to, EMPTY_NAMES, op)
  if (ops.length > 0) {
    await job.commit(async (store) => {
      await store.plans.truncate(position.plan, position.lastOp)
      await store.plans.addOps(position.plan, ops)
    })
  }
  return ops.length
}

function vocabularyOf(
  context: PlanContext,
  tallies: Readonly<Record<Side, Tally>>,
): PlannedVocabulary {
  const there = vocabularyOn('to', context, tallies.to)
  if (context.mirror === null) return there
  const here = vocabularyOn('from', context.mirror, tallies.from)
  return {
    fields: [...there.fields, ...here.fields],
    options: [...there.options, ...here.options],
    tags: [...there.tags, ...here.tags],
    groups: [...there.groups, ...here.groups],
  }
}

/** What the target of a context lacks; `side` is what that target is in the sync. */
function vocabularyOn(side: Side, context: PlanContext, tally: Tally): PlannedVocabulary {
  const { fieldDrafts, marker, isMarkerDrafted } = context.mapping
  const elements = (kind: 'tag' | 'group') =>
    Object.entries(tally.usedElements)
      .filter(([, element]) => element.kind === kind)
      .map(([place, { name, count: used }]) => ({
        side,
        key: place.slice(`${kind} `.length),
        name,
        count: used,
      }))
  return {
    fields: fieldDrafts
      .map(({ definition, draft, onlyIfUsed }) => ({
        side,
        path: definition.path,
        definition,
        draft,
        count: tally.usedFields[definition.path] ?? 0,
        onlyIfUsed,
      }))
      .filter((field) => {
        const isMarker = isMarkerDrafted && field.path === marker?.path
        return field.count > 0 || (!field.onlyIfUsed && !isMarker)
      })
      .map(({ onlyIfUsed: _, ...field }) => field),
    options: optionsOn(side, context, tally),
    tags: elements('tag').map((tag) => ({ ...tag, category: null })),
    groups: elements('group'),
  }
}

/** What lists lack, a line for each list. */
function optionsOn(
  side: Side,
  { mapping }: PlanContext,
  { usedOptions }: Tally,
): PlannedVocabulary['options'] {
  const byPath = Map.groupBy(Object.values(usedOptions), ({ path }) => path)
  return [...byPath].map(([path, options]) => ({
    side,
    path,
    label: mapping.rules.find(({ to }) => to === path)?.definition.label ?? path,
    options: options.map(({ value, label, count: used }) => ({ value, label, count: used })),
  }))
}

function overlong({ options }: PlannedVocabulary): readonly string[] {
  return options
    .filter((one) => one.options.length > NEW_OPTIONS_MAX)
    .map(
      ({ label, options: { length } }) =>
        `${label} would get ${length} new options (at most ${NEW_OPTIONS_MAX}): map it to a text field, or write \`otherwise: skip\` for it`,
    )
}

function vocabularyAt(vocabulary: PlannedVocabulary, side: Side): number {
  const { fields, options, tags, groups } = vocabulary
  return [...fields, ...options, ...tags, ...groups].filter((one) => one.side === side).length
}

function warningsOf(context: PlanContext, scans: readonly ScanResult[]): readonly string[] {
  const unproven = scans
    .filter((scan) => !scan.isProven)
    .map(
      (scan) =>
        `the scan of ${scan.stream} on side "${scan.side}" cannot prove that it saw everything; nothing is concluded from absence`,
    )
  return [
    ...context.mapping.warnings
      .filter((finding) => finding.level !== 'note')
      .map((finding) => finding.message),
    ...scans.flatMap((scan) => scan.notes),
    ...unproven,
  ]
}

const EMPTY_NAMES: Parameters<typeof count>[1] = {
  optOutReversible: true,
  elementName: (_kind, key) => key,
  growing: new Map(),
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
