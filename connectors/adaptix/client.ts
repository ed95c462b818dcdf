/** Speaks the platform's own words: sends one operation of the table and hands back its parsed answer. Knows nothing of contacts as we see them. */
import pLimit from 'p-limit'
import { ConnectorError } from '../../src/connector/error.ts'
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import type { Channel, HttpResponse, Kit } from '../../src/connector/kit.ts'
import { type Credentials, type Doorman, doorman, loginOf, secretsOf } from './login.ts'
import type { Operation } from './operation.ts'
import {
  findOperation,
  type InputOf,
  type OperationName,
  OPERATIONS,
  type ResultOf,
} from './operations.ts'
import { type Profile, profileFromHeaders, profileOf } from './profile.ts'
import { encodeQuery, type QueryValue } from './query.ts'
import { refusalOf, ServerRefusal } from './refusal.ts'
import { rowReader } from './rows.ts'
import { isObject } from './schema.ts'
import { parseServerError } from './server-error.ts'

export interface Client {
  /** By the newest answer's version header; everything careful before the first one. */
  readonly profile: Profile
  /** False until the server has answered once: until then the profile is a guess. */
  readonly hasAnswered: boolean
  readonly channel: Channel
  /** Throws ConnectorError; a refusal of the server as ServerRefusal. */
  call<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    signal: AbortSignal,
  ): Promise<ResultOf<Name>>
  /** Same, with what the answer tells besides its body. */
  ask<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    signal: AbortSignal,
  ): Promise<Answer<ResultOf<Name>>>
  /** For names and inputs that come from outside. */
  callByName(name: string, input: unknown, signal: AbortSignal): Promise<unknown>
  close(): Promise<void>
}
export interface Answer<Result> {
  readonly result: Result
  readonly status: number
  /** The server's clock, epoch milliseconds; null: not told. */
  readonly dateMs: number | null
}

export interface ClientOptions {
  readonly settings: ConnectionSettings
  readonly kit: Kit
  readonly mayWrite: boolean
  /** The platform's word for automations: `automations` or `campaigns`. The other one is tried where this one is unknown. */
  readonly automations: string
}

export const REQUESTS_PER_SECOND = 10
/** Saving runs triggers, webhooks and geo look-ups: the server is slow at it, and a list of a big account takes most of a minute. */
export const TIMEOUT_MS = 180_000
export const CONCURRENCY = 2
const RESPONSE_BYTES_MAX = 128 * 1024 * 1024
const BURST = 5

export function openClient(options: ClientOptions): Client {
  const { settings, kit, mayWrite } = options
  const { limits } = settings
  const login = loginOf(settings)
  const channel = kit.http.channel({
    name: settings.name,
    url: settings.url,
    mayWrite,
    requestsPerSecond: limits.requestsPerSecond ?? REQUESTS_PER_SECOND,
    burst: BURST,
    concurrency: limits.concurrency ?? CONCURRENCY,
    timeoutMs: limits.timeoutMs ?? TIMEOUT_MS,
    maxResponseBytes: RESPONSE_BYTES_MAX,
    secrets: secretsOf(login),
  })
  const door = doorman(login, {
    channel,
    kit,
    name: settings.name,
    url: settings.url,
    queryToken: settings.options['queryToken'] === true,
  })
  const version = settings.options['version']
  const fixedProfile = typeof version === 'string' ? profileOf(version, null) : null
  let profile = fixedProfile ?? profileOf(null, null)
  const writes = oneByOne()
  let automations = options.automations
  let hasAnswered = false

  async function exchange(operation: Operation, input: unknown, signal: AbortSignal) {
    const parsed = operation.input.safeParse(input)
    if (!parsed.success) {
      throw new ConnectorError('invalid', `${operation.name}: ${firstIssue(parsed.error)}`)
    }
    const request = build(operation, parsed.data, automations)
    const send = (onDone?: () => void) =>
      sendWith(door, channel, { operation, ...request, ...(onDone && { onDone }) }, signal)
    const response = await (operation.effect === 'write' ? writes(send) : send())
    hasAnswered = true
    const told = fixedProfile ?? profileFromHeaders(response.headers)
    if (told !== null && told.version !== profile.version) profile = told
    return { response, path: request.path }
  }

  async function run(
    operation: Operation,
    input: unknown,
    how: { readonly read: Reading; readonly signal: AbortSignal },
  ): Promise<Answer<unknown>> {
    const { read, signal } = how
    const { response, path } = await exchange(operation, input, signal)
    try {
      return readAnswer(operation, { response, path, body: read(response) })
    } catch (error) {
      if (!operation.path.includes('{automations}') || !isUnknownEndpoint(error)) throw error
      const before = automations
      automations = automations === 'automations' ? 'campaigns' : 'automations'
      const again = await exchange(operation, input, signal)
      try {
        return readAnswer(operation, { ...again, body: read(again.response) })
      } catch (second) {
        automations = before
        throw isUnknownEndpoint(second) ? error : second
      }
    }
  }

  const rows = rowReader()
  const byRows: Reading = (response) => response.readBytes(rows.read) ?? parsed(response)
  const howTo = (name: OperationName, signal: AbortSignal) => {
    return { read: MANY_CONTACTS.has(name) ? byRows : parsed, signal }
  }

  return {
    get profile() {
      return profile
    },
    get hasAnswered() {
      return hasAnswered
    },
    channel,
    async call<Name extends OperationName>(name: Name, input: InputOf<Name>, signal: AbortSignal) {
      return (await run(OPERATIONS[name], input, howTo(name, signal))).result as ResultOf<Name>
    },
    async ask<Name extends OperationName>(name: Name, input: InputOf<Name>, signal: AbortSignal) {
      return (await run(OPERATIONS[name], input, howTo(name, signal))) as Answer<ResultOf<Name>>
    },
    async callByName(name, input, signal) {
      const operation = findOperation(name)
      if (operation === null) {
        throw new ConnectorError('unsupported', `there is no operation ${name}`, {
          hint: `Operations: ${Object.keys(OPERATIONS).join(', ')}.`,
        })
      }
      return (await run(operation, input ?? {}, { read: parsed, signal })).result
    },
    close: () => channel.close(),
  }
}

/**
 * One write at work: the server matches, then inserts, and two at once would make twins (README, "twins"). Where the next one may leave
 * while an answer is still on its way, neither side waits for the other.
 */
function oneByOne() {
  const alone = pLimit(1)
  return <T>(write: (onDone: () => void) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      void alone(
        () =>
          new Promise<void>((onDone) => {
            write(onDone).then(resolve, reject).finally(onDone)
          }),
      )
    })
}

/** Their answers hold contacts by the hundred, which are read row by row; `callByName` shows them as they came. */
const MANY_CONTACTS: ReadonlySet<OperationName> = new Set([
  'contacts.list',
  'contacts.createBatch',
  'contacts.editBatch',
])

/** What an answer's JSON says; undefined: it is not JSON. */
type Reading = (response: HttpResponse) => unknown

interface Built {
  readonly path: string
  readonly body: string | null
}

/** Fills the path; what is left is the query of a GET or DELETE and the JSON body of anything else. Pure. */
export function build(operation: Operation, input: unknown, automations: string): Built {
  const left: Record<string, unknown> = isObject(input) ? { ...input } : {}
  const path = operation.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    if (name === 'automations') return automations
    const value = left[name]
    delete left[name]
    return encodeURIComponent(String(value))
  })
  if (operation.method === 'GET' || operation.method === 'DELETE') {
    const query = encodeQuery(left as Record<string, QueryValue | undefined>)
    return { path: query === '' ? path : `${path}?${query}`, body: null }
  }
  const payload = operation.bodyKey === null ? left : left[operation.bodyKey]
  return { path, body: JSON.stringify(payload) }
}

async function sendWith(
  door: Doorman,
  channel: Channel,
  request: Built & { readonly operation: Operation; readonly onDone?: () => void },
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { operation } = request
  const send = (credentials: Credentials): Promise<HttpResponse> => {
    const extra = encodeQuery(credentials.query)
    const glue = request.path.includes('?') ? '&' : '?'
    return channel.send(
      {
        method: operation.method,
        path: extra === '' ? request.path : `${request.path}${glue}${extra}`,
        headers: {
          accept: 'application/json',
          ...(request.body === null ? {} : { 'content-type': 'application/json' }),
          ...credentials.headers,
        },
        body: request.body,
        effect: operation.effect,
        operation: operation.name,
        ...(request.onDone && { onDone: request.onDone }),
      },
      signal,
    )
  }
  const credentials = await door.credentials(signal)
  const response = await send(credentials)
  // A 401 had no effect, so a write may follow with fresh credentials.
  if (response.status !== 401 || !door.renew(credentials)) return response
  return send(await door.credentials(signal))
}

/** Throws ServerRefusal for a refusal, `protocol` for an answer in no shape that we know. */
function readAnswer(
  operation: Operation,
  {
    response,
    path,
    body,
  }: {
    readonly response: HttpResponse
    readonly path: string
    /** undefined: not JSON. */
    readonly body: unknown
  },
): Answer<unknown> {
  const server = body === undefined ? null : parseServerError(body)
  const asked = { operation: operation.name, path }
  if (response.status >= 300 || server !== null) throw refusalOf(response, server, asked)
  if (body === undefined) {
    const isPage = /^\s*</.test(response.body)
    throw new ConnectorError(
      'protocol',
      `${operation.name}: ${isPage ? 'a web page came instead of JSON' : 'the answer is cut or is not JSON'}`,
      isPage
        ? {
            hint: 'Check that url ends in /api (or /index.php/api) and that no login or maintenance page stands before it.',
          }
        : {},
    )
  }
  const result = operation.result.safeParse(body)
  if (!result.success) {
    throw new ConnectorError('protocol', `${operation.name}: ${firstIssue(result.error)}`)
  }
  return { result: result.data, status: response.status, dateMs: response.dateMs }
}

/** undefined: not JSON. */
function parsed({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(body.charCodeAt(0) === 0xfeff ? body.slice(1) : body)
  } catch {
    return undefined
  }
}

function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof ServerRefusal && error.kind === 'unsupported'
}

function firstIssue(error: {
  readonly issues: readonly { path: PropertyKey[]; message: string }[]
}) {
  const issue = error.issues[0]
  if (issue === undefined) return 'not in the expected shape'
  return issue.path.length === 0
    ? issue.message
    : `${issue.path.map(String).join('.')}: ${issue.message}`
}
