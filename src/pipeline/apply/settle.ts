/** Puts an op's end on record: state, link, bases, journal, memberships still to write and open cases, all in one transaction. */
import type { RemoteId } from '../../model/id.ts'
import type { FieldValue } from '../../model/field.ts'
import type { Sighting } from '../../model/sighting.ts'
import { keepSlots, packBase, renameSlots } from '../../plan/base.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import { showTo } from '../../plan/shown.ts'
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
import { bury } from './bury.ts'
import { caseOf, said, TAKEN } from './quiet.ts'
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
  const links =
    plan.undoes === undefined
      ? applied.flatMap((ending) => linkOf(job, terms, ending))
      : await parted(
          store,
          job,
          applied.flatMap(({ stored }) => stored.op.fromId ?? []),
        )
  const taken = new Set((await store.links.save(links)).map((link) => link.fromId))
  const cases: Omit<Case, 'id'>[] = []
  const outcomes: { seq: number; state: OpState; outcome: Outcome }[] = []
  for (const ending of endings) {
    const { op } = ending.stored
    if (ending.kind === 'planned') {
      outcomes.push({ seq: op.seq, state: 'planned', outcome: said(null) })
    } else if (ending.kind === 'applied') {
      const isTaken = op.fromId !== null && taken.has(op.fromId)
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
      else if (op.held.length > 0)
        cases.push(
          caseOf(job, op, 'hold', { cause: 'both sides hold different values', hint: HELD_HINT }),
        )
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
      op.ends === undefined ? [] : [{ op, why: op.ends, sides: ['from'] }],
    ),
    'deleted at the source',
  )
  await store.plans.settle(plan.id, outcomes)
  await store.journal.setRecord(
    plan.id,
    applied.map((ending) => ({ seq: ending.stored.op.seq, record: ending.id })),
  )
  await store.joins.add(
    plan.id,
    applied.flatMap((ending) => joinsOf(terms, ending.stored, ending.id)),
  )
  const brought = links.map((link) => link.fromId).filter((id) => !taken.has(id))
  const stillHeld = new Set(cases.map((open) => open.record))
  for (const kind of ['hold', 'reject', 'retry'] as const) {
    const closable = brought.filter((id) => kind !== 'hold' || !stillHeld.has(id))
    if (closable.length > 0)
      await store.cases.close(job.run.sync, kind, 'from', closable, 'applied')
  }
  if (cases.length > 0) await store.cases.open(cases)
}

const HELD_HINT = 'Decide which side is right, or set "conflict" for these fields in the mapping.'
const CASE_OF = { drifted: 'retry', unknown: 'retry', rejected: 'reject', held: 'hold' } as const

function linkOf(
  job: Job,
  terms: Terms,
  ending: Extract<Ending, { kind: 'applied' }>,
): readonly Link[] {
  const { op } = ending.stored
  const { base } = op
  if (op.fromId === null || base === null) return []
  const shown = ending.echo ?? assumed(terms, ending)
  const toBase = packBase(terms.context.key, showTo(terms.context, shown))
  return [
    {
      sync: job.run.sync,
      fromId: op.fromId,
      toId: ending.id,
      fromBase: renameSlots(base.from, terms.fields),
      toBase: keepSlots(toBase, { old: base.to, kept: base.kept, isSettled: base.isSettled }),
      origin: op.bucket === 'create' ? 'created' : op.cause,
      run: job.run.id,
      updatedAt: job.env.clock.now(),
    },
  ]
}

/** What the target should show now, until a read-back tells. */
function assumed(
  terms: Terms,
  { stored: { op }, id, current }: Extract<Ending, { kind: 'applied' }>,
): Sighting {
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
    ...(current?.groups === undefined ? {} : { groups: current.groups }),
  }
}

function joinsOf(terms: Terms, { op }: StoredOp, id: RemoteId): readonly JoinRow[] {
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
