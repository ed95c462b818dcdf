/** Safety, looked at when a run has come to rest: what the engine did between the two looks, told apart from what people did. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { FIELDS, fieldOf } from './hands.ts'
import { bare, setAside } from './oracle.ts'
import type { Side } from './phase.ts'
import type { Ended } from './runs.ts'
import { checkCaps, unlicensed } from './removals.ts'
import { checkHolds, holdsOf } from './questions.ts'
import type { World } from './world.ts'

export interface Before {
  readonly targets: ReadonlyMap<string, SimulatedContact>
  /** Who was at the source. */
  readonly sources: ReadonlyMap<string, SimulatedContact>
  /** How many runs had begun. */
  readonly began: number
  /** Faults that had struck. */
  readonly strikes: number
  readonly cursors: ReadonlyMap<string, string>
  /** Questions that waited, each with all that bears on it. */
  readonly holds: ReadonlyMap<string, string>
}

const STREAM_NAMES = ['contacts', 'taggings', 'groupings', 'consents'] as const

export async function lookBefore(world: World): Promise<Before> {
  return {
    targets: new Map(world.sides.to.simulator.snapshot().map((one) => [one.id, one])),
    sources: new Map(world.sides.from.simulator.snapshot().map((one) => [one.id, one])),
    began: world.watch.began.length,
    strikes: world.faults.log.length,
    cursors: await cursorsOf(world),
    holds: await holdsOf(world),
  }
}

export async function check(world: World, before: Before, ended: Ended): Promise<void> {
  const say = world.watch.say
  await checkLinks(world)
  const now = new Map(world.sides.to.simulator.snapshot().map((one) => [one.id, one]))
  for (const [id, was] of before.targets) {
    const is = now.get(id)
    if (is === undefined) {
      const wrong = world.history.removed.to.has(id) ? null : await unlicensed(world, id)
      if (wrong !== null) say('I6', `contact ${id} vanished from the target: ${wrong}`)
      continue
    }
    checkContact(world, 'to', { was, is })
  }
  checkSources(world, before)
  const pull =
    ended.kind === 'rested' ? await world.store.runs.document(ended.run.id, 'pull') : null
  const isIncremental = (pull as { readonly isFull?: boolean } | null)?.isFull === false
  // Only a whole reading may begin again further back: it has seen everything.
  for (const [key, mark] of isIncremental ? await cursorsOf(world) : []) {
    const earlier = before.cursors.get(key)
    if (earlier !== undefined && mark < earlier)
      say('I2', `the watermark of ${key} fell from ${earlier} to ${mark}`)
  }
  checkAhead(world, await cursorsOf(world))
  checkConsent(world)
  await checkHolds(world, before)
  if (ended.kind === 'rested') await checkCaps(world, ended)
  if (ended.kind !== 'rested') return
  const { run, report } = ended
  if (run.status !== 'done') return
  for (const book of report.facts.books ?? [])
    if (!book.balanced)
      say('I17', `the books of ${book.plan} do not balance: ${JSON.stringify(book)}`)
  await checkJournal(world, ended)
  if (run.kind === 'sync' && (pull as { readonly isFull?: boolean } | null)?.isFull === true)
    await checkSeen(world, before)
}

/** Whoever was at the source before a whole reading, and still is, has been seen: linked, or told as set aside. A list may move, but not lie. */
async function checkSeen(world: World, { sources, began, strikes }: Before): Promise<void> {
  // A run that was resumed may have read before.
  if (world.watch.began.length === began) return
  const lies = world.faults.log
    .slice(strikes)
    .filter(({ family, strike }) => family === 'listing' && strike.kind === 'wire')
  if (lies.length > 0) return
  const known = await setAside(world, ['hold', 'reject', 'retry'])
  for (const { fromId } of await world.store.links.page('move', null, 10_000))
    known.add(bare(fromId))
  for (const { id } of world.sides.from.simulator.snapshot())
    if (sources.has(id) && !known.has(id))
      world.watch.say('I1', `${id} was there during a whole reading, and nothing became of it`)
}

const ZONES: Readonly<Record<string, string>> = {
  infusionsoft: 'America/New_York',
  adaptix: 'UTC',
  'xml-spec': 'America/Los_Angeles',
}

/** A watermark is a moment that has been, by the clock of its account; where clocks were moved, nobody can say any more. */
function checkAhead(world: World, cursors: ReadonlyMap<string, string>): void {
  if (world.faults.log.some(({ family }) => family === 'time')) return
  for (const [key, mark] of cursors) {
    const side = key.startsWith('from') ? 'from' : 'to'
    const timeZone = ZONES[world.sides[side].simulator.platform] ?? 'UTC'
    // As 2026-11-03 09:00:00, which has the digits of every platform's own form.
    const now = new Date(world.clock.now()).toLocaleString('sv-SE', { timeZone })
    if (digits(mark) > digits(now))
      world.watch.say('I2', `the watermark of ${key}, ${mark}, is ahead of the clock there, ${now}`)
  }
}

function digits(text: string): string {
  return text.replaceAll(/\D/g, '').slice(0, 14)
}

/**
 * The simulator cannot know when the opt-out was made at the source. One that came after the run began that exposed the address is news,
 * and so is one of an address that somebody else at the target had before.
 */
function checkConsent(world: World): void {
  // Whom a lying list left out, nobody could honour; the lists that lie are counted among the faults.
  const isLiedTo = world.faults.log.some(
    ({ family, needsCensus }) => family === 'listing' && needsCensus === true,
  )
  if (isLiedTo) return
  // What a target whose clock was moved tells of its times is true to within that.
  const doubtMs = world.faults.log.some(({ family }) => family === 'time') ? CLOCKS_APART_MS : 0
  for (const line of world.sides.to.simulator.consentBreaches) {
    const address = /[^\s<>]+@[^\s<>;]+/.exec(line)?.[0]?.toLowerCase() ?? ''
    const outAt = world.history.outAt.get(address)
    // Most simulators cannot tell people's own writes from ours.
    if (world.history.askedOut.to.has(address)) continue
    const exposedAt = Date.parse(/\d{4}-\d\d-\d\dT[\d:]+[+\d:]*/.exec(line)?.[0] ?? '')
    const latest = timeOfWrite(world, line) ?? world.clock.now()
    const began = world.watch.began.findLast((at) => at <= (exposedAt - doubtMs || latest)) ?? 0
    // Who was opted out because they are gone at the source could be mailed until then.
    if (outAt === undefined && world.deal.deletes === 'unsubscribe') continue
    if (outAt === undefined || outAt < began) world.watch.say('I27', line)
  }
}

const CLOCKS_APART_MS = 5 * 60_000

/** When the write happened that the line names by its number; null: it names none. */
function timeOfWrite({ sides }: World, line: string): number | null {
  const named = /\(write (\d+)\) before/.exec(line)?.[1]
  if (named === undefined) return null
  const until = [...sides.to.writeTimes].filter(([count]) => count >= Number(named))
  return until.reduce<number | null>((first, [, at]) => Math.min(first ?? at, at), null)
}

async function checkLinks(world: World): Promise<void> {
  const links = await world.store.links.page('move', null, 10_000)
  const targets = new Map<string, string>()
  for (const { fromId, toId } of links) {
    const other = targets.get(toId)
    if (other !== undefined)
      world.watch.say('I4', `${fromId} and ${other} are both linked to ${toId}`)
    targets.set(toId, fromId)
  }
}

/** Where the source is written too. */
function checkSources(world: World, { sources }: Before): void {
  if (!world.deal.isTwoWay) return
  const now = new Map(world.sides.from.simulator.snapshot().map((one) => [one.id, one]))
  for (const [id, was] of sources) {
    const is = now.get(id)
    if (is !== undefined) checkContact(world, 'from', { was, is })
    else if (!world.history.removed.from.has(id))
      world.watch.say('I6', `contact ${id} vanished from the source`)
  }
}

function checkContact(
  world: World,
  side: Side,
  { was, is }: { readonly was: SimulatedContact; readonly is: SimulatedContact },
): void {
  const { hands } = world.sides[side]
  for (const field of FIELDS) {
    const [a, b] = [fieldOf(hands, was, field), fieldOf(hands, is, field)]
    if (a === '' || b !== '') continue
    if (world.history.emptied[side].has(`${is.id} ${field}`)) continue
    world.watch.say('I20', `${field} of ${side} ${is.id} was ${JSON.stringify(a)} and is empty`)
  }
  const isSameAddress = was.emails[0]?.toLowerCase() === is.emails[0]?.toLowerCase()
  if (was.optedOut.length > 0 && is.optedOut.length === 0 && isSameAddress)
    world.watch.say('I27', `${side} ${is.id} was opted out and is not`)
}

/** Everything that was written stands in the journal. */
async function checkJournal(
  world: World,
  { run }: Extract<Ended, { readonly kind: 'rested' }>,
): Promise<void> {
  if (run.plan === null || run.kind === 'plan' || run.kind === 'verify') return
  const ops = await world.store.plans.ops(run.plan, {
    afterSeq: 0,
    untilSeq: null,
    limit: 1_000,
    states: ['applied', 'sent'],
    buckets: ['create', 'update'],
  })
  const seqs = new Set((await world.store.journal.page(run.id, 0, 10_000)).map(({ seq }) => seq))
  for (const { op, attempts } of ops)
    if (attempts > 0 && !seqs.has(op.seq))
      world.watch.say('I14', `op ${op.seq} of ${run.id} was sent and is not in the journal`)
}

const STAMP = /^\d{4}-?\d\d-?\d\d[T ]/

async function cursorsOf(world: World): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const side of ['from', 'to'] as const)
    for (const stream of STREAM_NAMES) {
      const cursor = await world.store.cursors.get('move', side, stream)
      // Some streams carry no time, and their mark is of another kind.
      if (cursor !== null && STAMP.test(cursor.watermark))
        found.set(`${side} ${stream}`, cursor.watermark)
    }
  return found
}
