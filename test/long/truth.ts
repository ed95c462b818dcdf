/** What both accounts show, held against each other: who differs, who waits, who was opted out. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { type Side, SIDES } from '../../src/model/id.ts'
import type { TwoWay } from '../app/two-way-world.ts'
import { fieldOf, FIELDS, handsOf } from '../world/hands.ts'

/** Pairs that nothing is asked about, and that differ in what people edit here: by id at the source and field. */
export async function disagreements(
  two: TwoWay,
  seed: number,
): Promise<ReadonlyMap<string, string>> {
  const app = await two.world.open({ mayWrite: false })
  const aside = new Set<string>()
  try {
    for (const kind of ['hold', 'reject'] as const)
      for (const { side, record } of await app.store.cases.list({
        sync: 'move',
        kind,
        limit: 100_000,
      }))
        aside.add(`${side} ${bare(record)}`)
  } finally {
    await app.close()
  }
  const people = { from: byId(two, 'from'), to: byId(two, 'to') }
  const hands = { from: handsOf(two.world.from, seed), to: handsOf(two.world.to, seed) }
  const wrong = new Map<string, string>()
  for (const { fromId, toId } of await two.links()) {
    const [a, b] = [people.from.get(bare(fromId)), people.to.get(bare(toId))]
    if (a === undefined || b === undefined) continue
    if (aside.has(`from ${a.id}`) || aside.has(`to ${b.id}`)) continue
    for (const field of FIELDS) {
      const [here, there] = [fieldOf(hands.from, a, field), fieldOf(hands.to, b, field)]
      if (clean(here) !== clean(there)) wrong.set(`${a.id} ${field}`, `${here} | ${there}`)
    }
    const tags = [a, b].map((one) =>
      one.tags
        .filter((tag) => /^Tag \d+$/.test(tag))
        .sort()
        .join(),
    )
    if (tags[0] !== tags[1]) wrong.set(`${a.id} tags`, tags.join(' | '))
  }
  return wrong
}
export const WRONG_MAX = 10

export async function openPlan(two: TwoWay): Promise<readonly string[]> {
  two.world.clock.advance(60_000)
  const planned = await two.world.run('plan')
  const open = await two.written(planned)
  return open.slice(0, WRONG_MAX).map((op) => `the next plan is not empty: ${JSON.stringify(op)}`)
}

/** Contacts that a run looks at because a question or refusal about them is open, by side: of each kind so many, in turn. */
export async function waiting(two: TwoWay): Promise<Readonly<Record<Side, number>>> {
  const app = await two.world.open({ mayWrite: false })
  try {
    const counts = { from: 0, to: 0 }
    for (const kind of ['hold', 'reject'] as const) {
      const open = await app.store.cases.list({ sync: 'move', kind, limit: 100_000 })
      for (const side of SIDES) {
        const ids = new Set(open.flatMap((one) => (one.side === side ? [one.record] : [])))
        counts[side] += Math.min(ids.size, TAKEN_UP_MAX)
      }
    }
    return counts
  } finally {
    await app.close()
  }
}
const TAKEN_UP_MAX = 200

export function tagsEach(two: TwoWay, side: Side): number {
  const people = two.world[side].snapshot()
  return people.reduce((all, { tags }) => all + tags.length, 0) / Math.max(1, people.length)
}

export function outOf(two: TwoWay, side: Side): ReadonlySet<string> {
  return new Set(
    two.world[side].snapshot().flatMap(({ optedOut }) => optedOut.map((one) => one.toLowerCase())),
  )
}

export function resubscribed(
  before: ReadonlySet<string> | undefined,
  now: ReadonlySet<string>,
  side: Side,
): readonly string[] {
  return [...(before ?? [])]
    .filter((address) => !now.has(address))
    .map((address) => `${address} was opted out at ${side} and is not`)
}

function byId(two: TwoWay, side: Side): ReadonlyMap<string, SimulatedContact> {
  return new Map(two.world[side].snapshot().map((contact) => [contact.id, contact]))
}
export function bare(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}
function clean(text: string): string {
  return text.normalize('NFC').replaceAll('\r\n', '\n').trim()
}
