/**
 * `npm run simulate:world -- --seeds N [--from S] [--workers W] [--json]` plays many worlds; `-- --seed N [--faults 1,2] [--edits 3] [--calm]
 * [--plain] [--cells N]` plays one again and tells what happened; `-- --shrink N` makes a failing one smaller. Exit code 1 when an invariant broke or a cell of the
 * fault matrix stayed empty over `SEEDS_FOR_MATRIX` seeds or more.
 */
import { parseArgs } from 'node:util'
import { playAll } from './crew.ts'
import { INVARIANTS } from './invariants.ts'
import { matrixOf, matrixText } from './matrix.ts'
import { play } from './play.ts'
import { replayOf, shrink } from './shrink.ts'
import type { Told } from './told.ts'

const SEEDS_FOR_MATRIX = 1_000
const TRIES_MAX = 60

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '0' },
    workers: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    seed: { type: 'string' },
    faults: { type: 'string' },
    edits: { type: 'string' },
    calm: { type: 'boolean', default: false },
    shrink: { type: 'string' },
    state: { type: 'string' },
    plain: { type: 'boolean', default: false },
    cells: { type: 'string' },
  },
})

const isPlain = values.plain

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

if (values.shrink !== undefined) await makeSmaller(Number(values.shrink))
else if (values.seed !== undefined) await playOne(Number(values.seed))
else await playMany()

async function makeSmaller(seed: number): Promise<void> {
  const { violations } = await play({ seed, isPlain })
  const [first] = violations
  if (first === undefined) return say(`seed ${seed} breaks nothing`)
  const small = await shrink({ seed, isPlain }, first.invariant, TRIES_MAX)
  for (const { invariant, text } of small.violations) say(`${invariant}: ${text}`)
  say(`played ${small.tries} times; the smallest that still fails:\n${replayOf(small.options)}`)
  process.exitCode = 1
}

async function playOne(seed: number): Promise<void> {
  const set = (text: string | undefined) =>
    text === undefined ? undefined : new Set(text === 'none' ? [] : text.split(',').map(Number))
  const [faults, edits] = [set(values.faults), set(values.edits)]
  const played = await play({
    seed,
    say,
    isCalm: values.calm,
    isPlain,
    ...(values.cells === undefined ? {} : { cells: Number(values.cells) }),
    ...(faults === undefined ? {} : { faults }),
    ...(edits === undefined ? {} : { edits }),
    ...(values.state === undefined ? {} : { state: values.state }),
  })
  say(`seed ${seed}, ${played.pair}: ${played.steps} steps, ${played.runs} runs`)
  for (const { invariant, text } of played.violations)
    say(`${invariant} (${INVARIANTS[invariant]?.promise ?? 'the simulation itself'}): ${text}`)
  if (played.violations.length > 0) process.exitCode = 1
}

async function playMany(): Promise<void> {
  const from = Number(values.from)
  const seeds = Array.from({ length: Number(values.seeds) }, (_, n) => from + n)
  const began = performance.now()
  const heard = (told: Told) => {
    const [first] = told.violations
    if (first === undefined || values.json) return
    say(`seed ${told.seed} (${told.pair}) ${first.invariant}: ${first.text.slice(0, 500)}`)
    say(`  again: ${replayOf({ seed: told.seed, isPlain })}`)
  }
  const all = await playAll(
    seeds.map((seed) => ({ seed, isPlain })),
    Number(values.workers),
    heard,
  )
  const failed = all.filter(({ violations }) => violations.length > 0)
  const matrix = matrixOf(all)
  const isMatrixDue = seeds.length >= SEEDS_FOR_MATRIX
  const facts = {
    seeds: all.length,
    failed: failed.map(({ seed, violations }) => ({ seed, violations })),
    steps: sum(all, ({ steps }) => steps),
    stepsLeast: Math.min(
      ...all.filter(({ violations }) => violations.length === 0).map(({ steps }) => steps),
    ),
    runs: sum(all, ({ runs }) => runs),
    strikes: sum(all, ({ struck }) => sum(struck, ([, count]) => count)),
    emptyCells: matrix.empty,
    seconds: Math.round((performance.now() - began) / 1000),
    cpuMsPerSeed: Math.round(sum(all, ({ cpuMs }) => cpuMs) / all.length),
  }
  if (values.json)
    say(JSON.stringify({ ...facts, matrix: Object.fromEntries(matrix.counts) }, null, 2))
  else {
    say(matrixText(matrix))
    say(
      `${facts.seeds} seeds, ${failed.length} failed; ${facts.steps} steps (at least ${facts.stepsLeast} each), ${facts.runs} runs, ${facts.strikes} faults; ` +
        `${matrix.empty.length} empty cells; ${facts.seconds} s, ${facts.cpuMsPerSeed} ms of processor a seed`,
    )
    for (const cell of matrix.empty) say(`  empty: ${cell}`)
  }
  if (failed.length > 0 || (isMatrixDue && matrix.empty.length > 0)) process.exitCode = 1
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0)
}
