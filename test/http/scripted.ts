/** Doubles for tests of the channel: a server that answers by script, a log that remembers, a clock nobody waits for. */
import type { ChannelOptions, HttpRequest, Log } from '../../src/connector/kit.ts'
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
} from '../../src/connector/simulator.ts'

/** A simulator that answers with whatever `answer` says for the n-th request it handles, counted from 1, and remembers them. */
export function scripted(
  answer: (n: number, request: SimulatedRequest) => Partial<SimulatedResponse>,
): Simulator & { readonly seen: SimulatedRequest[] } {
  const seen: SimulatedRequest[] = []
  return {
    platform: 'scripted',
    basePath: '/api',
    auth: {},
    handle(request) {
      seen.push(request)
      return { status: 200, headers: {}, body: 'done', ...answer(seen.length, request) }
    },
    isMutation: (request) => request.body !== '',
    get counts() {
      return { read: seen.length, write: 0, byOperation: { any: seen.length } }
    },
    snapshot: () => [],
    consentBreaches: [],
    seen,
  }
}

export interface Line {
  readonly level: 'debug' | 'info' | 'warn'
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}
export function remembering(): Log & { readonly lines: Line[] } {
  const lines: Line[] = []
  const at =
    (level: Line['level']) =>
    (message: string, data: Readonly<Record<string, unknown>> = {}) => {
      lines.push({ level, message, data })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), lines }
}

export const READ: HttpRequest = {
  method: 'POST',
  path: '/records?limit=1',
  headers: { 'content-type': 'text/plain' },
  body: 'which?',
  effect: 'read',
  operation: 'records/list',
}
export const WRITE: HttpRequest = {
  ...READ,
  path: '/records/new',
  effect: 'write',
  operation: 'records/new',
}

export const OPTIONS: ChannelOptions = {
  name: 'target',
  url: 'http://127.0.0.1:1/api',
  mayWrite: true,
  requestsPerSecond: Number.POSITIVE_INFINITY,
  burst: 1,
  concurrency: 4,
  timeoutMs: 5_000,
  maxResponseBytes: 10_000,
  secrets: [],
}

export const NEVER = new AbortController().signal
