/**
 * Cuts a command off at every place where something lasts, and gives the same command again to a new engine.
 *
 * A crash leaves what was committed and what the platforms were told, and nothing else. So the command runs once without a crash, and after each
 * commit and each request that changed something a copy of the state and of both accounts is taken: that is what a process killed there leaves
 * behind. "Before a commit" is the copy after what lasted before it; "between answer and commit" is the copy after the request. Of a batch there
 * is also the copy in which the platform did half of it and died.
 */
import { isDeepStrictEqual } from 'node:util'
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import type { Deed } from './account.ts'
import { type Outcome, outcomeOf, twinsIn } from './outcome.ts'
import type { Scenario } from './scenario.ts'
import { type Event, type Moment, openWorld, type World } from './world.ts'

export interface CrashPoint {
  /** `17`, or `17.4` for the fourth place of the recovery from place 17. */
  readonly name: string
  /** What had just lasted. */
  readonly after: string
  readonly moment: Moment
}
export interface Enumerated {
  readonly points: number
  readonly failures: readonly string[]
}
export interface EnumerateOptions {
  /** Every place of every scenario, and of every recovery. */
  readonly isWhole: boolean
  /** Only this place. */
  readonly only: string | null
  /** Stops at the first difference. */
  readonly isOneEnough?: boolean
}

/** Of the commits that only keep the place of the work one in so many is a place, where a scenario does not ask for all. */
const THINNED = { reading: 24, writing: 10 } as const
/** So many places of each recovery are places of a second crash, spread over it: another one for each first crash. */
const SECONDS = 1
const SECONDS_WHOLE = 8

export async function enumerate(
  scenario: Scenario,
  options: EnumerateOptions,
): Promise<Enumerated> {
  const start = await prepared(scenario)
  const calm = await recorded(scenario, start, {
    takesAll: options.isWhole || scenario.isWhole === true,
    isFirst: true,
  })
  const failures =
    scenario.expect === undefined
      ? []
      : told(scenario, 'no crash', () => scenario.expect?.(calm.world))
  if (calm.outcome.breaches.length > 0)
    failures.push(line(scenario, 'no crash', calm.outcome.breaches.join('; ')))
  await calm.world.close()
  let points = 0
  for (const point of calm.points) {
    if (options.only !== null && options.only.split('.')[0] !== point.name) continue
    if (options.isOneEnough === true && failures.length > 0) break
    const isDouble = options.only?.includes('.') ?? (scenario.isDouble === true || options.isWhole)
    points += 1
    const again = await recorded(scenario, point.moment, {
      takesAll: options.isWhole || options.only !== null,
      isFirst: false,
    })
    failures.push(...differences(scenario, point, calm.outcome, again))
    await again.world.close()
    if (!isDouble) continue
    for (const second of seconds(again.points, points, options)) {
      const name = `${point.name}.${second.name}`
      if (options.only !== null && options.only !== name) continue
      points += 1
      const third = await recorded(scenario, second.moment, { takesAll: false, isFirst: false })
      const where = { ...second, name, after: `${point.after}, then ${second.after}` }
      const wasOver = third.wasOver || again.wasOver
      failures.push(...differences(scenario, where, calm.outcome, { ...third, wasOver }))
      await third.world.close()
    }
  }
  return { points, failures }
}

function seconds(
  all: readonly CrashPoint[],
  turn: number,
  { isWhole, only }: EnumerateOptions,
): readonly CrashPoint[] {
  if (only !== null || all.length === 0) return all
  const count = Math.min(all.length, isWhole ? SECONDS_WHOLE : SECONDS)
  const step = all.length / count
  return Array.from(
    { length: count },
    (_, n) => all[Math.floor(n * step + turn * 7) % all.length],
  ).filter((each) => each !== undefined)
}

interface Recorded {
  readonly world: World
  readonly outcome: Outcome
  readonly points: readonly CrashPoint[]
  /** The crash came after the run was over: the same command was a second run. */
  readonly wasOver: boolean
  readonly problem: string | null
}

async function prepared({ from, to, sync, before }: Scenario): Promise<Moment> {
  const world = await openWorld({ from, to, ...(sync === undefined ? {} : { sync }) })
  try {
    // Of every later copy: two keys would make two bases of one truth.
    await world.state.store.meta.hashKey()
    await before?.(world)
    return world.moment()
  } finally {
    await world.close()
  }
}

/** Runs the command from there. The faults belong to the first try alone: whoever comes back finds a healthy platform. */
async function recorded(
  scenario: Scenario,
  from: Moment,
  { takesAll, isFirst }: { readonly takesAll: boolean; readonly isFirst: boolean },
): Promise<Recorded> {
  const { command, sync } = scenario
  const world = await openWorld(
    { from: scenario.from, to: scenario.to, ...(sync === undefined ? {} : { sync }) },
    from,
  )
  const latest = (await world.state.store.runs.list({ sync: 'move', limit: 1 }))[0]
  const points: CrashPoint[] = []
  const watcher = watch(world, points, takesAll)
  world.onEvent = watcher
  let problem: string | null = null
  let run = latest
  try {
    run = await world.run(command, isFirst ? scenario.faults : [])
  } catch (error) {
    problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  world.onEvent = () => {}
  if (run === undefined) throw new Error(`${scenario.name}: ${problem ?? 'there is no run'}`)
  const wasOver =
    !isFirst && latest !== undefined && latest.id !== run.id && latest.status !== 'failed'
  return { world, outcome: await outcomeOf(world, run), points, wasOver, problem }
}

/** The tables of reading and of keeping one's place: what is lost of them is done again. */
const READING = /^(scans|staged_|told_|directory|documents|slices|leases|meta|runs|audit)/

function watch(world: World, points: CrashPoint[], takesAll: boolean): (event: Event) => void {
  let count = 0
  let isWriting = false
  const keep = (after: string, moment: Moment) =>
    points.push({ name: String(points.length + 1), after, moment })
  return (event) => {
    count += 1
    if (event.kind === 'commit') {
      const tables = [...event.tables].sort()
      if (tables.some((table) => /^(plans|vocabulary|journal|links)$/.test(table))) isWriting = true
      const isKept = tables.some((table) => !READING.test(table)) || tables.join() === 'runs'
      const thinned = isWriting ? THINNED.writing : THINNED.reading
      if (!takesAll && !isKept && count % thinned !== 0) return
      keep(`the commit to ${tables.join(', ')}`, world.moment())
    } else if (event.kind === 'sending') {
      const half = halfOf(event.request)
      if (half !== null)
        keep(`half of ${said(event.request)}`, withDeed(world.moment(), event.side, half))
      sending = said(event.request)
    } else keep(sending, world.moment())
  }
}
let sending = ''

function said({ method, url, body }: SimulatedRequest): string {
  const operation = /<methodName>([^<]+)|<(\w+)Request\b|%3C(\w+)Request/.exec(body)
  return `${method} ${url.split('?')[0]} ${operation?.slice(1).find(Boolean) ?? ''}`.trim()
}

/** A batch of which the first half arrives; null: no batch. */
function halfOf(request: SimulatedRequest): SimulatedRequest | null {
  if (!request.body.startsWith('[')) return null
  const items = JSON.parse(request.body) as readonly unknown[]
  if (items.length < 2) return null
  return { ...request, body: JSON.stringify(items.slice(0, Math.ceil(items.length / 2))) }
}

function withDeed(moment: Moment, side: 'from' | 'to', request: SimulatedRequest): Moment {
  const deed: Deed = { at: moment.now, request }
  return { ...moment, deeds: { ...moment.deeds, [side]: [...moment.deeds[side], deed] } }
}

function differences(
  scenario: Scenario,
  point: CrashPoint,
  calm: Outcome,
  again: Recorded,
): readonly string[] {
  const say = (what: string) => line(scenario, `crash ${point.name}, after ${point.after}`, what)
  if (again.problem !== null) return [say(again.problem)]
  const found: string[] = []
  const twins = twinsIn(again.world)
  if (twins.length > 0 && !isDeepStrictEqual(again.outcome.target, calm.target))
    found.push(say(`twins: ${twins.join(', ')}`))
  if (again.outcome.breaches.length > 0) found.push(say(again.outcome.breaches.join('; ')))
  for (const part of Object.keys(calm) as (keyof Outcome)[]) {
    if (again.wasOver && (part === 'books' || isOfAnother(scenario, part))) continue
    const [a, b] = [calm[part], again.outcome[part]]
    if (!isDeepStrictEqual(a, b)) found.push(say(`${part}: ${shown(a, b)}`))
  }
  return found
}

function isOfAnother({ isRestless }: Scenario, part: keyof Outcome): boolean {
  return isRestless === true && (part === 'links' || part === 'cursors')
}

/** Of two lists only what one of them lacks. */
function shown(calm: unknown, crashed: unknown): string {
  if (!Array.isArray(calm) || !Array.isArray(crashed))
    return `${JSON.stringify(calm)} without the crash, ${JSON.stringify(crashed)} with it`
  const only = (a: unknown[], b: unknown[]) => a.filter((each) => !b.includes(each)).join('\n    ')
  return `only without the crash:\n    ${only(calm, crashed)}\n  only with it:\n    ${only(crashed, calm)}`
}

function told(scenario: Scenario, where: string, check: () => void): string[] {
  try {
    check()
    return []
  } catch (error) {
    return [line(scenario, where, error instanceof Error ? error.message : String(error))]
  }
}

function line(scenario: Scenario, where: string, what: string): string {
  const place = /^crash ([\d.]+)/.exec(where)?.[1] ?? ''
  return `${scenario.name}, ${where}: ${what}\n  again: FERRY_CRASH='${scenario.name}@${place}' npx vitest run test/crash`
}
