/**
 * Cuts a command off at every place where something lasts, and gives the same command again to a new engine.
 *
 * A crash leaves what was committed and what the platforms were told, and nothing else. So the command runs once without a crash, and after each
 * commit and each request that changed something a copy of the state and of both accounts is taken: that is what a process killed there leaves
 * behind. "Before a commit" is the copy after what lasted before it; "between answer and commit" is the copy after the request. Of a batch there
 * is also a copy in which the platform did some of it and died.
 */
import { differences, faultsOf, type Recorded } from './differences.ts'
import { outcomeOf } from './outcome.ts'
import { type CrashPoint, type Seen, type Taking, watch } from './places.ts'
import type { Scenario } from './scenario.ts'
import { type Moment, openWorld } from './world.ts'

export interface Enumerated {
  readonly points: number
  /** Places of a second crash that were like one gone through already. */
  readonly alike: number
  readonly failures: readonly string[]
}
export interface EnumerateOptions {
  /** Every place, not only those where more than the place of the work was kept. */
  readonly isWhole: boolean
  /**
   * So many places of each recovery are places of a second crash, spread over it: other ones for each first crash. `all`: every place, but for those
   * that are like one gone through already.
   */
  readonly seconds: number | 'all'
  /** Only this place. */
  readonly only?: string
  /** Stops at the first difference. */
  readonly isOneEnough?: boolean
}

export async function enumerate(
  scenario: Scenario,
  options: EnumerateOptions,
): Promise<Enumerated> {
  const { only } = options
  const start = await prepared(scenario)
  const takesAll = options.isWhole || scenario.isWhole === true || only !== undefined
  const seen = options.seconds === 'all' ? { likenesses: new Set<string>(), alike: 0 } : undefined
  const calm = await recorded(scenario, start, {
    takes: { takesAll, ...(seen === undefined ? {} : { seen, takesAlike: true }) },
    isFirst: true,
  })
  const failures = [...faultsOf(scenario, calm)]
  await calm.world.close()
  let points = 0
  for (const [turn, point] of calm.points.entries()) {
    if (only !== undefined && only.split('.')[0] !== point.name) continue
    if (options.isOneEnough === true && failures.length > 0) break
    const first = { calm, point, turn, ...(seen === undefined ? {} : { seen }) }
    const found = await crashedAt(scenario, first, options)
    points += found.points
    failures.push(...found.failures)
  }
  return { points, alike: seen?.alike ?? 0, failures }
}

/** The command cut off there, and what follows cut off again. */
async function crashedAt(
  scenario: Scenario,
  first: {
    readonly calm: Recorded
    readonly point: CrashPoint
    readonly turn: number
    readonly seen?: Seen
  },
  { isWhole, seconds, only }: EnumerateOptions,
): Promise<Omit<Enumerated, 'alike'>> {
  const calm = first.calm.outcome
  const isDouble = only?.includes('.') ?? seconds !== 0
  const takesAll = isWhole || only !== undefined
  const takes = { takesAll, ...(first.seen === undefined ? {} : { seen: first.seen }) }
  const again = await recorded(scenario, first.point.moment, {
    takes: isDouble ? takes : null,
    isFirst: false,
  })
  const failures = [...differences(scenario, first.point, { calm, again })]
  await again.world.close()
  let points = 1
  const wanted = only !== undefined || seconds === 'all' ? again.points.length : seconds
  for (const second of spread(again.points, wanted, first.turn)) {
    const name = `${first.point.name}.${second.name}`
    if (only !== undefined && only !== name) continue
    points += 1
    const third = await recorded(scenario, second.moment, { takes: null, isFirst: false })
    const where = { name, after: `${first.point.after}, then ${second.after}` }
    const wasOver = third.wasOver || again.wasOver
    failures.push(...differences(scenario, where, { calm, again: { ...third, wasOver } }))
    await third.world.close()
  }
  return { points, failures }
}

function spread(all: readonly CrashPoint[], wanted: number, turn: number): readonly CrashPoint[] {
  if (wanted >= all.length) return all
  const step = all.length / wanted
  return Array.from(
    { length: wanted },
    (_, n) => all[Math.floor(n * step + turn * 7) % all.length],
  ).filter((each) => each !== undefined)
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
  { takes, isFirst }: { readonly takes: Taking | null; readonly isFirst: boolean },
): Promise<Recorded> {
  const { command, sync } = scenario
  const world = await openWorld(
    { from: scenario.from, to: scenario.to, ...(sync === undefined ? {} : { sync }) },
    from,
  )
  const latest = (await world.state.store.runs.list({ sync: 'move', limit: 1 }))[0]
  const points: CrashPoint[] = []
  if (takes !== null) world.onEvent = watch(world, points, takes)
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
