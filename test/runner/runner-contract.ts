/** What every runner keeps to, on the real engine between two simulated accounts. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { work } from '../../src/app/run.ts'
import { advance } from '../../src/pipeline/advance.ts'
import type { Ticket } from '../../src/pipeline/env.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import type { Runner } from '../../src/runner/runner.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import {
  arrivals,
  type Bench,
  CONTACTS,
  envAs,
  openAt,
  openBench,
  type Place,
  SYNC,
} from './bench.ts'

export interface Carriers {
  /** A runner with so many workers behind it, each of which works so many slices at once. The test closes both. */
  open(
    place: Place,
    options: { readonly workers: number; readonly concurrency: number },
  ): Promise<{ readonly app: App; readonly runner: Runner }>
  /** Lets another process work on a new run, kills it without warning when it is due, and ends the run with what is left. */
  outliveVictim(place: Place, isDue: Promise<void>): Promise<RunRecord>
}

export function runnerContract(carriers: Carriers): void {
  /** What a run between such accounts brings, done by one worker in peace. */
  let expected: readonly unknown[]
  let bench: Bench
  const toClose: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const peaceful = await openBench()
    const app = await openAt({ place: peaceful.place })
    await work(app, SYNC, inlineRunner(app.env, { concurrency: 1 }), NEVER)
    expected = arrivals(peaceful)
    await app.close()
    await peaceful.close()
    expect(expected.length).toBeGreaterThan(CONTACTS / 2)
  })
  beforeEach(async () => {
    bench = await openBench()
  })
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
    await bench.close()
  })

  async function open({ workers = 1, concurrency = 3, place = bench.place } = {}) {
    const opened = await carriers.open(place, { workers, concurrency })
    toClose.push(
      () => opened.app.close(),
      () => opened.runner.close(),
    )
    return opened
  }
  function expectAllArrivedOnce() {
    expect(arrivals(bench)).toEqual(expected)
    expect(bench.to.consentBreaches).toEqual([])
  }

  test('works a run to its end, and the next one has nothing to write', async () => {
    const { app, runner } = await open()
    expect(await work(app, SYNC, runner, NEVER)).toMatchObject({ status: 'done', stage: 3 })
    expectAllArrivedOnce()
    const written = bench.to.counts.write
    expect(await work(app, SYNC, runner, NEVER)).toMatchObject({ status: 'done' })
    expect(bench.to.counts.write).toBe(written)
  })

  test('a run that is over is settled at once', async () => {
    const { app, runner } = await open()
    const run = await work(app, SYNC, runner, NEVER)
    const before = bench.arrived
    await runner.settle(run.id, NEVER)
    expect(bench.arrived).toBe(before)
  })

  test('two workers at once do the work of one', async () => {
    const { app, runner } = await open({ workers: 2 })
    expect(await work(app, SYNC, runner, NEVER)).toMatchObject({ status: 'done' })
    expectAllArrivedOnce()
  })

  test('tickets that come twice, late or get lost change nothing', async () => {
    const { app, runner } = await open({ concurrency: 1 })
    const isOver = new AbortController()
    const stranger = { stolen: 0 }
    const mischief = workAsStranger(bench.place, stranger, isOver.signal)
    try {
      // Until the stranger got in the way often enough; whole readings, so that there is something to get.
      for (let runs = 0; runs === 0 || (stranger.stolen <= 3 && runs < RUNS_MAX); runs += 1) {
        const request = { ...SYNC, isFull: true }
        expect(await work(app, request, runner, NEVER)).toMatchObject({ status: 'done' })
      }
    } finally {
      isOver.abort()
      await mischief
    }
    expect(stranger.stolen).toBeGreaterThan(3)
    expectAllArrivedOnce()
  })

  test('a worker that is killed in the middle is followed by another that ends the run', async () => {
    const run = await carriers.outliveVictim(bench.place, bench.wrote(CREATING))
    expect(run).toMatchObject({ status: 'done' })
    expectAllArrivedOnce()
  })

  test('an interrupted run rests, is open, and is gone on with', async () => {
    const { app, runner } = await open()
    const interrupt = new AbortController()
    const reason = new Error('interrupted')
    const working = work(app, SYNC, runner, interrupt.signal)
    const ended = expect(working).rejects.toBe(reason)
    await bench.wrote(PREPARING)
    interrupt.abort(reason)
    await ended
    const run = await app.store.runs.resumable(SYNC.sync)
    expect(run).toMatchObject({ status: 'open' })
    expect(await app.store.leases.list()).toEqual([])
    expect(await work(app, SYNC, runner, NEVER)).toMatchObject({ id: run?.id, status: 'done' })
    expectAllArrivedOnce()
  })

  test('a refused login reaches whoever waits, and the run stays open', async () => {
    const secrets = { ...bench.place.secrets }
    for (const name of Object.keys(secrets)) if (name.startsWith('B_')) secrets[name] = WRONG
    const { app, runner } = await open({ place: { ...bench.place, secrets } })
    const failed: unknown = await work(app, SYNC, runner, NEVER).catch((error: unknown) => error)
    expect(failed).toMatchObject({ name: 'ConnectorError', kind: 'login' })
    expect(String(failed)).not.toContain(WRONG)
    expect(await app.store.runs.resumable(SYNC.sync)).toMatchObject({ status: 'open' })
  })
}

export const NEVER = new AbortController().signal
/** So many writes into a run, tags are being made; and so many, the first contacts are at the target and others on their way. */
const PREPARING = 10
const CREATING = 40
const WRONG = 'mistyped-9137'
const RUNS_MAX = 100

/**
 * Takes whatever is open and works it, works tickets of long ago again, and loses all that should follow. Counts how many it got.
 */
async function workAsStranger(
  place: Place,
  stranger: { stolen: number },
  until: AbortSignal,
): Promise<void> {
  const app = await openAt({ place })
  await app.use(SYNC.sync)
  const env = envAs(app, 'stranger')
  const old: Ticket[] = []
  for (let turn = 0; !until.aborted; turn += 1) {
    const run = await app.store.runs.resumable(SYNC.sync)
    const open = run === null ? [] : await app.store.slices.stillOpen(run.id, run.stage)
    // The last one: the first is what the other worker has in hand.
    const fresh = open.slice(-1).map((slice) => ({ ...slice, slice: slice.name }))
    old.push(...fresh)
    const late = old.slice(turn % 7, (turn % 7) + 1)
    for (const ticket of [...fresh, ...late])
      if ((await advance(env, ticket, NEVER)).kind === 'on') stranger.stolen += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  await app.close()
}
