/** What a channel promises, whatever carries its requests. Run on sockets and on the network inside the process. */
import { afterEach, describe, expect, test } from 'vitest'

import { ConnectorError } from '../../src/connector/error.ts'
import { holdWith } from '../../src/connector/hold.ts'
import type { Channel, ChannelOptions, Http } from '../../src/connector/kit.ts'
import type { Simulator } from '../../src/connector/simulator.ts'
import { REPEATS_AFTER_FAILURE_MAX, REPEATS_AFTER_REFUSAL_MAX } from '../../src/http/verdict.ts'
import { type Fault, type FaultPlan, scriptedFaults } from '../../src/simulation/faults.ts'
import { type VirtualClock, virtualClock } from '../../src/simulation/virtual-clock.ts'
import { expectNothingOpen } from './left-open.ts'
import { type Line, NEVER, OPTIONS, READ, remembering, scripted, WRITE } from './scripted.ts'

/** Builds an `Http` that reaches the simulator; `origin` is where. */
export type Wiring = (parts: {
  readonly simulator: Simulator
  readonly faults: FaultPlan
  readonly clock: VirtualClock
  readonly log: ReturnType<typeof remembering>
  readonly random: () => number
}) => Promise<{ readonly http: Http; readonly origin: string; readonly stop: () => Promise<void> }>

interface World {
  readonly channel: Channel
  readonly origin: string
  readonly simulator: ReturnType<typeof scripted>
  readonly clock: VirtualClock
  readonly faults: FaultPlan
  readonly lines: readonly Line[]
}

const START_MS = Date.UTC(2026, 0, 1)
const SPENT = {
  'x-keap-product-quota-available': '0',
  'x-keap-product-quota-expiry-time': String(START_MS + 1_000),
}

export function channelContract(name: string, wire: Wiring): void {
  describe(`a channel over ${name}`, () => {
    const stops: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop()
      await expectNothingOpen()
    })

    async function world(
      parts: {
        readonly answer?: Parameters<typeof scripted>[0]
        readonly faults?: readonly (Fault | null)[]
        readonly options?: Partial<ChannelOptions>
      } = {},
    ): Promise<World> {
      const simulator = scripted(parts.answer ?? (() => ({})))
      const faults = scriptedFaults(parts.faults ?? [])
      const clock = virtualClock(START_MS)
      const log = remembering()
      const { http, origin, stop } = await wire({
        simulator,
        faults,
        clock,
        log,
        random: () => 0.5,
      })
      const channel = http.channel({ ...OPTIONS, url: `${origin}/api`, ...parts.options })
      stops.push(async () => {
        await channel.close()
        await stop()
      })
      return { channel, origin, simulator, clock, faults, lines: log.lines }
    }

    async function failure(promise: Promise<unknown>): Promise<ConnectorError> {
      const error: unknown = await promise.then(
        () => new Error('it was answered'),
        (reason: unknown) => reason,
      )
      if (error instanceof ConnectorError) return error
      throw error
    }

    test('carries method, path, headers and body there, and status, headers, date and body back', async () => {
      const date = 'Thu, 01 Jan 2026 00:00:07 GMT'
      const { channel, simulator, clock } = await world({
        answer: () => ({ status: 201, headers: { Date: date, 'X-Count': '3' }, body: 'żółw' }),
      })
      const response = await clock.drive(channel.send({ ...READ, body: 'Zoë?' }, NEVER))
      expect(simulator.seen).toMatchObject([
        {
          method: 'POST',
          url: '/api/records?limit=1',
          body: 'Zoë?',
          headers: { 'content-type': 'text/plain' },
        },
      ])
      expect(response.status).toBe(201)
      expect(response.body).toBe('żółw')
      expect(response.headers['x-count']).toBe('3')
      expect(response.dateMs).toBe(Date.parse(date))
    })

    test('takes an empty path for the url itself, an absolute url on its origin, and refuses another origin', async () => {
      const { channel, simulator, clock, origin } = await world()
      await clock.drive(channel.send({ ...READ, path: '' }, NEVER))
      await clock.drive(channel.send({ ...READ, path: `${origin}/api/next?page=2` }, NEVER))
      expect(simulator.seen.map((request) => request.url)).toEqual(['/api', '/api/next?page=2'])
      const away = await failure(
        channel.send({ ...READ, path: 'http://elsewhere.example/' }, NEVER),
      )
      expect(away.kind).toBe('protocol')
      await clock.drive(channel.send({ ...READ, path: '//elsewhere.example/' }, NEVER))
      expect(simulator.seen.at(-1)?.url).toBe('/api//elsewhere.example/')
    })

    test.each([
      ['an answer', {}, 1],
      ['a refusal', { status: 422 }, 0],
      ['an answer with which the quota is spent', { headers: SPENT }, 0],
    ])('%s says that the next request may leave: %o, %i times', async (_, answer, times) => {
      const { channel, clock } = await world({ answer: () => answer })
      let done = 0
      const request = { ...WRITE, onDone: () => (done += 1) }
      const response = await clock.drive(channel.send(request, NEVER))
      expect(response.body).toBe('done')
      expect(done).toBe(times)
    })

    test.each([200, 204, 301, 400, 401, 403, 404, 409, 422])(
      'gives %i back as an answer',
      async (status) => {
        const { channel, simulator, clock } = await world({ answer: () => ({ status, body: '' }) })
        expect((await clock.drive(channel.send(READ, NEVER))).status).toBe(status)
        expect((await clock.drive(channel.send(WRITE, NEVER))).status).toBe(status)
        expect(simulator.seen).toHaveLength(2)
      },
    )

    test('refuses a write on a dry run before anything leaves', async () => {
      const { channel, simulator } = await world({ options: { mayWrite: false } })
      expect((await failure(channel.send(WRITE, NEVER))).kind).toBe('permission')
      expect(simulator.seen).toHaveLength(0)
      expect(channel.requests).toEqual({ read: 0, write: 0 })
    })

    const PASSING: readonly Fault[] = [
      { kind: 'lostAnswer' },
      { kind: 'resetBefore' },
      { kind: 'unavailable', retryAfterSeconds: null },
      { kind: 'serverError', tookEffect: true },
      { kind: 'serverError', tookEffect: false },
      { kind: 'truncated' },
      { kind: 'throttled', retryAfterSeconds: 1 },
      { kind: 'throttled', retryAfterSeconds: null },
      { kind: 'unavailable', retryAfterSeconds: 1 },
    ]
    test.each(PASSING)('repeats a read after $kind', async (fault) => {
      const { channel, clock } = await world({ faults: [fault, fault] })
      expect((await clock.drive(channel.send(READ, NEVER))).status).toBe(200)
      expect(channel.requests).toEqual({ read: 3, write: 0 })
      expect(channel.byOperation).toEqual({ 'records/list': 3 })
    })

    test.each(['lostAnswer', 'resetBefore', 'truncated'] as const)(
      'never repeats a write after %s, and calls it unknown',
      async (kind) => {
        const { channel, clock, simulator } = await world({ faults: [{ kind }] })
        expect((await failure(clock.drive(channel.send(WRITE, NEVER)))).kind).toBe('unknown')
        expect(channel.requests).toEqual({ read: 0, write: 1 })
        expect(simulator.seen.length).toBe(kind === 'resetBefore' ? 0 : 1)
      },
    )

    test.each([500, 502, 503, 504])(
      'gives %i on a write back as an answer, once',
      async (status) => {
        const { channel, simulator, clock } = await world({
          answer: () => ({ status, body: 'id taken' }),
        })
        const response = await clock.drive(channel.send(WRITE, NEVER))
        expect(response).toMatchObject({ status, body: 'id taken' })
        expect(simulator.seen).toHaveLength(1)
      },
    )

    test.each([
      { kind: 'throttled', retryAfterSeconds: 1 },
      { kind: 'throttled', retryAfterSeconds: null },
      { kind: 'unavailable', retryAfterSeconds: 1 },
    ] satisfies Fault[])(
      'repeats a write that was refused: $kind, $retryAfterSeconds',
      async (fault) => {
        const { channel, simulator, clock } = await world({ faults: [fault] })
        expect((await clock.drive(channel.send(WRITE, NEVER))).status).toBe(200)
        expect(simulator.seen).toHaveLength(1)
        expect(channel.requests.write).toBe(2)
      },
    )

    test('asks the lease it works under before a write leaves, after all waiting, and sends nothing when it is lost', async () => {
      const { channel, simulator, clock } = await world({ options: { concurrency: 1 } })
      const lease = new AbortController()
      const asked: [number, number][] = []
      let isLost = false
      holdWith(lease.signal, {
        lastFor: async (ms) => {
          asked.push([clock.now() - START_MS, ms])
          if (isLost) throw new Error('lost')
        },
      })
      await channel.send(READ, lease.signal)
      expect(asked).toEqual([])
      await channel.slowDown(5_000)
      await clock.drive(channel.send(WRITE, lease.signal))
      expect(asked).toEqual([[5_000, OPTIONS.timeoutMs]])
      isLost = true
      await expect(channel.send(WRITE, lease.signal)).rejects.toThrow('lost')
      expect(simulator.seen.length).toBe(2)
      // The place was given back.
      await channel.send(READ, NEVER)
    })

    test('gives a read up after its budget, with the status and the beginning of the body, masked', async () => {
      const { channel, clock } = await world({
        answer: () => ({
          status: 502,
          body: '<html><title>Bad\ngateway</title>ask ann@example.com, key s3cret/key</html>',
        }),
        options: { secrets: ['s3cret/key'] },
      })
      const error = await failure(clock.drive(channel.send(READ, NEVER)))
      expect(error.kind).toBe('unknown')
      expect(error.message).toBe(
        'target: records/list: answered 502: Bad gateway ask (e-mail), key ***',
      )
      expect(channel.requests.read).toBe(1 + REPEATS_AFTER_FAILURE_MAX)
    })

    test('gives up after its budget of refusals, as throttled, and as unreachable for 503', async () => {
      const asks = (status: number) => () => ({ status, headers: { 'retry-after': '7' } })
      const first = await world({ answer: asks(429) })
      const throttled = await failure(first.clock.drive(first.channel.send(WRITE, NEVER)))
      expect(throttled).toMatchObject({ kind: 'throttled', retryAfterMs: 7000 })
      expect(first.channel.requests.write).toBe(1 + REPEATS_AFTER_REFUSAL_MAX)
      const second = await world({ answer: asks(503) })
      const down = await failure(second.clock.drive(second.channel.send(WRITE, NEVER)))
      expect(down).toMatchObject({ kind: 'unreachable', retryAfterMs: 7000 })
    })

    test('sends nothing at all, from anyone, before Retry-After has passed', async () => {
      const at: number[] = []
      const { channel, clock } = await world({
        answer: (n) => {
          at.push(clock.now() - Date.UTC(2026, 0, 1))
          return n === 1 ? { status: 429, headers: { 'Retry-After': '12' } } : {}
        },
      })
      await clock.drive(channel.send(READ, NEVER).then(() => undefined))
      expect(at).toEqual([0, 12_000])
      const quiet = channel.send(READ, NEVER)
      await clock.drive(quiet)
      await channel.slowDown(3_000)
      const both = Promise.all([channel.send(READ, NEVER), channel.send(WRITE, NEVER)])
      await turn()
      expect(channel.waitingFor).toBe('target asked for 3 s of quiet (told in an answer)')
      await clock.drive(both)
      expect(at.slice(3)).toEqual([15_000, 15_000])
      expect(channel.waitingFor).toBeNull()
    })

    test('reads Retry-After dates by the clock of the server', async () => {
      const { channel, clock } = await world({
        answer: (n) =>
          n === 1
            ? {
                status: 503,
                headers: {
                  date: 'Tue, 06 Nov 2001 08:49:30 GMT',
                  'retry-after': 'Tue, 06 Nov 2001 08:49:37 GMT',
                },
              }
            : {},
      })
      const startMs = clock.now()
      await clock.drive(channel.send(WRITE, NEVER))
      expect(clock.now() - startMs).toBe(7_000)
    })

    test('does not wait for an hour, but says so at once, and so to everybody who comes meanwhile', async () => {
      const { channel, simulator, clock } = await world({
        answer: () => ({ status: 429, headers: { 'retry-after': '3600' } }),
      })
      expect(await failure(clock.drive(channel.send(WRITE, NEVER)))).toMatchObject({
        kind: 'throttled',
        retryAfterMs: 3_600_000,
      })
      const late = await failure(clock.drive(channel.send(READ, NEVER)))
      expect(late).toMatchObject({ kind: 'throttled', retryAfterMs: 3_600_000 })
      expect(simulator.seen).toHaveLength(1)
    })

    test('says of a server that is down for an hour that it is, at once', async () => {
      const { channel, simulator, clock } = await world({
        answer: () => ({ status: 503, headers: { 'retry-after': '3600' } }),
      })
      const down = await failure(clock.drive(channel.send(WRITE, NEVER)))
      expect(down).toMatchObject({ kind: 'unreachable', retryAfterMs: 3_600_000 })
      expect(simulator.seen).toHaveLength(1)
    })

    test('takes 503 for a refusal only by Retry-After: a write that met another one may have happened', async () => {
      const { channel, clock } = await world({
        answer: () => ({
          status: 503,
          headers: { 'x-ratelimit-reset': '5', 'retry-after': 'soon' },
        }),
      })
      expect((await clock.drive(channel.send(WRITE, NEVER))).status).toBe(503)
    })

    test('keeps quiet when an answer says that nothing is left, until the reset', async () => {
      const { channel, clock } = await world({
        answer: (n) =>
          n === 1
            ? {
                headers: {
                  'x-ratelimit-remaining': '0',
                  'x-ratelimit-reset': String(clock.now() / 1000 + 9),
                },
              }
            : {},
      })
      await clock.drive(channel.send(READ, NEVER))
      const startMs = clock.now()
      await clock.drive(channel.send(READ, NEVER))
      expect(clock.now() - startMs).toBe(9_000)
    })

    test('takes an answer that is too long for a foreign one, naming the limit, and does not repeat it', async () => {
      const { channel, simulator, clock } = await world({
        answer: () => ({ body: 'x'.repeat(10_001) }),
      })
      const error = await failure(clock.drive(channel.send(READ, NEVER)))
      expect(error.kind).toBe('protocol')
      expect(error.message).toContain('maxResponseBytes (10000)')
      expect(simulator.seen).toHaveLength(1)
    })

    test('gives a web page back as it is: the connector knows its own language', async () => {
      const { channel, clock } = await world({ faults: [{ kind: 'html' }] })
      expect((await clock.drive(channel.send(WRITE, NEVER))).body).toContain('<html>')
    })

    test('delivers twice when the network does', async () => {
      const { channel, simulator, clock } = await world({ faults: [{ kind: 'duplicated' }] })
      await clock.drive(channel.send(WRITE, NEVER))
      expect(simulator.seen).toHaveLength(2)
      expect(channel.requests.write).toBe(1)
    })

    test('times out on a server that never answers: a write at once', async () => {
      const { channel, clock } = await world({
        faults: [{ kind: 'hang', tookEffect: true }],
        options: { timeoutMs: 300 },
      })
      const error = await failure(clock.drive(channel.send(WRITE, NEVER)))
      expect(error.kind).toBe('unknown')
      expect(error.message).toContain('no answer within 300 ms')
    })

    test('times out on a server that never answers: a read again and again', async () => {
      const { channel, clock } = await world({
        faults: [{ kind: 'hang', tookEffect: true }],
        options: { timeoutMs: 300 },
      })
      expect((await clock.drive(channel.send(READ, NEVER))).status).toBe(200)
      expect(channel.requests.read).toBe(2)
    })

    test('rejects with the reason of the signal: before, in the queue, in a wait and in flight', async () => {
      const why = new Error('the person pressed Ctrl-C')
      const { channel, simulator, clock } = await world({
        faults: [{ kind: 'resetBefore' }, { kind: 'hang', tookEffect: false }],
      })
      await expect(channel.send(READ, AbortSignal.abort(why))).rejects.toBe(why)

      const backingOff = new AbortController()
      const first = channel.send(READ, backingOff.signal)
      await until(() => channel.waitingFor !== null)
      expect(channel.waitingFor).toMatch(
        /^target is left alone for 250 ms \(the connection ended before an answer/,
      )
      backingOff.abort(why)
      await expect(first).rejects.toBe(why)

      const flying = new AbortController()
      const second = channel.send(WRITE, flying.signal)
      await until(() => channel.requests.write === 1)
      flying.abort(why)
      await expect(second).rejects.toBe(why)

      await channel.slowDown(60_000)
      const queued = new AbortController()
      const third = channel.send(READ, queued.signal)
      await turn()
      expect(channel.waitingFor).toContain('60 s of quiet')
      queued.abort(why)
      await expect(third).rejects.toBe(why)
      await turn()
      expect(channel.waitingFor).toBeNull()
      expect(clock.sleeping).toBe(0)
      expect(simulator.seen).toHaveLength(0)
    })

    test('turns away who waits and who comes once it is closed', async () => {
      const { channel, clock } = await world({ faults: [{ kind: 'resetBefore' }] })
      const backingOff = channel.send(READ, NEVER)
      await until(() => channel.waitingFor !== null)
      await channel.slowDown(1_000)
      const queued = channel.send(READ, NEVER)
      const failures = Promise.all([failure(backingOff), failure(queued)])
      await channel.close()
      for (const error of await failures) expect(error.kind).toBe('unreachable')
      expect((await failure(channel.send(READ, NEVER))).kind).toBe('unreachable')
      await turn()
      expect(clock.sleeping).toBe(0)
    })

    test('paces: never faster than asked, and says that it paces', async () => {
      const at: number[] = []
      const { channel, clock } = await world({
        answer: () => {
          at.push(clock.now())
          return {}
        },
        options: { requestsPerSecond: 10, burst: 2 },
      })
      const all = Promise.all(Array.from({ length: 12 }, () => channel.send(READ, NEVER)))
      await until(() => channel.requests.read === 2)
      expect(channel.waitingFor).toBe('pacing at 10/s')
      await clock.drive(all)
      expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBe(1_000)
    })

    test('keeps a token out of errors that it was never told is one', async () => {
      const { channel, clock } = await world({
        answer: (_n, request) => ({
          status: 500,
          body: `bad: ${request.headers['authorization']}, t0ken-of-today`,
        }),
      })
      const request = { ...READ, headers: { authorization: 'Bearer t0ken-of-today' } }
      const error = await failure(clock.drive(channel.send(request, NEVER)))
      expect(error.message).toContain('answered 500: bad: Bearer ***, ***')
    })

    test('logs operation, status, size and attempt, and never a body, a header or a secret', async () => {
      const secret = 'pa&ss wörd/+1'
      const { channel, lines, clock, origin } = await world({
        answer: (n) =>
          n < 2
            ? { status: 429 }
            : { status: 500, body: `you sent ${secret} and ${encodeURIComponent(secret)}` },
        options: { secrets: [secret] },
      })
      const request = {
        ...READ,
        path: `${origin}/api/x?key=${encodeURIComponent(secret)}`,
        headers: { authorization: `Basic ${Buffer.from(`me:${secret}`).toString('base64')}` },
        body: secret,
        operation: `find ${secret}`,
      }
      const error = await failure(clock.drive(channel.send(request, NEVER)))
      const told = `${JSON.stringify(lines)} ${error.message} ${error.stack} ${String(error.cause)}`
      expect(told).not.toContain(secret)
      expect(told).not.toContain(encodeURIComponent(secret))
      expect(told).not.toContain(Buffer.from(`me:${secret}`).toString('base64'))
      expect(lines.filter((line) => line.level === 'debug')[0]).toMatchObject({
        data: { status: 429, attempt: 1, bytes: 4 },
      })
    })
  })
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn()
}
