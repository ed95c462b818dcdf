/**
 * A sync by four workers against the same one by one worker, where every request takes its time and no limit binds. What is judged is the
 * writing, which is shared out; a stream is read page after page by one worker, so the whole is told beside it.
 */
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { startCrew } from './crew.ts'
import { runEngine } from './engine.ts'
import { startRedis } from './redis.ts'
import { openWorld } from './world.ts'

export const workers: Benchmark = {
  name: 'workers',
  about: 'a sync by four workers against one, where the latency of the platforms binds',
  isDefault: false,
  async run(bench) {
    const redis = await startRedis()
    try {
      const alone = await measured(bench, redis.url, 1)
      const together = await measured(bench, redis.url, MANY)
      return linesOf(alone, together)
    } finally {
      await redis.stop()
    }
  },
}

const MANY = 4
const CONTACTS = 1_600
/** What an account over the internet takes to answer. */
const LATENCY_MS = 150
/** Small batches, so that there is enough to share out; nothing else binds. */
const LIMITS = '{ requestsPerSecond: 100000, concurrency: 100, batchSize: 4 }'
/** Fields and tags are created one after the other whoever does it. */
const MAPPING = '{ customFields: listed, tags: { exclude: ["*"] } }'

interface Measured {
  readonly wholeS: number
  /** From the first to the last tenth of what arrived at the target. */
  readonly writingS: number
}

async function measured(bench: Bench, queue: string, count: number): Promise<Measured> {
  bench.say(`workers: ${CONTACTS} contacts, ${count} worker(s), ${LATENCY_MS} ms a request`)
  const latency = { latencyMs: LATENCY_MS }
  const world = await openWorld({
    contacts: CONTACTS,
    from: latency,
    to: latency,
    limits: { from: LIMITS, to: LIMITS },
    mapping: MAPPING,
    queue,
  })
  try {
    const crew = await startCrew(world, { workers: count, concurrency: 1 })
    const run = await runEngine(world, ['sync', 'move', '--queue'])
    await crew.stop()
    const { arrivals } = (await world.noted()).traffic.to
    const at = (share: number) => arrivals[Math.floor(share * arrivals.length)]?.atMs ?? 0
    return { wholeS: run.document.seconds, writingS: (at(0.9) - at(0.1)) / 1000 }
  } finally {
    await world.close()
  }
}

function linesOf(alone: Measured, together: Measured): readonly Line[] {
  const line = (what: string, key: keyof Measured, bar: Line['bar']): Line => ({
    benchmark: 'workers',
    what: `${what}, ${CONTACTS} contacts, ${LATENCY_MS} ms a request, ${MANY} workers`,
    measured: `${together[key].toFixed(1)} s`,
    reference: `${alone[key].toFixed(1)} s by one worker`,
    value: alone[key] / together[key],
    unit: 'x',
    bar,
  })
  return [line('writing', 'writingS', { atLeast: 3.5 }), line('the whole sync', 'wholeS', null)]
}
