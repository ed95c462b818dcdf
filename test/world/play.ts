/** Plays one seed: people, faults and runs in a mixed order, then quiet; and says what went wrong. */
import { advanceAll } from './quiet.ts'
import { check, lookBefore } from './checks.ts'
import { dealOf, oneWay, PLAIN } from './deal.ts'
import { CELLS, PLAIN_CELLS } from './faults/table.ts'
import { someoneDoes } from './people.ts'
import { checkNormalForms } from './normal-forms.ts'
import { isHeldByGuard, type Ended, wordsOf, workRun } from './runs.ts'
import { undoLast } from './undoing.ts'
import { draws, weighted } from './streams.ts'
import type { Violation } from './watch.ts'
import { openWorld, PAIRS } from './open-world.ts'
import type { World } from './world.ts'

export interface PlayOptions {
  readonly seed: number
  readonly state?: string
  /** Which faults and edits take part, by number; all unless told. */
  readonly faults?: ReadonlySet<number>
  readonly edits?: ReadonlySet<number>
  /** Tickets one by one and in order. */
  readonly isCalm?: boolean
  /** As worlds were before there were deals. */
  readonly isPlain?: boolean
  /** How many cells the matrix had; all that it has now unless told. */
  readonly cells?: number
  readonly say?: (line: string) => void
  readonly inspect?: (world: World) => Promise<void>
}
export interface Played {
  readonly seed: number
  readonly pair: string
  readonly violations: readonly Violation[]
  readonly steps: number
  readonly runs: number
  readonly faults: number
  readonly edits: number
  readonly struck: ReadonlyMap<string, number>
  /** Everything both accounts hold at the end: the same seed gives the same. */
  readonly trace: string
}

export const STEPS_MIN = 200
const RUNS_MAX = 5
const PLAIN_RUNS_MAX = 6

export async function play(options: PlayOptions): Promise<Played> {
  const { seed, say = () => {} } = options
  const world = await openWorld(seed, {
    state: options.state,
    deal: dealtTo(options),
  })
  const counts = { steps: 0, runs: 0, faults: 0, edits: 0 }
  const edit = () => {
    const n = counts.edits++
    if (options.edits !== undefined && !options.edits.has(n)) return
    someoneDoes(world, draws(seed, 'edits', n), draws(seed, 'payloads', n))
  }
  const arm = () => {
    const n = counts.faults++
    if (options.faults !== undefined && !options.faults.has(n)) return
    const draw = draws(seed, 'faults', n)
    // Every cell of the matrix has its turn, whatever the seed.
    const cells = options.isPlain === true ? PLAIN_CELLS : CELLS.slice(0, options.cells)
    const cell = cells[(seed * FAULTS_A_SEED + n * CELL_STRIDE) % cells.length]
    if (cell === undefined) return
    say(`fault ${n}: ${cell.kind.name} in ${cell.phase}`)
    world.faults.arm(cell.kind, cell.phase, draw.chance(0.5) ? 0 : draw.whole(4))
  }
  const steps = options.isPlain === true ? PLAIN_STEPS : STEPS
  const run = async () => {
    const n = counts.runs++
    const draw = draws(seed, 'scheduling', 2_000_000 + n)
    const isFull = draw.chance(0.2)
    const kind = draw.chance(world.deal.planRate) ? 'plan' : 'sync'
    const before = await lookBefore(world)
    const struckBefore = world.faults.log.length
    const ended = await workRun(world, {
      request: { sync: 'move', kind, isFull, plan: null },
      n,
      isCalm: options.isCalm ?? false,
      between: () => {
        counts.steps += 1
        if (draws(seed, 'scheduling', 3_000_000 + counts.steps).chance(0.1)) edit()
      },
    })
    say(
      `${kind} ${n}${isFull ? ' (full)' : ''}: ${wordsOf(ended)}; struck ${
        world.faults.log
          .slice(struckBefore)
          .map(({ name }) => name)
          .join(', ') || 'nothing'
      }`,
    )
    await judgeEnd(world, ended, world.faults.log.length > 0)
    await check(world, before, ended)
  }
  try {
    for (let n = 0; counts.steps < STEPS_MIN && world.watch.violations.length === 0; n++) {
      counts.steps += 1
      const draw = draws(seed, 'scheduling', n)
      const mayRun = counts.runs < (options.isPlain === true ? PLAIN_RUNS_MAX : RUNS_MAX)
      switch (weighted(draw, mayRun ? steps : QUIETER)) {
        case 'edit':
          edit()
          break
        case 'fault':
          arm()
          break
        case 'run':
          await run()
          break
        case 'clock':
          await world.clock.advance(1000 * (1 + draw.whole(7200)))
          break
      }
    }
    if (world.watch.violations.length === 0) await advanceAll(world, counts, say)
    if (world.watch.violations.length === 0 && world.deal.endsWithUndo)
      await undoLast(world, counts, say)
    checkNormalForms(world)
    await options.inspect?.(world)
    return {
      seed,
      pair: (PAIRS[seed % PAIRS.length] ?? PAIRS[0]).join(' to '),
      violations: world.watch.violations,
      ...counts,
      struck: world.faults.struck,
      trace: traceOf(world),
    }
  } finally {
    await world.close()
  }
}

function dealtTo({ seed, isPlain, cells }: PlayOptions) {
  if (isPlain === true) return PLAIN
  // Seeds from before there were so many cells are from before some worlds went both ways.
  return cells === undefined ? dealOf(seed) : oneWay(seed)
}

const FAULTS_A_SEED = 7
const CELL_STRIDE = 97
type StepKind = 'edit' | 'fault' | 'run' | 'clock'
const STEPS: readonly (readonly [StepKind, number])[] = [
  ['edit', 10],
  ['fault', 3],
  ['run', 2],
  ['clock', 1],
]
/** As worlds were before there were deals. */
const PLAIN_STEPS = STEPS.map(([kind, weight]) => [kind, kind === 'fault' ? 2 : weight] as const)
const QUIETER = STEPS.filter(([kind]) => kind !== 'run' && kind !== 'fault')

/** A run may fail as long as something strikes; of itself it may not. */
async function judgeEnd(world: World, ended: Ended, isStruck: boolean): Promise<void> {
  if (isStruck) return
  if (ended.kind === 'threw') world.watch.say('run', `a run failed of itself: ${ended.error.stack}`)
  if (ended.kind !== 'rested' || ended.run.status === 'done') return
  if (!(await isHeldByGuard(world, ended)))
    world.watch.say('run', `a run ended ${ended.run.status} of itself: ${ended.run.reason}`)
}

function traceOf(world: World): string {
  const { from, to } = world.sides
  return JSON.stringify([from.simulator.snapshot(), to.simulator.snapshot(), world.requests])
}
