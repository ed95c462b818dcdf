/** What a sync that goes both ways promises beyond one that goes forth: the target's people arrive at the source, and linked pairs agree whoever edited. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { FIELDS, fieldOf } from './hands.ts'
import { bare, clean, fold, isToldAsLoss, setAside, staysAway, tagWord } from './oracle.ts'
import type { Violation } from './watch.ts'
import type { World } from './world.ts'

export async function mistakesBack(
  world: World,
  reading: 'incremental' | 'whole',
): Promise<readonly Violation[]> {
  const { from, to } = world.sides
  const found: Violation[] = []
  const asideHere = await setAside(world)
  const asideThere = await setAside(world, ['hold', 'reject'], 'to')
  const links = await world.store.links.page('move', null, 10_000)
  const pairOf = new Map(links.map(({ fromId, toId }) => [bare(toId), bare(fromId)]))
  const linkedHere = new Set(pairOf.values())
  const sources = new Map(from.simulator.snapshot().map((one) => [one.id, one]))
  for (const target of to.simulator.snapshot()) {
    const own = pairOf.get(target.id)
    if (asideThere.has(target.id) || (own !== undefined && asideHere.has(own))) continue
    if (own === undefined) {
      const who = `${target.id} <${target.emails[0] ?? ''}>`
      found.push({ invariant: 'I1', text: `${who} of the target is nowhere at the source` })
      continue
    }
    const source = sources.get(own)
    // Gone there: what is left stays, as long as nobody told the sync to remove.
    if (source === undefined) continue
    for (const text of await disagreements(world, { source, target }, reading))
      found.push({ invariant: reading === 'incremental' ? 'I5' : 'I10', text })
  }
  for (const { id } of sources.values())
    if (!world.history.byPeople.from.has(id) && !linkedHere.has(id) && !asideHere.has(id))
      found.push({
        invariant: 'I3',
        text: `${id} at the source was made by nobody and is linked to nobody`,
      })
  return found
}

interface Pair {
  readonly source: SimulatedContact
  readonly target: SimulatedContact
}

async function disagreements(
  world: World,
  { source, target }: Pair,
  reading: 'incremental' | 'whole',
): Promise<readonly string[]> {
  const { from, to } = world.sides
  const found: string[] = []
  const say = (what: string, a: unknown, b: unknown) => {
    found.push(`${source.id} ↔ ${target.id}: ${what}: ${JSON.stringify(a)} | ${JSON.stringify(b)}`)
  }
  const losses = async (field: string) =>
    (await isToldAsLoss(world, source.id, field)) ||
    (await isToldAsLoss(world, target.id, field, 'to'))
  const isAutomated = world.faults.log.some(({ name }) => name.startsWith('an automation rewrites'))
  for (const field of FIELDS) {
    const here = clean(fieldOf(from.hands, source, field))
    const there = clean(fieldOf(to.hands, target, field))
    // Emptiness does not travel unless a mapping says so.
    if (here === there || here === '' || there === '') continue
    // What keeps its letters counts as the platform's own spelling, when it was rewritten before it was read back.
    if (isAutomated && fold(here) === fold(there)) continue
    if (!(await losses(field))) say(field, here, there)
  }
  const isHidden =
    reading === 'incremental' &&
    [from, to].some(({ simulator }) => simulator.platform === 'xml-spec')
  const here = [...source.tags, ...source.groups].map(tagWord)
  const missing = target.tags.filter(
    (tag) =>
      !here.some((other) => tagWord(tag).endsWith(other)) &&
      !isUnholdable(from.simulator.platform, tag) &&
      !staysAway(world, `from ${source.id}`, tag),
  )
  if (missing.length > 0 && !isHidden && !(await losses('tags')))
    say('tags', source.tags, target.tags)
  const [address] = target.emails
  const isShared = address !== undefined && source.emails.map(fold).includes(fold(address))
  const isAsked = isShared && world.history.askedOut.to.has(fold(address))
  if (isAsked && target.optedOut.map(fold).includes(fold(address)))
    if (!source.optedOut.map(fold).includes(fold(address)))
      say('opt-out', source.optedOut, target.optedOut)
  return found
}

/** One platform takes a leading minus for "take this tag off"; its README says so, and the plan of the first meeting named it. */
function isUnholdable(platform: string, tag: string): boolean {
  return platform === 'adaptix' && tag.startsWith('-')
}
