/** Speaks the platform's own words: sends one operation of the table and hands back its parsed answer. Knows nothing of contacts as we see them. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Channel, HttpResponse, Kit } from '../../src/connector/kit.ts'
import { type Redact, redactor } from '../../src/http/redact.ts'
import type { Element } from './element.ts'
import { FORM_HEADERS, loginOf, secretsOf } from './login.ts'
import type { Operation } from './operation.ts'
import {
  type InputOf,
  isOperation,
  type OperationName,
  OPERATIONS,
  type ResultOf,
} from './operations.ts'
import { ServerRefusal, statusError, wireFailure } from './refusal.ts'
import { readReply, WireError } from './reply.ts'
import { failureOrSuccess } from './answers.ts'

export interface Client {
  /** Throws ConnectorError; a refusal of the whole request as ServerRefusal. What nothing was found for is an empty result. */
  call<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    about: CallContext,
  ): Promise<ResultOf<Name>>
  /** For names and inputs that come from outside. */
  callByName(name: string, input: unknown, signal: AbortSignal): Promise<unknown>
  /** The server's clock in its last answer, epoch milliseconds; null: it tells none. */
  readonly serverMs: number | null
  readonly channel: Channel
  close(): Promise<void>
}
export interface CallContext {
  readonly signal: AbortSignal
  /** Told what was repaired in the answer. */
  readonly note?: (text: string) => void
}

export interface ClientOptions {
  readonly settings: ConnectionSettings
  readonly kit: Kit
  readonly mayWrite: boolean
}

/** Nobody publishes a limit. One client team keeps to four calls at a time; we start lower (fact sheet, limits). */
export const REQUESTS_PER_SECOND = 4
export const CONCURRENCY = 2
const BURST = 4
/** Items of a batch are worked off one by one, over a minute for two of them in the documents (quirk 36). */
const TIMEOUT_MS = 180_000
const RESPONSE_BYTES_MAX = 128 * 1024 * 1024

export function openClient(options: ClientOptions): Client {
  const { settings, kit, mayWrite } = options
  const { limits } = settings
  const secrets = secretsOf(settings)
  const redact = redactor(secrets)
  const channel = kit.http.channel({
    name: settings.name,
    url: settings.url,
    mayWrite,
    requestsPerSecond: limits.requestsPerSecond ?? REQUESTS_PER_SECOND,
    burst: BURST,
    concurrency: limits.concurrency ?? CONCURRENCY,
    timeoutMs: limits.timeoutMs ?? TIMEOUT_MS,
    maxResponseBytes: RESPONSE_BYTES_MAX,
    secrets,
  })
  const login = loginOf(settings, kit, channel)
  let serverMs: number | null = null

  async function run(operation: Operation, input: unknown, about: CallContext): Promise<unknown> {
    const xml = operation.encode(input)
    for (let attempt = 1, renewed = false; ; attempt += 1) {
      const token = await login.token(about.signal)
      try {
        const response = await send(operation, { xml, token, signal: about.signal })
        const { root, notes } = documentOf(operation, response, redact)
        for (const note of notes) about.note?.(note)
        return operation.read(root)
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error
        if (isNothing(error, operation)) return operation.whenNothingFound
        // A refused token means that nothing was done, so even a write may be sent once more.
        if (error.kind === 'login' && !renewed) {
          renewed = login.renew(token)
          if (renewed) continue
        }
        if (!mayRepeat(error, operation, attempt)) throw error
        kit.log.debug(`${settings.name}: ${operation.name} is sent again`, {
          attempt,
          why: error.message,
        })
        await kit.clock.sleep(backoffMs(attempt, kit.random()), about.signal)
      }
    }
  }

  async function send(
    operation: Operation,
    go: { readonly xml: string; readonly token: string; readonly signal: AbortSignal },
  ): Promise<HttpResponse> {
    const { email } = login
    const response = await channel.send(
      {
        method: 'POST',
        path: '',
        headers: FORM_HEADERS,
        body: new URLSearchParams({ email, auth_token: go.token, xml: go.xml }).toString(),
        effect: operation.effect,
        operation: operation.name,
      },
      go.signal,
    )
    serverMs = response.dateMs ?? serverMs
    return response
  }

  return {
    async call<Name extends OperationName>(name: Name, input: InputOf<Name>, about: CallContext) {
      return (await run(OPERATIONS[name] as Operation, input, about)) as ResultOf<Name>
    },
    async callByName(name, input, signal) {
      if (!isOperation(name)) {
        throw new ConnectorError('unsupported', `there is no operation ${name}`, {
          hint: `Operations: ${Object.keys(OPERATIONS).join(', ')}.`,
        })
      }
      const operation = OPERATIONS[name] as Operation
      const parsed = operation.input.safeParse(input ?? {})
      if (!parsed.success) {
        const [issue] = parsed.error.issues
        const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
        throw new ConnectorError('invalid', `${name}: ${where}${issue?.message ?? 'wrong input'}`, {
          hint: 'Nothing was sent. The operations stand in the README of the connector.',
        })
      }
      return await run(operation, parsed.data, { signal })
    },
    get serverMs() {
      return serverMs
    },
    channel,
    close: () => channel.close(),
  }
}

const ATTEMPTS_MAX = 4
const BACKOFF_FIRST_MS = 1_000
const BACKOFF_MAX_MS = 8_000

/** The answer's document when it is one of this operation and says nothing of a failure. Throws ConnectorError. */
function documentOf(
  operation: Operation,
  response: HttpResponse,
  redact: Redact,
): { readonly root: Element; readonly notes: readonly string[] } {
  const byStatus = statusError(operation.name, response.status, operation.effect)
  if (byStatus !== null) throw byStatus
  let document: ReturnType<typeof readReply>
  try {
    document = readReply(response.body)
  } catch (error) {
    throw error instanceof WireError ? wireFailure(operation.name, error) : error
  }
  const { root } = document
  // The same three elements stand below any root when the whole request failed.
  const result = failureOrSuccess(root)
  if (result?.kind === 'failure') {
    throw new ServerRefusal(operation.name, { code: result.code, text: redact(result.text) })
  }
  if (root.name !== `${operation.name}Response`.toLowerCase()) {
    throw new ConnectorError('protocol', `${operation.name} was answered by <${root.name}>`)
  }
  return document
}

function isNothing(error: ConnectorError, operation: Operation): boolean {
  return (
    operation.whenNothingFound !== undefined &&
    error instanceof ServerRefusal &&
    error.class === 'nothing'
  )
}

/** The channel repeats what goes wrong on the line; this is for bodies that are no answer. */
function mayRepeat(error: ConnectorError, operation: Operation, attempt: number): boolean {
  if (attempt >= ATTEMPTS_MAX) return false
  if (error instanceof ServerRefusal) return error.class === 'throttled'
  return operation.effect === 'read' && error.cause instanceof WireError && mayPass(error.cause)
}

function mayPass(error: WireError): boolean {
  return error.kind !== 'json' && error.kind !== 'malformed'
}

/** Between half and the whole of a time that doubles. */
function backoffMs(attempt: number, random: number): number {
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (attempt - 1))
  return Math.ceil(most * (0.5 + random / 2))
}
