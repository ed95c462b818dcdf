/** A network inside the process: the channel's own rules over simulators, with no socket and no time but the clock given. */
import type { ChannelOptions, Clock, Http, Log } from '../connector/kit.ts'
import type { SimulatedRequest, SimulatedResponse, Simulator } from '../connector/simulator.ts'
import { oversize } from '../http/body.ts'
import { httpOver } from '../http/channel.ts'
import {
  type Flight,
  type Transport,
  TransportError,
  type WireRequest,
  type WireResponse,
} from '../http/transport.ts'
import type { FaultPlan } from './faults.ts'
import { play } from './play.ts'

export interface NetworkOptions {
  readonly clock: Clock
  /** Random in [0, 1), for jitter. */
  readonly random: () => number
  readonly log: Log
  /** Who lives where: `https://api.example.com` to a simulator. No other host can be reached. */
  readonly hosts: ReadonlyMap<string, Simulator>
  /** By origin, like `hosts`. */
  readonly faults?: ReadonlyMap<string, FaultPlan>
  /** There and back, milliseconds of the clock. */
  readonly latencyMs?: number
}

/** An `Http` that behaves as the one over sockets does: same pacing, same repeats, same errors. */
export function simulatedHttp(network: NetworkOptions): Http {
  const { clock, random, log } = network
  return httpOver({ clock, random, log, transport: (options) => inProcess(network, options) })
}

function inProcess(network: NetworkOptions, options: ChannelOptions): Transport {
  const { clock, hosts, faults, latencyMs = 0 } = network
  let isClosed = false

  async function exchange(request: WireRequest, flight: Flight): Promise<WireResponse> {
    const { signal } = flight
    signal.throwIfAborted()
    const simulator = hosts.get(request.origin)
    if (simulator === undefined || isClosed)
      throw new TransportError('refused', `no connection: nobody listens at ${request.origin}`)
    const simulated = asSimulated(request)
    flight.onLeave()
    // Half of the latency lies before the effect: an abort on the way there prevents it, one on the way back does not.
    if (latencyMs > 0) await clock.sleep(latencyMs / 2, signal)
    const scene = play(simulator, simulated, faults?.get(request.origin)?.next(simulated) ?? null)
    const spentMs = latencyMs + (scene.kind === 'answer' ? scene.delayMs : 0)
    const isLate = scene.kind === 'hang' || spentMs > options.timeoutMs
    const restMs = (isLate ? options.timeoutMs : spentMs) - latencyMs / 2
    if (restMs > 0) await clock.sleep(restMs, signal)
    signal.throwIfAborted()
    if (isLate) throw new TransportError('timeout', `no answer within ${options.timeoutMs} ms`)
    switch (scene.kind) {
      case 'reset':
        throw new TransportError('reset', 'the connection ended before an answer')
      case 'cut':
        // Its head arrives: whoever waits for no more than that goes on.
        flight.onHead(received(scene.response, options.maxResponseBytes))
        throw new TransportError('cut', 'the answer broke off')
      case 'answer': {
        const response = received(scene.response, options.maxResponseBytes)
        flight.onHead(response)
        return response
      }
    }
  }

  return {
    exchange,
    close: async () => {
      isClosed = true
    },
  }
}

function asSimulated(request: WireRequest): SimulatedRequest {
  const headers: Record<string, string> = { host: new URL(request.origin).host }
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value
  return { method: request.method, url: request.path, headers, body: request.body ?? '' }
}

function received(response: SimulatedResponse, maxResponseBytes: number): WireResponse {
  const bytes = Buffer.byteLength(response.body)
  if (bytes > maxResponseBytes) throw oversize(maxResponseBytes)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name.toLowerCase()] = value
  const dateMs = Date.parse(headers['date'] ?? '')
  const { status } = response
  const head = { status, headers, dateMs: Number.isNaN(dateMs) ? null : dateMs, bytes }
  return withText(head, response.body)
}

/** An answer whose text is known. Once its bytes were read they are scribbled over and the text is gone: whoever keeps or asks for more is found out. */
export function withText<Rest extends object>(
  rest: Rest,
  text: string,
): Rest & Pick<WireResponse, 'body' | 'readBytes'> {
  let isGone = false
  return {
    ...rest,
    get body() {
      if (isGone) throw new Error('the bytes of this answer were read and are gone')
      return text
    },
    readBytes(read) {
      const utf8 = Buffer.from(text)
      const made = read(utf8)
      if (made === undefined) return undefined
      isGone = true
      utf8.fill('#')
      return made
    },
  }
}
