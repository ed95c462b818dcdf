/** The target's own contacts in a two-way sync: who of them is left to decide, and what a change or a newcomer there means at the source. */
import type { RemoteId } from '../model/id.ts'
import type { PlanId } from '../model/id.ts'
import type { PlanContext } from '../plan/context.ts'
import { type Decision, decideBack, decideRecord } from '../plan/decide.ts'
import type { Match } from '../plan/match.ts'
import type { StagedSighting } from '../state/store.ts'
import type { Job } from './env.ts'
import type { Gathered } from './facts.ts'
import { rulingsOf } from './rulings.ts'

/** Without those whose pair was decided from the source's end. */
export async function undecided(
  { env, run }: Job,
  plan: PlanId,
  rows: readonly StagedSighting[],
): Promise<readonly StagedSighting[]> {
  const ids = rows.map(({ sighting }) => sighting.id)
  const links = await env.store.links.byTo(run.sync, ids)
  const staged = await stagedAtSource(
    { env, run },
    links.map(({ fromId }) => fromId),
  )
  const decided = new Set<RemoteId>(await env.store.plans.recordsAmong(plan, 'to', ids))
  for (const link of links) if (staged.has(link.fromId)) decided.add(link.toId)
  return rows.filter(({ sighting }) => !decided.has(sighting.id))
}

/** Somebody who is found at the source, and was read there, belongs to that contact's decision, whatever that was: no record of its own. */
export async function decideThere(
  job: Job,
  { context, mirror }: { readonly context: PlanContext; readonly mirror: PlanContext },
  records: readonly (Gathered & { readonly match: Match })[],
): Promise<readonly Decision[]> {
  const staged = await stagedAtSource(
    job,
    records.flatMap(({ match }) => (match.kind === 'found' ? [match.target.id] : [])),
  )
  // What people decide about the fields of a pair is kept under the source's id.
  const ruled = await rulingsOf(
    { store: job.env.store, run: job.run },
    'from',
    records.flatMap(({ match }) =>
      (match.kind === 'linked' || match.kind === 'found') && match.target !== null
        ? [match.target.id]
        : [],
    ),
  )
  const decisions: Decision[] = []
  for (const { source: target, link, match: each } of records) {
    const bases = link === null ? null : { from: link.fromBase, to: link.toBase }
    if (each.kind === 'linked' && each.target === null) decisions.push([])
    else if (each.kind === 'linked' && each.target !== null) {
      const linked = { kind: 'linked', toId: target.id, target } as const
      const rulings = ruled.get(each.target.id) ?? []
      decisions.push(decideRecord(context, { source: each.target, match: linked, bases, rulings }))
    } else if (each.kind === 'found') {
      if (staged.has(each.target.id)) continue
      const here = { kind: 'found', target, by: each.by } as const
      const rulings = ruled.get(each.target.id) ?? []
      const facts = { source: each.target, match: here, bases: null, rulings }
      decisions.push(decideRecord(context, facts))
    } else decisions.push(decideBack(context, mirror, { target, match: asked(each) }))
  }
  return decisions
}

/** The survivor of a merge at the source may be somebody's counterpart, or a person of its own: the link is not moved unasked. */
function asked(found: Match): Match {
  if (found.kind !== 'repoint') return found
  return {
    kind: 'hold',
    cause: `its counterpart ${found.was} was merged into ${found.target.id} at the source`,
    hint: 'End its link with "ferry links end"; the next full run finds the survivor by e-mail.',
    candidates: [found.target.id],
  }
}

async function stagedAtSource(
  { env, run }: Pick<Job, 'env' | 'run'>,
  ids: readonly RemoteId[],
): Promise<ReadonlySet<RemoteId>> {
  const readings = await env.store.staging.byIds(run.id, 'from', ids)
  return new Set(readings.map(({ id }) => id))
}
