/** Reading under a rate limit that the simulated platform enforces: how much of what is permitted is used, and whether it is ever exceeded. */
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { startCrew } from './crew.ts'
import { runEngine } from './engine.ts'
import { startRedis } from './redis.ts'
import type { Traffic } from './servers.ts'
import { amount } from './table.ts'
import { openWorld, type WorldOptions } from './world.ts'

export const pacing: Benchmark = {
  name: 'pacing',
  about: "a dry run under the vendor's own limits: share of the permitted rate that is used",
  isDefault: true,
  async run(bench) {
    bench.say('pacing: a dry run at 25 requests a second')
    const world = await openWorld(LIMITED)
    try {
      await runEngine(world, ['plan', 'move'])
      const { traffic } = await world.noted()
      return [...linesOf('one process', traffic.from.arrivals), ...(await together(bench))]
    } finally {
      await world.close()
    }
  },
}

/** The same reading by four workers that share the limit over Redis. */
async function together(bench: Bench): Promise<readonly Line[]> {
  bench.say(`pacing: the same by ${WORKERS} workers`)
  const redis = await startRedis()
  const world = await openWorld({ ...LIMITED, queue: redis.url })
  try {
    const crew = await startCrew(world, { workers: WORKERS, concurrency: 4 })
    await runEngine(world, ['sync', 'move', '--queue'])
    await crew.stop()
    const { traffic } = await world.noted()
    // Beginning and end belong to other steps, in which less is asked for.
    const { arrivals } = traffic.from
    const tenth = Math.floor(arrivals.length / 10)
    return linesOf(`${WORKERS} workers`, arrivals.slice(tenth, -tenth))
  } finally {
    await world.close()
    await redis.stop()
  }
}

/** What the vendor permits an access token. */
const PER_SECOND = 25
/** What the connector keeps to: with its burst of 5 it fills the vendor's second and never exceeds it. */
const OWN_RATE = 20
const CONTACTS = 1_200
const PAGE = 25
const WORKERS = 4
const LIMITED: WorldOptions = {
  contacts: CONTACTS,
  from: { quirks: { login: 'accessToken', perSecond: PER_SECOND, perMinute: PER_SECOND * 60 } },
  // Small pages, so that the limit and not the reading binds; the rate is the connector's own.
  limits: { from: `{ pageSize: ${PAGE} }` },
}

function linesOf(who: string, arrivals: Traffic['arrivals']): readonly Line[] {
  const taken = arrivals.filter(({ status }) => status !== 429)
  const [first, last] = [taken[0], taken.at(-1)]
  if (first === undefined || last === undefined) throw new Error('the source took no request')
  const rate = ((taken.length - 1) / (last.atMs - first.atMs)) * 1000
  const refused = arrivals.length - taken.length
  return [
    {
      benchmark: 'pacing',
      what: `reading under a limit, ${who}, ${amount(arrivals.length)} requests`,
      measured: `${rate.toFixed(2)} requests/s taken`,
      reference: `${OWN_RATE} requests/s, the connector's own below ${PER_SECOND} in any second`,
      value: (rate / OWN_RATE) * 100,
      unit: '%',
      bar: { atLeast: 95 },
    },
    {
      benchmark: 'pacing',
      what: `refusals for too many requests, ${who}`,
      measured: amount(refused),
      reference: `${amount(arrivals.length)} requests, limit enforced by the server`,
      value: refused,
      unit: 'requests',
      bar: { atMost: 0 },
    },
  ]
}
