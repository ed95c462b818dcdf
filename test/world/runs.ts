/** Works one run as a queue would: tickets in turns, some lost, some twice, on one process or two, which may die or stand still. */
import { reportOf } from '../../src/app/run-report.ts'
import { type RunRequest, work } from '../../src/app/run.ts'
import type { RunId } from '../../src/model/id.ts'
import { advance, openTickets } from '../../src/pipeline/advance.ts'
import type { Ticket } from '../../src/pipeline/env.ts'
import { type RunReport, summed } from '../../src/report/run-document.ts'
import type { Runner } from '../../src/runner/runner.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import { Crashed } from './crash.ts'
import type { RunOddity } from './fault.ts'
import { type Ferry, openFerry } from './ferry.ts'
import { type Draw, draws } from './streams.ts'
import type { World } from './world.ts'

export type Ended =
  | {
      readonly kind: 'rested'
      readonly run: RunRecord
      readonly report: RunReport
      readonly counts: ReturnType<typeof summed>
      readonly writes: number
    }
  | { readonly kind: 'killed' }
  | { readonly kind: 'threw'; readonly error: Error }

export function wordsOf(ended: Ended): string {
  if (ended.kind === 'killed') return 'killed'
  if (ended.kind === 'threw') return `threw ${ended.error.name}: ${ended.error.message}`
  return `${ended.run.status}${ended.run.reason === null ? '' : ` (${ended.run.reason})`} ${JSON.stringify(ended.counts)}`
}

/** More is to be deleted than a run may of itself: it stopped before it wrote, and waits for a person. */
export async function isHeldByGuard(world: World, ended: Ended): Promise<boolean> {
  if (ended.kind !== 'rested' || ended.run.status !== 'blocked' || ended.run.plan === null)
    return false
  const header = await world.store.plans.header(ended.run.plan)
  const failed = header?.guards.filter(({ ok }) => !ok) ?? []
  return failed.length > 0 && failed.every(({ name }) => name === 'deletes')
}

export interface RunOptions {
  readonly request: RunRequest
  /** Number of the run in its world: names its chance. */
  readonly n: number
  /** Between two tickets: where people and clocks move, and steps are counted. */
  readonly between: () => void
  /** One ticket after the other, in order, none lost. */
  readonly isCalm: boolean
}

export async function workRun(world: World, options: RunOptions): Promise<Ended> {
  const mayWrite = !['plan', 'verify', 'undo'].includes(options.request.kind)
  const oddities = options.isCalm ? [] : world.faults.oddities()
  const ferry = await world.clock.drive(openFerry(world, mayWrite))
  const ending = workOn(world, ferry, options, oddities)
  const first = await world.clock.drive(Promise.race([ending, world.standstill(ferry)]))
  if (first !== 'frozen') return first
  // Nobody hears of it for so long that every lease lapses; then the same command is given again elsewhere.
  await world.clock.advance(STANDSTILL_MS)
  const successor = await world.clock.drive(openFerry(world, mayWrite))
  world.watch.overtaken(ferry)
  const second = await world.clock.drive(workOn(world, successor, options, []))
  ferry.thaw()
  await world.clock.drive(ending)
  await closed(world, ferry)
  return second
}

const STANDSTILL_MS = 10 * 60_000

async function workOn(
  world: World,
  ferry: Ferry,
  options: RunOptions,
  oddities: readonly RunOddity[],
): Promise<Ended> {
  const writesBefore = world.watch.writes.count
  try {
    const runner = ticketRunner(world, ferry, options, oddities)
    const working = work(ferry.app, options.request, runner, ferry.signal)
    const again = oddities.includes('command given twice') ? giveAgain(world, options) : null
    const [outcome] = await Promise.allSettled([working, again])
    if (outcome.status === 'rejected') throw outcome.reason
    const run = outcome.value
    const report = await reportOf(ferry.app, run)
    const counts = summed(report.facts.books ?? [])
    return { kind: 'rested', run, report, counts, writes: world.watch.writes.count - writesBefore }
  } catch (error) {
    if (ferry.isDead()) return { kind: 'killed' }
    if (error instanceof Error) return { kind: 'threw', error }
    throw error
  } finally {
    world.phase = 'rest'
    if (!ferry.isFrozen) await closed(world, ferry)
  }
}

async function closed(world: World, ferry: Ferry): Promise<void> {
  if (!world.ferries.delete(ferry.name)) return
  world.dead.add(ferry.name)
  await ferry.close()
}

/** The same command from another terminal: it must be refused or find nothing to do. */
async function giveAgain(world: World, options: RunOptions): Promise<void> {
  const other = await openFerry(world, true)
  try {
    await work(other.app, options.request, ticketRunner(world, other, options, []), other.signal)
  } catch (error) {
    if (!other.isDead() && !(error instanceof Error && error.name === 'RunBusy'))
      world.watch.say('lease', String(error))
  } finally {
    await closed(world, other)
  }
}

const IDLE_ROUNDS_MAX = 60
const TICKETS_MAX = 4_000

function ticketRunner(
  world: World,
  ferry: Ferry,
  options: RunOptions,
  oddities: readonly RunOddity[],
): Runner {
  return {
    close: async () => {},
    async settle(id, signal) {
      const draw = draws(world.seed, 'scheduling', 1_000_000 + options.n)
      const second = oddities.includes('two workers')
        ? await openFerry(world, ferry.mayWrite)
        : null
      if (second !== null) await second.app.use(options.request.sync)
      try {
        await settle(
          { world, workers: second === null ? [ferry] : [ferry, second], options, oddities, draw },
          id,
          signal,
        )
      } finally {
        if (second !== null) await closed(world, second)
      }
    },
  }
}

interface Floor {
  readonly world: World
  readonly workers: readonly Ferry[]
  readonly options: RunOptions
  readonly oddities: readonly RunOddity[]
  readonly draw: Draw
}

async function settle(floor: Floor, id: RunId, signal: AbortSignal): Promise<void> {
  const { world, workers, options, oddities, draw } = floor
  const [main] = workers
  if (main === undefined) throw new Error('nobody works')
  const { env } = main.app
  const late: Ticket[] = []
  let tickets: Ticket[] = []
  let carried = 0
  for (let idle = 0; ; ) {
    const run = await env.store.runs.get(id)
    if (run === null || run.status !== 'open') break
    if (tickets.length === 0) {
      tickets = [...(await openTickets(env, run))]
      idle += 1
      if (idle > IDLE_ROUNDS_MAX) throw new Error(`run ${id} makes no progress`)
    }
    const isInOrder = options.isCalm || !oddities.includes('tickets in any order')
    const handful = options.isCalm ? 1 : 1 + draw.whole(3)
    const now: Ticket[] = []
    while (now.length < handful && tickets.length > 0)
      now.push(...tickets.splice(isInOrder ? 0 : draw.whole(tickets.length), 1))
    carried += now.length
    if (carried > TICKETS_MAX)
      world.watch.say('I23', `run ${id} took more than ${TICKETS_MAX} tickets`)
    if (carried > TICKETS_MAX) throw new Error('it never ends')
    if (oddities.includes('tickets twice')) now.push(...now.filter(() => draw.chance(0.5)))
    if (oddities.includes('tickets late')) late.push(...now.filter(() => draw.chance(0.3)))
    options.between()
    const settled = await Promise.allSettled(now.map((ticket) => carry(floor, ticket, signal)))
    for (const outcome of settled) {
      if (outcome.status === 'rejected') throw outcome.reason
      const kept = outcome.value.filter(
        () => !oddities.includes('tickets lost') || draw.chance(0.6),
      )
      if (kept.length > 0) idle = 0
      tickets.push(...kept)
    }
  }
  for (const ticket of late) {
    const advanced = await advance(env, ticket, signal)
    if (advanced.kind !== 'nothing')
      world.watch.say('I13', `a ticket that came late found work: ${ticket.slice}`)
  }
}

async function carry(
  { workers, draw }: Floor,
  ticket: Ticket,
  signal: AbortSignal,
): Promise<readonly Ticket[]> {
  const worker = draw.pick(workers) ?? workers[0]
  if (worker === undefined) return []
  try {
    const advanced = await advance(worker.app.env, ticket, signal)
    if (advanced.kind === 'nothing') return []
    if (advanced.kind === 'on') return advanced.tickets
    await worker.clock.sleep(500, signal)
    return [ticket]
  } catch (error) {
    // A dead helper loses its ticket; the one who gave the command finds it again.
    if (error instanceof Crashed && worker !== workers[0]) return []
    throw error
  }
}
