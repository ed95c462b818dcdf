/** What the engine lends a connector: everything effectful that is not the platform's own. */
export interface Kit {
  readonly clock: Clock
  readonly http: Http
  /** Where rotating credentials are kept (a private file, never the state store). */
  readonly vault: Vault
  readonly log: Log
  /** Random in [0, 1), for jitter. */
  readonly random: () => number
}
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}
export interface Log {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void
  info(message: string, data?: Readonly<Record<string, unknown>>): void
  warn(message: string, data?: Readonly<Record<string, unknown>>): void
}
export interface Vault {
  load(name: string): Promise<Readonly<Record<string, string>> | null>
  /** Durable when it resolves. */
  save(name: string, secrets: Readonly<Record<string, string>>): Promise<void>
}

/** Makes one paced channel to one host; a connection has exactly one. */
export interface Http {
  channel(options: ChannelOptions): Channel
}
export interface ChannelOptions {
  /** The connection's name, for messages and counters. */
  readonly name: string
  readonly url: string
  /** False on a dry run: a request that says it mutates is refused before it leaves. */
  readonly mayWrite: boolean
  readonly requestsPerSecond: number
  readonly burst: number
  readonly concurrency: number
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  /** Texts that must never appear in a log line or an error. */
  readonly secrets: readonly string[]
}
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query below the channel's url, or an absolute url on the same origin. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** What the request does there; decides pacing of retries and whether a dry run may send it. */
  readonly effect: 'read' | 'write'
  /** For counters and messages: `contacts/batch/new`, `DataService.query`. */
  readonly operation: string
  /** Called at most once, when an answer below 300 has begun to come: what was asked for is done there. Not where no request may follow now. */
  readonly onDone?: () => void
}
export interface HttpResponse {
  readonly status: number
  /** Lower-case names; several values are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** As text, by the character set that it says it has; made when it is first asked for. */
  readonly body: string
  /**
   * Lets somebody read it as UTF-8 bytes. Once they made something of it, their memory is the next answer's, without waiting for garbage to be
   * collected: they must keep no piece of it, and `body` is not there any more. undefined: nothing was made of it, and nothing is gone.
   */
  readBytes<T>(read: (utf8: Buffer) => T | undefined): T | undefined
  /** Server's Date header as epoch milliseconds; null when missing or unreadable. */
  readonly dateMs: number | null
}
export interface Channel {
  /**
   * Sends once the pacer permits. Reads are repeated on connection failure, time-out, 429 and 5xx within a budget; writes only when the request
   * certainly never arrived (refused connection) or was answered 429/503 with Retry-After. Any status arrives as a response except 429 and 5xx
   * after the budget, which throw `throttled` / `unknown`. Throws ConnectorError: unreachable, throttled, unknown, permission (write on a dry run).
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /**
   * Lets the connector report a refusal that came inside a 200 body (XML-RPC throttling): the pacer waits as if it were a 429. Resolves when
   * every worker of the connection knows; never rejects.
   */
  slowDown(ms: number): Promise<void>
  readonly requests: { readonly read: number; readonly write: number }
  readonly byOperation: Readonly<Record<string, number>>
  /** Why it is waiting right now, for progress; null: it is not. */
  readonly waitingFor: string | null
  close(): Promise<void>
}
