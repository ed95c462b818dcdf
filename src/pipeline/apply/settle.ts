/** Puts an op's end on record: state, link, bases, journal, memberships still to write and open cases, all in one transaction. */
import { otherSide, type RemoteId } from '../../model/id.ts'
import type { Op } from '../../plan/op.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import { heldCause } from '../../plan/turns.ts'
import type { Case } from '../../state/cases.ts'
import type { JoinRow } from '../../state/joins.ts'
import type { Link } from '../../state/links.ts'
import type { OpState, Outcome, StoredOp } from '../../state/plans.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'
import { noteTurns, settleRulings } from '../rulings.ts'
import { parted } from '../undo-links.ts'
import { bury, partedFrom } from './bury.ts'
import { closeCases, openPairs } from './close-cases.ts'
import type { Ending } from './ending.ts'
import { joinsOf } from './groups.ts'
import { caseOf, openCases, said, TAKEN } from './quiet.ts'
import { linksOf, partnersOf } from './settle-links.ts'
import { endMerged } from './succeed.ts'
import type { Terms } from './terms.ts'

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
  const { outcomes, cases } = recordsOf(job, endings, { taken, made })
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

/** The state and outcome of each op, and the cases that stay open. `taken`: ids at the source whose counterpart is another's. */
function recordsOf(
  job: Job,
  endings: readonly Ending[],
  {
    taken,
    made,
  }: { readonly taken: ReadonlySet<RemoteId>; readonly made: ReadonlyMap<number, Link> },
): {
  readonly outcomes: readonly { seq: number; state: OpState; outcome: Outcome }[]
  readonly cases: readonly Omit<Case, 'id'>[]
} {
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
  return { outcomes, cases }
}

const CASE_OF = { drifted: 'retry', unknown: 'retry', rejected: 'reject', held: 'hold' } as const

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
