/** Serves a simulator over HTTP on loopback, through a faulty network if one is wanted. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { SimulatedRequest, Simulator } from '../connector/simulator.ts'
import type { FaultPlan } from './faults.ts'
import { play, type Scene } from './play.ts'

export interface ServeOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  readonly host?: string
  readonly faults?: FaultPlan
  /** Added to every answer, real milliseconds. */
  readonly latencyMs?: number
  /** Sees every request before it is handled, those for the oracles excepted. */
  readonly onRequest?: (request: SimulatedRequest) => void
}
export interface SimulationServer {
  /** What a connection's `url` must be: origin and the simulator's base path. */
  readonly url: string
  readonly origin: string
  readonly simulator: Simulator
  readonly faults: FaultPlan | null
  /** Ends all connections, those in flight too. */
  close(): Promise<void>
}

/**
 * Rejects when the port is taken. Besides the platform it answers, for oracles and never with faults:
 * `GET /__simulator/counts` with `{read, write, byOperation}` and `GET /__simulator/snapshot` with `{contacts, consentBreaches}`.
 */
export async function serve(
  simulator: Simulator,
  options: ServeOptions = {},
): Promise<SimulationServer> {
  const { port = 0, host = '127.0.0.1', faults = null, latencyMs = 0, onRequest } = options
  const timers = new Set<NodeJS.Timeout>()
  const server = createServer((incoming, response) => {
    collect(incoming, (request) => {
      // Headers are the simulator's alone; it sets the Date by its own clock.
      response.sendDate = false
      if (request === null) return send(response, TOO_LARGE)
      const oracle = askOracle(simulator, request)
      if (oracle !== null) return send(response, oracle)
      onRequest?.(request)
      const scene = play(simulator, request, faults?.next(request) ?? null)
      const delayMs = latencyMs + (scene.kind === 'answer' ? scene.delayMs : 0)
      if (delayMs === 0) return perform(scene, response)
      const timer = setTimeout(() => {
        timers.delete(timer)
        perform(scene, response)
      }, delayMs)
      timers.add(timer)
    })
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  await listen(server, port, host)
  const address = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
  return {
    url: `${origin}${simulator.basePath}`,
    origin,
    simulator,
    faults,
    close: () => {
      for (const timer of timers) clearTimeout(timer)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** No platform here takes a longer request. */
const REQUEST_BYTES_MAX = 32 * 2 ** 20
/** Long enough that a client's pause between pages does not meet a closing connection. */
const KEEP_ALIVE_MS = 30_000

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
const TOO_LARGE: Answer = {
  status: 413,
  headers: { 'content-type': 'text/plain', connection: 'close' },
  body: `The request is longer than ${REQUEST_BYTES_MAX} bytes.`,
}

function perform(scene: Scene, response: ServerResponse) {
  switch (scene.kind) {
    case 'answer':
      return send(response, scene.response)
    case 'reset':
      return response.destroy()
    case 'cut': {
      const whole = Buffer.from(scene.response.body)
      response.writeHead(scene.response.status, {
        ...scene.response.headers,
        'content-length': whole.length + (whole.length === 0 ? 1 : 0),
      })
      return response.write(whole.subarray(0, whole.length >> 1), () => response.destroy())
    }
    case 'hang':
      return
  }
}

function send(response: ServerResponse, answer: Answer) {
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length })
  response.end(body)
}

function askOracle(simulator: Simulator, request: SimulatedRequest): Answer | null {
  if (request.method !== 'GET' || !request.url.startsWith('/__simulator/')) return null
  switch (request.url) {
    case '/__simulator/counts': {
      const { read, write, byOperation } = simulator.counts
      return json(200, { read, write, byOperation })
    }
    case '/__simulator/snapshot':
      return json(200, {
        contacts: simulator.snapshot(),
        consentBreaches: simulator.consentBreaches,
      })
    default:
      return json(404, { error: `No such oracle: ${request.url}` })
  }
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

/** Calls once with the whole request; with null when it is too long. A request that breaks off is never seen. */
function collect(
  incoming: IncomingMessage,
  then: (request: SimulatedRequest | null) => void,
): void {
  const chunks: Buffer[] = []
  let bytes = 0
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= REQUEST_BYTES_MAX) chunks.push(chunk)
    else chunks.length = 0
  })
  incoming.on('end', () => {
    if (bytes > REQUEST_BYTES_MAX) return then(null)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
    then({
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers,
      body: Buffer.concat(chunks).toString('utf8'),
    })
  })
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
