/** What a request says before anybody looks at the account: method, path, parameters. */
import type { SimulatedRequest } from '../../../src/connector/simulator.ts'
import { bag, isPhpArray, parseBrackets, textOf } from './php.ts'

export interface ParsedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  /** Whether a JSON body could not be read. */
  readonly isBroken: boolean
}

/** JSON needs its content type; forms use bracket syntax; anything else is no body at all. */
export function parseRequest(request: SimulatedRequest): ParsedRequest {
  const [path = '', ...rest] = request.url.split('?')
  const query = parseBrackets(rest.join('?'))
  const type = request.headers['content-type'] ?? ''
  const read = readBody(request.body, type)
  const method = methodOf(request, query, read.body)
  return { method, path: path.replace(/^\/index\.php/, ''), query, ...read }
}

/** Decided from method and path: GET never changes anything, nor does fetching a token. */
export function isMutation(request: SimulatedRequest): boolean {
  const { method, path } = parseRequest(request)
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) && path.startsWith('/api/')
}

/** `X-HTTP-Method-Override` or `_method` turn a POST into something else. */
function methodOf(
  request: SimulatedRequest,
  query: Readonly<Record<string, unknown>>,
  body: Readonly<Record<string, unknown>>,
): string {
  const method = request.method.toUpperCase()
  if (method !== 'POST') return method
  const other =
    request.headers['x-http-method-override'] ?? textOf(body['_method'] ?? query['_method'])
  return (other ?? method).toUpperCase()
}

function readBody(
  text: string,
  type: string,
): { readonly body: Readonly<Record<string, unknown>>; readonly isBroken: boolean } {
  const none = { body: bag(), isBroken: false }
  if (text === '') return none
  if (/application\/x-www-form-urlencoded/i.test(type)) {
    return { body: parseBrackets(text), isBroken: false }
  }
  if (!/json/i.test(type)) return none
  try {
    const parsed: unknown = JSON.parse(text)
    return isPhpArray(parsed) ? { body: parsed, isBroken: false } : { ...none, isBroken: true }
  } catch (error) {
    if (error instanceof SyntaxError) return { ...none, isBroken: true }
    throw error
  }
}
