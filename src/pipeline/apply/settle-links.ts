/** Links as they are once ops are applied: who is whom, and what both sides agree on. */
import type { PlanId, RemoteId } from '../../model/id.ts'
import { packBase } from '../../plan/base.ts'
import { renamedBase, renamedPart, settledBases } from '../../plan/settled.ts'
import type { Link } from '../../state/links.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'
import type { Applied, Ending } from './ending.ts'
import { shownBy } from './shown.ts'
import type { Terms } from './terms.ts'

/** By the place of the op: its link as it is from now on. */
export async function linksOf(
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

/** The other ops of the pairs, by their place, as they stand now and until these are settled: which of two comes second must see the first. */
export async function partnersOf(
  store: StateStore,
  plan: PlanId,
  endings: readonly Ending[],
): Promise<ReadonlyMap<number, StoredOp>> {
  const seqs = endings.flatMap(({ stored: { op } }) =>
    op.partner === undefined ? [] : [op.seq, op.partner],
  )
  if (seqs.length === 0) return new Map()
  const partners = await store.plans.lockedAt(plan, seqs)
  return new Map(partners.map((stored) => [stored.op.seq, stored]))
}
