/** The one way a connector talks: a channel to one host that paces, repeats what may be repeated, keeps count and keeps secrets. */
import { ConnectorError } from '../connector/error.ts'
import type {
  Channel,
  ChannelOptions,
  Clock,
  Http,
  HttpRequest,
  HttpResponse,
  Log,
} from '../connector/kit.ts'
import { holdOf } from '../connector/hold.ts'
import { embeddedPacer, type Pacer, type PacerMaker, seconds } from './pacer.ts'
import { sharedByConnection } from './pacer-shared.ts'
import { credentialsIn, type Redact, redactor, sniff } from './redact.ts'
import { spentQuiet } from './retry-after.ts'
import {
  type Transport,
  TransportError,
  type TransportMaker,
  type WireRequest,
} from './transport.ts'
import { undiciTransport } from './undici.ts'
import { judgeAnswer, judgeFault, QUIET_MAX_MS, type Verdict } from './verdict.ts'

export interface HttpOptions {
  readonly clock: Clock
  readonly log: Log
  /** Random in [0, 1), for jitter. */
  readonly random: () => number
  /** How requests travel; over sockets unless told otherwise. */
  readonly transport?: TransportMaker
  /** Who decides when a request may leave; a pacer of this process alone unless told otherwise. */
  readonly pacer?: PacerMaker
}

/**
 * Channels with the rules of `verdict.ts`. Besides what `Channel.send` promises:
 * - Every answer below 500 but 429 is a response (401, 403 and redirects too; none is followed). A 5xx on a write is a response as
 *   well, save 503 with Retry-After: the connector decides by its body whether the write took effect.
 * - After the budget: 429 throws `throttled`, 503 with Retry-After `unreachable` (both with `retryAfterMs`, neither had an effect),
 *   another 5xx on a read `unknown`. Quiet beyond QUIET_MAX_MS is not waited for: `throttled` at once.
 * - An answer over `maxResponseBytes` throws `protocol`; a header or path that HTTP does not allow throws `invalid`.
 * - An aborted signal rejects with its reason, at once, in a queue, in a wait and in flight. An aborted write in flight may have happened.
 */
export function httpOver(options: HttpOptions): Http {
  const pacer = sharedByConnection(options.pacer ?? embeddedPacer)
  return { channel: (channelOptions) => openChannel({ ...options, pacer }, channelOptions) }
}

function openChannel(
  http: HttpOptions & { readonly pacer: PacerMaker },
  options: ChannelOptions,
): Channel {
  const { clock, log, random } = http
  const { name } = options
  const base = new URL(options.url)
  const redact = redactor(options.secrets)
  const transport = (http.transport ?? undiciTransport)(options)
  const pacer = http.pacer({ ...options, clock, quietMaxMs: QUIET_MAX_MS })
  const requests = { read: 0, write: 0 }
  const byOperation: Record<string, number> = {}
  const backingOff = new Map<symbol, string>()
  const closing = new AbortController()
  let closed: Promise<void> | null = null

  async function send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const what = `${name}: ${request.operation}`
    if (request.effect === 'write' && !options.mayWrite)
      throw new ConnectorError('permission', redact(`${what} would write, and this is a dry run`), {
        hint: 'This is a fault of the connector: a dry run must only read. Nothing was sent.',
      })
    const wire = wireRequest(base, request, redact)
    const repeats = { afterFailure: 0, afterRefusal: 0 }
    for (let attempt = 1; ; attempt++) {
      const tried = await attemptOnce({ request, wire, signal, repeats, attempt })
      const { verdict } = tried
      if (tried.response !== null && verdict.kind === 'answer') return tried.response
      if (verdict.kind !== 'repeat') {
        // Tokens come and go; the ones this request carried are known only now.
        const carried = redactor([...options.secrets, ...credentialsIn(request.headers)])
        throw failure(what, tried, carried)
      }
      if (verdict.isQuiet) repeats.afterRefusal += 1
      else {
        repeats.afterFailure += 1
        await backOff(verdict.waitMs, tried.trouble, signal)
      }
    }
  }

  /** One pass of the gate, one exchange, and what to make of it. The gate is shut, for every worker, before the place of this request comes free. */
  async function attemptOnce(go: Attempt): Promise<Tried> {
    const { request, wire, signal } = go
    const situation = { repeats: go.repeats, random }
    const leave = await pacer.enter(signal)
    try {
      // Asked last: waiting for the gate may have taken longer than the lease lasts.
      if (request.effect === 'write') await holdOf(signal)?.lastFor(options.timeoutMs)
      signal.throwIfAborted()
    } catch (error) {
      leave()
      throw error
    }
    const startMs = clock.now()
    const data = { operation: redact(request.operation), attempt: go.attempt }
    try {
      const response = await transport.exchange(wire, {
        signal,
        onLeave: () => count(request),
        onHead(head) {
          // A spent quota first shuts the gate, below.
          const isLast = spentQuiet({ ...head, nowMs: clock.now() }) !== null
          if (head.status < 300 && !isLast) request.onDone?.()
        },
      })
      const nowMs = clock.now()
      const { status, bytes } = response
      log.debug(redact(`${name} answered`), { ...data, status, ms: nowMs - startMs, bytes })
      const answered = { status, headers: response.headers, dateMs: response.dateMs, nowMs }
      const verdict = judgeAnswer(request.effect, answered, situation)
      const spentMs = spentQuiet(answered)
      if (spentMs !== null && spentMs > 0) await quiet(spentMs, 'quota spent')
      const askedMs = askedFor(verdict)
      if (askedMs !== null) await quiet(askedMs, String(status))
      return { verdict, response, trouble: `answered ${status}` }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof TransportError)) throw error
      const { fault } = error
      log.debug(redact(`${name} gave no answer`), { ...data, fault, ms: clock.now() - startMs })
      const verdict = judgeFault(request.effect, fault, situation)
      return { verdict, response: null, trouble: error.message }
    } finally {
      leave()
    }
  }

  function count(request: HttpRequest) {
    requests[request.effect] += 1
    byOperation[request.operation] = (byOperation[request.operation] ?? 0) + 1
  }

  async function quiet(ms: number, why: string) {
    log.info(redact(`${name}: ${seconds(ms)} of quiet (${why})`))
    await pacer.quiet(ms, why)
  }

  async function backOff(ms: number, trouble: string, signal: AbortSignal) {
    const mine = Symbol()
    backingOff.set(mine, redact(`${name} is left alone for ${seconds(ms)} (${trouble})`))
    try {
      await clock.sleep(ms, AbortSignal.any([signal, closing.signal]))
    } finally {
      backingOff.delete(mine)
    }
  }

  return {
    send,
    slowDown: (ms) => quiet(ms, 'told in an answer'),
    requests,
    byOperation,
    get waitingFor() {
      return waiting(pacer, backingOff)
    },
    close() {
      closed ??= closeAll({ name, pacer, transport, closing })
      return closed
    },
  }
}

interface Attempt {
  readonly request: HttpRequest
  readonly wire: WireRequest
  readonly signal: AbortSignal
  readonly repeats: { readonly afterFailure: number; readonly afterRefusal: number }
  readonly attempt: number
}
interface Tried {
  readonly verdict: Verdict
  readonly response: HttpResponse | null
  readonly trouble: string
}

function askedFor(verdict: Verdict): number | null {
  switch (verdict.kind) {
    case 'answer':
      return null
    case 'repeat':
      return verdict.isQuiet ? verdict.waitMs : null
    case 'fail':
      return verdict.quietMs
  }
}

function failure(what: string, tried: Tried, redact: Redact): ConnectorError {
  const { verdict, response, trouble } = tried
  if (verdict.kind !== 'fail') throw new Error(`${what}: ${verdict.kind} is not a failure`)
  const words = response === null ? '' : sniff(response.body, redact)
  const message = redact(`${what}: ${trouble}`)
  return new ConnectorError(verdict.cause, words === '' ? message : `${message}: ${words}`, {
    retryAfterMs: verdict.quietMs ?? undefined,
    hint: HINTS[verdict.cause],
  })
}

const HINTS: Readonly<Partial<Record<ConnectorError['kind'], string>>> = {
  throttled: 'The platform asks for quiet. Run again later; this request had no effect.',
  unreachable: 'Check the url, the network and the certificate; this request had no effect.',
  protocol:
    'Check that the url is the one of the API. An answer that is too long: ask for smaller pages.',
  invalid:
    'A header or the path holds characters that HTTP does not allow: look for a line break in a key or token.',
}

function waiting(pacer: Pacer, backingOff: ReadonlyMap<symbol, string>): string | null {
  const [first] = backingOff.values()
  return pacer.waitingFor ?? first ?? null
}

async function closeAll(parts: {
  readonly name: string
  readonly pacer: Pacer
  readonly transport: Transport
  readonly closing: AbortController
}): Promise<void> {
  parts.pacer.close()
  parts.closing.abort(new ConnectorError('unreachable', `${parts.name}: the connection is closed`))
  await parts.transport.close()
}

function wireRequest(base: URL, request: HttpRequest, redact: Redact): WireRequest {
  const url = resolve(base, request.path)
  if (url === null || url.origin !== base.origin)
    throw new ConnectorError(
      'protocol',
      redact(
        `${request.operation}: ${request.path} leads away from ${base.origin}; nothing was sent`,
      ),
    )
  const { method, headers, body } = request
  return { method, origin: url.origin, path: url.pathname + url.search, headers, body }
}

/** `/contacts?x=1` below `https://host/api` is `https://host/api/contacts?x=1`; '' is the url itself. null: not a url. */
function resolve(base: URL, path: string): URL | null {
  if (path === '') return base
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(path)) return URL.parse(path)
  const [below = '', query = ''] = path.split(/\?(.*)/s)
  const folder = base.pathname.replace(/\/$/, '')
  const pathname = below === '' ? base.pathname : `${folder}/${below.replace(/^\//, '')}`
  const queries = [base.search.slice(1), query].filter((part) => part !== '').join('&')
  return URL.parse(queries === '' ? pathname : `${pathname}?${queries}`, base.origin)
}
