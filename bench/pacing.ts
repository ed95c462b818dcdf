/** Reading under a rate limit that the simulated platform enforces: how much of what is permitted is used, and whether it is ever exceeded. */
import type { Benchmark, Line } from './benchmark.ts'
import { runEngine } from './engine.ts'
import type { Traffic } from './servers.ts'
import { amount } from './table.ts'
import { openWorld } from './world.ts'

export const pacing: Benchmark = {
  name: 'pacing',
  about: "a dry run under the vendor's own limits: share of the permitted rate that is used",
  isDefault: true,
  async run(bench) {
    bench.say('pacing: a dry run at 25 requests a second')
    const world = await openWorld({
      contacts: CONTACTS,
      from: {
        quirks: { login: 'accessToken', perSecond: PER_SECOND, perMinute: PER_SECOND * 60 },
      },
      // Small pages, so that the limit and not the reading binds; the rate is the connector's own.
      limits: { from: `{ pageSize: ${PAGE} }` },
    })
    try {
      await runEngine(world, ['plan', 'move'])
      const { traffic } = await world.noted()
      return linesOf(traffic.from.arrivals)
    } finally {
      await world.close()
    }
  },
}

/** What the vendor permits an access token. */
const PER_SECOND = 25
const CONTACTS = 1_200
const PAGE = 25

function linesOf(arrivals: Traffic['arrivals']): readonly Line[] {
  const taken = arrivals.filter(({ status }) => status !== 429)
  const [first, last] = [taken[0], taken.at(-1)]
  if (first === undefined || last === undefined) throw new Error('the source took no request')
  const rate = ((taken.length - 1) / (last.atMs - first.atMs)) * 1000
  const refused = arrivals.length - taken.length
  return [
    {
      benchmark: 'pacing',
      what: `reading under a limit, ${amount(arrivals.length)} requests`,
      measured: `${rate.toFixed(2)} requests/s taken`,
      reference: `${PER_SECOND} requests/s permitted`,
      value: (rate / PER_SECOND) * 100,
      unit: '%',
      bar: { atLeast: 95 },
    },
    {
      benchmark: 'pacing',
      what: 'refusals for too many requests',
      measured: amount(refused),
      reference: `${amount(arrivals.length)} requests, limit enforced by the server`,
      value: refused,
      unit: 'requests',
      bar: { atMost: 0 },
    },
  ]
}
