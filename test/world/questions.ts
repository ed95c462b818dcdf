/** I18: a question that waits for a person goes away by a decision, or because what it is about has changed; never of itself. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { Case } from '../../src/state/cases.ts'
import type { Before } from './checks.ts'
import { bare } from './oracle.ts'
import type { World } from './world.ts'

const SYNC = 'move'

/** Each with all that bears on it, as one text. */
export async function holdsOf(world: World): Promise<ReadonlyMap<string, string>> {
  const holds = await world.store.cases.list({ sync: SYNC, kind: 'hold', limit: 1_000 })
  if (holds.length === 0) return new Map()
  const links = await world.store.links.page(SYNC, null, 10_000)
  return new Map(holds.map((hold) => [hold.id, bearingsOf(world, hold, links)]))
}

export async function checkHolds(world: World, before: Before): Promise<void> {
  if (before.holds.size === 0) return
  // What a list that lied had asked for goes away with the lie.
  if (world.faults.log.some(({ family }) => family === 'listing')) return
  const open = await world.store.cases.list({ sync: SYNC, kind: 'hold', limit: 1_000 })
  const links = await world.store.links.page(SYNC, null, 10_000)
  const still = new Set(open.map(({ id }) => id))
  for (const [id, bearings] of before.holds) {
    if (still.has(id)) continue
    const hold = JSON.parse(bearings) as { readonly of: Case }
    if (bearingsOf(world, hold.of, links) !== bearings) continue
    world.watch.say(
      'I18',
      `"${hold.of.cause}" about ${hold.of.record} is gone, and nothing changed`,
    )
  }
}

/** The contact, its counterpart, those it may be, and whoever shares an address with it, as both accounts show them. */
function bearingsOf(
  world: World,
  of: Case,
  links: readonly { readonly fromId: string; readonly toId: string }[],
): string {
  const link = links.find((one) => one[of.side === 'from' ? 'fromId' : 'toId'] === of.record)
  const ids = {
    from: new Set([link?.fromId, ...(of.side === 'from' ? [of.record] : of.candidates)].map(own)),
    to: new Set([link?.toId, ...(of.side === 'to' ? [of.record] : of.candidates)].map(own)),
  }
  const all = (['from', 'to'] as const).flatMap((side) =>
    world.sides[side].simulator.snapshot().map((contact) => ({ side, contact })),
  )
  const emails = new Set(
    all
      .filter(({ side, contact }) => ids[side].has(contact.id))
      .flatMap(({ contact }) => contact.emails.map(folded)),
  )
  const near = all.filter(
    ({ side, contact }) =>
      ids[side].has(contact.id) || contact.emails.some((email) => emails.has(folded(email))),
  )
  return JSON.stringify({ of: plain(of), near: near.map(({ contact }) => told(contact)) })
}

function own(id: string | undefined): string {
  return bare(id ?? '')
}
function folded(email: string): string {
  return email.normalize('NFC').toLowerCase()
}
function plain({ id, side, record, cause, candidates }: Case) {
  return { id, side, record, cause, candidates }
}
function told({ id, fields, tags, groups, emails, optedOut }: SimulatedContact) {
  return { id, fields, tags, groups, emails, optedOut }
}
