/** Counterparts of linked contacts, as read in this run or fetched by id where the plan needs them. */
import { otherSide, type RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import { sourceChanged, targetChanged } from '../../plan/decide.ts'
import type { LinkedTarget } from '../../plan/match.ts'
import type { Link } from '../../state/links.ts'
import type { RulingsOf } from '../rulings.ts'
import { type Gathering, linksOf, own, there } from './gathering.ts'

/** Counterparts as read in this run; what a full scan did not show, or an incremental run needs, is fetched by id. */
export async function linkedTargets(
  from: Gathering,
  sightings: readonly Sighting[],
  { links, rulings }: { readonly links: ReadonlyMap<RemoteId, Link>; readonly rulings: RulingsOf },
): Promise<ReadonlyMap<RemoteId, LinkedTarget>> {
  const found = new Map<RemoteId, LinkedTarget>()
  const linked = sightings.flatMap((source) => {
    const link = links.get(source.id)
    return link === undefined ? [] : [{ source, link }]
  })
  const ids = linked.map(({ link }) => there(from, link))
  // Where both sides were scanned, a counterpart that changed itself is at hand.
  if (from.isFull || from.context.mirror !== null) {
    for (const sighting of await from.store.staging.byIds(from.run.id, otherSide(from.side), ids)) {
      found.set(sighting.id, { kind: 'found', sighting })
    }
  }
  const asked = from.isFull ? NOBODY : await askedAbout(from)
  const missing = linked.flatMap(({ source, link }) => {
    const isAsked = asked.has(source.id) || rulings.has(source.id)
    const isNeeded = from.isFull || isAsked || isChanged(from, source, link)
    return isNeeded && !found.has(there(from, link)) ? [there(from, link)] : []
  })
  const read = new Map<RemoteId, Sighting>()
  const size = Math.max(1, from.target.capabilities.fetchMax)
  for (let start = 0; start < missing.length; start += size) {
    for (const entry of await from.target.fetch(missing.slice(start, start + size), from.signal)) {
      if (entry.kind === 'found') read.set(entry.id, entry.sighting)
      if (entry.kind === 'merged') {
        const holder = (await linksOf(from, otherSide(from.side), [entry.into.id])).get(
          entry.into.id,
        )
        const taken = holder === undefined ? {} : { linkedTo: own(from, holder) }
        found.set(entry.id, { kind: 'merged', into: entry.into, ...taken })
      }
      if (entry.kind === 'gone') found.set(entry.id, { kind: 'gone' })
      if (entry.kind === 'inconclusive')
        found.set(entry.id, { kind: 'inconclusive', message: entry.message })
    }
  }
  // An account that keeps consent by address does not tell it with the contact, or its own opt-outs would be written to it again.
  const asRead = [...read.keys()]
  const told = await from.store.staging.withConsents(from.run.id, otherSide(from.side), [
    ...read.values(),
  ])
  for (const [at, sighting] of told.entries())
    found.set(asRead[at] ?? sighting.id, { kind: 'found', sighting })
  return found
}

const NOBODY: ReadonlySet<RemoteId> = new Set()

function isChanged({ side, context }: Gathering, contact: Sighting, link: Link): boolean {
  return side === 'from'
    ? sourceChanged(context, contact, link.fromBase)
    : targetChanged(context, contact, link.toBase)
}

/** Contacts that a case is open about: in a two-way sync what is to be decided may lie on either side. In a one-way sync those that are to be looked at again. */
async function askedAbout({
  store,
  run,
  side,
  context,
}: Gathering): Promise<ReadonlySet<RemoteId>> {
  const kinds = context.mirror === null ? ONE_WAY : TWO_WAY
  const ids = new Set<RemoteId>()
  for (const kind of kinds)
    for (const open of await store.cases.list({ sync: run.sync, kind, limit: CASES_MAX }))
      if (open.side === side) ids.add(open.record)
  return ids
}
const CASES_MAX = 10_000
const ONE_WAY = ['retry'] as const
const TWO_WAY = ['retry', 'hold', 'reject'] as const
