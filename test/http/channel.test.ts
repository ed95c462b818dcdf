/** The channel over real sockets: the contract, and what only sockets can do wrong. */
import { createServer, type Server } from 'node:http'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

import { afterEach, describe, expect, test } from 'vitest'

import type { Channel, ChannelOptions } from '../../src/connector/kit.ts'
import { httpOver } from '../../src/http/channel.ts'
import { serve } from '../../src/simulation/server.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { channelContract } from './channel-contract.ts'
import { expectNothingOpen } from './left-open.ts'
import { NEVER, OPTIONS, READ, remembering, WRITE } from './scripted.ts'

channelContract('sockets', async ({ simulator, faults, clock, log, random }) => {
  const server = await serve(simulator, { faults })
  return { http: httpOver({ clock, log, random }), origin: server.origin, stop: server.close }
})

describe('a channel over sockets', () => {
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
    await expectNothingOpen()
  })

  function open(url: string, options: Partial<ChannelOptions> = {}) {
    const clock = virtualClock(0)
    const log = remembering()
    const http = httpOver({ clock, log, random: () => 0.5 })
    const channel: Channel = http.channel({ ...OPTIONS, url, ...options })
    closers.push(() => channel.close())
    return { channel, clock, log }
  }

  async function listen(server: Server | ReturnType<typeof createSocketServer>): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          if ('closeAllConnections' in server) server.closeAllConnections()
        }),
    )
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async function closedPort(): Promise<string> {
    const server = createServer()
    const host = await listen(server)
    await closers.pop()?.()
    return host
  }

  test('says that a write is done while the body of its answer is still on the way', async () => {
    const begun = Promise.withResolvers<() => void>()
    const server = createServer((_, response) => {
      response.write('do')
      begun.resolve(() => response.end('ne'))
    })
    const { channel } = open(`http://${await listen(server)}/api`)
    const done = Promise.withResolvers<void>()
    const sent = channel.send({ ...WRITE, onDone: () => done.resolve() }, NEVER)
    const finish = await begun.promise
    await done.promise
    finish()
    expect((await sent).body).toBe('done')
  })

  test('keeps its place until every worker knows of the quiet that it was asked for', async () => {
    const told: string[] = []
    const http = httpOver({
      clock: virtualClock(0),
      log: remembering(),
      random: () => 0.5,
      pacer: () => ({
        enter: async () => () => told.push('place free'),
        quiet: async () => {
          told.push('asked')
          await new Promise((resolve) => setImmediate(resolve))
          told.push('all know')
        },
        waitingFor: null,
        close: () => {},
      }),
    })
    const host = await listen(
      createServer((_, response) => {
        response.writeHead(429, { 'retry-after': '86400' }).end()
      }),
    )
    const channel = http.channel({ ...OPTIONS, url: `http://${host}` })
    closers.push(() => channel.close())
    await expect(channel.send(WRITE, NEVER)).rejects.toMatchObject({ kind: 'throttled' })
    expect(told).toEqual(['asked', 'all know', 'place free'])
  })

  test.each([READ, WRITE])('tries a refused connection again: $effect', async (request) => {
    const { channel, clock, log } = open(`http://${await closedPort()}`)
    await expect(clock.drive(channel.send(request, NEVER))).rejects.toMatchObject({
      kind: 'unreachable',
    })
    expect(log.lines).toHaveLength(6)
    expect(channel.requests).toEqual({ read: 0, write: 0 })
  })

  test('repeats a write that found nobody at first', async () => {
    const host = await closedPort()
    const { channel, clock } = open(`http://${host}`)
    const sent = channel.send(WRITE, NEVER)
    while (channel.waitingFor === null) await new Promise((resolve) => setImmediate(resolve))
    const server = createServer((_request, response) => response.end('made'))
    await new Promise<void>((resolve) =>
      server.listen(Number(host.split(':')[1]), '127.0.0.1', resolve),
    )
    closers.push(() => new Promise((resolve) => server.close(() => resolve())))
    expect((await clock.drive(sent)).body).toBe('made')
    expect(channel.requests.write).toBe(1)
  })

  test('does not take the news that an answer will come for the answer', async () => {
    let answer: (() => void) | null = null
    const host = await listen(
      createServer((_request, response) => {
        response.writeProcessing()
        answer = () => response.end('made')
      }),
    )
    const { channel } = open(`http://${host}`)
    let done = 0
    const sent = channel.send({ ...WRITE, onDone: () => (done += 1) }, NEVER)
    while (answer === null) await new Promise((resolve) => setImmediate(resolve))
    for (let turns = 0; turns < 50; turns += 1)
      await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(0)
    ;(answer as () => void)()
    expect((await sent).status).toBe(200)
    expect(done).toBe(1)
  })

  test('counts a failed TLS handshake as never sent', async () => {
    const host = await listen(createServer((_request, response) => response.end()))
    const { channel, clock } = open(`https://${host}`)
    await expect(clock.drive(channel.send(WRITE, NEVER))).rejects.toMatchObject({
      kind: 'unreachable',
    })
    expect(channel.requests.write).toBe(0)
  })

  test('obeys an abort while the connection is still being made', async () => {
    // Accepts TCP and never speaks TLS.
    const host = await listen(
      createSocketServer((socket) => socket.on('error', () => socket.destroy()).resume()),
    )
    const { channel } = open(`https://${host}`, { timeoutMs: 500 })
    const stop = new AbortController()
    const sent = channel.send(WRITE, stop.signal)
    await new Promise((resolve) => setImmediate(resolve))
    const why = new Error('enough')
    stop.abort(why)
    await expect(sent).rejects.toBe(why)
    expect(channel.requests.write).toBe(0)
  })

  test('never sends what was aborted before it had a connection', async () => {
    const urls: (string | undefined)[] = []
    const host = await listen(
      createServer((request, response) => {
        urls.push(request.url)
        response.end()
      }),
    )
    const { channel, clock } = open(`http://${host}`, { concurrency: 1 })
    const stop = new AbortController()
    const sent = channel.send({ ...WRITE, path: '/aborted' }, stop.signal)
    // Far enough that it was given to the agent; a connection takes a turn of the event loop.
    for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve()
    stop.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    await clock.drive(channel.send({ ...READ, path: '/next' }, NEVER))
    expect(urls).toEqual(['/next'])
    expect(channel.requests).toEqual({ read: 1, write: 0 })
  })

  test('hangs up at once when it is aborted in flight', async () => {
    let hungUp: (() => void) | null = null
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve
    })
    const host = await listen(
      createServer((request) => {
        request.socket.on('close', () => hungUp?.())
        stop.abort(new Error('enough'))
      }),
    )
    const stop = new AbortController()
    const { channel } = open(`http://${host}`)
    await expect(channel.send(WRITE, stop.signal)).rejects.toThrow('enough')
    await closed
  })

  test('lets exchanges in flight end when it is closed, then gives its connections back', async () => {
    let answer: (() => void) | null = null
    const server = createServer((_request, response) => {
      answer = () => response.end('made')
    })
    const { channel } = open(`http://${await listen(server)}`)
    const sent = channel.send(WRITE, NEVER)
    while (answer === null) await new Promise((resolve) => setImmediate(resolve))
    const closed = channel.close()
    ;(answer as () => void)()
    expect((await sent).body).toBe('made')
    await closed
    const connections = () =>
      new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
    for (let turns = 0; turns < 500 && (await connections()) !== 0; turns++)
      await new Promise((resolve) => setImmediate(resolve))
    expect(await connections()).toBe(0)
  })

  test('calls something that is not HTTP a protocol fault', async () => {
    const host = await listen(
      createSocketServer((socket) => {
        socket.on('error', () => socket.destroy())
        socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
      }),
    )
    const { channel, clock } = open(`http://${host}`)
    await expect(clock.drive(channel.send(WRITE, NEVER))).rejects.toMatchObject({
      kind: 'protocol',
    })
  })

  test('refuses a key with a line break before it leaves', async () => {
    const host = await listen(createServer((_request, response) => response.end()))
    const { channel, clock } = open(`http://${host}`)
    const request = { ...WRITE, headers: { 'x-key': 'abc\ndef' } }
    await expect(clock.drive(channel.send(request, NEVER))).rejects.toMatchObject({
      kind: 'invalid',
      hint: expect.stringContaining('line break'),
    })
    expect(channel.requests.write).toBe(0)
  })

  test('unpacks gzip, and holds the limit on what was unpacked', async () => {
    const host = await listen(
      createServer((request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        response.end(gzipSync(request.url === '/bomb' ? 'x'.repeat(1_000_000) : 'zażółć'))
      }),
    )
    const { channel, clock } = open(`http://${host}`)
    expect((await clock.drive(channel.send({ ...READ, path: '/' }, NEVER))).body).toBe('zażółć')
    await expect(
      clock.drive(channel.send({ ...READ, path: '/bomb' }, NEVER)),
    ).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('maxResponseBytes'),
    })
  })

  test('decodes by the told character set, or by the XML declaration', async () => {
    const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><a>Zoë</a>'
    const host = await listen(
      createServer((request, response) => {
        response.setHeader(
          'content-type',
          request.url === '/xml' ? 'text/xml' : 'text/plain; charset=latin1',
        )
        response.end(Buffer.from(request.url === '/xml' ? xml : 'Zoë', 'latin1'))
      }),
    )
    const { channel, clock } = open(`http://${host}`)
    expect((await clock.drive(channel.send({ ...READ, path: '/xml' }, NEVER))).body).toBe(xml)
    expect((await clock.drive(channel.send({ ...READ, path: '/told' }, NEVER))).body).toBe('Zoë')
  })

  test('opens no more connections than it was allowed, and keeps them', async () => {
    let opened = 0
    const server = createServer((_request, response) => response.end('ok'))
    server.on('connection', () => {
      opened += 1
    })
    const { channel, clock } = open(`http://${await listen(server)}`, { concurrency: 3 })
    for (let round = 0; round < 4; round++)
      await clock.drive(Promise.all(Array.from({ length: 9 }, () => channel.send(READ, NEVER))))
    expect(opened).toBe(3)
    expect(channel.requests.read).toBe(36)
  })
})
