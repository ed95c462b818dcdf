/** Speaks XML-RPC with one account: typed operations in, typed results out, every failure a ConnectorError. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Channel, HttpResponse, Kit } from '../../src/connector/kit.ts'
import { type Redact, redactor } from '../../src/http/redact.ts'
import { type Failure, Fault, faultFailure, statusFailure, wireFailure } from './faults.ts'
import { tableNamed } from './input.ts'
import type { Login } from './login.ts'
import { OPERATIONS, type Operation, type OperationName } from './operations.ts'
import { plainReply } from './plain-reply.ts'
import { decodeReply, type Reply, WireError } from './reply.ts'
import { encodeInput, type Input, type InputTypes, type ResultTypes, readResult } from './schema.ts'
import { encodeCall, text } from './xml-rpc.ts'

export type InputOf<N extends OperationName> = {
  readonly [P in keyof (typeof OPERATIONS)[N]['parameters']]: (typeof OPERATIONS)[N]['parameters'][P] extends keyof InputTypes
    ? InputTypes[(typeof OPERATIONS)[N]['parameters'][P]]
    : never
} & {
  readonly [P in keyof (typeof OPERATIONS)[N]['optional']]?: (typeof OPERATIONS)[N]['optional'][P] extends keyof InputTypes
    ? InputTypes[(typeof OPERATIONS)[N]['optional'][P]]
    : never
}
export type ResultOf<N extends OperationName> = ResultTypes[(typeof OPERATIONS)[N]['result']]

export interface Client {
  /**
   * Sends one operation. Reads and idempotent writes are repeated after faults and bodies that are known to pass; anything once it was throttled.
   * Throws ConnectorError.
   */
  call<N extends OperationName>(
    name: N,
    input: InputOf<N>,
    about: CallContext,
  ): Promise<ResultOf<N>>
  readonly login: Login['kind']
  /** Tenant id as the gateway tells it; null before the first answer and where it tells none. */
  readonly tenant: string | null
  /** Most rows that one answer has had so far: a page with fewer was not cut short by a server that caps its pages. */
  readonly rowsMost: number
  readonly channel: Channel
  close(): Promise<void>
}
export interface CallContext {
  readonly signal: AbortSignal
  /** Told what was repaired in the answer. */
  readonly note?: (text: string) => void
  /** Told the server's own clock with every answer, epoch milliseconds. */
  readonly answered?: (serverMs: number) => void
}

export interface ClientOptions {
  readonly settings: ConnectionSettings
  readonly kit: Kit
  readonly login: Login
  readonly mayWrite: boolean
  readonly rate: {
    readonly requestsPerSecond: number
    readonly burst: number
    readonly concurrency: number
  }
}

export function openClient(options: ClientOptions): Client {
  const { settings, kit, login } = options
  const { limits } = settings
  const channel = kit.http.channel({
    name: settings.name,
    url: settings.url,
    mayWrite: options.mayWrite,
    requestsPerSecond: limits.requestsPerSecond ?? options.rate.requestsPerSecond,
    burst: options.rate.burst,
    concurrency: limits.concurrency ?? options.rate.concurrency,
    timeoutMs: limits.timeoutMs ?? TIMEOUT_MS,
    maxResponseBytes: RESPONSE_BYTES_MAX,
    secrets: login.secrets,
  })
  const redact = redactor(login.secrets)
  let tenant: string | null = null
  let rowsMost = 0

  async function call<N extends OperationName>(
    name: N,
    input: InputOf<N>,
    about: CallContext,
  ): Promise<ResultOf<N>> {
    const operation: Operation = OPERATIONS[name]
    const body = encoded(name, operation, { input, login })
    for (let attempt = 1, renewed = false; ; attempt += 1) {
      const headers = await login.headers(about.signal)
      const outcome = await attemptOnce(name, operation, { body, headers, about })
      if (outcome.kind === 'reply') {
        for (const note of notesOf(outcome.reply)) about.note?.(note)
        const table = tableNamed(operation, input)
        const result = readResult(name, operation, { value: outcome.value, table }) as ResultOf<N>
        if (Array.isArray(result)) rowsMost = Math.max(rowsMost, result.length)
        return result
      }
      const { error } = outcome
      if (error.kind === 'login' && !renewed) {
        renewed = login.renew(headers)
        if (renewed) continue
      }
      if (!mayRepeat(outcome, operation, attempt)) throw error
      kit.log.debug(`${settings.name}: ${name} is sent again`, { attempt, why: error.message })
      if (error.kind === 'throttled') await channel.slowDown(error.retryAfterMs ?? BACKOFF_FIRST_MS)
      else await kit.clock.sleep(backoffMs(attempt, kit.random()), about.signal)
    }
  }

  async function attemptOnce(
    name: OperationName,
    operation: Operation,
    go: {
      readonly body: string
      readonly headers: Readonly<Record<string, string>>
      readonly about: CallContext
    },
  ): Promise<Outcome> {
    const response = await channel.send(
      {
        method: 'POST',
        path: '',
        headers: {
          'content-type': 'text/xml; charset=utf-8',
          accept: 'text/xml',
          ...go.headers,
        },
        body: go.body,
        effect: operation.effect,
        operation: name,
      },
      go.about.signal,
    )
    tenant = response.headers['x-keap-tenant-id'] ?? tenant
    if (response.dateMs !== null) go.about.answered?.(response.dateMs)
    return judge(name, response, redact)
  }

  return {
    call,
    login: login.kind,
    get rowsMost() {
      return rowsMost
    },
    get tenant() {
      return tenant
    },
    channel,
    close: async () => {
      await channel.close()
      await login.close()
    },
  }
}

type Outcome =
  | { readonly kind: 'reply'; readonly reply: Reply; readonly value: ReplyValue }
  | ({ readonly kind: 'failure' } & Failure)
type ReplyValue = Extract<Reply, { kind: 'value' }>['value']

/** The vendor's own library waits a minute; wide rows by the thousand can be slow. */
const TIMEOUT_MS = 60_000
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024
const ATTEMPTS_MAX = 4
const THROTTLED_ATTEMPTS_MAX = 12
const BACKOFF_FIRST_MS = 1_000
const BACKOFF_MAX_MS = 8_000

function encoded(
  name: OperationName,
  operation: Operation,
  from: { readonly input: Input; readonly login: Login },
): string {
  try {
    const parameters = encodeInput(operation, from.input)
    const key = operation.hasKey ? [text(from.login.firstParameter)] : []
    return encodeCall(name, [...key, ...parameters])
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ConnectorError('invalid', `${name}: ${error.message}`, { cause: error })
  }
}

function judge(name: OperationName, response: HttpResponse, redact: Redact): Outcome {
  const plain = response.status === 200 ? response.readBytes(plainReply) : undefined
  if (plain !== undefined) return { kind: 'reply', reply: spotless(plain), value: plain }
  const byStatus = statusFailure(name, response.status, response.body)
  if (byStatus !== null) return { kind: 'failure', ...byStatus }
  try {
    const reply = decodeReply(response.body)
    if (reply.kind === 'value') return { kind: 'reply', reply, value: reply.value }
    return { kind: 'failure', ...faultFailure(name, new Fault(reply.code, redact(reply.text))) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { kind: 'failure', ...wireFailure(name, error) }
  }
}

function spotless(value: ReplyValue): Extract<Reply, { kind: 'value' }> {
  return { kind: 'value', value, scrubbed: 0, scrubbedFrom: [], notes: [] }
}

function mayRepeat(failure: Failure, operation: Operation, attempt: number): boolean {
  switch (failure.repeat) {
    case 'never':
      return false
    case 'reads':
      return attempt < ATTEMPTS_MAX && (operation.effect === 'read' || operation.isIdempotent)
    case 'always':
      return attempt < THROTTLED_ATTEMPTS_MAX
  }
}

/** Between half and the whole of a time that doubles. */
function backoffMs(attempt: number, random: number): number {
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (attempt - 1))
  return Math.ceil(most * (0.5 + random / 2))
}

function notesOf(reply: Reply): readonly string[] {
  if (reply.scrubbed === 0) return reply.notes
  const from = reply.scrubbedFrom.length === 0 ? '' : ` (${reply.scrubbedFrom.join(', ')})`
  const note = `Characters that XML does not allow were dropped from what the server sent${from}. Correct them at the source.`
  return [...reply.notes, note]
}
