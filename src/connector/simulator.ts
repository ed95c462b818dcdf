/** What a simulated platform is: a server in memory, driven by requests, a clock and nothing else. */

export interface SimulatedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
export interface SimulatedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
export interface SimulatorOptions {
  /** How many contacts the account starts with. */
  readonly contacts: number
  /** Decides everything that is not decided by a request. */
  readonly seed: number
  /** Epoch milliseconds; also the source of the Date header. */
  readonly now: () => number
  /** Switches by name; each simulator documents its own. Unknown names throw. */
  readonly quirks: Readonly<Record<string, unknown>>
}
export interface Simulator {
  readonly platform: string
  /** Path below the host that a connection's `url` must have: `/api/xmlrpc`, `/api`. */
  readonly basePath: string
  /** `auth` entries of a connection that may log in. */
  readonly auth: Readonly<Record<string, string>>
  /** Answers one request at once; never throws. The Date header is always set. */
  handle(request: SimulatedRequest): SimulatedResponse
  /** Whether a request would change anything: what a dry run must never send. Decided from the request alone. */
  isMutation(request: SimulatedRequest): boolean
  /** Counts since the start. */
  readonly counts: {
    readonly read: number
    readonly write: number
    readonly byOperation: Readonly<Record<string, number>>
  }
  /**
   * The truth for oracles: every contact alive, in the platform's own words, with `id`, `tags`, `groups` (names), `optedOut` by address
   * or channel. Not reachable over HTTP.
   */
  snapshot(): readonly SimulatedContact[]
  /** Moments at which an opted-out person was contactable after being created here; must stay empty. See each simulator. */
  readonly consentBreaches: readonly string[]
}
export interface SimulatedContact {
  readonly id: string
  readonly fields: Readonly<Record<string, string>>
  readonly tags: readonly string[]
  readonly groups: readonly string[]
  readonly emails: readonly string[]
  /** Addresses of this contact that may not be mailed. */
  readonly optedOut: readonly string[]
}
export interface SimulatorModule {
  readonly platform: string
  readonly aliases: readonly string[]
  create(options: SimulatorOptions): Simulator
}
