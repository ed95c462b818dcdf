/**
 * Keeps one OAuth login alive: hands out an access token and renews it before it ends.
 *
 * Refresh tokens are used up by a renewal, so the new one is saved before anything else happens with it, and callers who come meanwhile
 * wait for that one renewal. When its answer is lost, the same refresh token is tried once more. A login that ends for good needs a person.
 */
import { hash } from 'node:crypto'

import { ConnectorError } from '../connector/error.ts'
import type { Clock, HttpResponse, Vault } from '../connector/kit.ts'

export interface Tokens {
  readonly accessToken: string
  /** null: none was given, the one in use stays good (client credentials have none at all). */
  readonly refreshToken: string | null
  readonly expiresInSeconds: number
}
export interface TokenKeeper {
  /** A token with at least a fifth of its life left where one can be had. Rejects with the signal's reason, or as `refresh` did. */
  token(signal: AbortSignal): Promise<string>
  /** The platform refused this token (401) though it should be good: the next call renews. Others that came since are not touched. */
  drop(accessToken: string): void
}
export interface TokenKeeperOptions {
  readonly vault: Vault
  /** Under which the tokens are kept. Holds what tells logins apart (connection and client id), or a new login would get the old one's token. */
  readonly name: string
  /** Asks the platform; throws ConnectorError. `readTokens` reads its answer. null: client credentials, or none is known. */
  readonly refresh: (refreshToken: string | null) => Promise<Tokens>
  readonly clock: Clock
  /**
   * The refresh token of the configuration: what a person's authorisation gave. It begins the chain; when it is changed there,
   * the chain begins anew. Omit it for client credentials.
   */
  readonly firstRefreshToken?: string
}

export function tokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const { vault, name, refresh, clock } = options
  const chain =
    options.firstRefreshToken === undefined ? '' : fingerprint(options.firstRefreshToken)
  let held: Held | null = null
  let renewing: Promise<Held> | null = null
  let dropped: string | null = null
  /** Received, and the vault would not take it: the refresh token in it is the only good one left. */
  let unsaved: Held | null = null

  async function load(): Promise<Held | null> {
    const kept = fromVault(await vault.load(name))
    return kept !== null && kept.chain === chain ? kept : null
  }

  async function save(fresh: Held): Promise<Held> {
    unsaved = fresh
    await vault.save(name, toVault(fresh))
    unsaved = null
    dropped = null
    return fresh
  }

  function isGood(one: Held | null, untilMs: 'renewAtMs' | 'endsAtMs'): boolean {
    return one !== null && one.accessToken !== dropped && clock.now() < one[untilMs]
  }

  async function renew(): Promise<Held> {
    if (unsaved !== null) return save(unsaved)
    const before = await load()
    // Another process, or an earlier run, may have renewed it.
    if (before !== null && isGood(before, 'renewAtMs')) return before
    const refreshToken = before?.refreshToken ?? options.firstRefreshToken ?? null
    let tokens: Tokens
    try {
      tokens = await askTwice(refresh, refreshToken)
    } catch (error) {
      // Somebody else may have used the refresh token up a moment ago, and be about to save what it got for it.
      if (isOver(error)) await clock.sleep(OTHERS_SAVE_MS, NEVER)
      const now = await load()
      if (now !== null && isGood(now, 'renewAtMs')) return now
      if (before !== null && mayPass(error) && isGood(before, 'endsAtMs')) return before
      throw isOver(error) ? over(name, error) : error
    }
    return save(received(tokens, { used: refreshToken, nowMs: clock.now(), chain }))
  }

  return {
    async token(signal) {
      signal.throwIfAborted()
      if (held !== null && isGood(held, 'renewAtMs')) return held.accessToken
      renewing ??= renew()
        .then((fresh) => {
          held = fresh
          return fresh
        })
        .finally(() => {
          renewing = null
        })
      return (await orAborted(renewing, signal)).accessToken
    },
    drop(accessToken) {
      dropped = accessToken
    },
  }
}

/** Reads a token endpoint's answer (RFC 6749, 5). Throws `login` for 400 and 401, `unknown` for 5xx, `protocol` for anything else. */
export function readTokens(response: HttpResponse): Tokens {
  const { status, body } = response
  const answer = parsed(body)
  if (status === 400 || status === 401) {
    const code =
      typeof answer['error'] === 'string' ? answer['error'].slice(0, 60) : `status ${status}`
    throw new ConnectorError('login', `the login was refused: ${code}`, { hint: AUTHORISE_AGAIN })
  }
  if (status >= 500) throw new ConnectorError('unknown', `the token endpoint answered ${status}`)
  const accessToken = answer['access_token']
  const expiresIn = Number(answer['expires_in'] ?? EXPIRES_IN_UNSAID_SECONDS)
  if (status !== 200 || typeof accessToken !== 'string' || accessToken === '' || !(expiresIn > 0))
    throw new ConnectorError('protocol', `the token endpoint answered ${status} without a token`)
  const refreshToken = answer['refresh_token']
  return {
    accessToken,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : null,
    expiresInSeconds: expiresIn,
  }
}

const RENEW_AT_SHARE = 0.8
/** How long another process may take from its answer to its vault. */
const OTHERS_SAVE_MS = 1_000
const NEVER = new AbortController().signal
const FINGERPRINT_CHARS = 16
/** `expires_in` is only recommended by the RFC; a token of unsaid life is renewed within the hour. */
const EXPIRES_IN_UNSAID_SECONDS = 3600
const AUTHORISE_AGAIN =
  'A person must authorise Contact Ferry there again and put the new refresh token into the configuration.'

interface Held {
  readonly accessToken: string
  readonly refreshToken: string | null
  readonly renewAtMs: number
  readonly endsAtMs: number
  /** Which configured refresh token all this came from; '' for client credentials. */
  readonly chain: string
}

/** Once more after a lost answer, with the same refresh token: platforms that use it up answer the repetition alike, or refuse it. */
async function askTwice(
  refresh: TokenKeeperOptions['refresh'],
  refreshToken: string | null,
): Promise<Tokens> {
  try {
    return await refresh(refreshToken)
  } catch (error) {
    if (!mayPass(error)) throw error
    return await refresh(refreshToken)
  }
}

function received(
  tokens: Tokens,
  so: { readonly used: string | null; readonly nowMs: number; readonly chain: string },
): Held {
  const lifeMs = tokens.expiresInSeconds * 1000
  return {
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? so.used,
    renewAtMs: so.nowMs + lifeMs * RENEW_AT_SHARE,
    endsAtMs: so.nowMs + lifeMs,
    chain: so.chain,
  }
}

function toVault(held: Held): Record<string, string> {
  const { accessToken, refreshToken, renewAtMs, endsAtMs, chain } = held
  const numbers = { renewAtMs: String(renewAtMs), endsAtMs: String(endsAtMs) }
  return { accessToken, ...(refreshToken === null ? {} : { refreshToken }), ...numbers, chain }
}

function fromVault(kept: Readonly<Record<string, string>> | null): Held | null {
  const accessToken = kept?.['accessToken']
  if (kept === null || accessToken === undefined) return null
  return {
    accessToken,
    refreshToken: kept['refreshToken'] ?? null,
    renewAtMs: Number(kept['renewAtMs'] ?? 0),
    endsAtMs: Number(kept['endsAtMs'] ?? 0),
    chain: kept['chain'] ?? '',
  }
}

/** Whether the platform may simply not have been heard. */
function mayPass(error: unknown): boolean {
  return error instanceof ConnectorError && error.mayRetry
}

/** Refused for good, by whatever word the connector has for a 400. */
function isOver(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError && (error.kind === 'invalid' || error.kind === 'login')
}

function over(name: string, error: ConnectorError): ConnectorError {
  return new ConnectorError('login', `${name}: ${error.message}`, {
    cause: error,
    hint: AUTHORISE_AGAIN,
  })
}

/** The work goes on for the others when one who waits is aborted. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function fingerprint(token: string): string {
  return hash('sha256', token, 'hex').slice(0, FINGERPRINT_CHARS)
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Not JSON: the caller says so, by what it misses.
    return {}
  }
}
