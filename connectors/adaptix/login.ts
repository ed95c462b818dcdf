/** The three ways in: user and password, a ready token, or a token fetched with client credentials. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import type { Channel, Clock } from '../../src/connector/kit.ts'
import { refusalOf } from './refusal.ts'
import { parseServerError, tokenSchema } from './schema.ts'

export const LOGINS = [
  ['username', 'password'],
  ['accessToken'],
  ['clientId', 'clientSecret'],
] as const

export type Login =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly accessToken: string }
  | { readonly kind: 'client'; readonly clientId: string; readonly clientSecret: string }

/** Throws `login` when the settings hold none of the sets whole. */
export function loginOf(settings: ConnectionSettings): Login {
  const { username, password, accessToken, clientId, clientSecret } = settings.auth
  if (username && password) return { kind: 'basic', username, password }
  if (accessToken) return { kind: 'token', accessToken }
  if (clientId && clientSecret) return { kind: 'client', clientId, clientSecret }
  throw new ConnectorError('login', `${settings.name}: no complete login in auth`, {
    hint: `Give one of: ${LOGINS.map((names) => names.join(' + ')).join('; ')}.`,
  })
}

export function secretsOf(login: Login): string[] {
  switch (login.kind) {
    case 'basic':
      return [login.password]
    case 'token':
      return [login.accessToken]
    case 'client':
      return [login.clientSecret]
  }
}

/** What goes with every request: a header, or a query parameter where the host drops that header (README, "lost header"). */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}
export interface Doorman {
  credentials(signal: AbortSignal): Promise<Credentials>
  /** After a 401: whether another try with fresh credentials makes sense. */
  renew(signal: AbortSignal): Promise<boolean>
}

/** `url`: the base of the API, below which the token endpoint does not live. */
export function doorman(
  login: Login,
  door: {
    readonly channel: Channel
    readonly clock: Clock
    readonly url: string
    readonly queryToken: boolean
  },
): Doorman {
  if (login.kind === 'basic') {
    const pair = Buffer.from(`${login.username}:${login.password}`).toString('base64')
    return fixed({ headers: { authorization: `Basic ${pair}` }, query: {} })
  }
  const carry = (token: string): Credentials =>
    door.queryToken
      ? { headers: {}, query: { access_token: token } }
      : { headers: { authorization: `Bearer ${token}` }, query: {} }
  if (login.kind === 'token') return fixed(carry(login.accessToken))
  let held: { readonly token: Promise<Token> } | null = null
  return {
    async credentials(signal) {
      const current = held === null ? null : await held.token
      if (held === null || (current !== null && door.clock.now() >= current.renewAtMs)) {
        held = { token: fetchToken(login, door, signal) }
      }
      const mine = held
      try {
        return carry((await mine.token).text)
      } catch (error) {
        if (held === mine) held = null
        throw error
      }
    },
    renew() {
      held = null
      return Promise.resolve(true)
    },
  }
}

interface Token {
  readonly text: string
  readonly renewAtMs: number
}

/** A token is renewed this long before it ends, so that none ends in flight. */
const RENEW_BEFORE_MS = 60_000

function fixed(credentials: Credentials): Doorman {
  return { credentials: () => Promise.resolve(credentials), renew: () => Promise.resolve(false) }
}

async function fetchToken(
  login: Login & { readonly kind: 'client' },
  door: { readonly channel: Channel; readonly clock: Clock; readonly url: string },
  signal: AbortSignal,
): Promise<Token> {
  const operation = 'oauth.token'
  const path = tokenUrl(door.url)
  const askedAtMs = door.clock.now()
  const response = await door.channel.send(
    {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: login.clientId,
        client_secret: login.clientSecret,
      }).toString(),
      // It changes nothing on the account, and a dry run needs it.
      effect: 'read',
      operation,
    },
    signal,
  )
  const body = parseBody(response.body)
  const token = tokenSchema.safeParse(body)
  if (response.status === 200 && token.success) {
    const { access_token: text, expires_in: seconds } = token.data
    const lifeMs = Math.max(seconds * 1000 - RENEW_BEFORE_MS, (seconds * 1000) / 2)
    return { text, renewAtMs: askedAtMs + lifeMs }
  }
  const server = parseServerError(body)
  const refusal = refusalOf(response, server, { operation, path })
  throw new ConnectorError('login', refusal.message, {
    hint: 'Client credentials need version 4 or newer and a client made by an administrator.',
    cause: refusal,
  })
}

/** `https://host/api` and `https://host/index.php/api` to the token endpoint beside them. */
export function tokenUrl(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/oauth/v2/token`
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
