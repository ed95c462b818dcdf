/**
 * Two accounts in a two-way sync over weeks: some people are edited on each side between two runs, sometimes the same one on both. After each run both
 * sides must agree on everybody who is not set aside, the next plan must be empty, and nobody who was opted out may be contactable again.
 *
 * A request is needed when nobody could do without it: what a run asks when nothing has changed at all (`idle`, measured before the first edit); each
 * further page of what changed since, with the tags of those people; the counterparts of edited people, once, in full pages; one look before the write and one
 * after it, in full pages; new tags; and the writes themselves, in full batches where the platform has them, else one call for each.
 */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { SIDES, type Side } from '../../src/model/id.ts'
import { randomStream } from '../../src/simulation/random.ts'
import { type TwoWay, twoWay } from '../app/two-way-world.ts'
import { FIELDS, type Hands, handsOf } from '../world/hands.ts'
import { type Happened, type Needed, needed, PURPOSES, sumOf, type Written } from './needs.ts'
import {
  bare,
  disagreements,
  openPlan,
  outOf,
  resubscribed,
  tagsEach,
  waiting,
  WRONG_MAX,
} from './truth.ts'

export interface LongOptions {
  readonly platforms: Readonly<Record<Side, string>>
  readonly contacts: number
  readonly runs: number
  /** Of all people, on each side, between two runs. */
  readonly share: number
  readonly seed: number
  readonly say: (line: string) => void
}
export interface Leg {
  readonly run: number
  readonly edits: number
  readonly written: number
  readonly sent: number
  readonly needed: number
  /** By what it is for, and by what was called. */
  readonly needs: Readonly<Record<Side, Needed>>
  readonly operations: Operations
  readonly cpuMs: number
  /** What is wrong, in words. */
  readonly wrong: readonly string[]
}

export async function longTwoWay(options: LongOptions): Promise<readonly Leg[]> {
  const { platforms, contacts, seed, say } = options
  const two = await twoWay({
    from: { platform: platforms.from, contacts },
    to: { platform: platforms.to, contacts: 0 },
    seed,
  })
  try {
    // Whose address is forbidden for somebody else there is so on both sides from the second run on; the third has nothing of its own.
    await two.sync()
    await two.sync()
    const waitingIdle = await waiting(two)
    const idle = await counted(two, () => two.sync())
    say(`idle: ${sum(idle.sent)} requests, ${idle.cpuMs} ms of processor`)
    // What the other side cannot hold as it is differs from the start, and the first plan named it.
    const losses = new Set((await disagreements(two, seed)).keys())
    say(`${losses.size} values differ from the start: losses that the first plan named`)
    const legs: Leg[] = []
    let before: Edited = { from: [], to: [] }
    for (let run = 1; run <= options.runs; run++) {
      const { leg, records } = await oneLeg(two, {
        ...options,
        run,
        idle: idle.sent,
        waitingIdle,
        before,
        losses,
      })
      before = records
      legs.push(leg)
      say(lineOf(leg))
    }
    return legs
  } finally {
    two.close()
  }
}

export function lineOf({ run, edits, written, sent, needed, cpuMs, wrong }: Leg): string {
  const ratio = (sent / needed).toFixed(3)
  return `run ${run}: ${edits} edits, ${written} records written, ${sent} requests, ${needed} needed (${ratio}x), ${cpuMs} ms${wrong.map((text) => `\n  ${text}`).join('')}`
}

async function oneLeg(
  two: TwoWay,
  options: LongOptions & {
    readonly run: number
    readonly idle: Sent
    readonly waitingIdle: Sent
    /** Records that the run before wrote. */
    readonly before: Edited
    readonly losses: ReadonlySet<string>
  },
): Promise<{ readonly leg: Leg; readonly records: Edited }> {
  const optedOut = new Map(SIDES.map((side) => [side, outOf(two, side)]))
  const waitingNow = await waiting(two)
  const edited = edit(two, options)
  const { ran, sent, cpuMs, operations } = await counted(two, () => two.sync())
  const written = await opsWritten(two, ran.run.plan)
  const records = { from: written.from.ids, to: written.to.ids }
  const { idle, platforms, before, waitingIdle } = options
  const happened = (side: Side): Happened => ({
    edited: new Set(edited[side]).size,
    changed: new Set([...edited[side], ...before[side]]).size,
    waiting: { idle: waitingIdle[side], now: waitingNow[side] },
    tagsEach: tagsEach(two, side),
    written: written[side],
  })
  const needs = needed({
    idle,
    platforms,
    happened: { from: happened('from'), to: happened('to') },
  })
  const wrong = [
    ...[...(await disagreements(two, options.seed))]
      .filter(([key]) => !options.losses.has(key))
      .map(([key, text]) => `${key}: ${text}`)
      .slice(0, WRONG_MAX),
    ...(await openPlan(two)),
    ...SIDES.flatMap((side) => resubscribed(optedOut.get(side), outOf(two, side), side)),
  ]
  const leg = {
    run: options.run,
    edits: edited.from.length + edited.to.length,
    written: records.from.length + records.to.length,
    sent: sum(sent),
    needed: sumOf(needs),
    needs,
    operations,
    cpuMs,
    wrong,
  }
  return { leg, records }
}

/** What was needed over all legs and what was sent, by side. */
export function surplusOf(legs: readonly Leg[]): readonly string[] {
  return SIDES.flatMap((side) => {
    const needs = PURPOSES.map(
      (purpose) => `${purpose} ${legs.reduce((all, { needs }) => all + needs[side][purpose], 0)}`,
    )
    const sent = new Map<string, number>()
    for (const { operations } of legs)
      for (const [name, count] of Object.entries(operations[side]))
        if (count > 0) sent.set(name, (sent.get(name) ?? 0) + count)
    const counts = [...sent].map(([name, count]) => `${name} ${count}`)
    return [`${side}: needed ${needs.join(', ')}`, `${side}: sent ${counts.join(', ')}`]
  })
}

type Operations = Readonly<Record<Side, Readonly<Record<string, number>>>>
export type Sent = Readonly<Record<Side, number>>
type Edited = Readonly<Record<Side, readonly string[]>>

function edit(two: TwoWay, { share, seed, run }: LongOptions & { readonly run: number }): Edited {
  const random = randomStream(seed * 1_000 + run)
  const edited: Record<Side, string[]> = { from: [], to: [] }
  for (const side of SIDES) {
    const hands = handsOf(two.world[side], seed)
    const people = two.world[side].snapshot()
    const count = Math.round(people.length * share)
    for (let n = 0; n < count; n++) {
      const contact = people[Math.floor(random() * people.length)]
      if (contact !== undefined && oneEdit(hands, contact, { random, text: `${run}.${n} ${side}` }))
        edited[side].push(contact.id)
    }
  }
  return edited
}

/** Mostly a field, now and then a tag, seldom an opt-out. */
function oneEdit(
  hands: Hands,
  contact: SimulatedContact,
  { random, text }: { readonly random: () => number; readonly text: string },
): boolean {
  const what = random()
  if (what < 0.05) return hands.tag(contact.id, `Tag ${Math.floor(random() * 20)}`)
  if (what < 0.06) return hands.optOut(contact)
  const field = FIELDS[Math.floor(random() * FIELDS.length)] ?? 'city'
  return hands.edit(contact.id, { [field]: field === 'postalCode' ? text.slice(0, 10) : text })
}

async function counted(two: TwoWay, work: () => ReturnType<TwoWay['sync']>) {
  const before = operationsOf(two)
  const started = process.cpuUsage()
  const ran = await work()
  const { user, system } = process.cpuUsage(started)
  const operations = Object.fromEntries(
    SIDES.map((side) => [
      side,
      Object.fromEntries(
        Object.entries(operationsOf(two)[side]).map(([name, count]) => [
          name,
          count - (before[side][name] ?? 0),
        ]),
      ),
    ]),
  ) as Operations
  const sent = { from: total(operations.from), to: total(operations.to) }
  return { ran, sent, operations, cpuMs: Math.round((user + system) / 1000) }
}

function operationsOf(two: TwoWay): Operations {
  return {
    from: { ...two.world.from.counts.byOperation },
    to: { ...two.world.to.counts.byOperation },
  }
}
function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0)
}
function sum({ from, to }: Sent): number {
  return from + to
}

async function opsWritten(
  two: TwoWay,
  plan: string | null,
): Promise<Readonly<Record<Side, Written & { readonly ids: readonly string[] }>>> {
  const app = await two.world.open({ mayWrite: false })
  try {
    const ops = await app.store.plans.ops(plan as never, {
      afterSeq: 0,
      untilSeq: null,
      limit: 100_000,
      states: ['applied'],
      buckets: ['create', 'update'],
    })
    const header = await app.store.plans.header(plan as never)
    const of = (side: Side) => {
      const mine = ops.flatMap(({ op }) => (op.writes === side ? [op] : []))
      return {
        ids: mine.map(({ fromId, toId }) => bare((side === 'from' ? fromId : toId) ?? '')),
        words: (header?.vocabulary.tags ?? []).filter((tag) => tag.side === side).length,
        records: mine.length,
        fields: mine.filter(({ fields }) => fields.length > 0).length,
        memberships: total(
          Object.fromEntries(
            mine.map(({ seq, tags }) => [seq, tags.add.length + tags.remove.length]),
          ),
        ),
        optOuts: total(Object.fromEntries(mine.map(({ seq, consents }) => [seq, consents.length]))),
      }
    }
    return { from: of('from'), to: of('to') }
  } finally {
    await app.close()
  }
}
