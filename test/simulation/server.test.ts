import { request as rawRequest } from 'node:http'

import { afterEach, describe, expect, test } from 'vitest'

import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import { httpOver } from '../../src/http/channel.ts'
import { type FaultPlan, faultPlan } from '../../src/simulation/faults.ts'
import { simulatedHttp } from '../../src/simulation/network.ts'
import { type ServeOptions, serve } from '../../src/simulation/server.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { expectNothingOpen } from '../http/left-open.ts'
import { NEVER, OPTIONS, READ, remembering, scripted, WRITE } from '../http/scripted.ts'

describe('a simulator served over HTTP', () => {
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
    await expectNothingOpen()
  })

  async function open(
    options: ServeOptions = {},
    simulator = scripted(() => ({ headers: { date: 'Thu, 01 Jan 1970 00:00:05 GMT' } })),
  ) {
    const server = await serve(simulator, options)
    stops.push(server.close)
    const clock = virtualClock(0)
    const http = httpOver({ clock, log: remembering(), random: () => 0.5 })
    const channel = http.channel({ ...OPTIONS, url: server.url, timeoutMs: 400 })
    stops.push(() => channel.close())
    return { server, simulator, clock, channel }
  }

  test('is found below its base path on loopback', async () => {
    const { server, simulator, channel, clock } = await open()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/)
    const response = await clock.drive(channel.send(READ, NEVER))
    expect(response.dateMs).toBe(5_000)
    expect(simulator.seen[0]).toMatchObject({
      method: 'POST',
      url: '/api/records?limit=1',
      body: 'which?',
    })
  })

  test('tells oracles the counts and the truth, without counting or failing those requests', async () => {
    const seen: SimulatedRequest[] = []
    const { server, channel, clock, simulator } = await open({
      faults: faultPlan({ seed: 1, rates: { resetBefore: 1 } }),
      onRequest: (request) => seen.push(request),
    })
    const oracle = (path: string) =>
      clock.drive(
        channel.send(
          { ...READ, method: 'GET', path: `${server.origin}${path}`, body: null },
          NEVER,
        ),
      )
    simulator.handle({ method: 'GET', url: '/', headers: {}, body: '' })
    expect(JSON.parse((await oracle('/__simulator/counts')).body)).toEqual({
      read: 1,
      write: 0,
      byOperation: { any: 1 },
    })
    expect(JSON.parse((await oracle('/__simulator/snapshot')).body)).toEqual({
      contacts: [],
      consentBreaches: [],
    })
    expect((await oracle('/__simulator/nothing')).status).toBe(404)
    expect(seen).toEqual([])
    expect(server.faults?.requests).toBe(0)
  })

  test('waits as long as its latency', async () => {
    const { channel, clock } = await open({ latencyMs: 30 })
    const startMs = performance.now()
    await clock.drive(channel.send(READ, NEVER))
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(29)
  })

  test('refuses a request longer than any platform takes', async () => {
    const { server, simulator } = await open()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = rawRequest(server.url, { method: 'POST' }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode))
      })
      request.on('error', reject)
      request.end(Buffer.alloc(33 * 2 ** 20))
    })
    expect(status).toBe(413)
    expect(simulator.seen).toHaveLength(0)
  })

  test('says when its port is taken', async () => {
    const { server } = await open()
    const port = Number(new URL(server.url).port)
    await expect(
      serve(
        scripted(() => ({})),
        { port },
      ),
    ).rejects.toThrow('EADDRINUSE')
  })

  test('closes although somebody hangs and somebody waits', async () => {
    let seen = 0
    const onRequest = () => {
      seen += 1
    }
    const hanging = await open({ faults: faultPlan({ seed: 1, rates: { hang: 1 } }), onRequest })
    const slow = await open({ latencyMs: 60_000, onRequest })
    const sent = [hanging, slow].map(({ server }) => {
      const clock = virtualClock(0)
      const channel = httpOver({ clock, log: remembering(), random: () => 0.5 }).channel({
        ...OPTIONS,
        url: server.url,
        timeoutMs: 60_000,
      })
      stops.push(() => channel.close())
      return channel.send(WRITE, NEVER).catch((error: unknown) => error)
    })
    while (seen < 2) await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([hanging.server.close(), slow.server.close()])
    for (const error of await Promise.all(sent)) expect(error).toHaveProperty('kind')
  })

  test('fails by seed: what happened is the same over sockets and inside the process', async () => {
    const rates = {
      lostAnswer: 0.1,
      resetBefore: 0.1,
      throttled: 0.1,
      unavailable: 0.1,
      serverError: 0.1,
      truncated: 0.1,
      html: 0.05,
      duplicated: 0.1,
    }
    const origin = 'https://target.example'
    const plans: FaultPlan[] = [faultPlan({ seed: 5, rates }), faultPlan({ seed: 5, rates })]
    const [overSockets, inside] = plans as [FaultPlan, FaultPlan]
    const socket = await open({ faults: overSockets })
    const there = scripted(() => ({}))
    const clock = virtualClock(0)
    const channel = simulatedHttp({
      clock,
      random: () => 0.5,
      log: remembering(),
      hosts: new Map([[origin, there]]),
      faults: new Map([[origin, inside]]),
    }).channel({ ...OPTIONS, url: `${origin}/api` })
    const outcomes: string[][] = [[], []]
    for (let n = 0; n < 150; n++) {
      const request = n % 2 === 0 ? READ : WRITE
      for (const [side, sends] of [
        [0, () => socket.clock.drive(socket.channel.send(request, NEVER))],
        [1, () => clock.drive(channel.send(request, NEVER))],
      ] as const)
        outcomes[side]?.push(
          await sends().then(
            (response) => String(response.status),
            (error: { readonly kind: string }) => error.kind,
          ),
        )
    }
    expect(outcomes[0]).toEqual(outcomes[1])
    expect(new Set(outcomes[0])).toEqual(new Set(['200', '500', '503', 'unknown']))
    expect(overSockets.counts).toEqual(inside.counts)
    expect(socket.simulator.seen.length).toBe(there.seen.length)
    expect(socket.channel.requests).toEqual(channel.requests)
  })
})

describe('a network inside the process', () => {
  test('takes its latency in the time of the clock, and times out by it', async () => {
    const clock = virtualClock(0)
    const origin = 'https://target.example'
    const simulator = scripted(() => ({}))
    const http = simulatedHttp({
      clock,
      random: () => 0.5,
      log: remembering(),
      hosts: new Map([[origin, simulator]]),
      latencyMs: 300,
    })
    const patient = http.channel({ ...OPTIONS, url: `${origin}/api` })
    await clock.drive(patient.send(READ, NEVER))
    expect(clock.now()).toBe(300)
    const impatient = http.channel({ ...OPTIONS, url: `${origin}/api`, timeoutMs: 200 })
    await expect(clock.drive(impatient.send(WRITE, NEVER))).rejects.toMatchObject({
      kind: 'unknown',
    })
    expect(clock.now()).toBe(500)
    expect(simulator.seen).toHaveLength(2)
  })

  test('reaches nobody who does not live there', async () => {
    const clock = virtualClock(0)
    const http = simulatedHttp({ clock, random: () => 0.5, log: remembering(), hosts: new Map() })
    const channel = http.channel({ ...OPTIONS, url: 'https://nobody.example' })
    await expect(clock.drive(channel.send(WRITE, NEVER))).rejects.toMatchObject({
      kind: 'unreachable',
    })
    expect(channel.requests.write).toBe(0)
  })
})
