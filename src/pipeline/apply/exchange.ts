/** One request to the side that is written, and what is certain after it. */
import type { ContactWrite, WriteOutcome, Writer } from '../../connector/connector.ts'
import { ConnectorError } from '../../connector/error.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { Job } from '../env.ts'
import { again } from './again.ts'
import { companyIds } from './companies.ts'
import { said } from './quiet.ts'
import type { Item } from './recheck.ts'
import type { Ending } from './ending.ts'
import { settle } from './settle.ts'
import { type Terms, writeOf } from './terms.ts'

/** What writing one slice works with. */
export interface Work {
  readonly job: Job
  readonly plan: PlanHeader
  readonly terms: Terms
  readonly writer: Writer
}

export interface Exchanged {
  readonly unknown: readonly StoredOp[]
  /** Back to planned: the request certainly had no effect on them. */
  readonly untouched: readonly StoredOp[]
  readonly refusal: ConnectorError | null
  /** The account said about at least one record what became of it. */
  readonly isAnswered: boolean
}

/** One request; what is definite is settled. */
export async function exchange(work: Work, items: readonly Item[]): Promise<Exchanged> {
  const { job, plan, terms, writer } = work
  const linksById = terms.side === 'to' && writer.capabilities.companies?.link === 'id'
  const companyOf = linksById
    ? await companyIds(
        job,
        items.map(({ left }) => left),
      )
    : null
  const writes = items.map(({ stored, left, id, current }): ContactWrite => {
    const write = writeOf(terms, left, { id, current, key: `${plan.id}:${stored.op.seq}` })
    const company = companyOf?.(left) ?? null
    return company === null ? write : { ...write, company }
  })
  let outcomes: readonly WriteOutcome[]
  try {
    outcomes = await writer.write(writes, job.signal)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return failedWhole(work, items, error)
  }
  const endings: Ending[] = []
  const unknown: StoredOp[] = []
  for (const [place, item] of items.entries()) {
    const outcome = outcomes[place] ?? NOT_MENTIONED
    const ending = endingOf(work, item, outcome)
    if (ending === null) unknown.push(item.stored)
    else endings.push(ending)
  }
  await settle(job, plan, terms, endings)
  return { unknown, untouched: [], refusal: null, isAnswered: endings.length > 0 }
}
const NOT_MENTIONED: WriteOutcome = {
  kind: 'unknown',
  message: 'the answer does not mention this record',
}

/** null: unknown, to be looked up. */
function endingOf(
  { plan, terms: { place } }: Work,
  item: Item,
  outcome: WriteOutcome,
): Ending | null {
  const { stored, current } = item
  switch (outcome.kind) {
    case 'done':
      return {
        kind: 'applied',
        stored,
        id: outcome.id,
        echo: outcome.sighting,
        current,
        // The rest of a create that exists in part is an update of our own contact.
        ...(item.id === null && !outcome.wasCreated ? { wasThere: true } : {}),
      }
    case 'rejected':
      return {
        kind: 'rejected',
        stored,
        outcome: { ...said(outcome.message, outcome.hint), path: outcome.path },
      }
    case 'exists':
      // The next run would decide the same: only a person can say who keeps the address.
      if (stored.op.bucket === 'update')
        return {
          kind: 'held',
          stored,
          outcome: {
            ...said(
              'the e-mail it has now belongs to another contact at the target; nothing was written',
              'Give the address to the right one of the two at the target, or merge them, then run again.',
            ),
            id: outcome.id,
          },
        }
      return {
        kind: 'drifted',
        stored,
        outcome: {
          ...said(
            `somebody created this contact at ${place} since the plan was made; nothing was written`,
            again(plan),
          ),
          id: outcome.id,
        },
      }
    case 'stale':
      return {
        kind: 'drifted',
        stored,
        outcome: said(
          `the record changed at ${place} since it was read; nothing was written`,
          again(plan),
        ),
      }
    case 'gone':
      return {
        kind: 'drifted',
        stored,
        outcome: said(
          `the record does not exist at ${place} any more; nothing was written`,
          again(plan),
        ),
      }
    case 'unknown':
      return null
  }
}
/** The whole call failed. What had no effect goes back to planned; the rest is unknown until looked up. */
async function failedWhole(
  work: Work,
  items: readonly Item[],
  error: ConnectorError,
): Promise<Exchanged> {
  const ops = items.map((item) => item.stored)
  switch (error.kind) {
    case 'unknown':
    case 'protocol':
      return { unknown: ops, untouched: [], refusal: null, isAnswered: false }
    case 'throttled':
    case 'unreachable':
      await release(work, items)
      return { unknown: [], untouched: ops, refusal: error, isAnswered: false }
    case 'invalid':
    case 'gone':
    case 'stale': {
      if (ops.length > 1) {
        await release(work, items)
        return { unknown: [], untouched: ops, refusal: null, isAnswered: true }
      }
      const kind = error.kind === 'invalid' ? 'rejected' : 'drifted'
      const outcome = said(error.message, error.hint ?? again(work.plan))
      const endings = ops.map((stored): Ending => ({ kind, stored, outcome }))
      await settle(work.job, work.plan, work.terms, endings)
      return { unknown: [], untouched: [], refusal: null, isAnswered: true }
    }
    case 'login':
    case 'permission':
    case 'unsupported':
    case 'scan':
      await release(work, items)
      throw error
  }
}

/** Back to planned. A create that exists in part already stays `sent`: nobody may take it for one that never left. */
async function release(work: Work, items: readonly Item[]): Promise<void> {
  const fresh = items.filter(({ stored, id }) => stored.op.bucket === 'update' || id === null)
  await backToPlanned(
    work,
    fresh.map((item) => item.stored),
  )
}

export async function backToPlanned(
  { job, plan, terms }: Work,
  ops: readonly StoredOp[],
): Promise<readonly StoredOp[]> {
  await settle(
    job,
    plan,
    terms,
    ops.map((stored) => ({ kind: 'planned', stored })),
  )
  return ops
}
