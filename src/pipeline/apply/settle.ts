/** Puts an op's end on record: state, link, bases, journal, memberships still to write and open cases, all in one transaction. */
import { otherSide, type PlanId, type RemoteId } from '../../model/id.ts'
import type { FieldValue } from '../../model/field.ts'
import type { Sighting } from '../../model/sighting.ts'
import { packBase } from '../../plan/base.ts'
import type { Op, PlanHeader } from '../../plan/plan.ts'
import { heldCause } from '../../plan/turns.ts'
import { renamedBase, renamedPart, settledBases } from '../../plan/settled.ts'
import type {
  Case,
  JoinRow,
  Link,
  OpState,
  Outcome,
  StateStore,
  StoredOp,
} from '../../state/store.ts'
import type { Job } from '../env.ts'
import { parted } from '../undo-links.ts'
import { bury, partedFrom } from './bury.ts'
import { closeCases, openPairs } from './close-cases.ts'
import { joinsOf } from './groups.ts'
import { noteTurns, settleRulings } from '../rulings.ts'
import { caseOf, openCases, said, TAKEN } from './quiet.ts'
import { endMerged } from './succeed.ts'
import type { Terms } from './terms.ts'

export type Ending =
  | {
      readonly kind: 'applied'
      readonly stored: StoredOp
      readonly id: RemoteId
      /** The record as the target showed it afterwards; null: it did not. */
      readonly echo: Sighting | null
      /** The last reading before the write; null for a create. */
      readonly current: Sighting | null
      /** A create that a contact took which was there already. */
      readonly wasThere?: true
    }
  | {
      readonly kind: 'drifted' | 'rejected' | 'held' | 'unknown'
      readonly stored: StoredOp
      readonly outcome: Outcome
    }
  /** Proven to have had no effect: it may be sent again. */
  | { readonly kind: 'planned'; readonly stored: StoredOp }
type Applied = Extract<Ending, { kind: 'applied' }>

export async function settle(
  job: Job,
  plan: PlanHeader,
  terms: Terms,
  endings: readonly Ending[],
): Promise<void> {
  if (endings.length === 0) return
  await job.commit((store) => record(store, job, plan, terms, endings))
}

async function record(
  store: StateStore,
  job: Job,
  plan: PlanHeader,
  terms: Terms,
  endings: readonly Ending[],
): Promise<void> {
  const applied = endings.filter((ending) => ending.kind === 'applied')
  const partners = await partnersOf(store, plan.id, endings)
  const made =
    plan.undoes === undefined ? await linksOf(store, job, terms, applied, partners) : new Map()
  const links: readonly Link[] =
    plan.undoes === undefined
      ? [...made.values()]
      : await parted(
          store,
          job,
          applied.flatMap(({ stored }) => stored.op.fromId ?? []),
        )
  await endMerged(
    store,
    job,
    applied.map(({ stored }) => stored.op),
  )
  const taken = new Set((await store.links.save(links)).map((link) => link.fromId))
  const cases: Omit<Case, 'id'>[] = []
  const outcomes: { seq: number; state: OpState; outcome: Outcome }[] = []
  for (const ending of endings) {
    const { op } = ending.stored
    if (ending.kind === 'planned') {
      outcomes.push({ seq: op.seq, state: 'planned', outcome: said(null) })
    } else if (ending.kind === 'applied') {
      const isTaken = taken.has(made.get(op.seq)?.fromId ?? op.fromId ?? ('' as RemoteId))
      outcomes.push({
        seq: op.seq,
        state: isTaken ? 'held' : 'applied',
        outcome: {
          ...said(isTaken ? TAKEN.cause : null),
          id: ending.id,
          ...(ending.wasThere === true ? { wasThere: true } : {}),
        },
      })
      if (isTaken) cases.push(caseOf(job, op, 'hold', TAKEN))
      else if (op.held.length > 0) cases.push(caseOf(job, op, 'hold', heldCause(op.held)))
    } else {
      outcomes.push({ seq: op.seq, state: ending.kind, outcome: ending.outcome })
      cases.push(
        caseOf(job, op, CASE_OF[ending.kind], {
          cause: ending.outcome.message ?? ending.kind,
          hint: ending.outcome.hint ?? '',
        }),
      )
    }
  }
  await bury(
    store,
    job,
    applied.flatMap(({ stored: { op } }) =>
      op.ends === undefined ? [] : [{ op, why: op.ends, stones: partedFrom(op) }],
    ),
    'its counterpart was deleted',
  )
  await markUnsure(
    store,
    job,
    endings.flatMap(({ kind, stored }) => (kind === 'unknown' ? [stored.op] : [])),
  )
  await store.plans.settle(plan.id, outcomes)
  await store.journal.setRecord(
    plan.id,
    applied.map((ending) => ({ seq: ending.stored.op.seq, record: ending.id })),
  )
  await store.joins.add(
    joinsOf(plan.id, terms.side),
    applied.flatMap((ending) => joinRows(terms, ending.stored, ending.id)),
  )
  await closeCases(store, job, {
    links: links.filter((link) => !taken.has(link.fromId)),
    isOpen: openPairs(made, partners, endings),
    stillHeld: new Set(cases.map((open) => open.record)),
    isTwoWay: terms.context.mirror !== null || terms.side === 'from',
  })
  if (cases.length > 0) await openCases(store, job, cases)
  const ended = endings.filter(({ kind }) => kind === 'applied')
  await noteTurns(
    store,
    job,
    ended.map(({ stored }) => stored.op),
  )
  await settleRulings(
    store,
    job.run,
    plan,
    ended.map(({ stored }) => stored.op),
  )
}

/** Nobody can tell whether these were created: no later plan creates them unasked. Another attempt is another question. */
async function markUnsure(store: StateStore, job: Job, ops: readonly Op[]): Promise<void> {
  const at = job.env.clock.now()
  const why = `a create of ${job.run.id} whose answer got lost`
  const stones = ops.flatMap(({ bucket, writes, fromId, toId }) => {
    const side = otherSide(writes)
    const id = side === 'from' ? fromId : toId
    return bucket === 'create' && id !== null
      ? [{ side, id, why, at, kind: 'unsure' as const }]
      : []
  })
  if (stones.length > 0) await store.tombstones.add(job.run.sync, stones)
}

const CASE_OF = { drifted: 'retry', unknown: 'retry', rejected: 'reject', held: 'hold' } as const

/** The other ops of the pairs, by their place, as they stand now. */
async function partnersOf(
  store: StateStore,
  plan: PlanId,
  endings: readonly Ending[],
): Promise<ReadonlyMap<number, StoredOp>> {
  const seqs = endings.flatMap(({ stored }) => stored.op.partner ?? [])
  if (seqs.length === 0) return new Map()
  const partners = await store.plans.opsAt(plan, seqs)
  return new Map(partners.map((stored) => [stored.op.seq, stored]))
}

/** By the place of the op: its link as it is from now on. */
async function linksOf(
  store: StateStore,
  job: Job,
  terms: Terms,
  applied: readonly Applied[],
  partners: ReadonlyMap<number, StoredOp>,
): Promise<ReadonlyMap<number, Link>> {
  // Only where both sides are written does a link hold more than the plan knows.
  const ids = applied.flatMap(({ stored: { op } }) =>
    op.base?.own === undefined ? [] : [op.fromId, op.takesOver].flatMap((id) => id ?? []),
  )
  const now = new Map<RemoteId, Link>()
  if (ids.length > 0)
    for (const link of await store.links.byFrom(job.run.sync, ids)) now.set(link.fromId, link)
  const links = new Map<number, Link>()
  for (const ending of applied) {
    const { op } = ending.stored
    const partner = op.partner === undefined ? undefined : partners.get(op.partner)
    const link = linkOf(job, terms, ending, {
      now: now.get(op.fromId ?? NOBODY) ?? now.get(op.takesOver ?? NOBODY),
      partner,
    })
    if (link !== null) links.set(op.seq, link)
  }
  return links
}

const NOBODY = '' as RemoteId

function linkOf(
  job: Job,
  terms: Terms,
  ending: Applied,
  known: { readonly now: Link | undefined; readonly partner: StoredOp | undefined },
): Link | null {
  const { op } = ending.stored
  const pair =
    terms.side === 'to'
      ? { fromId: op.fromId, toId: ending.id }
      : { fromId: ending.id, toId: op.toId }
  const base = op.base === null ? null : renamedBase(op.base, terms.fields)
  if (pair.fromId === null || pair.toId === null || base === null) return null
  const { now, partner } = known
  const own = partner?.op.base?.own
  const { from, to } = settledBases({
    base,
    writes: terms.side,
    echo: packBase(terms.context.key, terms.shows(shownBy(terms, ending))),
    now: now === undefined ? null : { from: now.fromBase, to: now.toBase },
    partner:
      partner === undefined || own === undefined
        ? null
        : { own: renamedPart(own, terms.fields), isApplied: partner.state === 'applied' },
  })
  return {
    sync: job.run.sync,
    fromId: pair.fromId,
    toId: pair.toId,
    fromBase: from,
    toBase: to,
    origin: op.bucket === 'create' ? 'created' : op.cause,
    run: job.run.id,
    updatedAt: job.env.clock.now(),
  }
}

/** As it was shown, or else as it should be; what an answer does not tell of sets is as it should be, too. */
function shownBy(terms: Terms, ending: Applied): Sighting {
  const { echo, stored } = ending
  if (echo === null) return assumed(terms, ending)
  if (stored.op.base?.own === undefined) return echo
  const { tags, groups, consents } = assumed(terms, ending)
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(groups === undefined ? {} : { groups }),
    ...(consents === undefined ? {} : { consents }),
    ...echo,
  }
}

/** What the written side should show now, until a read-back tells. */
function assumed(terms: Terms, { stored: { op }, id, current }: Applied): Sighting {
  const fields: Record<string, FieldValue> = { ...current?.fields }
  for (const change of op.fields) fields[terms.path(change.path)] = change.after
  const removed = new Set(op.tags.remove.map((key) => terms.tag(key).key))
  const tags = [
    ...(current?.tags ?? []).filter((key) => !removed.has(key)),
    ...op.tags.add.map((key) => terms.tag(key).key),
  ]
  return {
    id,
    version: null,
    createdAt: current?.createdAt ?? null,
    updatedAt: null,
    fields,
    tags: [...new Set(tags)].sort(),
    ...(current?.groups === undefined ? {} : { groups: groupsAfter(terms, op, current.groups) }),
    ...(current?.consents === undefined && op.consents.length === 0
      ? {}
      : { consents: [...(current?.consents ?? []), ...op.consents] }),
  }
}

function groupsAfter(terms: Terms, op: Op, groups: readonly string[]): readonly string[] {
  // Those that are written in bulk are not there yet.
  if (terms.joinsInBulk && op.base?.own === undefined) return groups
  const removed = new Set(op.groups.remove.map((key) => terms.group(key).key))
  const kept = groups.filter((key) => !removed.has(key))
  return [...new Set([...kept, ...op.groups.add.map((key) => terms.group(key).key)])].sort()
}

function joinRows(terms: Terms, { op }: StoredOp, id: RemoteId): readonly JoinRow[] {
  if (!terms.joinsInBulk) return []
  return [
    ...op.groups.add.map(
      (key): JoinRow => ({ group: terms.group(key).key, contact: id, op: 'add' }),
    ),
    ...op.groups.remove.map(
      (key): JoinRow => ({ group: terms.group(key).key, contact: id, op: 'remove' }),
    ),
  ]
}
