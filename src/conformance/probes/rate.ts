/** How fast: what the platform says when it is asked too often, and what the connector permits itself. */
import { RETRY_AFTER_MS } from '../bench.ts'
import { type BackstageProbe, differs, faultless, holds } from '../probe.ts'

export const retryAfter: BackstageProbe = {
  name: 'rate-limit signals',
  asks: 'Is a request that was refused for its rate sent again after the time that was asked for, once?',
  needs: 'backstage',
  unless: ({ create }) => (create === false ? 'nothing can be created here' : null),
  async run(bench, hands, backstage) {
    const faults: string[] = []
    backstage.spoil('read', 'throttledWithoutTime', 2)
    await hands.writer.catalog(bench.signal)
    const email = hands.address()
    const before = bench.clock.now()
    backstage.spoil('write', 'throttled', 1)
    await hands.create({ fields: hands.person({ 'emails.1': email }) })
    const waitedMs = bench.clock.now() - before
    if (waitedMs < RETRY_AFTER_MS) faults.push(`waited ${waitedMs} ms of ${RETRY_AFTER_MS}`)
    const twins = backstage.truth().contacts.filter(({ emails }) => emails.includes(email)).length
    if (twins !== 1) faults.push(`there are ${twins} such contacts`)
    return faultless('waits, then once', faults, 'waits, then once')
  },
}

export const claimedRate: BackstageProbe = {
  name: 'claimed rate',
  asks: 'Does the connection keep to the requests per second that it claims are permitted?',
  needs: 'backstage',
  async run(bench, _, backstage) {
    const reader = bench.open({})
    const { requestsPerSecond } = reader.capabilities.rate
    const start = backstage.arrivals().length
    while (backstage.arrivals().length < start + REQUESTS) {
      await Promise.all(Array.from({ length: 4 }, () => reader.check(bench.signal)))
    }
    const arrivals = backstage.arrivals().slice(start)
    // The first ones may come at once.
    const tail = arrivals.slice(Math.floor(arrivals.length / 2))
    const spanMs = (tail.at(-1) ?? 0) - (tail[0] ?? 0)
    const perSecond = spanMs === 0 ? Number.POSITIVE_INFINITY : ((tail.length - 1) * 1000) / spanMs
    const seen = `${perSecond.toFixed(1)} a second`
    return perSecond <= requestsPerSecond * TOLERANCE
      ? holds(`at most ${requestsPerSecond} a second`)
      : differs(`${requestsPerSecond} a second`, seen, `${tail.length} requests in ${spanMs} ms`)
  },
}
const REQUESTS = 120
const TOLERANCE = 1.05
