/** A sync after a migration with nothing changed in between: it must cost the same however many contacts are linked. */
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { type EngineRun, runEngine } from './engine.ts'
import { median } from './median.ts'
import { moveOf } from './move.ts'
import { readStanding } from './standing.ts'
import { amount } from './table.ts'
import { openWorld } from './world.ts'

export const secondRun: Benchmark = {
  name: 'second-run',
  about: 'requests and processor time of a sync with nothing to do (100,000 links with --full)',
  isDefault: true,
  async run(bench) {
    const small = await again(bench, SMALL)
    if (bench.standing !== null) return stood(bench.standing, small)
    const { rows, again: at } = await moveOf(bench)
    const lines = linesOf({ contacts: bench.contacts, run: at, small, states: rows.EmailAddStatus })
    if (!bench.isFull) return lines
    // One opt state for each address: what was counted at one size tells it for the other.
    const states = Math.ceil((rows.EmailAddStatus / bench.contacts) * LARGE)
    const large = await again(bench, LARGE)
    return [...lines, ...linesOf({ contacts: LARGE, run: large, small, states })]
  },
}

const SMALL = 200
const LARGE = 100_000
const PAGE = 1000

function linesOf(seen: {
  readonly contacts: number
  readonly run: EngineRun
  readonly small: EngineRun
  readonly states: number
}): readonly Line[] {
  const { contacts, run, small, states } = seen
  const constant = total(small)
  // Opt states carry no time, so their whole table is the delta.
  const pages = Math.ceil(states / PAGE)
  return [
    {
      benchmark: 'second-run',
      what: `nothing changed, ${amount(contacts)} contacts, requests`,
      measured: `${amount(total(run))} sent`,
      reference: `${constant} at ${SMALL} contacts + ${pages} pages of opt states`,
      value: total(run),
      unit: 'requests',
      bar: { atMost: constant + pages },
    },
    processorLine(contacts, run.cpuMs, small),
  ]
}

function processorLine(contacts: number, cpuMs: number, small: EngineRun): Line {
  return {
    benchmark: 'second-run',
    what: `nothing changed, ${amount(contacts)} contacts, processor time`,
    measured: `${(cpuMs / 1000).toFixed(2)} s`,
    reference: `${(small.cpuMs / 1000).toFixed(2)} s at ${SMALL} contacts, mostly starting the program`,
    value: cpuMs / 1000,
    unit: 's',
    bar: { atMost: 1 },
  }
}

/** The median of several syncs of accounts that stand ready. What opt states they hold is not known here, so requests are told. */
async function stood(file: string, small: EngineRun): Promise<readonly Line[]> {
  const standing = await readStanding(file)
  const runs: EngineRun[] = []
  while (runs.length < REPEATS) runs.push(await runEngine(standing, ['sync', 'move']))
  const requests = median(runs.map(total))
  return [
    {
      benchmark: 'second-run',
      what: `nothing changed, ${amount(standing.contacts)} contacts, requests`,
      measured: `${amount(requests)} sent`,
      reference: `${amount(total(small))} at ${SMALL} contacts`,
      value: requests,
      unit: 'requests',
      bar: null,
    },
    processorLine(standing.contacts, median(runs.map(({ cpuMs }) => cpuMs)), small),
  ]
}
const REPEATS = 5

async function again(bench: Bench, contacts: number): Promise<EngineRun> {
  bench.say(`second-run: ${amount(contacts)} contacts`)
  const world = await openWorld({ contacts })
  try {
    await runEngine(world, ['migrate', 'move'])
    return await runEngine(world, ['sync', 'move'])
  } finally {
    await world.close()
  }
}

function total(run: EngineRun): number {
  return Object.values(run.document.requests).reduce(
    (sum, { read, write }) => sum + read + write,
    0,
  )
}
