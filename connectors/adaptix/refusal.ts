/** Turns what the server says when it says no into an error that tells the caller what to do. Never by its words, which are translated. */
import type { Cause } from '../../src/connector/error.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { HttpResponse } from '../../src/connector/kit.ts'
import type { ServerError } from './server-error.ts'

/** A ConnectorError that keeps what the server told, for those who can act on it. */
export class ServerRefusal extends ConnectorError {
  readonly status: number
  readonly server: ServerError | null
  constructor(
    kind: Cause,
    message: string,
    told: { status: number; server: ServerError | null; hint?: string | undefined },
  ) {
    super(kind, message, { hint: told.hint })
    this.status = told.status
    this.server = told.server
  }
}

/** `path`: what was asked for, below the base; an answer that repeats it in its message is about the url, not about a record. */
export function refusalOf(
  response: Pick<HttpResponse, 'status'>,
  server: ServerError | null,
  asked: { readonly operation: string; readonly path: string },
): ServerRefusal {
  // A refusal inside a 200 carries its true status as code.
  const status = response.status < 300 ? (server?.code ?? 502) : response.status
  const { kind, hint } = judge(status, server, asked.path)
  const words = server === null ? 'no reason given' : server.message
  return new ServerRefusal(kind, `${asked.operation}: answered ${status}: ${words}`, {
    status,
    server,
    hint,
  })
}

/** Whether the server does not have this endpoint at all. */
export function hasNoEndpoint(error: unknown): error is ServerRefusal {
  return error instanceof ServerRefusal && error.kind === 'unsupported'
}

/** Whether the server does not have this endpoint, or does not let this login use it: the product goes on without it. */
export function isMissing(error: unknown): error is ServerRefusal {
  return (
    error instanceof ServerRefusal &&
    (error.kind === 'unsupported' || error.kind === 'permission' || error.kind === 'gone')
  )
}

function judge(
  status: number,
  server: ServerError | null,
  path: string,
): { readonly kind: Cause; readonly hint?: string } {
  if (status === 401) {
    return {
      kind: 'login',
      hint: 'Check user and password or token. Some hosts drop the Authorization header: try options.queryToken with a token.',
    }
  }
  if (status === 403) return { kind: 'permission', hint: forbiddenHint(server) }
  if (status === 404) {
    if (isUnknownUrl(server, path)) {
      return {
        kind: 'unsupported',
        hint: 'This server does not have the endpoint. If it has none at all, check that url ends in /api (or /index.php/api).',
      }
    }
    return { kind: 'gone' }
  }
  if (status === 409)
    return { kind: 'stale', hint: 'A user has the record open; it is tried again in the next run.' }
  if (status === 429) return { kind: 'throttled' }
  if (status === 503) return { kind: 'unreachable', hint: 'The server is down for maintenance.' }
  if (status >= 500) return { kind: 'unknown' }
  if (status >= 300 && status < 400) {
    return {
      kind: 'protocol',
      hint: 'The server redirects. Check the url: https, and ending in /api.',
    }
  }
  return { kind: 'invalid' }
}

function forbiddenHint(server: ServerError | null): string {
  if (server?.type === 'api_disabled') return 'Switch the API on in the settings of the server.'
  if (server?.type === 'access_denied') {
    return 'Switch basic authentication on in the API settings of the server, or use a token.'
  }
  return 'The role of this user lacks a permission.'
}

/** Routing errors carry no details and name the url; a foreign 404 page is no JSON at all. Old versions tell neither: then it is the record. */
function isUnknownUrl(server: ServerError | null, path: string): boolean {
  if (server === null) return true
  if (server.isDetailed) return false
  const [place = ''] = path.split('?')
  return server.message.includes(place)
}
