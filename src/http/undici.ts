/**
 * The transport over real sockets: one keep-alive agent for one channel. The one place that knows undici.
 *
 * It speaks to undici's dispatcher, not to `request`, because only there is it told when a request begins to leave, and only so an
 * abort is obeyed while a connection is still being made.
 */
import { createRequire } from 'node:module'
import type { Agent, Dispatcher } from 'undici'
import type { ChannelOptions } from '../connector/kit.ts'
import { ACCEPT_ENCODING, type BodyReader, bodyReader, oversize } from './body.ts'
import { systemClock } from './clock.ts'
import {
  type Flight,
  type Transport,
  TransportError,
  type TransportFault,
  type WireRequest,
  type WireResponse,
} from './transport.ts'

/** The dispatcher alone: the package as a whole loads fetch, WebSocket, caches and mocks as well, and takes twice the time to start. */
const AgentClass = createRequire(import.meta.url)('undici/lib/dispatcher/agent.js') as typeof Agent

export function undiciTransport(options: ChannelOptions): Transport {
  const { timeoutMs, maxResponseBytes } = options
  const agent = new AgentClass({
    connections: options.concurrency,
    pipelining: 1,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
    maxResponseSize: maxResponseBytes,
  })
  const inFlight = new Set<Promise<Raw>>()
  return {
    async exchange(request, flight) {
      const exchanging = dispatch(agent, { request, flight, timeoutMs, maxResponseBytes })
      inFlight.add(exchanging)
      try {
        return await respond(await exchanging)
      } finally {
        inFlight.delete(exchanging)
      }
    },
    async close() {
      await Promise.allSettled(inFlight)
      // Not `close`: that would wait for a connection that is still being made for a request aborted long ago.
      await agent.destroy()
    },
  }
}

/** A server that sends a byte now and then never runs into a time-out; this many of them for the whole answer ends it. */
const EXCHANGE_TIMEOUTS_MAX = 5

interface Raw {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: number
  /** null: no answer began. */
  readonly reader: BodyReader | null
}
interface Job {
  readonly request: WireRequest
  readonly flight: Flight
  readonly timeoutMs: number
  readonly maxResponseBytes: number
}

function dispatch(agent: Agent, job: Job): Promise<Raw> {
  const { request, flight, timeoutMs, maxResponseBytes } = job
  const { signal } = flight
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const endsMs = systemClock.now() + timeoutMs * EXCHANGE_TIMEOUTS_MAX
    let bytes = 0
    let reader: BodyReader | null = null
    let controller: Dispatcher.DispatchController | null = null
    let status = 0
    let headers: Readonly<Record<string, string>> = {}
    const onAbort = () => {
      // Not yet on a connection: undici cannot take it back, so it is refused in onRequestStart.
      controller?.abort(asError(signal.reason))
      reject(signal.reason)
    }
    const settle = () => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort, { once: true })
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(begun) {
        controller = begun
        if (signal.aborted) begun.abort(asError(signal.reason))
        else flight.onLeave()
      },
      onResponseStart(_controller, statusCode, received) {
        // Says that an answer will come (102, 103); nothing is done by then.
        if (statusCode < 200) return
        status = statusCode
        headers = joined(received)
        reader = bodyReader(headers, maxResponseBytes)
        flight.onHead({ status, headers, dateMs: dateOf(headers) })
      },
      onResponseData(running, chunk) {
        bytes += chunk.length
        reader?.add(chunk)
        if (systemClock.now() > endsMs)
          running.abort(new TransportError('timeout', slow(timeoutMs * EXCHANGE_TIMEOUTS_MAX)))
      },
      onResponseEnd() {
        settle()
        resolve({ status, headers, bytes, reader })
      },
      onResponseError(_controller, error) {
        settle()
        reject(
          translate(error, {
            hasLeft: controller !== null,
            hasBegun: status > 0,
            timeoutMs,
            maxResponseBytes,
          }),
        )
      },
    }
    try {
      agent.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method,
          headers: { 'accept-encoding': ACCEPT_ENCODING, ...request.headers },
          body: request.body,
        },
        handler,
      )
    } catch (error) {
      settle()
      reject(new TransportError('unsendable', asError(error).message))
    }
  })
}

async function respond({ status, headers, bytes, reader }: Raw): Promise<WireResponse> {
  const body = await (reader ?? bodyReader(headers, 0)).end()
  return {
    status,
    headers,
    get body() {
      return body.text
    },
    readBytes: (read) => body.readBytes(read),
    dateMs: dateOf(headers),
    bytes,
  }
}

function dateOf(headers: Readonly<Record<string, string>>): number | null {
  const dateMs = Date.parse(headers['date'] ?? '')
  return Number.isNaN(dateMs) ? null : dateMs
}

function translate(
  error: Error & { readonly code?: string },
  so: {
    readonly hasLeft: boolean
    readonly hasBegun: boolean
    readonly timeoutMs: number
    readonly maxResponseBytes: number
  },
): TransportError {
  if (error instanceof TransportError) return error
  const code = error.code ?? ''
  if (code === 'UND_ERR_INVALID_ARG') return new TransportError('unsendable', error.message)
  if (!so.hasLeft) {
    const fault: TransportFault = isCertificate(code) ? 'untrusted' : 'refused'
    return new TransportError(fault, `no connection: ${code} ${error.message}`.trim())
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new TransportError('timeout', slow(so.timeoutMs))
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return oversize(so.maxResponseBytes)
  if (so.hasBegun || code === 'HPE_INVALID_EOF_STATE')
    return new TransportError('cut', `the answer broke off: ${error.message}`)
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW')
    return new TransportError('garbled', `the answer is not HTTP: ${error.message}`)
  return new TransportError('reset', `the connection ended before an answer: ${error.message}`)
}

/** Codes of Node.js and OpenSSL for a certificate that does not hold; every other failure to connect may pass. */
function isCertificate(code: string): boolean {
  return /CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|HOSTNAME_MISMATCH/.test(code)
}

function slow(ms: number): string {
  return `no answer within ${ms} ms`
}

function joined(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return plain
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
