/**
 * One migration of so many contacts, measured once however many benchmarks ask: a recorded run first, which warms the machine and tells the
 * requests, then engine and bare script in turn, each against servers of its own that have just started.
 */
import { join } from 'node:path'
import type { Bench } from './benchmark.ts'
import { type EngineRun, runEngine } from './engine.ts'
import { type Recording, readRecording } from './recording.ts'
import { type BareRun, replay } from './replay.ts'
import { type SourceRows, sourceRows } from './source-rows.ts'
import { amount, seconds } from './table.ts'
import { openWorld, type World } from './world.ts'

export interface Move {
  readonly contacts: number
  readonly recording: Recording
  /** The run that was recorded; slower and bigger for it, and not among `engine`. */
  readonly recorded: EngineRun
  readonly engine: readonly Served<EngineRun>[]
  readonly bare: readonly Served<BareRun>[]
  /** What the source held. */
  readonly rows: SourceRows
  /** A `ferry sync` after the last migration: nothing changed meanwhile. */
  readonly again: EngineRun
}

/** With the processor time that the servers spent on it. */
export type Served<T> = T & { readonly serversMs: number }

export function moveOf(bench: Bench): Promise<Move> {
  const known = moves.get(bench.contacts)
  if (known !== undefined) return known
  const move = measure(bench)
  moves.set(bench.contacts, move)
  return move
}

const moves = new Map<number, Promise<Move>>()
/** No further repetition is begun after so long: a slow engine is not measured more exactly by waiting for it. */
const REPEAT_UNTIL_MS = 120_000

async function measure(bench: Bench): Promise<Move> {
  const { contacts, repeats, say } = bench
  const size = `${amount(contacts)} contacts`
  say(`move: ${size}, recording`)
  const { recorded, recording, rows } = await record(contacts)
  say(`move: engine ${seconds(recorded.wallMs)}, ${recording.steps.length} requests`)
  const engine: Served<EngineRun>[] = []
  const bare: Served<BareRun>[] = []
  let again: EngineRun | null = null
  const begunMs = performance.now()
  while (
    bare.length < repeats &&
    (bare.length === 0 || performance.now() - begunMs < REPEAT_UNTIL_MS)
  ) {
    const script = await replayOnce(contacts, recording)
    bare.push(script)
    const moved = await migrateOnce(contacts)
    engine.push(moved.migration)
    again = moved.again
    say(`move: bare script ${seconds(script.wallMs)}, engine ${seconds(moved.migration.wallMs)}`)
  }
  if (again === null) throw new RangeError('at least one repetition is needed')
  return { contacts, recording, recorded, engine, bare, rows, again }
}

async function record(contacts: number) {
  const world = await openWorld({ contacts })
  try {
    const file = join(world.folder, 'recording.json')
    const recorded = await runEngine(world, ['migrate', 'move'], { recording: file })
    const recording = await readRecording(file, world)
    return { recorded, recording, rows: await sourceRows(world, recording) }
  } finally {
    await world.close()
  }
}

async function replayOnce(contacts: number, recording: Recording): Promise<Served<BareRun>> {
  const world = await openWorld({ contacts })
  try {
    return await served(world, () => replay(world, recording))
  } finally {
    await world.close()
  }
}

async function migrateOnce(contacts: number) {
  const world = await openWorld({ contacts })
  try {
    const migration = await served(world, () => runEngine(world, ['migrate', 'move']))
    return { migration, again: await runEngine(world, ['sync', 'move']) }
  } finally {
    await world.close()
  }
}

async function served<T>(world: World, work: () => Promise<T>): Promise<Served<T>> {
  const before = await world.noted()
  const done = await work()
  const after = await world.noted()
  return { ...done, serversMs: after.cpuMs - before.cpuMs }
}
