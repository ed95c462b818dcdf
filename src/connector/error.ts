/** Every way a platform can fail us, by what the caller can do about it. Closed. */
export const CAUSES = {
  /** Key wrong, expired or revoked. Stop the account; a person must act. */
  login: { mayRetry: false, stopsAccount: true },
  /** The login works but may not do this. */
  permission: { mayRetry: false, stopsAccount: true },
  /** 429 or quota spent. Wait `retryAfterMs`, then again. The request had no effect. */
  throttled: { mayRetry: true, stopsAccount: false },
  /** The request never reached the platform, or was answered as not taken. It had no effect. */
  unreachable: { mayRetry: true, stopsAccount: false },
  /** No usable answer (time-out, reset, 5xx, cut or foreign body). A write may or may not have taken effect. */
  unknown: { mayRetry: true, stopsAccount: false },
  /** The platform answered, but not in its own language (an HTML page, JSON of another shape). A write counts as unknown. */
  protocol: { mayRetry: true, stopsAccount: false },
  /** The record does not exist (any more). */
  gone: { mayRetry: false, stopsAccount: false },
  /** The record has moved since the version that the write expected. */
  stale: { mayRetry: false, stopsAccount: false },
  /** This record or value is refused and will be refused again. */
  invalid: { mayRetry: false, stopsAccount: false },
  /** The platform cannot do this at all. */
  unsupported: { mayRetry: false, stopsAccount: false },
  /** What we read cannot be trusted: a page that repeats, a cursor that stands still, a total that does not add up. */
  scan: { mayRetry: false, stopsAccount: false },
} as const
export type Cause = keyof typeof CAUSES

export class ConnectorError extends Error {
  override readonly name = 'ConnectorError'
  readonly kind: Cause
  /** For `throttled` and `unreachable`: how long to wait at least. */
  readonly retryAfterMs: number | null
  /** What the operator can do next. */
  readonly hint: string | null
  constructor(
    kind: Cause,
    message: string,
    more: { cause?: unknown; retryAfterMs?: number | undefined; hint?: string | undefined } = {},
  ) {
    super(message, { cause: more.cause })
    this.kind = kind
    this.retryAfterMs = more.retryAfterMs ?? null
    this.hint = more.hint ?? null
  }
  get mayRetry(): boolean {
    return CAUSES[this.kind].mayRetry
  }
}
