/** Peak memory of the engine's process in a migration, and how it grows with the account. */
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { type EngineRun, runEngine } from './engine.ts'
import { moveOf } from './move.ts'
import { amount, megabytes } from './table.ts'
import { openWorld } from './world.ts'

export const memory: Benchmark = {
  name: 'memory',
  about: 'peak memory of a migration, and its growth (3 times the contacts; with --full 10 times)',
  isDefault: true,
  async run(bench) {
    const factor = bench.isFull ? 10 : 3
    const small = (await moveOf(bench)).engine
    const smallBytes = Math.max(...small.map((run) => run.peakBytes))
    const contacts = bench.contacts * factor
    const large = await migrate(bench, contacts)
    const line = (size: number, bytes: number): Line => ({
      benchmark: 'memory',
      what: `peak memory, ${amount(size)} contacts`,
      measured: megabytes(bytes),
      reference: '300 MB, set for 1,000,000',
      value: bytes / 2 ** 20,
      unit: 'MB',
      bar: { atMost: 300 },
    })
    return [
      line(bench.contacts, smallBytes),
      line(contacts, large.peakBytes),
      {
        benchmark: 'memory',
        what: `peak memory, ${factor} times the contacts${bench.isFull ? '' : ' (10 times with --full)'}`,
        measured: megabytes(large.peakBytes),
        reference: `${megabytes(smallBytes)} at ${amount(bench.contacts)}`,
        value: large.peakBytes / smallBytes,
        unit: 'x',
        bar: { atMost: 1.2 },
      },
    ]
  },
}

async function migrate(bench: Bench, contacts: number): Promise<EngineRun> {
  bench.say(`memory: a migration of ${amount(contacts)} contacts`)
  const world = await openWorld({ contacts })
  try {
    return await runEngine(world, ['migrate', 'move'])
  } finally {
    await world.close()
  }
}
